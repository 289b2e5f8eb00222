/* SPDX-License-Identifier: MIT */
/*
 * The parts of an explanation and their line: cut where they do not fit, whole at every moment. And
 * what is read of the system, from files of the test's own making.
 */
#include "../../src/explain/machine.h"
#include "../../src/explain/why.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static void the_line_is_put_together_of_the_parts_that_are_there(void **state)
{
	struct perfev_why why;

	(void)state;
	perfev_why_clear(&why);
	assert_int_equal(why.position, -1);
	assert_string_equal(why.text, "");
	assert_int_equal(perfev_why_begin(&why, PERFEV_CAUSE_VALUE, EINVAL, "cpu", 7), -EINVAL);
	perfev_why_reason(&why, "cpu is %d", 7);
	assert_string_equal(why.text, "cpu is 7");
	perfev_why_remedy(&why, "cpu = 0;");
	assert_string_equal(why.text, "cpu is 7: cpu = 0;");
	perfev_why_evidence(&why, "read");
	assert_string_equal(why.text, "cpu is 7 (read): cpu = 0;");
	assert_int_equal(why.cause, PERFEV_CAUSE_VALUE);
	assert_int_equal(why.error, EINVAL);
	assert_int_equal(why.value, 7);
	assert_string_equal(why.field, "cpu");
}

static void a_new_beginning_keeps_only_the_number_of_tries(void **state)
{
	struct perfev_why why;

	(void)state;
	perfev_why_clear(&why);
	why.tries = 12;
	perfev_why_begin(&why, PERFEV_CAUSE_VALUE, EINVAL, "cpu", 7);
	perfev_why_reason(&why, "first");
	perfev_why_begin(&why, PERFEV_CAUSE_CPU, ENODEV, "", 0);
	assert_string_equal(why.text, "");
	assert_string_equal(why.field, "");
	assert_int_equal(why.tries, 12);
}

static void parts_that_do_not_fit_are_cut(void **state)
{
	char text[1024];
	struct perfev_why why;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	perfev_why_clear(&why);
	perfev_why_begin(&why, PERFEV_CAUSE_VALUE, EINVAL, text, 0);
	perfev_why_reason(&why, "%s", text);
	perfev_why_evidence(&why, "%s", text);
	perfev_why_remedy(&why, "%s", text);
	assert_int_equal(strlen(why.field), sizeof(why.field) - 1);
	assert_int_equal(strlen(why.reason), sizeof(why.reason) - 1);
	assert_int_equal(strlen(why.evidence), sizeof(why.evidence) - 1);
	assert_int_equal(strlen(why.remedy), sizeof(why.remedy) - 1);
	/* Room for all three, and what stands between them. */
	assert_int_equal(strlen(why.text), 3 * (sizeof(why.reason) - 1) + strlen(" (): "));
}

static void nothing_is_written_where_nobody_asks_why(void **state)
{
	(void)state;
	perfev_why_clear(NULL);
	assert_int_equal(perfev_why_begin(NULL, PERFEV_CAUSE_VALUE, EINVAL, "cpu", 7), -EINVAL);
	perfev_why_reason(NULL, "%d", 1);
	perfev_why_evidence(NULL, "%d", 1);
	perfev_why_remedy(NULL, "%d", 1);
	assert_int_equal(perfev_why_no_memory(NULL, "this"), -ENOMEM);
}

static void every_cause_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int cause = 0; cause <= PERFEV_CAUSE_FILE; cause++) {
		const char *name = perfev_cause_name((enum perfev_cause)cause);

		assert_non_null(name);
		for (int other = 0; other < cause; other++)
			assert_string_not_equal(name, perfev_cause_name((enum perfev_cause)other));
	}
	assert_string_equal(perfev_cause_name(PERFEV_CAUSE_GROUP_FULL), "group-full");
	assert_null(perfev_cause_name((enum perfev_cause)(PERFEV_CAUSE_FILE + 1)));
	assert_null(perfev_cause_name((enum perfev_cause) - 1));
}

static void lists_of_numbers_are_read(void **state)
{
	(void)state;
	assert_int_equal(perfev_machine_list_has("0-3,8", 0), 1);
	assert_int_equal(perfev_machine_list_has("0-3,8\n", 3), 1);
	assert_int_equal(perfev_machine_list_has("0-3,8", 8), 1);
	assert_int_equal(perfev_machine_list_has("0-3,8", 4), 0);
	assert_int_equal(perfev_machine_list_has("0-3,8", -1), 0);
	assert_int_equal(perfev_machine_list_has("", 0), 0);
	assert_int_equal(perfev_machine_list_count("0-3,8\n"), 5);
	assert_int_equal(perfev_machine_list_count("\n"), 0);
	assert_int_equal(perfev_machine_list_count("junk"), 0);
}

static void a_line_of_a_status_is_found_by_its_whole_name(void **state)
{
	const char *status = "Name:\tcat\nSeccomp:\t2\nSeccomp_filters:\t1\nCapEff:\t00ff\n";

	(void)state;
	assert_memory_equal(perfev_machine_status(status, "Name"), "cat\n", 4);
	assert_memory_equal(perfev_machine_status(status, "Seccomp"), "2\n", 2);
	assert_memory_equal(perfev_machine_status(status, "CapEff"), "00ff\n", 5);
	assert_null(perfev_machine_status(status, "Cap"));
	assert_null(perfev_machine_status(status, "Uid"));
	assert_null(perfev_machine_status("", "Uid"));
}

