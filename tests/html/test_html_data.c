/* SPDX-License-Identifier: MIT */
/*
 * The data of the page: stacks by function alone, no weight lost however many are left out, JSON
 * that is safe inside of HTML, and memory that runs out at any point.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/export.h"
#include "export/html_data.h"
#include "export/html_tree.h"
#include "failing_memory.h"
#include "json.h"
#include "support.h"

#define EVIL "</script><!--&\"\\'\x01\x7f\xff\xe2\x80\xa8\xf0\x9f\x94\xa5"

static __u32 add_function(struct profile *profile, const char *name, const char *module)
{
	const struct profile_function function = {
		.name = name,
		.module = module,
		.mode = PERF_RECORD_MISC_USER,
		.is_known = 1,
	};
	__u32 number;

	assert_int_equal(profile_add_function(profile, &function, &number), 0);
	return number;
}

static __u32 add_who(struct profile *profile, const char *comm)
{
	const struct profile_who who = {
		.pid = PROFILE_NONE,
		.tid = PROFILE_NONE,
		.cpu = PROFILE_NONE,
		.cgroup = ~0ULL,
		.comm = comm,
	};
	__u32 number;

	assert_int_equal(profile_who(profile, &who, &number), 0);
	return number;
}

static __u32 add_frame(struct profile *profile, __u32 function, __u64 address)
{
	const struct profile_frame frame = { .function = function, .address = address };
	__u32 number;

	assert_int_equal(profile_frame(profile, &frame, &number), 0);
	return number;
}

/* Two events of stacks at random, of which the second event's are few. */
static void make(struct profile *profile, unsigned int count)
{
	__u32 functions[16], event, who;

	memset(profile, 0, sizeof(*profile));
	profile->hostname = profile->os_release = profile->arch = profile->command = EVIL;
	assert_int_equal(profile_add_event(profile, "cycles", &event), 0);
	assert_int_equal(profile_add_event(profile, EVIL, &event), 0);
	who = add_who(profile, EVIL);
	for (unsigned int i = 0; i < 16; i++) {
		char name[40];

		snprintf(name, sizeof(name), "f%u %s", i, EVIL);
		functions[i] = add_function(profile, name, EVIL);
	}
	srand(1);
	for (unsigned int i = 0; i < count; i++) {
		__u32 frames[6];
		const size_t depth = 1 + (size_t)rand() % 6;

		for (size_t at = 0; at < depth; at++)
			frames[at] = add_frame(profile, functions[rand() % 16], rand() % 2);
		assert_int_equal(profile_add_frames(profile, i % 50 == 0, who, frames, depth,
						    1 + (__u64)rand() % 100, 0),
				 0);
	}
}

static __u64 sum(const struct html_tree *tree, __u32 event)
{
	__u64 weight = 0;

	for (__u32 i = 0; i < tree->row_count; i++)
		if (tree->rows[i].event == event)
			weight += tree->rows[i].weight;
	return weight;
}

static void places_in_one_function_are_one(void **state)
{
	struct profile profile = { .hostname = NULL };
	struct html_tree tree;
	__u32 event, who, main, leaf;

	(void)state;
	assert_int_equal(profile_add_event(&profile, "cycles", &event), 0);
	who = add_who(&profile, "a");
	main = add_function(&profile, "main", "a");
	leaf = add_function(&profile, "leaf", "a");
	for (__u64 address = 1; address <= 4; address++) {
		const __u32 frames[] = { add_frame(&profile, leaf, 100 + address),
					 add_frame(&profile, main, address % 2) };

		assert_int_equal(profile_add_frames(&profile, event, who, frames, 2, 10, 0), 0);
	}
	assert_int_equal(html_tree_make(&tree, &profile, 100), 0);
	assert_int_equal(tree.node_count, 3);
	assert_int_equal(tree.nodes[1].function, main);
	assert_int_equal(tree.nodes[2].function, leaf);
	assert_int_equal(tree.nodes[2].parent, 1);
	assert_int_equal(tree.row_count, 1);
	assert_int_equal(tree.rows[0].samples, 4);
	assert_int_equal(tree.rows[0].weight, 40);
	assert_int_equal(tree.left_out, 0);
	html_tree_free(&tree);
	profile_free(&profile);
}

