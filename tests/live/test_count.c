/* SPDX-License-Identifier: MIT */
/*
 * Counters and groups of the calling thread. What must stay true: a value comes with the state
 * that says what it is worth, and what was not counted is never a number.
 */
#include "counting.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "faults.h"
#include "loop.h"

static struct perfev_reading read_counter(struct perfev_counter *counter)
{
	struct perfev_reading reading;

	assert_int_equal(perfev_counter_read(counter, &reading), 0);
	return reading;
}

static void a_counter_counts_between_start_and_stop(void **state)
{
	struct perfev_counter *counter =
		counter_or_skip("page-faults:u", perfev_self(), NULL, "page-faults");
	struct perfev_reading reading;

	(void)state;
	fault_pages(PAGES);
	reading = read_counter(counter);
	assert_int_equal(reading.state, PERFEV_READING_IDLE);
	assert_int_equal(reading.value, 0);
	assert_int_equal(perfev_counter_start(counter), 0);
	fault_pages(PAGES);
	assert_int_equal(perfev_counter_stop(counter), 0);
	fault_pages(PAGES);
	reading = read_counter(counter);
	assert_int_equal(reading.state, PERFEV_READING_COUNTED);
	assert_in_range(reading.value, PAGES, PAGES + STRAY);
	assert_true(reading.running_ns > 0 && reading.running_ns == reading.enabled_ns);
	assert_true(reading.id != 0);
	assert_int_equal(reading.ended, 0);
	perfev_counter_close(counter);
}

static void reset_zeroes_the_value_alone(void **state)
{
	struct perfev_counter *counter =
		counter_or_skip("page-faults:u", perfev_self(), NULL, "page-faults");
	struct perfev_reading reading;

	(void)state;
	assert_int_equal(perfev_counter_start(counter), 0);
	fault_pages(PAGES);
	assert_int_equal(perfev_counter_stop(counter), 0);
	assert_int_equal(perfev_counter_reset(counter), 0);
	reading = read_counter(counter);
	assert_int_equal(reading.value, 0);
	assert_int_equal(reading.state, PERFEV_READING_COUNTED);
	assert_true(reading.enabled_ns > 0);
	perfev_counter_close(counter);
}

static void an_attribute_counts_like_a_name(void **state)
{
	struct perf_event_attr attr = FAULTS(.sample_period = 0);
	struct perfev_counter *counter;
	struct perfev_why why;

	(void)state;
	assert_int_equal(perfev_counter_open_attr(&counter, &attr, perfev_self(), NULL, &why), 0);
	assert_int_equal(why.cause, PERFEV_CAUSE_NONE);
	perfev_counter_start(counter);
	fault_pages(PAGES);
	perfev_counter_stop(counter);
	assert_in_range(read_counter(counter).value, PAGES, PAGES + STRAY);
	assert_int_equal(perfev_counter_attr(counter)->config, PERF_COUNT_SW_PAGE_FAULTS);
	assert_true(perfev_counter_fd(counter) >= 0);
	perfev_counter_close(counter);
}

static void a_hardware_counter_counts_the_loop(void **state)
{
	struct perfev_counter *counter =
		counter_or_skip("instructions:u", perfev_self(), NULL, "hardware");
	struct perfev_reading reading;

	(void)state;
	perfev_counter_start(counter);
	loop_run();
	perfev_counter_stop(counter);
	reading = read_counter(counter);
	if (reading.state != PERFEV_READING_COUNTED)
		skip_without("counter", "others use the counters: %s",
			     perfev_reading_state_name(reading.state));
	assert_instructions(reading.value, 1);
	perfev_counter_close(counter);
}

