/* SPDX-License-Identifier: MIT */
/*
 * More events than the processor has counters: multiplexed, never counted, given up, refused, or
 * split. What must stay true: a group that cannot run is found out when it is opened, and no
 * number comes from a counter that an event did not have.
 */
#include "counting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "loop.h"

/* More than any processor has counters of one kind. */
#define MANY 40

/* "instructions:u,cycles:u,instructions:u,...", so many events. */
static const char *many_events(unsigned int count)
{
	static char text[MANY * 16];

	text[0] = '\0';
	for (unsigned int i = 0; i < count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? "," : "",
			 i % 2 ? "cycles:u" : "instructions:u");
	return text;
}

static void need_hardware(void)
{
	perfev_counter_close(counter_or_skip("instructions:u", perfev_self(), NULL, "hardware"));
	perfev_counter_close(counter_or_skip("cycles:u", perfev_self(), NULL, "hardware"));
}

/* As assert_true(), but that it may be a hypervisor's doing. */
static void assert_of_counters(int condition, const char *what)
{
	if (!condition)
		skip_where_counters_come_and_go();
	if (!condition)
		fail_msg("%s", what);
}

/* How many of these events fit into one group here, found out as a caller would. */
static unsigned int largest_group(struct perfev_why *why)
{
	struct perfev_group *group;

	for (unsigned int count = 1; count < MANY; count++) {
		if (perfev_group_open(&group, many_events(count), perfev_self(), why) < 0)
			return count - 1;
		perfev_group_close(group);
	}
	return MANY;
}

static void a_group_that_opens_also_runs(void **state)
{
	struct perfev_reading readings[MANY];
	struct perfev_group *group;
	struct perfev_why why;
	unsigned int largest;
	int count;

	(void)state;
	need_hardware();
	largest = largest_group(&why);
	assert_true(largest >= 1);
	print_fact("largest_group_that_opens_and_runs", "%u", largest);
	group = group_or_skip(many_events(largest), perfev_self(), NULL, "hardware");
	perfev_group_start(group);
	for (int i = 0; i < 20; i++)
		loop_run();
	perfev_group_stop(group);
	count = perfev_group_read(group, readings, MANY);
	assert_int_equal(count, largest);
	for (int i = 0; i < count; i++) {
		assert_true(readings[i].running_ns > 0);
		assert_of_counters(readings[i].value > 0, "an event of a group that runs is 0");
	}
	perfev_group_close(group);
}

static void a_group_that_does_not_fit_is_refused_with_the_number_that_does(void **state)
{
	struct perfev_group *group;
	struct perfev_why why;
	unsigned int largest;
	char number[40];

	(void)state;
	need_hardware();
	largest = largest_group(&why);
	if (largest == MANY)
		skip_without("group-limit", "%d events fit into one group", MANY);
	assert_int_equal(perfev_group_open(&group, many_events(largest + 2), perfev_self(), &why),
			 -EINVAL);
	assert_null(group);
	assert_int_equal(why.cause, PERFEV_CAUSE_GROUP_FULL);
	assert_of_counters(why.value == largest, "the number that fits is not the largest");
	snprintf(number, sizeof(number), "group of %u events", largest + 2);
	assert_non_null(strstr(why.reason, number));
	assert_true(why.remedy[0]);
}

/*
 * Where each kind of event has one counter of its own (riscv64 in QEMU), a second one of the kind
 * is put on another, which stands still: what is not found out is not tested.
 */
static void need_counters_for_any_event(unsigned int largest)
{
	if (largest < 3)
		skip_without("counters-for-any-event", "the third of these events does not count");
}

/* A group of one event more than fit, in parts. */
static struct perfev_group *split_group_or_skip(unsigned int largest)
{
	return group_or_skip(many_events(largest + 1), perfev_self(), OPTIONS(.split = 1),
			     "hardware");
}

