/* SPDX-License-Identifier: MIT */
/* Records into profiles, with symbols that are known beforehand: what goes in, and where. */
#include <stdio.h>
#include <string.h>

#include "fake_symbols.h"
#include "profile/take.h"
#include "support.h"

#define ALL_KEYS (PROFILE_KEYS_OF_WHO | 1U << PROFILE_KEY_DSO | 1U << PROFILE_KEY_SYMBOL)

/* What one test takes records into. */
struct taken {
	struct profile profile;
	struct perfev_symbols *symbols;
	struct profile_taking *taking;
	struct profile_taking_options options;
	struct profile_filter filter;
	struct perfev_layout layout;
	__u64 time;
};

static void begin(struct taken *taken, unsigned int keys, int callers)
{
	const struct perf_event_attr attr = {
		.size = sizeof(attr),
		.sample_type =
			PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU |
			PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_CGROUP,
		.sample_id_all = 1,
	};
	struct perfev_why why;
	__u32 event;

	memset(taken, 0, sizeof(*taken));
	taken->options.keys = keys;
	taken->options.callers = callers;
	taken->filter.to_ns = ~0ULL;
	perfev_layout_init(&taken->layout, &attr, 0);
	assert_int_equal(profile_add_event(&taken->profile, "e", &event), 0);
	assert_int_equal(perfev_symbols_open(&taken->symbols, NULL, &why), 0);
}

static void open_taking(struct taken *taken)
{
	assert_int_equal(profile_taking_open(&taken->taking, &taken->profile, taken->symbols,
					     &taken->options, &taken->filter),
			 0);
}

/* As it comes from a file: decoded from bytes. Returns what became of it. */
static int take(struct taken *taken, struct perfev_record *record)
{
	unsigned char bytes[1024];
	struct perfev_record decoded = PERFEV_RECORD_INIT;
	int size;

	record->time = ++taken->time;
	size = perfev_record_encode(bytes, sizeof(bytes), record, &taken->layout);
	assert_in_range(size, 8, sizeof(bytes));
	assert_int_equal(perfev_record_decode(&decoded, bytes, (size_t)size, &taken->layout), size);
	if (!taken->taking)
		open_taking(taken);
	return profile_take(taken->taking, &decoded, 0, 5);
}

static int take_sample(struct taken *taken, __u32 tid, __u16 mode, const __u64 *chain, __u32 count)
{
	struct perfev_record record = { .type = PERF_RECORD_SAMPLE, .misc = mode, .pid = 1 };

	record.tid = tid;
	record.cpu = tid % 2;
	record.sample.ip = chain[mode != 0 && chain[0] >= PERF_CONTEXT_MAX];
	record.sample.period = 10;
	record.sample.callchain.bytes = chain;
	record.sample.callchain.count = count;
	record.sample.cgroup = 7;
	return take(taken, &record);
}

static void take_comm(struct taken *taken, __u32 tid, const char *comm)
{
	struct perfev_record record = { .type = PERF_RECORD_COMM, .pid = 1 };

	record.comm.pid = 1;
	record.comm.tid = tid;
	record.comm.comm.text = comm;
	record.comm.comm.length = (__u32)strlen(comm);
	assert_int_equal(take(taken, &record), 0);
}

/* Its rows as text: "comm tid cpu: outermost;...;innermost samples*weight". */
static void rows_are(struct taken *taken, const char *wanted)
{
	const struct profile *profile = &taken->profile;
	char text[2048] = "", *at = text;

	for (__u32 i = 0; i < profile->row_count; i++) {
		const struct profile_row *row = &profile->rows[i];
		const struct profile_who *who = &profile->whos[row->who];
		__u32 stack[64], depth = 0;

		at += sprintf(at, "%s %d %d:", who->comm, (int)who->tid, (int)who->cpu);
		for (__u32 node = row->node; node; node = profile->nodes[node].parent)
			stack[depth++] = profile->nodes[node].frame;
		while (depth--) {
			const struct profile_frame *frame = &profile->frames[stack[depth]];

			at += sprintf(at, " %s", profile->functions[frame->function].name);
			if (frame->is_inlined)
				at += sprintf(at, "(inlined)");
			if (frame->line)
				at += sprintf(at, "@%u", frame->line);
			else if (frame->address)
				at += sprintf(at, "@%#llx", (unsigned long long)frame->address);
		}
		at += sprintf(at, " %llu*%llu\n", (unsigned long long)row->samples,
			      (unsigned long long)row->weight);
	}
	assert_string_equal(text, wanted);
}