static void a_group_is_counted_together(void **state)
{
	struct perfev_group *group = group_or_skip(
		"page-faults:u,task-clock,minor-faults:u", perfev_self(), NULL, "page-faults");
	struct perfev_reading readings[4];

	(void)state;
	assert_int_equal(perfev_group_count(group), 3);
	assert_int_equal(perfev_group_start(group), 0);
	fault_pages(PAGES);
	assert_int_equal(perfev_group_stop(group), 0);
	assert_int_equal(perfev_group_read(group, readings, 4), 3);
	assert_in_range(readings[0].value, PAGES, PAGES + STRAY);
	assert_int_equal(readings[0].value, readings[2].value);
	assert_true(readings[1].value > 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(readings[i].state, PERFEV_READING_COUNTED);
		assert_true(readings[i].enabled_ns == readings[0].enabled_ns);
	}
	assert_true(readings[0].id != readings[2].id && readings[0].id && readings[2].id);
	/* Fewer than there are: the first ones. */
	assert_int_equal(perfev_group_read(group, readings, 1), 1);
	assert_in_range(readings[0].value, PAGES, PAGES + STRAY);
	assert_int_equal(perfev_group_reset(group), 0);
	assert_int_equal(perfev_group_read(group, readings, 3), 3);
	assert_int_equal(readings[0].value + readings[1].value + readings[2].value, 0);
	perfev_group_close(group);
}

static void a_ratio_of_a_group_is_of_the_same_moments(void **state)
{
	struct perfev_group *group =
		group_or_skip("instructions:u,cycles:u", perfev_self(), NULL, "hardware");
	struct perfev_reading readings[2];

	(void)state;
	perfev_group_start(group);
	loop_run();
	perfev_group_stop(group);
	assert_int_equal(perfev_group_read(group, readings, 2), 2);
	if (readings[0].state == PERFEV_READING_NEVER)
		skip_without("counter", "others use the counters");
	assert_true(readings[0].value >= LOOP_INSTRUCTIONS);
	assert_true(fabs(perfev_ratio(&readings[0], &readings[1]) -
			 (double)readings[0].value / (double)readings[1].value) < 1e-9);
	perfev_group_close(group);
}

static void braces_around_a_group_change_nothing(void **state)
{
	struct perfev_group *group =
		group_or_skip("{page-faults:u,task-clock}", perfev_self(), NULL, "page-faults");
	struct perfev_fit fit;

	(void)state;
	assert_int_equal(perfev_group_count(group), 2);
	assert_int_equal(perfev_counters_fit(perfev_group_counters(group), 0, &fit), 0);
	assert_int_equal(fit.asked, 2);
	assert_int_equal(fit.parts, 1);
	assert_int_equal(perfev_counters_fit(perfev_group_counters(group), 1, &fit), -EINVAL);
	perfev_group_close(group);
}

static void a_set_has_groups_and_events_alone(void **state)
{
	struct perfev_target self = perfev_self();
	struct perfev_counters *set;
	struct perfev_reading total;
	struct perfev_why why;

	(void)state;
	assert_int_equal(perfev_counters_open(&set, "page-faults:u,{task-clock,minor-faults:u}",
					      &self, 1, NULL, &why),
			 0);
	assert_int_equal(perfev_counters_event_count(set), 3);
	assert_int_equal(perfev_counters_instance_count(set), 1);
	assert_int_equal(perfev_counters_start(set), 0);
	fault_pages(PAGES);
	assert_int_equal(perfev_counters_stop(set), 0);
	assert_int_equal(perfev_counters_read(set), 0);
	assert_in_range(perfev_counters_get(set, 0, 0)->value, PAGES, PAGES + STRAY);
	assert_in_range(perfev_counters_get(set, 2, 0)->value, PAGES, PAGES + STRAY);
	assert_int_equal(perfev_counters_total(set, 2, &total), 0);
	assert_int_equal(total.value, perfev_counters_get(set, 2, 0)->value);
	assert_int_equal(perfev_counters_sum(set, 0, &total), 0);
	assert_in_range(total.value, PAGES, PAGES + STRAY);
	assert_int_equal(perfev_counters_reset(set), 0);
	assert_int_equal(perfev_counters_read(set), 0);
	assert_int_equal(perfev_counters_get(set, 0, 0)->value, 0);
	assert_int_equal(perfev_counters_get(set, 2, 0)->value, 0);
	assert_null(perfev_counters_get(set, 3, 0));
	assert_null(perfev_counters_get(set, 0, 1));
	assert_null(perfev_counters_event(set, 3));
	assert_null(perfev_counters_instance(set, 1));
	assert_int_equal(perfev_counters_fd(set, 0, 1), -1);
	assert_int_equal(perfev_counters_total(set, 3, &total), -EINVAL);
	assert_null(perfev_counters_why(set, 0));
	perfev_counters_close(set);
}