static void no_weight_is_lost_when_stacks_are_left_out(void **state)
{
	struct profile profile;

	(void)state;
	make(&profile, 3000);
	for (__u32 most = 1; most < 4096; most *= 3) {
		struct html_tree tree;
		__u32 kept = 0, stands_for = 0;

		assert_int_equal(html_tree_make(&tree, &profile, most), 0);
		for (__u32 i = 1; i < tree.node_count; i++) {
			assert_true(tree.nodes[i].parent < i);
			assert_int_equal(tree.nodes[tree.nodes[i].parent].smaller, 0);
			kept += !tree.nodes[i].smaller;
			stands_for += tree.nodes[i].smaller;
		}
		assert_true(kept <= most);
		assert_int_equal(stands_for, tree.left_out);
		assert_true(tree.left_out > 0);
		assert_true(tree.left_below > 0);
		for (__u32 event = 0; event < 2; event++)
			assert_int_equal(sum(&tree, event), profile.events[event].weight);
		html_tree_free(&tree);
	}
	profile_free(&profile);
}

static void a_rare_event_keeps_its_stacks(void **state)
{
	struct profile profile = { .hostname = NULL };
	struct html_tree tree;
	__u32 events[2], who, often, rare, frames[2];

	(void)state;
	assert_int_equal(profile_add_event(&profile, "often", &events[0]), 0);
	assert_int_equal(profile_add_event(&profile, "rare", &events[1]), 0);
	who = add_who(&profile, "a");
	often = add_frame(&profile, add_function(&profile, "often", "a"), 0);
	rare = add_frame(&profile, add_function(&profile, "rare", "a"), 0);
	frames[1] = often;
	for (__u64 i = 0; i < 10; i++) {
		char name[8] = { (char)('a' + i) };

		frames[0] = add_frame(&profile, add_function(&profile, name, "a"), 0);
		assert_int_equal(profile_add_frames(&profile, 0, who, frames, 2, 1000, 0), 0);
	}
	assert_int_equal(profile_add_frames(&profile, 1, who, &rare, 1, 1, 0), 0);
	assert_int_equal(html_tree_make(&tree, &profile, 3), 0);
	assert_int_equal(tree.left_out, 10);
	for (__u32 i = 0; i < tree.row_count; i++)
		if (tree.rows[i].event == 1)
			assert_int_equal(tree.nodes[tree.rows[i].node].function,
					 profile.frames[rare].function);
	html_tree_free(&tree);
	profile_free(&profile);
}

static void kinds_are_told_by_mode_and_module(void **state)
{
	static const struct {
		const char *module;
		__u16 mode;
		enum html_kind kind;
	} cases[] = {
		{ "[kernel.kallsyms]", PERF_RECORD_MISC_KERNEL, HTML_KERNEL },
		{ "/lib/modules/6.1/ext4.ko", PERF_RECORD_MISC_KERNEL, HTML_KERNEL },
		{ "[guest.kernel.kallsyms]", PERF_RECORD_MISC_GUEST_KERNEL, HTML_KERNEL },
		{ "", PERF_RECORD_MISC_HYPERVISOR, HTML_KERNEL },
		{ "/usr/bin/gzip", PERF_RECORD_MISC_USER, HTML_PROGRAM },
		{ "/opt/my.sources/tool", PERF_RECORD_MISC_USER, HTML_PROGRAM },
		{ "/opt/x.so/tool", PERF_RECORD_MISC_USER, HTML_PROGRAM },
		{ "/usr/lib/libc.so.6", PERF_RECORD_MISC_USER, HTML_LIBRARY },
		{ "/usr/lib/libssl.so", PERF_RECORD_MISC_USER, HTML_LIBRARY },
		{ "[vdso]", PERF_RECORD_MISC_USER, HTML_LIBRARY },
		{ "/tmp/perf-42.map", PERF_RECORD_MISC_USER, HTML_JIT },
		{ "/tmp/jitted-42-7.so", PERF_RECORD_MISC_USER, HTML_JIT },
		{ "[JIT] tid 42", PERF_RECORD_MISC_USER, HTML_JIT },
		{ "//anon", PERF_RECORD_MISC_USER, HTML_JIT },
		{ "/memfd:doublemapper", PERF_RECORD_MISC_USER, HTML_JIT },
		{ "/usr/bin/perf-tool", PERF_RECORD_MISC_USER, HTML_PROGRAM },
		{ "", PERF_RECORD_MISC_USER, HTML_UNKNOWN },
		{ "[unknown]", PERF_RECORD_MISC_USER, HTML_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct profile_function function = {
			.name = "f",
			.module = cases[i].module,
			.mode = cases[i].mode,
		};

		if (html_kind_of(&function) != cases[i].kind)
			print_error("%s, mode %u\n", cases[i].module, cases[i].mode);
		assert_int_equal(html_kind_of(&function), cases[i].kind);
	}
}

static char *written(const struct profile *profile, __u32 most, int *result)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	*result = html_data_write(profile, most, to);
	assert_int_equal(fclose(to), 0);
	return text;
}