static void end(struct taken *taken)
{
	profile_taking_close(taken->taking);
	profile_free(&taken->profile);
	perfev_symbols_close(taken->symbols);
}

static const __u64 user[] = { PERF_CONTEXT_USER, 0x402010, 0x401008 };
static const __u64 other[] = { PERF_CONTEXT_USER, 0x403800, 0x403010, 0x401009 };
static const __u64 kernel[] = { PERF_CONTEXT_KERNEL, 0x5000,   0x6000,
				PERF_CONTEXT_USER,   0x402020, 0x401008 };

static void samples_go_in_with_their_stacks(void **state)
{
	struct taken taken;

	(void)state;
	begin(&taken, ALL_KEYS, 1);
	take_comm(&taken, 2, "worker");
	assert_int_equal(take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3), 1);
	assert_int_equal(take_sample(&taken, 2, PERF_RECORD_MISC_KERNEL, kernel, 6), 1);
	assert_int_equal(take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3), 1);
	assert_int_equal(take_sample(&taken, 3, PERF_RECORD_MISC_USER, other, 4), 1);
	rows_are(&taken, "worker 2 0: f1 f2 2*20\n"
			 "worker 2 0: f1 f2 k6 k5 1*10\n"
			 ":3 3 1: f1 f3 f3 1*10\n");
	/* Stacks share what they have in common. */
	assert_int_equal(taken.profile.node_count, 1 + 4 + 2);
	assert_int_equal(taken.profile.function_count, 5);
	assert_int_equal(taken.profile.losses.cut, 0);
	end(&taken);
}

static void without_callers_no_stack_is_made(void **state)
{
	struct taken taken;

	(void)state;
	begin(&taken, 1U << PROFILE_KEY_SYMBOL, 0);
	fake_stacks = fake_found = 0;
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3);
	take_sample(&taken, 3, PERF_RECORD_MISC_KERNEL, kernel, 6);
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3);
	rows_are(&taken, " -1 -1: f2 2*20\n -1 -1: k5 1*10\n");
	assert_int_equal(fake_stacks, 0);
	assert_int_equal(fake_found, 3);
	end(&taken);
}

static void only_what_is_asked_for_is_told_apart(void **state)
{
	struct taken taken;

	(void)state;
	begin(&taken, 1U << PROFILE_KEY_COMM, 1);
	take_comm(&taken, 2, "a");
	take_comm(&taken, 3, "a");
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3);
	take_sample(&taken, 3, PERF_RECORD_MISC_USER, user, 3);
	rows_are(&taken, "a -1 -1: f1 f2 2*20\n");
	end(&taken);
	begin(&taken, 1U << PROFILE_KEY_CPU, 1);
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3);
	take_sample(&taken, 4, PERF_RECORD_MISC_USER, user, 3);
	take_sample(&taken, 3, PERF_RECORD_MISC_USER, user, 3);
	rows_are(&taken, " -1 0: f1 f2 2*20\n -1 1: f1 f2 1*10\n");
	end(&taken);
}

static void a_thread_that_executes_is_another(void **state)
{
	struct taken taken;

	(void)state;
	begin(&taken, 1U << PROFILE_KEY_COMM, 1);
	take_comm(&taken, 2, "before");
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3);
	take_comm(&taken, 2, "after");
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3);
	rows_are(&taken, "before -1 -1: f1 f2 1*10\nafter -1 -1: f1 f2 1*10\n");
	end(&taken);
}

static void addresses_are_frames_where_they_are_wanted(void **state)
{
	struct taken taken;

	(void)state;
	begin(&taken, 0, 1);
	taken.options.addresses = 1;
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, other, 4);
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3);
	rows_are(&taken, " -1 -1: f1@0x1009 f3@0x3010 f3@0x3800 1*10\n"
			 " -1 -1: f1@0x1008 f2@0x2010 1*10\n");
	assert_int_equal(taken.profile.function_count, 3);
	end(&taken);
}

static void lines_are_looked_up_once_for_each_address(void **state)
{
	struct taken taken;

	(void)state;
	begin(&taken, 1U << PROFILE_KEY_LINE, 1);
	fake_lines_asked = 0;
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, other, 4);
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3);
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, other, 4);
	/* The line of an address is the innermost's, whatever is inlined. */
	rows_are(&taken, " -1 -1: f1@100 f3@300 f3@7 2*20\n -1 -1: f1@100 f2@200 1*10\n");
	assert_string_equal(taken.profile.frames[0].file, "/src/program.c");
	assert_int_equal(fake_lines_asked, 5);
	end(&taken);
}

