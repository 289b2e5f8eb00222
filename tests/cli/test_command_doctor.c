/* SPDX-License-Identifier: MIT */
/*
 * perfev doctor on this machine: what it says works, and what the kernel says when it is asked by
 * other means. What must stay true: what is required of a machine is ok in doctor's words too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"
#include "command.h"
#include "level.h"
#include "loop.h"
#include "user_access.h"

static struct printed printed;

/* The text of a check's member in the JSON object; "null" where it has none. */
static void read_member(const char *check, const char *member, char *text, size_t size)
{
	char wanted[64];
	const char *at;

	snprintf(wanted, sizeof(wanted), "\"name\": \"%s\"", check);
	at = strstr(printed.out, wanted);
	if (!at)
		fail_msg("there is no check %s", check);
	snprintf(wanted, sizeof(wanted), "\"%s\": ", member);
	at = strstr(at, wanted);
	assert_non_null(at);
	at += strlen(wanted);
	if (*at == '"')
		at++;
	snprintf(text, size, "%.*s", (int)strcspn(at, at[-1] == '"' ? "\"" : ",\n"), at);
}

static int member_is(const char *check, const char *member, const char *expected)
{
	char text[512];

	read_member(check, member, text, sizeof(text));
	return strcmp(text, expected) == 0;
}

static void assert_member(const char *check, const char *member, const char *expected)
{
	char text[512];

	read_member(check, member, text, sizeof(text));
	if (strcmp(text, expected) != 0)
		fail_msg("%s of %s is '%s' instead of '%s'", member, check, text, expected);
}

/* What holds of every screen, whoever asks. */
static void check_screen(void)
{
	static const char good[] = "Counting and sampling work here";
	int works = strncmp(printed.out, good, strlen(good)) == 0;

	assert_status(&printed, works ? 0 : 1);
	assert_true(works || strncmp(printed.out, "Counting ", 9) == 0 ||
		    strncmp(printed.out, "Sampling ", 9) == 0 ||
		    strncmp(printed.out, "Neither ", 8) == 0);
	assert_string_equal(printed.err, "");
	assert_says(&printed, printed.out, "paranoid level");
	assert_says(&printed, printed.out, "system call");
	assert_null(strstr(printed.out, " 1 samples"));
}

/* The screen, to be read behind the run: these machines are not always at hand. */
static void show_screen(const char *who)
{
	print_message("# doctor, %s:\n", who);
	for (const char *line = printed.out; *line;) {
		int length = (int)strcspn(line, "\n");

		print_message("# | %.*s\n", length, line);
		line += length + (line[length] == '\n');
	}
}

static void its_screen_has_a_verdict_that_is_its_exit_status(void **state)
{
	(void)state;
	run_perfev(&printed, "doctor", NULL);
	show_screen(geteuid() == 0 ? "root" : "this user");
	check_screen();
}

static void its_screen_has_a_verdict_for_an_unprivileged_user_too(void **state)
{
	(void)state;
	run_perfev_as_nobody(&printed, "doctor", NULL);
	show_screen("unprivileged");
	check_screen();
}

/* What doctor says to this user, asked once for all checks: it takes a while in an emulator. */
static void ask_once(void)
{
	static struct printed answer;
	static int is_asked;

	if (!is_asked)
		run_perfev(&answer, "doctor", "--json", NULL);
	is_asked = 1;
	printed = answer;
}

static void its_JSON_has_every_member(void **state)
{
	static const char *const members[] = {
		"\"verdict\": \"", "\"works\": {",  "\"kernel\": {",
		"\"machine\": {",  "\"user\": {",   "\"checks\": [",
		"\"pmus\": [",     "\"limits\": {", "\"not_taken\": {"
	};

	(void)state;
	ask_once();
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		assert_says(&printed, printed.out, members[i]);
	assert_true(printed.out[0] == '{');
	assert_string_equal(printed.out + strlen(printed.out) - 3, "\n}\n");
}

/* A check that is not ok, of what a test may do without: a skip for the reason that it gives. */
static void check_is_ok(const char *check, const char *feature)
{
	char found[512], reason[512];

	ask_once();
	read_member(check, "found", found, sizeof(found));
	if (!member_is(check, "state", "ok")) {
		read_member(check, "reason", reason, sizeof(reason));
		skip_without(feature, "doctor says of %s: %s", check, reason);
	}
	assert_string_not_equal(found, "null");
}

#define CHECK_TEST(name, check, feature)                                                           \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		check_is_ok(check, feature);                                                       \
	}