static void check_text(const struct profile *profile, __u32 most)
{
	size_t length = 0;
	int result;
	char *text = written(profile, most, &result);

	assert_int_equal(result, 0);
	for (const char *at = text; *at; at++) {
		/* Ends of lines are between values. */
		if (*at == '\n')
			continue;
		assert_true(*at >= ' ' && *at < 0x7f && !strchr("<>&", *at));
		text[length++] = *at;
	}
	assert_true(json_is_valid(text, length));
	free(text);
}

static void data_is_json_and_safe_inside_of_html(void **state)
{
	struct profile profile = { .hostname = NULL };

	(void)state;
	check_text(&profile, 10);
	make(&profile, 300);
	check_text(&profile, 100000);
	check_text(&profile, 20);
	profile_free(&profile);
}

/* JSON writes what is past U+FFFF as two: the flame at the end of the name. */
static void characters_are_escaped_as_json_does(void **state)
{
	struct profile profile;
	char *text;
	int result;

	(void)state;
	make(&profile, 1);
	text = written(&profile, 10, &result);
	assert_int_equal(result, 0);
	assert_non_null(
		strstr(text, "\"host\":\"\\u003c/script\\u003e\\u003c!--\\u0026\\u0022\\u005c"
			     "\\u0027\\u0001\\u007f\\ufffd\\u2028\\ud83d\\udd25\""));
	free(text);
	profile_free(&profile);
}

static void memory_may_run_out_at_any_point(void **state)
{
	struct profile profile;
	long failures = 0;
	int result;

	(void)state;
	make(&profile, 300);
	for (__u32 most = 10; most <= 100000; most *= 10000) {
		do {
			const long held = allocations_held;
			FILE *to = fopen("/dev/null", "w");

			assert_non_null(to);
			allocations_left = failures++;
			result = html_data_write(&profile, most, to);
			allocations_left = -1;
			fclose(to);
			assert_true(result == 0 || result == -ENOMEM);
			assert_int_equal(allocations_held, held);
		} while (result);
		assert_true(failures > 10);
		failures = 0;
	}
	profile_free(&profile);
}

static void this_build_has_the_page(void **state)
{
	(void)state;
	assert_int_equal(export_html_is_there(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_in_one_function_are_one),
		cmocka_unit_test(no_weight_is_lost_when_stacks_are_left_out),
		cmocka_unit_test(a_rare_event_keeps_its_stacks),
		cmocka_unit_test(kinds_are_told_by_mode_and_module),
		cmocka_unit_test(data_is_json_and_safe_inside_of_html),
		cmocka_unit_test(characters_are_escaped_as_json_does),
		cmocka_unit_test(memory_may_run_out_at_any_point),
		cmocka_unit_test(this_build_has_the_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
