/* SPDX-License-Identifier: MIT */
/*
 * Refusals for want of rights, told of machines of the test's own making. What must stay true: a
 * setting is named only where it is what refuses, and a remedy leaves something to count.
 */
#include "../../src/explain/rules.h"
#include "../../src/explain/search.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_sysfs.h"
#include "support.h"

/* A request for something that needs every right there is a rule for. */
static const struct request wanting_all = {
	.attr = { .type = PERF_TYPE_TRACEPOINT,
		  .sample_type = PERF_SAMPLE_PHYS_ADDR | PERF_SAMPLE_RAW | PERF_SAMPLE_BRANCH_STACK,
		  .branch_sample_type = PERF_SAMPLE_BRANCH_KERNEL },
	.pid = -1,
	.cpu = 0,
	.group_fd = -1,
};

/* Of one who is refused; no request is made, since all tries are used up. */
static struct inquiry inquiry_of(long paranoid, __u64 capabilities, struct perfev_why *why)
{
	struct inquiry inquiry = {
		.asked = wanting_all, .error = EACCES, .tries = PERFEV_EXPLAIN_TRIES, .why = why
	};

	inquiry.machine.root = "/no/such/root";
	inquiry.machine.paranoid = paranoid;
	inquiry.machine.capabilities = capabilities;
	return inquiry;
}

#define PERFMON (1ULL << CAPABILITY_PERFMON)
#define SYS_ADMIN (1ULL << CAPABILITY_SYS_ADMIN)

/* How many rules are about what a level or CAP_PERFMON permits. */
#define LEVELS 5

/* Has every rule look, and hands over what those say that a level or CAP_PERFMON would permit. */
static unsigned int look(struct inquiry *inquiry, enum perfev_cause cause,
			 void (*check)(const struct perfev_why *why))
{
	unsigned int found = 0;

	for (unsigned int i = 0; perfev_rules_access[i]; i++) {
		struct request work = inquiry->asked;

		if (!perfev_rules_access[i](inquiry, &work, inquiry->why) ||
		    inquiry->why->cause != cause)
			continue;
		check(inquiry->why);
		found++;
	}
	return found;
}

static void names_the_level(const struct perfev_why *why)
{
	assert_non_null(strstr(why->reason, "takes CAP_PERFMON or a kernel.perf_event_paranoid"));
	assert_memory_equal(why->remedy, "sudo sysctl kernel.perf_event_paranoid=", 39);
}

static void names_no_level(const struct perfev_why *why)
{
	assert_non_null(strstr(why->reason, "refused by a security module or a sandbox"));
	assert_null(strstr(why->remedy, "sysctl"));
	assert_null(strstr(why->remedy, "setcap"));
	assert_true(why->remedy[0]);
}

static void a_level_is_named_where_it_refuses(void **state)
{
	struct perfev_why why;
	struct inquiry inquiry = inquiry_of(3, 0, &why);

	(void)state;
	assert_int_equal(look(&inquiry, PERFEV_CAUSE_PARANOID, names_the_level), LEVELS);
	/* Capabilities within a user namespace are none. */
	inquiry.machine.capabilities = PERFMON | SYS_ADMIN;
	inquiry.machine.is_contained = 1;
	assert_int_equal(look(&inquiry, PERFEV_CAUSE_PARANOID, names_the_level), LEVELS);
}

static void no_level_is_named_to_who_has_the_right(void **state)
{
	struct perfev_why why;
	struct inquiry by_capability = inquiry_of(2, PERFMON, &why);
	struct inquiry by_level = inquiry_of(-1, 0, &why);

	(void)state;
	assert_int_equal(look(&by_capability, PERFEV_CAUSE_LSM, names_no_level), LEVELS);
	assert_non_null(strstr(why.evidence, "has CAP_PERFMON or CAP_SYS_ADMIN"));
	assert_int_equal(look(&by_level, PERFEV_CAUSE_LSM, names_no_level), LEVELS);
	assert_non_null(strstr(why.evidence, "kernel.perf_event_paranoid is -1; "));
}

