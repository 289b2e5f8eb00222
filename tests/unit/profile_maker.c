/* SPDX-License-Identifier: MIT */
/* Profiles made by hand; see profile_maker.h. */
#include "profile_maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL PERF_RECORD_MISC_KERNEL
#define USER PERF_RECORD_MISC_USER

static const struct profile_function functions[] = {
	{ "main", "/usr/bin/program", MADE_BUILD_ID, NULL, USER, 1 },
	{ "sort<a;b>", "/usr/bin/program", MADE_BUILD_ID, NULL, USER, 1 },
	{ "less", "/usr/bin/program", MADE_BUILD_ID, NULL, USER, 1 },
	{ "page_fault", "[kernel.kallsyms]", NULL, NULL, KERNEL, 1 },
	{ "unknown in libc", "/usr/lib/libc.so.6", NULL, NULL, USER, 0 },
	{ "unknown nowhere", "", NULL, NULL, PERF_RECORD_MISC_CPUMODE_UNKNOWN, 0 },
	{ "odd\xff \"\\\n\xc3\xa4 12", "/tmp/odd\xff", NULL, NULL, USER, 1 },
};

/* By function. */
static const struct profile_frame frames[] = {
	{ 0, 10, "main.c", 0x1010, 0 }, { 1, 20, "sort.h", 0x1020, 0 },
	{ 2, 5, "less.h", 0x1020, 1 },  { 3, 0, NULL, 0xffffffff81000010ULL, 0 },
	{ 4, 0, NULL, 0x2000, 0 },      { 5, 0, NULL, 0, 0 },
	{ 6, 0, NULL, 0x30, 0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct made_sample made_samples[] = {
	{ 0, 0, 1000000, 0, { "less", "sort<a;b>", "main" } },
	{ 0, 0, 1000001, 1500000, { "less", "sort<a;b>", "main" } },
	{ 0, 1, 1000000, 2000000, { "page_fault", "unknown in libc", "main" } },
	{ 0, 1, 500, 7000000, { "odd\xff \"\\\n\xc3\xa4 12" } },
	/* Out of order. */
	{ 0, 0, 2000000, 6000000, { "unknown nowhere", "main" } },
	{ 0, 0, 1000000, 3000000, { "less", "sort<a;b>", "less", "sort<a;b>", "main" } },
	{ 1, 0, 1, 3000000, { "page_fault", "main" } },
	{ 1, 0, 2, 500001, { "less", "sort<a;b>", "main" } },
	{ 1, 1, 3, 9000000, { "page_fault", "unknown in libc", "main" } },
	/* After it took another name. */
	{ 0, 2, 1000000, 8000000, { "main" } },
};

const size_t made_sample_count = COUNT(made_samples);

static const struct profile_who whos[] = {
	{ 10, 10, PROFILE_NONE, ~0ULL, "my program", "" },
	{ 10, 11, PROFILE_NONE, ~0ULL, "worker;2", "" },
	{ 10, 10, PROFILE_NONE, ~0ULL, "program", "" },
};

static void must(int result)
{
	if (result < 0)
		abort();
}

static void add_sample(struct profile *profile, const struct made_sample *sample)
{
	__u32 numbers[8], who;
	size_t count = 0;

	for (; count < COUNT(sample->frames) && sample->frames[count]; count++)
		for (size_t i = 0; i < COUNT(functions); i++)
			if (strcmp(functions[i].name, sample->frames[count]) == 0)
				must(profile_frame(profile, &frames[i], &numbers[count]));
	must(profile_who(profile, &whos[sample->who], &who));
	must(profile_add_frames(profile, sample->event, who, numbers, count, sample->weight,
				MADE_START_NS + sample->after_ns));
}

static void describe(struct profile *profile)
{
	profile->hostname = "machine";
	profile->os_release = "6.1.0";
	profile->arch = "x86_64";
	profile->command = "perfev record -g ./program";
}

void profile_make(struct profile *profile, __u32 events, int keeps_samples)
{
	static const char *const names[] = { "cpu-clock", "page-faults:u" };
	__u32 number;

	memset(profile, 0, sizeof(*profile));
	profile->keeps_samples = keeps_samples;
	describe(profile);
	profile->losses = (struct profile_losses){ .lost = 3, .cut = 2 };
	for (__u32 i = 0; i < events; i++)
		must(profile_add_event(profile, names[i], &number));
	profile->events[0].frequency_hz = 1000;
	if (events > 1)
		profile->events[1].period = 1;
	for (size_t i = 0; i < COUNT(functions); i++)
		must(profile_add_function(profile, &functions[i], &number));
	for (size_t i = 0; i < COUNT(made_samples); i++)
		if (made_samples[i].event < events)
			add_sample(profile, &made_samples[i]);
}

static __u32 next_random(__u64 *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (__u32)(*state >> 33);
}

#define LARGE_FUNCTIONS 20000

static void add_large_functions(struct profile *profile)
{
	char name[64], module[32];
	__u32 number;

	for (__u32 i = 0; i < LARGE_FUNCTIONS; i++) {
		const struct profile_function function = {
			.name = name,
			.module = module,
			.mode = USER,
			.is_known = 1,
		};
		const struct profile_frame frame = { .function = i };

		snprintf(name, sizeof(name), "some_library::function_with_a_name_%u", i);
		snprintf(module, sizeof(module), "/usr/lib/library-%u.so", i % 50);
		must(profile_add_function(profile, &function, &number));
		must(profile_frame(profile, &frame, &number));
	}
}

void profile_make_large(struct profile *profile, __u32 stacks, int keeps_samples)
{
	__u32 number, event, node = 0, depth = 0, way[64] = { 0 };
	__u64 state = 1;

	memset(profile, 0, sizeof(*profile));
	profile->keeps_samples = keeps_samples;
	describe(profile);
	must(profile_add_event(profile, "cpu-clock", &event));
	add_large_functions(profile);
	for (__u32 i = 0; i < 8; i++) {
		const struct profile_who who = { 100, 100 + i, PROFILE_NONE, ~0ULL, "program", "" };

		must(profile_who(profile, &who, &number));
	}
	/* A walk on the tree: up to anywhere, and down for a while. */
	while (profile->row_count < stacks) {
		depth = depth ? next_random(&state) % depth : 0;
		node = depth ? way[depth - 1] : 0;
		for (__u32 down = 1 + next_random(&state) % 30; down && depth < 64; down--) {
			must(profile_node(profile, node, next_random(&state) % LARGE_FUNCTIONS,
					  &node));
			way[depth++] = node;
		}
		must(profile_add(profile, event, next_random(&state) % 8, node, 1000000,
				 MADE_START_NS + profile->row_count * 1000ULL));
	}
}