static void what_does_not_open_fails_or_is_missing(void **state)
{
	struct perfev_target self = perfev_self();
	const char *events = "page-faults:u,{task-clock,r1:uppp,minor-faults:u}";
	const struct perfev_why *missing;
	struct perfev_counters *set;
	struct perfev_why why;
	int result = perfev_counters_open(&set, events, &self, 1, NULL, &why);

	(void)state;
	if (result == 0)
		skip_without("refusal", "this machine counts r1 with precise_ip 3");
	assert_null(set);
	assert_int_equal(why.error, -result);
	assert_true(why.reason[0] && why.text[0]);
	assert_int_equal(
		perfev_counters_open(&set, events, &self, 1, OPTIONS(.keep_going = 1), &why), 0);
	missing = perfev_counters_why(set, 2);
	assert_non_null(missing);
	assert_true(missing->reason[0]);
	assert_null(perfev_counters_why(set, 1));
	perfev_counters_start(set);
	fault_pages(PAGES);
	perfev_counters_stop(set);
	assert_int_equal(perfev_counters_read(set), 0);
	assert_int_equal(perfev_counters_get(set, 2, 0)->state, PERFEV_READING_MISSING);
	assert_int_equal(perfev_counters_get(set, 2, 0)->error, missing->error);
	assert_in_range(perfev_counters_get(set, 3, 0)->value, PAGES, PAGES + STRAY);
	assert_int_equal(perfev_counters_get(set, 1, 0)->state, PERFEV_READING_COUNTED);
	perfev_counters_close(set);
}

static void wrong_calls_say_what_is_wrong(void **state)
{
	struct perfev_target none = { (enum perfev_target_kind)77, 0, -1, NULL, 0 };
	struct {
		struct perfev_count_options options;
		int newer;
	} newer = { .options.size = sizeof(newer), .newer = 1 };
	struct perfev_counter *counter;
	struct perfev_group *group;
	struct perfev_why why;

	(void)state;
	assert_int_equal(perfev_counter_open(&counter, "task-clock", none, NULL, &why), -EINVAL);
	assert_int_equal(why.cause, PERFEV_CAUSE_ARGUMENT);
	assert_null(counter);
	assert_int_equal(perfev_counter_open(&counter, "task-clock", perfev_all_cpus(), NULL, &why),
			 -EINVAL);
	assert_non_null(strstr(why.remedy, "perfev_group_open"));
	assert_int_equal(
		perfev_counter_open(&counter, "task-clock,page-faults", perfev_self(), NULL, &why),
		-EINVAL);
	assert_int_equal(
		perfev_group_open_with(&group, "task-clock", perfev_self(), &newer.options, &why),
		-E2BIG);
	assert_null(group);
	newer.newer = 0;
	assert_int_equal(
		perfev_group_open_with(&group, "task-clock", perfev_self(), &newer.options, &why),
		0);
	perfev_group_close(group);
	assert_int_equal(perfev_group_open(&group, "no-such-event", perfev_self(), &why), -ENOENT);
	assert_int_equal(why.cause, PERFEV_CAUSE_NAME);
	assert_int_equal(perfev_group_open(&group, "no-such-event", perfev_self(), NULL), -ENOENT);
	perfev_group_close(NULL);
	perfev_counter_close(NULL);
	perfev_counters_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_counts_between_start_and_stop),
		cmocka_unit_test(reset_zeroes_the_value_alone),
		cmocka_unit_test(an_attribute_counts_like_a_name),
		cmocka_unit_test(a_hardware_counter_counts_the_loop),
		cmocka_unit_test(a_group_is_counted_together),
		cmocka_unit_test(a_ratio_of_a_group_is_of_the_same_moments),
		cmocka_unit_test(braces_around_a_group_change_nothing),
		cmocka_unit_test(a_set_has_groups_and_events_alone),
		cmocka_unit_test(what_does_not_open_fails_or_is_missing),
		cmocka_unit_test(wrong_calls_say_what_is_wrong),
	};

	return cmocka_run_group_tests_name("counters and groups", tests, NULL, NULL);
}