static void a_group_that_does_not_fit_is_split_on_request(void **state)
{
	struct perfev_group *group;
	struct perfev_why why;
	struct perfev_fit fit;
	unsigned int largest;

	(void)state;
	need_hardware();
	largest = largest_group(&why);
	if (largest == MANY)
		skip_without("group-limit", "%d events fit into one group", MANY);
	group = split_group_or_skip(largest);
	assert_int_equal(perfev_counters_fit(perfev_group_counters(group), 0, &fit), 0);
	assert_int_equal(fit.asked, largest + 1);
	assert_of_counters(fit.parts == 2, "one event too many makes more or less than 2 parts");
	assert_int_equal(perfev_group_count(group), largest + 1);
	perfev_group_close(group);
}

static void the_parts_of_a_split_group_take_turns(void **state)
{
	struct perfev_reading readings[MANY];
	struct perfev_group *group;
	struct perfev_why why;
	unsigned int largest;
	int count;

	(void)state;
	need_hardware();
	largest = largest_group(&why);
	if (largest == MANY)
		skip_without("group-limit", "%d events fit into one group", MANY);
	need_counters_for_any_event(largest);
	group = split_group_or_skip(largest);
	perfev_group_start(group);
	for (int i = 0; i < 100; i++)
		loop_run();
	perfev_group_stop(group);
	count = perfev_group_read(group, readings, MANY);
	assert_int_equal(count, largest + 1);
	for (int i = 0; i < count; i++) {
		__u64 scaled;

		/* Each has its share, and says that it is one. */
		assert_in_range(readings[i].state, PERFEV_READING_COUNTED, PERFEV_READING_SCALED);
		assert_int_equal(perfev_reading_scaled(&readings[i], &scaled), 1);
		if (i % 2 == 0)
			assert_of_counters(scaled >= 30ULL * LOOP_INSTRUCTIONS &&
						   scaled <= 300ULL * LOOP_INSTRUCTIONS,
					   "instructions of a part are not the loop's");
	}
	perfev_group_close(group);
}

static void a_weak_group_of_a_set_is_split(void **state)
{
	struct perfev_target self = perfev_self();
	struct perfev_counters *set;
	struct perfev_why why;
	struct perfev_fit fit;
	unsigned int largest;
	char text[MANY * 16 + 8];

	(void)state;
	need_hardware();
	largest = largest_group(&why);
	if (largest == MANY)
		skip_without("group-limit", "%d events fit into one group", MANY);
	snprintf(text, sizeof(text), "{%s}:W", many_events(2 * largest + 1));
	assert_int_equal(perfev_counters_open(&set, text, &self, 1, NULL, &why), 0);
	assert_int_equal(perfev_counters_fit(set, 0, &fit), 0);
	assert_of_counters(fit.parts == 3, "a weak group is not in 3 parts");
	perfev_counters_close(set);
	/* Kept going instead, all of the group is missing, and says why. */
	snprintf(text, sizeof(text), "{%s},task-clock", many_events(largest + 1));
	assert_int_equal(perfev_counters_open(&set, text, &self, 1, OPTIONS(.keep_going = 1), &why),
			 0);
	assert_of_counters(perfev_counters_why(set, 0) != NULL, "one event too many fits");
	assert_int_equal(perfev_counters_why(set, largest)->cause, PERFEV_CAUSE_GROUP_FULL);
	assert_null(perfev_counters_why(set, largest + 1));
	perfev_counters_close(set);
}

/*
 * Without groups the kernel puts as many events on counters as it believes to have. Where one of
 * these stands still, its events' counts would be short without a sign.
 */
