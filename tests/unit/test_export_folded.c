/* SPDX-License-Identifier: MIT */
/* Folded stacks: each is one line, which is read as it was meant whatever the names hold. */
#include <stdlib.h>
#include <string.h>

#include "../../cli/export/export.h"
#include "exported.h"
#include "support.h"

static void check(const struct profile *profile, __u32 event, unsigned int flags,
		  const char *expected)
{
	char *text = exported_folded(profile, event, flags);

	assert_string_equal(text, expected);
	free(text);
}

/* A profile of one event and its function, to which stacks are added. */
static __u32 add_function(struct profile *profile, const char *name, const char *module, __u16 mode,
			  int is_known)
{
	const struct profile_function function = {
		.name = name,
		.module = module,
		.mode = mode,
		.is_known = is_known != 0,
	};
	struct profile_frame frame = { 0 };
	__u32 number;

	assert_int_equal(profile_add_function(profile, &function, &frame.function), 0);
	assert_int_equal(profile_frame(profile, &frame, &number), 0);
	return number;
}

static void add_stack(struct profile *profile, const char *comm, const __u32 *frames, size_t count,
		      __u64 weight)
{
	const struct profile_who who = { 1, 1, PROFILE_NONE, ~0ULL, comm, "" };
	__u32 number;

	if (!profile->event_count)
		assert_int_equal(profile_add_event(profile, "cycles", &number), 0);
	assert_int_equal(profile_who(profile, &who, &number), 0);
	assert_int_equal(profile_add_frames(profile, 0, number, frames, count, weight, 1), 0);
}

static void stacks_of_an_event_are_lines_from_the_outermost_function(void **state)
{
	struct profile profile;

	(void)state;
	profile_make(&profile, 2, 0);
	check(&profile, 0, 0,
	      "my_program;main;sort<a:b>;less 2\n"
	      "worker:2;main;[libc.so.6];page_fault 1\n"
	      "worker:2;odd\xef\xbf\xbd \"\\_\xc3\xa4_12 1\n"
	      "my_program;main;[unknown] 1\n"
	      "my_program;main;sort<a:b>;less;sort<a:b>;less 1\n"
	      "program;main 1\n");
	check(&profile, 1, 0,
	      "my_program;main;page_fault 1\n"
	      "my_program;main;sort<a:b>;less 1\n"
	      "worker:2;main;[libc.so.6];page_fault 1\n");
	profile_free(&profile);
}

static void weights_and_marks_of_the_kernel_are_there_on_request(void **state)
{
	struct profile profile;

	(void)state;
	profile_make(&profile, 2, 0);
	check(&profile, 1, EXPORT_WEIGHTS,
	      "my_program;main;page_fault 1\n"
	      "my_program;main;sort<a:b>;less 2\n"
	      "worker:2;main;[libc.so.6];page_fault 3\n");
	check(&profile, 1, EXPORT_WEIGHTS | EXPORT_KERNEL_SUFFIX,
	      "my_program;main;page_fault_[k] 1\n"
	      "my_program;main;sort<a:b>;less 2\n"
	      "worker:2;main;[libc.so.6];page_fault_[k] 3\n");
	profile_free(&profile);
}

static void stacks_that_have_the_same_names_are_one_line(void **state)
{
	struct profile profile = { 0 };
	__u32 frames[6];

	(void)state;
	frames[0] = add_function(&profile, "init", "/lib/a.so", PERF_RECORD_MISC_USER, 1);
	frames[1] = add_function(&profile, "main", "/bin/x", PERF_RECORD_MISC_USER, 1);
	frames[2] = add_function(&profile, "init", "/lib/b.so", PERF_RECORD_MISC_USER, 1);
	frames[3] = frames[1];
	frames[4] = add_function(&profile, "a", "/lib/c.so", PERF_RECORD_MISC_USER, 0);
	frames[5] = add_function(&profile, "b", "/usr/lib/c.so", PERF_RECORD_MISC_USER, 0);
	add_stack(&profile, "x", frames, 2, 5);
	add_stack(&profile, "x", frames + 4, 1, 1);
	add_stack(&profile, "x", frames + 2, 2, 6);
	add_stack(&profile, "x", frames + 5, 1, 1);
	add_stack(&profile, "y", frames + 2, 2, 7);
	check(&profile, 0, EXPORT_WEIGHTS, "x;main;init 11\nx;[c.so] 2\ny;main;init 7\n");
	profile_free(&profile);
}

static __u64 distinct_nodes(const struct profile *profile)
{
	unsigned char *seen = calloc(profile->node_count, 1);
	__u64 count = 0;

	assert_non_null(seen);
	for (__u32 i = 0; i < profile->row_count; i++) {
		count += !seen[profile->rows[i].node];
		seen[profile->rows[i].node] = 1;
	}
	free(seen);
	return count;
}