static void inlined_functions_are_frames_where_they_are_wanted(void **state)
{
	static const __u64 elsewhere[] = { PERF_CONTEXT_USER, 0x403900 };
	struct taken taken;

	(void)state;
	begin(&taken, 0, 1);
	taken.options.inlined = 1;
	for (int i = 0; i < 2; i++)
		take_sample(&taken, 2, PERF_RECORD_MISC_USER, other, 4);
	rows_are(&taken, " -1 -1: f1@100 f3@300 f3@300 g(inlined)@7 2*20\n");
	/* Inlined at another place, it is the same function. */
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, elsewhere, 2);
	assert_int_equal(taken.profile.row_count, 2);
	assert_int_equal(taken.profile.function_count, 3);
	end(&taken);
}

static void what_is_unknown_is_one_function_of_its_module(void **state)
{
	static const __u64 bare[] = { PERF_CONTEXT_USER, 0x500010, 0x500020, 0x700000 };
	static const __u64 nothing[] = { PERF_CONTEXT_USER, 0x600000 };
	struct taken taken;

	(void)state;
	begin(&taken, 0, 1);
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, bare, 4);
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, nothing, 2);
	rows_are(&taken, " -1 -1: [unknown] [unknown] [unknown] 1*10\n -1 -1: [unknown] 1*10\n");
	assert_int_equal(taken.profile.function_count, 2);
	assert_string_equal(taken.profile.functions[0].module, "");
	assert_string_equal(taken.profile.functions[1].module, "/lib/bare.so");
	assert_false(taken.profile.functions[1].is_known);
	assert_int_equal(taken.profile.losses.outside, 1);
	end(&taken);
}

/* Takes samples of threads 2 and 3, at times 2 and 4 with their names before them. */
static void filtered(struct taken *taken, const char *wanted, __u64 left_out)
{
	take_comm(taken, 2, "two");
	take_sample(taken, 2, PERF_RECORD_MISC_USER, user, 3);
	take_comm(taken, 3, "three");
	take_sample(taken, 3, PERF_RECORD_MISC_USER, user, 3);
	rows_are(taken, wanted);
	assert_int_equal(taken->profile.losses.filtered, left_out);
	end(taken);
}

static void filters_choose_samples_and_count_the_others(void **state)
{
	static const char two[] = "two 2 0: f1 f2 1*10\n", three[] = "three 3 1: f1 f2 1*10\n";
	char name[] = "t?o";
	char *names[] = { name, NULL };
	__u32 number = 3, cpu = 0;
	struct taken taken;

	(void)state;
	begin(&taken, ALL_KEYS, 1);
	taken.filter.comms = names;
	filtered(&taken, two, 1);
	begin(&taken, ALL_KEYS, 1);
	taken.filter.tids = (struct choices_numbers){ &number, 1 };
	filtered(&taken, three, 1);
	begin(&taken, ALL_KEYS, 1);
	taken.filter.pids = (struct choices_numbers){ &number, 1 };
	filtered(&taken, "", 2);
	begin(&taken, ALL_KEYS, 1);
	taken.filter.cpus = (struct choices_numbers){ &cpu, 1 };
	filtered(&taken, two, 1);
	begin(&taken, ALL_KEYS, 1);
	taken.filter.from_ns = 3;
	filtered(&taken, three, 1);
	begin(&taken, ALL_KEYS, 1);
	taken.filter.to_ns = 2;
	filtered(&taken, two, 1);
	begin(&taken, ALL_KEYS, 1);
	taken.filter.from_ns = 2;
	taken.filter.to_ns = 4;
	filtered(&taken, "two 2 0: f1 f2 1*10\nthree 3 1: f1 f2 1*10\n", 0);
}

static const __u64 waits[] = { PERF_CONTEXT_KERNEL, 0x5000, PERF_CONTEXT_USER_DEFERRED, 99 };

static int take_deferred(struct taken *taken, __u32 tid, __u64 cookie)
{
	static const __u64 callers[] = { PERF_CONTEXT_USER, 0x402010, 0x401008 };
	struct perfev_record record = { .type = PERF_RECORD_CALLCHAIN_DEFERRED, .pid = 1 };

	record.tid = tid;
	record.callchain_deferred.cookie = cookie;
	record.callchain_deferred.ips.bytes = callers;
	record.callchain_deferred.ips.count = 3;
	return take(taken, &record);
}