static void what_else_refuses_is_told_as_far_as_it_can_be_read(void **state)
{
	char root[] = "/tmp/perfev-rights-XXXXXX", path[128], command[64];
	struct perfev_why why;
	struct inquiry inquiry = inquiry_of(2, SYS_ADMIN, &why);
	struct request work = inquiry.asked;
	FILE *file;

	(void)state;
	inquiry.machine.seccomp = 2;
	perfev_rules_access[1](&inquiry, &work, &why);
	assert_non_null(strstr(why.evidence, "Seccomp is 2"));
	assert_non_null(strstr(why.evidence, "security modules: cannot be read"));
	assert_non_null(strstr(why.remedy, "sandbox"));

	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "mkdir -p %s/sys/kernel/security", root);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "%s/sys/kernel/security/lsm", root);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs("capability,selinux", file) >= 0);
	assert_int_equal(fclose(file), 0);
	inquiry.machine.root = root;
	work = inquiry.asked;
	perfev_rules_access[1](&inquiry, &work, &why);
	assert_non_null(strstr(why.evidence, "security modules: capability,selinux"));
	assert_non_null(strstr(why.remedy, "sudo ausearch -m avc"));
	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

/* What perfev_explain_no_right() says of a probe, or 0 when it has nothing to say. */
static int probe_refused(const char *pmu, __u64 capabilities, struct perfev_why *why)
{
	struct inquiry inquiry = inquiry_of(2, capabilities, why);

	inquiry.is_probe = 1;
	strcpy(inquiry.pmu.name, pmu);
	return perfev_explain_no_right(&inquiry);
}

static void a_probe_takes_a_capability_and_no_level(void **state)
{
	struct perfev_why why;

	(void)state;
	assert_int_equal(probe_refused("kprobe", 0, &why), 1);
	assert_int_equal(why.cause, PERFEV_CAUSE_CAPABILITY);
	assert_string_equal(why.field, "type");
	assert_string_equal(why.remedy, "sudo setcap cap_perfmon+ep PROGRAM, or run it as root");
	/* Newer kernels ask more of uprobes, so who has CAP_PERFMON may lack that. */
	assert_int_equal(probe_refused("uprobe", PERFMON, &why), 1);
	assert_int_equal(why.cause, PERFEV_CAUSE_CAPABILITY);
	assert_non_null(strstr(why.evidence, "lacks CAP_SYS_ADMIN"));
	assert_string_equal(why.remedy, "sudo setcap cap_sys_admin+ep PROGRAM, or run it as root");
	assert_int_equal(probe_refused("kprobe", PERFMON, &why), 0);
	assert_int_equal(probe_refused("kprobe", SYS_ADMIN, &why), 0);
	assert_int_equal(probe_refused("uprobe", SYS_ADMIN, &why), 0);
}

static void who_asks_for_a_thread_where_the_PMU_knows_none_is_told_so(void **state)
{
	struct perfev_why why;
	struct inquiry inquiry = inquiry_of(2, 0, &why);

	(void)state;
	inquiry.asked = (struct request){ .attr = { .type = 40 }, .cpu = -1, .group_fd = -1 };
	strcpy(inquiry.pmu.name, "uncore_imc_0");
	strcpy(inquiry.pmu.cpus, "2,18");
	assert_int_equal(perfev_explain_no_right(&inquiry), 1);
	assert_int_equal(why.cause, PERFEV_CAUSE_CONFLICT);
	assert_string_equal(why.field, "pid");
	assert_non_null(strstr(why.reason, "perf_event_paranoid of at most 0"));
	assert_string_equal(why.remedy, "pid = -1; cpu = 2;");
	/* What else refuses it is another's to say. */
	inquiry.machine.paranoid = 0;
	assert_int_equal(perfev_explain_no_right(&inquiry), 0);
	inquiry.machine.paranoid = 2;
	inquiry.asked.pid = -1;
	assert_int_equal(perfev_explain_no_right(&inquiry), 0);
	inquiry.asked.pid = 0;
	strcpy(inquiry.pmu.name, "arm_spe_0");
	assert_int_equal(perfev_explain_no_right(&inquiry), 0);
}

