/* SPDX-License-Identifier: MIT */
/* Wrong requests: events that are right by themselves and do not go together with their leader. */
#include "wrong.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

/* Makes a leader, which the test's end closes. */
static void lead(struct attempt *attempt, struct perf_event_attr attr, pid_t pid, int cpu)
{
	attempt->group_fd = open_at_or_skip(&attr, pid, cpu, -1, 0, "dummy");
}

static void plain_leader(struct attempt *attempt)
{
	lead(attempt, (struct perf_event_attr)DUMMY(.disabled = 1), 0, -1);
}

static void inheriting_leader(struct attempt *attempt)
{
	lead(attempt, (struct perf_event_attr)DUMMY(.inherit = 1), 0, -1);
}

static void leader_with_a_clock(struct attempt *attempt)
{
	lead(attempt,
	     (struct perf_event_attr)DUMMY(.use_clockid = 1, .clockid = CLOCK_MONOTONIC_RAW), 0,
	     -1);
}

static void leader_on_cpu_0(struct attempt *attempt)
{
	lead(attempt, (struct perf_event_attr)DUMMY(.disabled = 1), 0, 0);
}

static void leader_of_all_threads(struct attempt *attempt)
{
	root_or_skip();
	lead(attempt, (struct perf_event_attr)DUMMY(.disabled = 1), -1, 0);
	attempt->cpu = 0;
}

static void leader_of_another_thread(struct attempt *attempt)
{
	root_or_skip();
	lead(attempt, (struct perf_event_attr)DUMMY(.disabled = 1), getppid(), -1);
}

static void member_as_leader(struct attempt *attempt)
{
	struct perf_event_attr member = DUMMY(.disabled = 1);

	plain_leader(attempt);
	attempt->group_fd = open_at_or_skip(&member, 0, -1, attempt->group_fd, 0, "dummy");
}

/* A group of cycles that the processor has no counter more for. */
static void full_group(struct attempt *attempt)
{
	struct perf_event_attr attr = attempt->attr;

	/* A PMU that cannot tell the kernel from the rest. */
	if (error_of(attempt) == EINVAL)
		attr.exclude_kernel = attempt->attr.exclude_kernel = 0;
	attempt->group_fd = open_or_skip(&attr, "hardware");
	for (int i = 0; i < 64; i++)
		if (perf_event_open(&attr, 0, -1, attempt->group_fd, PERF_FLAG_FD_CLOEXEC) < 0)
			return;
	skip_without("group-limit", "a group takes 64 events");
}

static void full_group_of_the_test_pmu(struct attempt *attempt)
{
	attempt->attr.type = pmu_type_or_skip("perfev_test");
	full_group(attempt);
}

const struct wrong wrong_groups[] = {
	{ "a member of a group is pinned",
	  { DUMMY(.pinned = 1), 0, -1, 0, 0 },
	  .make = plain_leader,
	  .expected = { { PERFEV_CAUSE_GROUP, "pinned" } } },
	{ "a member of a group is exclusive",
	  { DUMMY(.exclusive = 1), 0, -1, 0, 0 },
	  .make = plain_leader,
	  .expected = { { PERFEV_CAUSE_GROUP, "exclusive" } } },
	{ "a member inherits and its leader does not",
	  { DUMMY(.inherit = 1), 0, -1, 0, 0 },
	  .make = plain_leader,
	  .expected = { { PERFEV_CAUSE_GROUP, "inherit" } } },
	{ "a leader inherits and its member does not",
	  { DUMMY(.inherit = 0), 0, -1, 0, 0 },
	  .make = inheriting_leader,
	  .expected = { { PERFEV_CAUSE_GROUP, "inherit" } } },
	{ "a member has a clock and its leader has none",
	  { DUMMY(.use_clockid = 1, .clockid = CLOCK_MONOTONIC), 0, -1, 0, 0 },
	  .make = plain_leader,
	  .expected = { { PERFEV_CAUSE_GROUP, "use_clockid" } } },
	{ "a leader has a clock and its member has none",
	  { DUMMY(.use_clockid = 0), 0, -1, 0, 0 },
	  .make = leader_with_a_clock,
	  .expected = { { PERFEV_CAUSE_GROUP, "use_clockid" } } },
	{ "a member has another clock than its leader",
	  { DUMMY(.use_clockid = 1, .clockid = CLOCK_MONOTONIC), 0, -1, 0, 0 },
	  .make = leader_with_a_clock,
	  .expected = { { PERFEV_CAUSE_GROUP, "clockid" } } },
	{ "a member is on a CPU and its leader on any",
	  { DUMMY(.disabled = 1), 0, 0, 0, 0 },
	  .make = plain_leader,
	  .expected = { { PERFEV_CAUSE_GROUP, "cpu" } } },
	{ "a leader is on a CPU and its member on any",
	  { DUMMY(.disabled = 1), 0, -1, 0, 0 },
	  .make = leader_on_cpu_0,
	  .expected = { { PERFEV_CAUSE_GROUP, "cpu" } } },
	{ "a leader counts all threads and its member one",
	  { DUMMY(.disabled = 1), 0, 0, 0, 0 },
	  .make = leader_of_all_threads,
	  .expected = { { PERFEV_CAUSE_GROUP, "pid" } } },
	{ "a leader is of another thread",
	  { DUMMY(.disabled = 1), 0, -1, 0, 0 },
	  .make = leader_of_another_thread,
	  .expected = { { PERFEV_CAUSE_GROUP, "group_fd" } } },
	{ "a leader is the member of another",
	  { DUMMY(.disabled = 1), 0, -1, 0, 0 },
	  .make = member_as_leader,
	  .expected = { { PERFEV_CAUSE_GROUP, "group_fd" } } },
	{ "a member has a wrong value of its own",
	  { DUMMY(.sample_period = 1ULL << 63), 0, -1, 0, 0 },
	  .make = plain_leader,
	  .expected = { { PERFEV_CAUSE_VALUE, "sample_period" } } },
	{ "a member is no event of this kernel, with or without a group",
	  { PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = 999), 0, -1, 0, 0 },
	  .make = plain_leader,
	  .expected = { { PERFEV_CAUSE_VALUE, "config" } } },
	{ "a group has more events than there are counters",
	  { PERFEV_ATTR_INIT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES,
			     .exclude_kernel = 1),
	    0, -1, -1, 0 },
	  .make = full_group,
	  .expected = { { PERFEV_CAUSE_GROUP_FULL, "group_fd" } } },
	{ "a group has more events than the lab's PMU has counters",
	  { PERFEV_ATTR_INIT(0, .config = 1), 0, -1, 0, 0 },
	  .make = full_group_of_the_test_pmu,
	  .expected = { { PERFEV_CAUSE_GROUP_FULL, "group_fd" } } },
	{ .title = NULL },
};
