/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out: the Nth allocation fails, for every N until none does. The error comes out
 * as -ENOMEM and nothing leaks. The linker puts the functions below in the place of malloc(3).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "failing_memory.h"
#include "fake_machines.h"
#include "support.h"

static void no_memory_is_told_and_nothing_leaks(void **state)
{
	static const char *const texts[] = {
		"cycles:u",
		"{cs,faults,task-clock,r1,r2}:S",
		"power/energy-pkg/,imc/data_reads/",
		"{imc/data_reads/,imc/event=1/}",
		"sched:sched_switch,s*:*:u",
		"uprobe:/proc/self/exe:main,kprobe:do_exit",
		"mem-loads,cpu/mem-loads,name=x/",
		"mem:0x10/4:w",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		long before = allocations_held, n;
		int result = -ENOMEM;

		for (n = 0; result < 0; n++) {
			struct perfev_events *events;

			allocations_left = n;
			result = perfev_events_parse(&events, texts[i], &server.options,
						     &server.why);
			allocations_left = -1;
			if (result < 0) {
				if (result != -ENOMEM || server.why.cause != PERFEV_CAUSE_MEMORY)
					fail_msg("%s, allocation %ld: %s", texts[i], n,
						 server.why.text);
				assert_null(events);
			}
			perfev_events_free(events);
			assert_int_equal(allocations_held, before);
		}
		assert_true(n > 2);
	}
}

static void no_memory_to_write_is_told(void **state)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = PERF_TYPE_RAW, .config = 1 };
	long before = allocations_held, n;
	int result = -ENOMEM;
	char text[64];

	(void)state;
	for (n = 0; result < 0; n++) {
		allocations_left = n;
		result = perfev_event_format(text, sizeof(text), &attr, &server.options);
		allocations_left = -1;
		if (result < 0)
			assert_int_equal(result, -ENOMEM);
		assert_int_equal(allocations_held, before);
	}
	assert_true(n > 2);
}

/* A listing goes on behind what it had no memory for, so that it comes to its end all the same. */
static void no_memory_to_list_is_told_and_nothing_leaks(void **state)
{
	long before = allocations_held, n;
	int failed = 1;

	(void)state;
	for (n = 0; failed; n++) {
		struct perfev_catalog *catalog;
		struct perfev_catalog_item item;
		int result;

		allocations_left = n;
		result = perfev_catalog_open(&catalog, PERFEV_KIND_ALL, "*", &server.options);
		failed = result < 0;
		if (failed)
			assert_null(catalog);
		while (!failed && (result = perfev_catalog_next(catalog, &item)))
			failed = result < 0;
		/* Only one allocation fails, and it is told once. */
		while (catalog && (result = perfev_catalog_next(catalog, &item)))
			assert_int_equal(result, 1);
		allocations_left = -1;
		perfev_catalog_close(catalog);
		assert_int_equal(allocations_held, before);
	}
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory_is_told_and_nothing_leaks),
		cmocka_unit_test(no_memory_to_write_is_told),
		cmocka_unit_test(no_memory_to_list_is_told_and_nothing_leaks),
	};

	return cmocka_run_group_tests_name("events without memory", tests, fake_machines_begin,
					   fake_machines_end);
}