static void a_breakpoint_in_the_kernel_takes_a_capability_and_no_level(void **state)
{
	struct perfev_why why;
	struct inquiry inquiry = inquiry_of(2, PERFMON, &why);

	(void)state;
	inquiry.asked.attr.type = PERF_TYPE_BREAKPOINT;
	inquiry.asked.attr.bp_addr = 1ULL << 63;
	assert_int_equal(perfev_explain_no_right(&inquiry), 1);
	assert_int_equal(why.cause, PERFEV_CAUSE_CAPABILITY);
	assert_string_equal(why.field, "bp_addr");
	assert_string_equal(why.remedy, "run it as root");
	inquiry.machine.capabilities = SYS_ADMIN;
	assert_int_equal(perfev_explain_no_right(&inquiry), 0);
	inquiry.machine.capabilities = 0;
	inquiry.asked.attr.bp_addr = 4096;
	assert_int_equal(perfev_explain_no_right(&inquiry), 0);
}

/* The remedy for one who may not count the kernel's part of this. */
static const char *remedy_of(struct perf_event_attr attr, struct perfev_why *why)
{
	struct request asked = { .attr = attr, .cpu = -1, .group_fd = -1 }, accepted = asked;

	accepted.attr.exclude_kernel = 1;
	perfev_why_clear(why);
	perfev_why_remedy(why, "advice");
	perfev_remedy_add(&asked, &accepted, why);
	return why->remedy;
}

static void a_remedy_leaves_something_to_count(void **state)
{
	static const struct perf_event_attr in_kernel[] = {
		{ .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CONTEXT_SWITCHES },
		{ .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_MIGRATIONS },
		{ .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CGROUP_SWITCHES },
		{ .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_BPF_OUTPUT },
		{ .type = PERF_TYPE_TRACEPOINT, .config = 7 },
		{ .type = PERF_TYPE_HARDWARE, .exclude_user = 1 },
	};
	const struct perf_event_attr faults = { .type = PERF_TYPE_SOFTWARE,
						.config = PERF_COUNT_SW_PAGE_FAULTS };
	const struct perf_event_attr cycles = { .type = PERF_TYPE_HARDWARE };
	struct perfev_why why;

	(void)state;
	for (size_t i = 0; i < sizeof(in_kernel) / sizeof(in_kernel[0]); i++)
		assert_string_equal(remedy_of(in_kernel[i], &why), "advice");
	assert_string_equal(remedy_of(faults, &why), "attr.exclude_kernel = 1; Or: advice");
	assert_string_equal(remedy_of(cycles, &why), "attr.exclude_kernel = 1; Or: advice");
}

/* Other processors' may be on as well, but is no event. */
static void a_watchdog_holds_a_counter_where_it_is_an_event(void **state)
{
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
	const int expected = 1;
#else
	const int expected = 0;
#endif
	struct fake fake;

	(void)state;
	fake_begin(&fake);
	assert_int_equal(perfev_machine_watchdog(fake.root), 0);
	fake_file(&fake, "0\n", "proc/sys/kernel/nmi_watchdog");
	assert_int_equal(perfev_machine_watchdog(fake.root), 0);
	fake_file(&fake, "1\n", "proc/sys/kernel/nmi_watchdog");
	assert_int_equal(perfev_machine_watchdog(fake.root), expected);
	fake_end(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_level_is_named_where_it_refuses),
		cmocka_unit_test(no_level_is_named_to_who_has_the_right),
		cmocka_unit_test(what_else_refuses_is_told_as_far_as_it_can_be_read),
		cmocka_unit_test(a_probe_takes_a_capability_and_no_level),
		cmocka_unit_test(a_breakpoint_in_the_kernel_takes_a_capability_and_no_level),
		cmocka_unit_test(who_asks_for_a_thread_where_the_PMU_knows_none_is_told_so),
		cmocka_unit_test(a_remedy_leaves_something_to_count),
		cmocka_unit_test(a_watchdog_holds_a_counter_where_it_is_an_event),
	};

	return cmocka_run_group_tests_name("rights", tests, NULL, NULL);
}