CHECK_TEST(it_finds_that_counting_works, "counting", "software")
CHECK_TEST(it_finds_that_processes_can_be_counted, "processes", "root")
CHECK_TEST(it_finds_that_whole_CPUs_can_be_counted, "whole-cpus", "root")
CHECK_TEST(it_finds_that_cgroups_can_be_counted, "cgroups", "cgroup")
CHECK_TEST(it_finds_that_tracepoints_work, "tracepoints", "tracefs")
CHECK_TEST(it_finds_that_kprobes_work, "kprobes", "kprobe")
CHECK_TEST(it_finds_that_uprobes_work, "uprobes", "uprobe")
CHECK_TEST(it_finds_that_breakpoints_work, "breakpoints", "breakpoint")
CHECK_TEST(it_finds_that_branches_are_sampled, "branch-stacks", "branch-stack")
CHECK_TEST(it_finds_that_programs_read_their_counters, "user-reads", "user-read")

static void it_counts_and_samples_by_counters_that_are_exact(void **state)
{
	(void)state;
	if (!counting_is_exact())
		skip_without("exact", "on this processor two counts of the same may differ");
	close(open_counter_or_skip((struct perf_event_attr)COUNTER(INSTRUCTIONS, .pinned = 0),
				   "hardware"));
	ask_once();
	assert_says(&printed, printed.out, "\"hardware_counting\": true");
	close(open_sampler_or_skip((struct perf_event_attr)COUNTER(
		CPU_CYCLES, .sample_period = 1000000, .sample_type = PERF_SAMPLE_IP)));
	assert_says(&printed, printed.out, "\"hardware_sampling\": true");
	assert_status(&printed, 0);
}

/* Whether a sample of the loop is marked as exact. */
static int samples_are_exact(int fd)
{
	static char record[1 << 16] __attribute__((aligned(8)));
	const struct perf_event_header *header = (struct perf_event_header *)record;
	struct test_ring ring;
	int exact = 0;

	ring_map(&ring, fd, 3);
	run_counted(fd, 20);
	while (ring_next(&ring, record))
		exact |= header->type == PERF_RECORD_SAMPLE &&
			 header->misc & PERF_RECORD_MISC_EXACT_IP;
	ring_unmap(&ring);
	return exact;
}

/* Arm's PMUs take any precise_ip, and none of them heeds it. */
static void it_finds_precise_samples_where_samples_are_exact(void **state)
{
	struct perf_event_attr attr =
		COUNTER(CPU_CYCLES, .sample_period = 1000000, .sample_type = PERF_SAMPLE_IP);
	int fd;

	(void)state;
	close(open_sampler_or_skip(attr));
	attr.precise_ip = 2;
	fd = open_at_or_skip(&attr, 0, -1, -1, 0, "precise");
	ask_once();
	assert_member("precise-sampling", "state", samples_are_exact(fd) ? "ok" : "absent");
	close(fd);
}

/* Rights are one thing, the machine is another: what it lacks, it lacks for everybody. */
static void what_the_machine_lacks_is_told_to_all_users_alike(void **state)
{
	static const char *const checks[] = { "counting",   "software-events",  "hardware-counters",
					      "user-reads", "precise-sampling", "branch-stacks" };
	char states[6][16], causes[6][32];

	(void)state;
	level_or_skip(2);
	ask_once();
	for (size_t i = 0; i < 6; i++) {
		read_member(checks[i], "state", states[i], sizeof(states[i]));
		read_member(checks[i], "cause", causes[i], sizeof(causes[i]));
	}
	run_perfev_as_nobody(&printed, "doctor", "--json", NULL);
	for (size_t i = 0; i < 6; i++) {
		assert_member(checks[i], "state", states[i]);
		assert_member(checks[i], "cause", causes[i]);
	}
}

/* What an unprivileged user gets of an event, by the kernel's own answer. */
static int granted(__u64 exclude_kernel, pid_t pid, int cpu)
{
	struct attempt attempt = {
		PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK), pid, cpu,
		-1, 0
	};

	attempt.attr.exclude_kernel = exclude_kernel & 1;
	return as_nobody(error_of, &attempt) == 0;
}

/* Where something is not granted, doctor blames the level and names the one that would do. */
static void check_blame(const char *check, int is_granted, const char *remedy)
{
	if (is_granted) {
		assert_member(check, "state", "ok");
		return;
	}
	assert_member(check, "state", "no");
	assert_member(check, "cause", "paranoid");
	assert_member(check, "remedy", remedy);
}

static void check_level(long level)
{
	char number[64];
	int may_count, may_kernel;

	level_or_skip(level);
	may_count = granted(1, 0, -1);
	may_kernel = granted(0, 0, -1);
	run_perfev_as_nobody(&printed, "doctor", "--json", NULL);
	assert_status(&printed, may_count ? 0 : 1);
	snprintf(number, sizeof(number), "\"perf_event_paranoid\": %ld", level);
	assert_says(&printed, printed.out, number);
	check_blame("system-call", may_count, "sudo sysctl kernel.perf_event_paranoid=2");
	if (may_count) {
		check_blame("kernel-mode", may_kernel, "sudo sysctl kernel.perf_event_paranoid=1");
		check_blame("whole-cpus", granted(0, -1, 0),
			    "sudo sysctl kernel.perf_event_paranoid=0");
	} else {
		assert_says(&printed, printed.out, "\"verdict\": \"Neither ");
		assert_member("counting", "state", "untried");
	}
	run_perfev_as_nobody(&printed, "doctor", NULL);
	check_screen();
}