static void deferred_callers_are_joined_with_all_samples_that_wait_for_them(void **state)
{
	struct taken taken;

	(void)state;
	begin(&taken, ALL_KEYS, 1);
	for (int i = 0; i < 2; i++)
		assert_int_equal(take_sample(&taken, 2, PERF_RECORD_MISC_KERNEL, waits, 4), 0);
	assert_int_equal(take_sample(&taken, 3, PERF_RECORD_MISC_KERNEL, waits, 4), 0);
	rows_are(&taken, "");
	assert_int_equal(take_deferred(&taken, 2, 98), 0);
	assert_int_equal(take_deferred(&taken, 2, 99), 1);
	rows_are(&taken, ":2 2 0: f1 f2 k5 2*20\n");
	/* What never comes is said to be missing; the samples are there all the same. */
	assert_int_equal(taken.profile.losses.cut, 0);
	assert_int_equal(profile_taking_end(taken.taking), 0);
	rows_are(&taken, ":2 2 0: f1 f2 k5 2*20\n:3 3 1: k5 1*10\n");
	assert_int_equal(taken.profile.losses.cut, 1);
	assert_int_equal(profile_taking_end(taken.taking), 0);
	assert_int_equal(taken.profile.events[0].samples, 3);
	end(&taken);
}

static void each_thread_has_its_own_callers_whatever_its_cookie_is(void **state)
{
	struct taken taken;

	(void)state;
	begin(&taken, 1U << PROFILE_KEY_TID, 1);
	for (__u32 tid = 1; tid <= 1000; tid++)
		assert_int_equal(take_sample(&taken, tid, PERF_RECORD_MISC_KERNEL, waits, 4), 0);
	for (__u32 tid = 1000; tid > 0; tid--) {
		assert_int_equal(take_deferred(&taken, tid, 99), 1);
		assert_int_equal(taken.profile.row_count, 1001 - tid);
		assert_int_equal(taken.profile.whos[taken.profile.rows[1000 - tid].who].tid, tid);
	}
	end(&taken);
}

static void what_still_waits_is_freed(void **state)
{
	struct taken taken;

	(void)state;
	begin(&taken, ALL_KEYS, 1);
	assert_int_equal(take_sample(&taken, 2, PERF_RECORD_MISC_KERNEL, waits, 4), 0);
	end(&taken);
}

static void take_cgroup(struct taken *taken, const char *path)
{
	struct perfev_record record = { .type = PERF_RECORD_CGROUP };

	record.cgroup.id = 7;
	record.cgroup.path.text = path;
	record.cgroup.path.length = (__u32)strlen(path);
	assert_int_equal(take(taken, &record), 0);
}

static void cgroups_have_the_names_that_records_gave_them(void **state)
{
	struct taken taken;

	(void)state;
	begin(&taken, 1U << PROFILE_KEY_CGROUP, 1);
	take_cgroup(&taken, "/old");
	take_cgroup(&taken, "/system.slice");
	take_sample(&taken, 2, PERF_RECORD_MISC_USER, user, 3);
	assert_int_equal(taken.profile.who_count, 1);
	assert_int_equal(taken.profile.whos[0].cgroup, 7);
	assert_string_equal(taken.profile.whos[0].cgroup_name, "/system.slice");
	end(&taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_go_in_with_their_stacks),
		cmocka_unit_test(without_callers_no_stack_is_made),
		cmocka_unit_test(only_what_is_asked_for_is_told_apart),
		cmocka_unit_test(a_thread_that_executes_is_another),
		cmocka_unit_test(addresses_are_frames_where_they_are_wanted),
		cmocka_unit_test(lines_are_looked_up_once_for_each_address),
		cmocka_unit_test(inlined_functions_are_frames_where_they_are_wanted),
		cmocka_unit_test(what_is_unknown_is_one_function_of_its_module),
		cmocka_unit_test(filters_choose_samples_and_count_the_others),
		cmocka_unit_test(deferred_callers_are_joined_with_all_samples_that_wait_for_them),
		cmocka_unit_test(each_thread_has_its_own_callers_whatever_its_cookie_is),
		cmocka_unit_test(what_still_waits_is_freed),
		cmocka_unit_test(cgroups_have_the_names_that_records_gave_them),
	};

	return cmocka_run_group_tests_name("reading into profiles", tests, NULL, NULL);
}