static char root[64];

static void write_file(const char *path, const char *text)
{
	char whole[256];
	FILE *file;

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0700);
		*slash = '/';
	}
	file = fopen(whole, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int make_root(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/perfev-machine-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

static void a_machine_that_says_nothing_is_unknown(void **state)
{
	struct machine machine;

	(void)state;
	perfev_machine_read(&machine, "/no/such/root");
	assert_int_equal(machine.paranoid, SETTING_UNKNOWN);
	assert_int_equal(machine.sample_rate, SETTING_UNKNOWN);
	assert_int_equal(machine.cpus, SETTING_UNKNOWN);
	assert_int_equal(machine.capabilities, 0);
	assert_int_equal(machine.seccomp, 0);
	assert_int_equal(machine.is_contained, 0);
	assert_int_equal(machine.has_lockdown, 0);
	assert_int_equal(perfev_machine_may_all(&machine), 0);
}

static void settings_and_rights_are_read(void **state)
{
	struct machine machine;

	(void)state;
	write_file("/proc/sys/kernel/perf_event_paranoid", "-1\n");
	write_file("/proc/sys/kernel/perf_event_max_sample_rate", "63000\n");
	write_file("/proc/sys/kernel/perf_event_max_stack", "junk\n");
	write_file("/proc/self/status", "Name:\tx\nCapEff:\t0000004000000000\nSeccomp:\t2\n");
	write_file("/proc/self/uid_map", "         0          0 4294967295\n");
	write_file("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
	write_file("/sys/devices/system/cpu/possible", "0-63,96-127\n");
	write_file("/sys/devices/system/cpu/online", "0,2-4\n");
	perfev_machine_read(&machine, root);
	assert_int_equal(machine.paranoid, -1);
	assert_int_equal(machine.sample_rate, 63000);
	assert_int_equal(machine.max_stack, SETTING_UNKNOWN);
	assert_int_equal(machine.seccomp, 2);
	assert_int_equal(machine.is_contained, 0);
	assert_int_equal(machine.has_lockdown, 1);
	assert_int_equal(machine.cpus, 128);
	assert_int_equal(machine.online, 4);
	assert_int_equal(perfev_machine_has(&machine, CAPABILITY_PERFMON), 1);
	assert_int_equal(perfev_machine_has(&machine, CAPABILITY_SYS_ADMIN), 0);
	assert_int_equal(perfev_machine_may_all(&machine), 1);
}

static void capabilities_of_a_user_namespace_do_not_count(void **state)
{
	struct machine machine;

	(void)state;
	write_file("/proc/self/status", "CapEff:\t000001ffffffffff\n");
	write_file("/proc/self/uid_map", "         0       1000          1\n");
	perfev_machine_read(&machine, root);
	assert_int_equal(machine.is_contained, 1);
	assert_int_equal(perfev_machine_may_all(&machine), 0);
	/* One that nobody has written to yet maps no user at all. */
	write_file("/proc/self/uid_map", "");
	perfev_machine_read(&machine, root);
	assert_int_equal(machine.is_contained, 1);
}

static void a_pmu_is_found_by_its_number(void **state)
{
	struct pmu pmu;

	(void)state;
	write_file("/sys/bus/event_source/devices/cpu/type", "4\n");
	write_file("/sys/bus/event_source/devices/cpu/caps/max_precise", "3\n");
	write_file("/sys/bus/event_source/devices/uncore_imc_0/type", "44\n");
	write_file("/sys/bus/event_source/devices/uncore_imc_0/cpumask", "0,18\n");
	assert_int_equal(perfev_machine_pmu(root, 4, &pmu), 1);
	assert_string_equal(pmu.name, "cpu");
	assert_int_equal(pmu.max_precise, 3);
	assert_string_equal(pmu.cpus, "");
	assert_int_equal(perfev_machine_pmu(root, 44, &pmu), 1);
	assert_string_equal(pmu.name, "uncore_imc_0");
	assert_int_equal(pmu.max_precise, SETTING_UNKNOWN);
	assert_string_equal(pmu.cpus, "0,18");
	assert_int_equal(perfev_machine_pmu(root, 5, &pmu), 0);
	assert_string_equal(pmu.name, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_is_put_together_of_the_parts_that_are_there),
		cmocka_unit_test(a_new_beginning_keeps_only_the_number_of_tries),
		cmocka_unit_test(parts_that_do_not_fit_are_cut),
		cmocka_unit_test(nothing_is_written_where_nobody_asks_why),
		cmocka_unit_test(every_cause_has_a_name_of_its_own),
		cmocka_unit_test(lists_of_numbers_are_read),
		cmocka_unit_test(a_line_of_a_status_is_found_by_its_whole_name),
		cmocka_unit_test(a_machine_that_says_nothing_is_unknown),
		cmocka_unit_test(settings_and_rights_are_read),
		cmocka_unit_test(capabilities_of_a_user_namespace_do_not_count),
		cmocka_unit_test(a_pmu_is_found_by_its_number),
	};

	return cmocka_run_group_tests_name("explanations", tests, make_root, remove_root);
}