static void events_alone_take_turns_on_counters_that_count(void **state)
{
	const struct perfev_target self = perfev_self();
	struct perfev_counters *set;
	struct perfev_reading of[MANY];
	struct perfev_why why;
	unsigned int largest;
	char text[MANY * 16 + 16];

	(void)state;
	need_hardware();
	largest = largest_group(&why);
	if (largest == MANY)
		skip_without("group-limit", "%d events fit into one group", MANY);
	need_counters_for_any_event(largest);
	snprintf(text, sizeof(text), "task-clock,%s", many_events(largest + 2));
	assert_int_equal(perfev_counters_open(&set, text, &self, 1, NULL, &why), 0);
	print_fact("counters_that_count_where_one_stands_still", "%u", perfev_counters_usable(set));
	assert_int_equal(perfev_counters_start(set), 0);
	for (int i = 0; i < 200; i++)
		loop_run();
	assert_int_equal(perfev_counters_stop(set), 0);
	assert_int_equal(perfev_counters_read(set), 0);
	assert_int_equal(perfev_counters_event_count(set), largest + 3);
	assert_null(perfev_counters_event(set, largest + 3));
	for (unsigned int i = 0; i < largest + 3; i++)
		of[i] = *perfev_counters_get(set, i, 0);
	perfev_counters_close(set);
	assert_int_equal(of[0].state, PERFEV_READING_COUNTED);
	for (unsigned int i = 1; i < largest + 3; i += 2) {
		__u64 scaled;

		assert_int_equal(perfev_reading_scaled(&of[i], &scaled), 1);
		assert_of_counters(
			scaled >= 60ULL * LOOP_INSTRUCTIONS && scaled <= 600ULL * LOOP_INSTRUCTIONS,
			"instructions of a set are not the loop's");
	}
}

/* Opens events that are always on a counter, until one has none. */
static unsigned int fill_counters(struct perfev_counter **pinned, struct perfev_reading *last)
{
	for (unsigned int i = 0; i < MANY; i++) {
		pinned[i] = counter_or_skip("instructions:u", perfev_self(), OPTIONS(.pinned = 1),
					    "hardware");
		perfev_counter_start(pinned[i]);
		loop_run();
		assert_int_equal(perfev_counter_read(pinned[i], last), 0);
		if (last->state == PERFEV_READING_ERROR)
			return i + 1;
	}
	return MANY;
}

static void close_all(struct perfev_counter **counters, unsigned int count)
{
	while (count)
		perfev_counter_close(counters[--count]);
}

static void a_pinned_event_without_a_counter_is_in_error_not_zero(void **state)
{
	struct perfev_counter *pinned[MANY];
	struct perfev_reading last;
	unsigned int count;
	__u64 value;

	(void)state;
	need_hardware();
	count = fill_counters(pinned, &last);
	close_all(pinned, count);
	if (last.state != PERFEV_READING_ERROR)
		skip_without("counter-limit", "%d pinned events have a counter each", MANY);
	assert_int_equal(perfev_reading_scaled(&last, &value), 0);
}

static void an_event_that_never_had_a_counter_is_not_counted(void **state)
{
	struct perfev_counter *pinned[MANY], *never;
	struct perfev_reading last, reading;
	unsigned int count;
	__u64 value;

	(void)state;
	need_hardware();
	never = counter_or_skip("instructions:u", perfev_self(), NULL, "hardware");
	count = fill_counters(pinned, &last);
	perfev_counter_start(never);
	loop_run();
	perfev_counter_stop(never);
	assert_int_equal(perfev_counter_read(never, &reading), 0);
	close_all(pinned, count);
	perfev_counter_close(never);
	if (last.state != PERFEV_READING_ERROR)
		skip_without("counter-limit", "%d pinned events have a counter each", MANY);
	assert_int_equal(reading.state, PERFEV_READING_NEVER);
	assert_int_equal(reading.value, 0);
	assert_true(reading.enabled_ns > 0);
	assert_int_equal(perfev_reading_scaled(&reading, &value), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_that_opens_also_runs),
		cmocka_unit_test(a_group_that_does_not_fit_is_refused_with_the_number_that_does),
		cmocka_unit_test(a_group_that_does_not_fit_is_split_on_request),
		cmocka_unit_test(the_parts_of_a_split_group_take_turns),
		cmocka_unit_test(a_weak_group_of_a_set_is_split),
		cmocka_unit_test(events_alone_take_turns_on_counters_that_count),
		cmocka_unit_test(a_pinned_event_without_a_counter_is_in_error_not_zero),
		cmocka_unit_test(an_event_that_never_had_a_counter_is_not_counted),
	};

	return cmocka_run_group_tests_name("more events than counters", tests, NULL, NULL);
}