static void what_stands_on_the_same_names_is_one_line_too(void **state)
{
	struct profile profile = { 0 };
	__u32 one[2], other[2];

	(void)state;
	one[0] = other[0] = add_function(&profile, "leaf", "/bin/x", PERF_RECORD_MISC_USER, 1);
	one[1] = add_function(&profile, "init", "/lib/a.so", PERF_RECORD_MISC_USER, 1);
	other[1] = add_function(&profile, "init", "/lib/b.so", PERF_RECORD_MISC_USER, 1);
	add_stack(&profile, "x", one, 2, 1);
	add_stack(&profile, "x", other, 2, 1);
	check(&profile, 0, 0, "x;init;leaf 2\n");
	profile_free(&profile);
}

/* Names are distinct there, and so are stacks. */
static void of_many_stacks_none_is_taken_for_another(void **state)
{
	struct profile profile;
	__u64 lines = 0, sum = 0;
	char *text, *at;

	(void)state;
	profile_make_large(&profile, 20000, 0);
	/* Whom they are of is not written. */
	for (__u32 i = 0; i < profile.row_count; i++)
		profile.rows[i].who = 0;
	text = exported_folded(&profile, 0, 0);
	for (at = text; (at = strchr(at, '\n')); lines++) {
		while (at > text && at[-1] != ' ')
			at--;
		sum += strtoull(at, &at, 10);
		at++;
	}
	assert_int_equal(sum, profile.events[0].samples);
	assert_int_equal(lines, distinct_nodes(&profile));
	free(text);
	profile_free(&profile);
}

static void functions_of_one_caller_stay_apart(void **state)
{
	char name[16], expected[32];
	struct profile profile = { 0 };
	char *text, *at;
	__u32 frame;

	(void)state;
	for (unsigned int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "f%u", i);
		frame = add_function(&profile, name, "", PERF_RECORD_MISC_USER, 1);
		add_stack(&profile, "", &frame, 1, 1);
	}
	at = text = exported_folded(&profile, 0, 0);
	for (unsigned int i = 0; i < 5000; i++) {
		snprintf(expected, sizeof(expected), "f%u 1\n", i);
		assert_memory_equal(at, expected, strlen(expected));
		at += strlen(expected);
	}
	assert_string_equal(at, "");
	free(text);
	profile_free(&profile);
}

static void what_is_not_known_is_said_as_others_say_it(void **state)
{
	struct profile profile = { 0 };
	__u32 kernel, folder, nowhere;

	(void)state;
	kernel = add_function(&profile, "?", "[kernel.kallsyms]", PERF_RECORD_MISC_KERNEL, 0);
	folder = add_function(&profile, "?", "/odd/", PERF_RECORD_MISC_USER, 0);
	nowhere = add_function(&profile, "", "", PERF_RECORD_MISC_USER, 1);
	add_stack(&profile, "x", &kernel, 1, 1);
	add_stack(&profile, "x", &folder, 1, 1);
	add_stack(&profile, "x", &nowhere, 1, 1);
	/* Without a name, and without anything. */
	add_stack(&profile, "", &nowhere, 1, 1);
	add_stack(&profile, "", NULL, 0, 1);
	add_stack(&profile, "y", NULL, 0, 1);
	check(&profile, 0, 0,
	      "x;[kernel.kallsyms] 1\nx;[/odd/] 1\nx;[unknown] 1\n[unknown] 1\n[unknown] 1\ny 1\n");
	profile_free(&profile);
}

static void no_name_ends_in_a_number_of_its_own(void **state)
{
	struct profile profile = { 0 };
	__u32 one, other, third;

	(void)state;
	one = add_function(&profile, "operator() 1.5", "", PERF_RECORD_MISC_USER, 1);
	other = add_function(&profile, "f 12x", "", PERF_RECORD_MISC_USER, 1);
	third = add_function(&profile, "g ", "", PERF_RECORD_MISC_USER, 1);
	add_stack(&profile, "thread 7", &one, 1, 1);
	add_stack(&profile, "thread 7", &other, 1, 1);
	add_stack(&profile, "a\tb;c", &third, 1, 1);
	check(&profile, 0, 0, "thread_7;operator()_1.5 1\nthread_7;f 12x 1\na_b:c;g  1\n");
	profile_free(&profile);
}

static void an_empty_profile_has_no_lines(void **state)
{
	struct profile profile = { 0 };

	(void)state;
	check(&profile, 0, 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks_of_an_event_are_lines_from_the_outermost_function),
		cmocka_unit_test(weights_and_marks_of_the_kernel_are_there_on_request),
		cmocka_unit_test(stacks_that_have_the_same_names_are_one_line),
		cmocka_unit_test(what_stands_on_the_same_names_is_one_line_too),
		cmocka_unit_test(of_many_stacks_none_is_taken_for_another),
		cmocka_unit_test(functions_of_one_caller_stay_apart),
		cmocka_unit_test(what_is_not_known_is_said_as_others_say_it),
		cmocka_unit_test(no_name_ends_in_a_number_of_its_own),
		cmocka_unit_test(an_empty_profile_has_no_lines),
	};

	return cmocka_run_group_tests_name("folded stacks", tests, NULL, NULL);
}
