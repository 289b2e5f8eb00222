/* SPDX-License-Identifier: MIT */
/*
 * What this machine offers: whatever is listed as an event is one that can be read by its name, and
 * the kernel knows what it became.
 */
#include <perfev/event.h>
#include <perfev/sys.h>

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

/* Ways to write what has no name, and PMUs, are no events. */
#define EVENTS                                                                                     \
	(PERFEV_KIND_HARDWARE | PERFEV_KIND_CACHE | PERFEV_KIND_SOFTWARE | PERFEV_KIND_PMU_EVENT | \
	 PERFEV_KIND_FORMAT | PERFEV_KIND_TRACEPOINT)

static void check_is_taken(const char *name, const struct perfev_catalog_item *item)
{
	struct perfev_events *events;
	struct perfev_why why;

	if (perfev_events_parse(&events, name, NULL, &why) != 0)
		fail_msg("%s: %s", name, why.text);
	assert_true(perfev_events_count(events) > 0);
	/* The kinds of core of a hybrid processor have the generic type with a number above it. */
	assert_int_equal(perfev_events_get(events, 0)->attr.type, item->type);
	if (item->scale != 1)
		assert_float_equal(perfev_events_get(events, 0)->scale, item->scale, 1e-12);
	assert_string_equal(perfev_events_get(events, 0)->unit, item->unit);
	perfev_events_free(events);
}

static void everything_listed_as_an_event_is_taken(void **state)
{
	struct perfev_catalog *catalog;
	struct perfev_catalog_item item;
	unsigned int listed = 0;
	int result;

	(void)state;
	assert_int_equal(perfev_catalog_open(&catalog, EVENTS, NULL, NULL), 0);
	while ((result = perfev_catalog_next(catalog, &item))) {
		/* tracefs is root's, and not mounted everywhere. */
		if (result == -EACCES || result == -ENOENT)
			continue;
		assert_int_equal(result, 1);
		listed++;
		/* It wants a value that only its caller knows. */
		if (strstr(item.name, "=?"))
			continue;
		check_is_taken(item.name, &item);
		if (item.alias[0])
			check_is_taken(item.alias, &item);
	}
	perfev_catalog_close(catalog);
	assert_true(listed >= PERF_COUNT_SW_MAX);
}

static void a_tracepoints_number_is_the_kernels(void **state)
{
	struct perfev_catalog *catalog;
	struct perfev_catalog_item item;
	unsigned long long id = 0;
	struct perf_event_attr attr;
	int fd;

	(void)state;
	assert_int_equal(
		perfev_catalog_open(&catalog, PERFEV_KIND_TRACEPOINT, "sched:sched_switch", NULL),
		0);
	if (perfev_catalog_next(catalog, &item) != 1) {
		perfev_catalog_close(catalog);
		skip_without("tracefs", "it is not mounted, or not ours to read");
	}
	assert_int_equal(sscanf(item.encoding, "config=%llu", &id), 1);
	assert_string_equal(item.pmu, "sched");
	attr = (struct perf_event_attr)PERFEV_ATTR_INIT(PERF_TYPE_TRACEPOINT, .config = id);
	assert_int_equal(perfev_catalog_next(catalog, &item), 0);
	perfev_catalog_close(catalog);
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 && errno == EACCES)
		skip_without("root", "tracepoints are not ours to open");
	assert_true(fd >= 0);
	close(fd);
}

static void every_pmu_is_listed_with_its_number(void **state)
{
	glob_t there = { .gl_pathc = 0 };
	struct perfev_catalog *catalog;
	struct perfev_catalog_item item;
	size_t listed = 0;

	(void)state;
	if (glob("/sys/bus/event_source/devices/*/type", 0, NULL, &there) != 0)
		skip_without("sysfs", "it is not mounted");
	assert_int_equal(perfev_catalog_open(&catalog, PERFEV_KIND_PMU, NULL, NULL), 0);
	for (; perfev_catalog_next(catalog, &item) == 1; listed++) {
		char path[512];
		unsigned int type;
		FILE *file;

		snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", item.name);
		file = fopen(path, "re");
		assert_non_null(file);
		assert_int_equal(fscanf(file, "%u", &type), 1);
		fclose(file);
		assert_int_equal(item.type, type);
	}
	perfev_catalog_close(catalog);
	assert_int_equal(listed, there.gl_pathc);
	globfree(&there);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_listed_as_an_event_is_taken),
		cmocka_unit_test(a_tracepoints_number_is_the_kernels),
		cmocka_unit_test(every_pmu_is_listed_with_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
