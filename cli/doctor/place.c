/* SPDX-License-Identifier: MIT */
/*
 * Checks of events at a place: tracepoints, probes, breakpoints. Each is put there for this thread
 * alone, seen to count, and taken away again.
 */
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Opens the event and counts it over work(). Returns whether it counted; else the check is told. */
static int counts_work(struct doctor *doctor, struct doctor_check *check,
		       struct perf_event_attr *attr, void (*work)(void *argument), void *argument)
{
	struct perfev_why why;
	long long count;
	int fd = doctor_open(attr, DOCTOR_SELF, &why);

	if (fd < 0) {
		doctor_explained(doctor, check, &why);
		return 0;
	}
	count = doctor_count(fd, work, argument);
	close(fd);
	if (count > 0)
		return 1;
	doctor_blame(check, DOCTOR_NO, PERFEV_CAUSE_UNKNOWN,
		     "the event opens, but what should have been counted was not", NULL);
	return 0;
}

/* Leaves the CPU a few times. */
static void sleep_shortly(void *argument)
{
	const struct timespec little = { 0, 100000 };

	(void)argument;
	for (int i = 0; i < 3; i++)
		nanosleep(&little, NULL);
}

void doctor_check_tracepoints(struct doctor *doctor, struct doctor_check *check)
{
	struct perfev_events *events;
	struct perf_event_attr attr;
	struct perfev_why why;
	int result = perfev_events_parse(&events, "sched:sched_switch", NULL, &why);

	if (result < 0) {
		doctor_explained(doctor, check, &why);
		return;
	}
	attr = perfev_events_get(events, 0)->attr;
	if (counts_work(doctor, check, &attr, sleep_shortly, NULL)) {
		doctor_found(check, DOCTOR_OK, "counted, and sampled with their fields");
		attr.sample_period = 1;
		attr.sample_type = PERF_SAMPLE_RAW;
		if (doctor_try(&attr, DOCTOR_SELF, &why) < 0) {
			doctor_found(check, DOCTOR_LIMITED, "counted");
			doctor_limited(doctor, check, &why);
		}
	}
	perfev_events_free(events);
}

/* Finds a PMU for probes. Returns NULL with the check told: the kernel was built without it. */
static const struct doctor_pmu *find_probes(struct doctor *doctor, struct doctor_check *check,
					    const char *name, const char *option)
{
	const struct doctor_pmu *pmu = doctor_pmus_find(doctor, name);

	if (pmu)
		return pmu;
	doctor_blame(check, DOCTOR_ABSENT, PERFEV_CAUSE_KERNEL, NULL, NULL);
	snprintf(check->reason, sizeof(check->reason), "no PMU '%s': it takes Linux 4.17 with %s",
		 name, option);
	return NULL;
}

/* Has the kernel run vfs_read(). */
static void read_zeros(void *argument)
{
	char bytes[16];

	for (int i = 0; i < 3; i++)
		if (read(*(int *)argument, bytes, sizeof(bytes)) < 0)
			return;
}

void doctor_check_kprobes(struct doctor *doctor, struct doctor_check *check)
{
	static const char function[] = "vfs_read";
	const struct doctor_pmu *pmu = find_probes(doctor, check, "kprobe", "CONFIG_KPROBE_EVENTS");
	struct perf_event_attr attr;
	int zero;

	if (!pmu)
		return;
	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	attr = (struct perf_event_attr)PERFEV_ATTR_INIT(
		pmu->type, .kprobe_func = (uintptr_t)function);
	if (counts_work(doctor, check, &attr, read_zeros, &zero))
		doctor_found(check, DOCTOR_OK, "a probe on %s() counted its calls", function);
	if (zero >= 0)
		close(zero);
}

/* Where the probe of this program is put: a function that is called through a pointer. */
__attribute__((noinline)) static void probed_function(void)
{
	__asm__ volatile("" : : : "memory");
}

static void call_probed(void *argument)
{
	void (*volatile function)(void) = probed_function;

	(void)argument;
	for (int i = 0; i < 3; i++)
		function();
}

/* The offset in its file of what is mapped at an address of this program. Returns 1, or 0. */
static int find_offset(uintptr_t address, __u64 *offset)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long long first, last, from;
	char line[512];
	int found = 0;

	while (maps && !found && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%llx-%llx %*s %llx", &first, &last, &from) != 3)
			continue;
		found = address >= first && address < last;
		*offset = address - first + from;
	}
	if (maps)
		fclose(maps);
	return found;
}

void doctor_check_uprobes(struct doctor *doctor, struct doctor_check *check)
{
	static const char program[] = "/proc/self/exe";
	const struct doctor_pmu *pmu = find_probes(doctor, check, "uprobe", "CONFIG_UPROBE_EVENTS");
	struct perf_event_attr attr;
	__u64 offset;

	if (!pmu)
		return;
	if (!find_offset((uintptr_t)probed_function, &offset)) {
		doctor_blame(check, DOCTOR_UNTRIED, PERFEV_CAUSE_NONE,
			     "/proc/self/maps does not say where this program's code lies", NULL);
		return;
	}
	attr = (struct perf_event_attr)PERFEV_ATTR_INIT(
		pmu->type, .uprobe_path = (uintptr_t)program, .probe_offset = offset);
	if (counts_work(doctor, check, &attr, call_probed, NULL))
		doctor_found(check, DOCTOR_OK, "a probe on a function of perfev counted its calls");
}

/* What breakpoints are set on. */
#define SLOTS_MOST 32
static volatile long watched[SLOTS_MOST];

static void write_watched(void *argument)
{
	(void)argument;
	watched[0]++;
}

/* How many can be set at once on data, "4", or "at least 2" where the files did not suffice. */
static void count_slots(struct perf_event_attr attr, char text[24])
{
	int fds[SLOTS_MOST];
	unsigned int count = 0;
	int is_out_of_files = 0;

	for (; count < SLOTS_MOST; count++) {
		attr.bp_addr = (uintptr_t)&watched[count];
		fds[count] = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
		if (fds[count] < 0) {
			is_out_of_files = errno == EMFILE || errno == ENFILE;
			break;
		}
	}
	snprintf(text, 24, "%s%u", is_out_of_files ? "at least " : "", count);
	while (count)
		close(fds[--count]);
}

/* Whether one can be set on code. */
static int can_stop_code(struct perf_event_attr attr)
{
	struct perfev_why why;

	attr.bp_type = HW_BREAKPOINT_X;
	attr.bp_addr = (uintptr_t)probed_function;
	attr.bp_len = sizeof(long);
	return doctor_try(&attr, DOCTOR_SELF, &why) == 0;
}

void doctor_check_breakpoints(struct doctor *doctor, struct doctor_check *check)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_BREAKPOINT, .exclude_kernel = 1, .exclude_hv = 1,
				 .bp_type = HW_BREAKPOINT_W, .bp_addr = (uintptr_t)&watched[0],
				 .bp_len = sizeof(watched[0]));

	char slots[24];

	if (!counts_work(doctor, check, &attr, write_watched, NULL))
		return;
	count_slots(attr, slots);
	doctor_found(check, DOCTOR_OK, "%s at once on data, %s on code", slots,
		     can_stop_code(attr) ? "or" : "none");
}