#define LEVEL(level, name)                                                                         \
	static void at_level_##name##_it_says_what_is_granted_and_what_would_be(void **state)      \
	{                                                                                          \
		(void)state;                                                                       \
		check_level(level);                                                                \
	}

LEVEL(4, 4)
LEVEL(3, 3)
LEVEL(2, 2)
LEVEL(1, 1)
LEVEL(0, 0)
LEVEL(-1, minus_1)

#define LEVEL_TEST(name)                                                                           \
	cmocka_unit_test_teardown(at_level_##name##_it_says_what_is_granted_and_what_would_be,     \
				  put_level_back)

static void at_a_raised_level_root_has_everything(void **state)
{
	(void)state;
	level_or_skip(3);
	run_perfev(&printed, "doctor", "--json", NULL);
	assert_member("counting", "state", "ok");
	assert_member("whole-cpus", "state", "ok");
}

#define WATCHDOG "/proc/sys/kernel/nmi_watchdog"

static void set_watchdog(const char *on)
{
	FILE *file = fopen(WATCHDOG, "we");

	assert_non_null(file);
	assert_true(fputs(on, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* How many events can be counted at once, by doctor's word. */
static unsigned int counted_at_once(void)
{
	char found[512];
	unsigned int count = 0;
	const char *at;

	read_member("hardware-counters", "found", found, sizeof(found));
	at = strstr(found, ": ");
	assert_true(at && sscanf(at, ": %u at once", &count) == 1);
	return count;
}

/* Not every processor's is a counter; a machine's own is left on. */
static void a_counter_that_the_watchdog_is_said_to_hold_is_free_without_it(void **state)
{
	const char *lab = getenv("PERFEV_LAB");
	unsigned int with;
	char remedy[512];

	(void)state;
	ask_once();
	read_member("hardware-counters", "remedy", remedy, sizeof(remedy));
	if (!strstr(remedy, "nmi_watchdog"))
		return;
	if (!lab || strcmp(lab, "1") != 0)
		skip_without("lab", "the NMI watchdog is on, and not ours to turn off");
	with = counted_at_once();
	set_watchdog("0");
	run_perfev(&printed, "doctor", "--json", NULL);
	set_watchdog("1");
	assert_true(counted_at_once() > with);
}

/* Where they may be changed, settings are as doctor's remedies for root would have them. */
static int set_up(void **state)
{
	return allow_user_access(state) + remember_level(state);
}

static int tear_down(void **state)
{
	return put_user_access_back(state) + put_level_back(state);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_screen_has_a_verdict_that_is_its_exit_status),
		cmocka_unit_test(its_screen_has_a_verdict_for_an_unprivileged_user_too),
		cmocka_unit_test(its_JSON_has_every_member),
		cmocka_unit_test(it_finds_that_counting_works),
		cmocka_unit_test(it_finds_that_processes_can_be_counted),
		cmocka_unit_test(it_finds_that_whole_CPUs_can_be_counted),
		cmocka_unit_test(it_finds_that_cgroups_can_be_counted),
		cmocka_unit_test(it_finds_that_tracepoints_work),
		cmocka_unit_test(it_finds_that_kprobes_work),
		cmocka_unit_test(it_finds_that_uprobes_work),
		cmocka_unit_test(it_finds_that_breakpoints_work),
		cmocka_unit_test(it_finds_that_branches_are_sampled),
		cmocka_unit_test(it_finds_that_programs_read_their_counters),
		cmocka_unit_test(it_counts_and_samples_by_counters_that_are_exact),
		cmocka_unit_test(it_finds_precise_samples_where_samples_are_exact),
		cmocka_unit_test(a_counter_that_the_watchdog_is_said_to_hold_is_free_without_it),
		cmocka_unit_test_teardown(what_the_machine_lacks_is_told_to_all_users_alike,
					  put_level_back),
		LEVEL_TEST(4),
		LEVEL_TEST(3),
		LEVEL_TEST(2),
		LEVEL_TEST(1),
		LEVEL_TEST(0),
		LEVEL_TEST(minus_1),
		cmocka_unit_test_teardown(at_a_raised_level_root_has_everything, put_level_back),
	};

	if (argc > 1)
		return work(argc, argv);
	return cmocka_run_group_tests_name("perfev doctor", tests, set_up, tear_down);
}
