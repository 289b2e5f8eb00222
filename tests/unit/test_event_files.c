/* SPDX-License-Identifier: MIT */
/*
 * Which files reading a name opens: those that this name needs, each once, and no walk. The linker
 * puts the functions below in the place of open(2) and access(2).
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fake_machines.h"
#include "support.h"

/* What was asked for: "?" before what was only looked for, "+" before what is below the folder. */
static char files[2048];

int __real_open(const char *path, int flags, ...);
int __real_open64(const char *path, int flags, ...);
int __real_access(const char *path, int mode);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_access(const char *path, int mode);
int __real_openat(int folder, const char *path, int flags, ...);
int __real_openat64(int folder, const char *path, int flags, ...);
int __real_faccessat(int folder, const char *path, int mode, int flags);
int __wrap_openat(int folder, const char *path, int flags, ...);
int __wrap_openat64(int folder, const char *path, int flags, ...);
int __wrap_faccessat(int folder, const char *path, int mode, int flags);

/* Notes a path below one of the machines' folders of PMUs, or of tracefs. */
static void note(const char *before, const char *path)
{
	static const char *const folders[] = { "/" FAKE_DEVICES "/", "/kernel/" };
	size_t length = strlen(files);

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *found = strstr(path, folders[i]);

		if (found)
			snprintf(files + length, sizeof(files) - length, "%s%s%s",
				 length ? " " : "", before, found + strlen(folders[i]));
	}
}

/* The library never makes a file, so that there is no mode to be handed on. */
int __wrap_open(const char *path, int flags, ...)
{
	note("", path);
	return __real_open(path, flags);
}

int __wrap_open64(const char *path, int flags, ...)
{
	note("", path);
	return __real_open64(path, flags);
}

int __wrap_access(const char *path, int mode)
{
	note("?", path);
	return __real_access(path, mode);
}

/* What is read from an open folder is of the library's making alone. */
static void note_below(const char *before, const char *path)
{
	size_t length = strlen(files);

	snprintf(files + length, sizeof(files) - length, "%s%s%s", length ? " " : "", before, path);
}

int __wrap_openat(int folder, const char *path, int flags, ...)
{
	note_below("+", path);
	return __real_openat(folder, path, flags);
}

int __wrap_openat64(int folder, const char *path, int flags, ...)
{
	note_below("+", path);
	return __real_openat64(folder, path, flags);
}

int __wrap_faccessat(int folder, const char *path, int mode, int flags)
{
	note_below("?+", path);
	return __real_faccessat(folder, path, mode, flags);
}

struct opened {
	const char *text, *files;
};

static void check(struct fake_machine *machine, const struct opened *opened)
{
	struct perfev_events *events;

	files[0] = '\0';
	events = parse(machine, opened->text);
	if (strcmp(files, opened->files) != 0)
		fail_msg("%s asks for \"%s\"", opened->text, files);
	perfev_events_free(events);
}

static void a_name_opens_the_files_that_it_needs_and_no_other(void **state)
{
	static const struct opened cases[] = {
		{ "page-faults", "" },
		{ "mem:0x10/4:w", "" },
		{ "1:3", "" },
		{ "cycles", "?cpu/type" },
		{ "L1-dcache-load-misses:u", "?cpu/type" },
		{ "r1c0", "?cpu/type" },
		{ "{cycles,instructions,branches,r1}:S", "?cpu/type" },
		{ "sched:sched_switch", "tracing/events/sched/sched_switch/id" },
		{ "cpu/event=0xc0,umask=1/", "cpu/type cpu/format/event cpu/format/umask" },
		{ "msr/tsc/", "msr/type msr/events/tsc msr/events/tsc.scale msr/events/tsc.unit "
			      "msr/format/event msr/cpumask msr/cpus" },
		{ "power/energy-pkg/",
		  "power/type power/events/energy-pkg power/events/energy-pkg.scale "
		  "power/events/energy-pkg.unit power/format/event power/cpumask" },
		{ "kprobe:do_exit", "kprobe/type" },
		{ "kretprobe:do_exit", "kprobe/type kprobe/format/retprobe" },
		{ "uprobe:/bin/a:0x10", "uprobe/type" },
		{ "syscalls:sys_enter_*",
		  "tracing/events/syscalls tracing/events/syscalls/sys_enter_read/id" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&server, &cases[i]);
}

static void a_hybrid_processor_costs_the_files_of_its_kinds_of_core(void **state)
{
	static const struct opened cases[] = {
		{ "page-faults", "" },
		{ "cycles", "?cpu/type cpu_core/type cpu_atom/type cpu_lowpower/type "
			    "cpu_core/cpumask cpu_core/cpus cpu_atom/cpumask cpu_atom/cpus" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&hybrid, &cases[i]);
}

static void a_listing_reads_what_is_wanted_and_reached(void **state)
{
	static const struct {
		unsigned int kinds;
		const char *pattern;
		int items; /* so many are asked for */
		const char *files;
	} cases[] = {
		{ PERFEV_KIND_SOFTWARE, NULL, 99, "" },
		{ PERFEV_KIND_ALL, NULL, 1, "?cpu/type" },
		{ PERFEV_KIND_FORMAT, NULL, 1, "cpu/type cpu/format cpu/format/cmask" },
		{ PERFEV_KIND_PMU, "msr", 9, "msr/type msr/cpumask msr/cpus" },
		{ PERFEV_KIND_FORMAT, "msr/*", 9, "msr/type msr/format msr/format/event" },
		{ PERFEV_KIND_TRACEPOINT, "sched:sched_switch", 9,
		  "tracing/events tracing/events/sched +sched_switch/id" },
		{ PERFEV_KIND_TRACEPOINT | PERFEV_CATALOG_BRIEF, "sched:sched_switch", 9,
		  "tracing/events tracing/events/sched ?+sched_switch/id" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct perfev_catalog *catalog;
		struct perfev_catalog_item item;

		files[0] = '\0';
		assert_int_equal(perfev_catalog_open(&catalog, cases[i].kinds, cases[i].pattern,
						     &server.options),
				 0);
		for (int n = 0; n < cases[i].items && perfev_catalog_next(catalog, &item); n++)
			;
		perfev_catalog_close(catalog);
		if (strcmp(files, cases[i].files) != 0)
			fail_msg("case %zu asks for \"%s\"", i, files);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_opens_the_files_that_it_needs_and_no_other),
		cmocka_unit_test(a_hybrid_processor_costs_the_files_of_its_kinds_of_core),
		cmocka_unit_test(a_listing_reads_what_is_wanted_and_reached),
	};

	return cmocka_run_group_tests_name("files of events", tests, fake_machines_begin,
					   fake_machines_end);
}
