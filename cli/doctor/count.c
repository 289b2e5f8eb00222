/* SPDX-License-Identifier: MIT */
/*
 * Checks of counting. Each counts something whose amount is known to be more than 0, since a
 * guest's counter may open, run, and stand still.
 */
#include "try.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../number.h"

/* A filter may end the process that calls: a child finds out. Returns the signal, or 0. */
static int signal_of_call(void)
{
	struct perf_event_attr attr = doctor_attr_software(PERF_COUNT_SW_DUMMY);
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSYS, SIG_DFL);
		prctl(PR_SET_DUMPABLE, 0); /* no core file of it */
		perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 0;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

void doctor_check_system_call(struct doctor *doctor, struct doctor_check *check)
{
	struct perf_event_attr attr = doctor_attr_software(PERF_COUNT_SW_DUMMY);
	int signal = signal_of_call();
	struct perfev_why why;

	if (signal) {
		doctor_blame(
			check, DOCTOR_NO, PERFEV_CAUSE_SECCOMP,
			"a sandbox's filter of system calls ends the process that calls "
			"perf_event_open(2)",
			"allow it in the filter (of a service: SystemCallFilter=perf_event_open)");
		snprintf(check->evidence, sizeof(check->evidence),
			 "a child that made the call was ended by signal %d (%s)", signal,
			 strsignal(signal));
		return;
	}
	if (doctor_try(&attr, DOCTOR_SELF, &why) < 0) {
		doctor_explained(doctor, check, &why);
		return;
	}
	doctor->is_reachable = 1;
	perfev_features_probe(&doctor->features);
	doctor_found(check, DOCTOR_OK, "perf_event_open(2) takes attributes of %u bytes",
		     doctor->features.attr_bytes);
}

/* Touches 16 fresh pages: as many page faults. */
static void touch_pages(void *argument)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory =
		mmap(NULL, 16 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)argument;
	if (memory == MAP_FAILED)
		return;
	for (size_t i = 0; i < 16; i++)
		((volatile char *)memory)[i * page] = 1;
	munmap(memory, 16 * page);
}

void doctor_check_counting(struct doctor *doctor, struct doctor_check *check)
{
	struct perf_event_attr attr = doctor_attr_hardware(PERF_COUNT_HW_INSTRUCTIONS);
	char number[NUMBER_SIZE];
	struct perfev_why why;
	long long count;
	int fd = doctor_open(&attr, DOCTOR_SELF, &why);

	if (fd >= 0) {
		count = doctor_count(fd, doctor_work, NULL);
		close(fd);
		doctor->counts = doctor->counts_hardware = count > 0;
		if (count > 0) {
			doctor_found(check, DOCTOR_OK, "%s instructions:u in 5 ms",
				     number_grouped(number, (__u64)count));
			return;
		}
	}
	attr = doctor_attr_software(PERF_COUNT_SW_PAGE_FAULTS);
	fd = doctor_open(&attr, DOCTOR_SELF, &why);
	if (fd < 0) {
		doctor_explained(doctor, check, &why);
		return;
	}
	count = doctor_count(fd, touch_pages, NULL);
	close(fd);
	doctor->counts = count > 0;
	if (count > 0)
		doctor_found(check, DOCTOR_OK, "software events only: %s page-faults:u",
			     number_grouped(number, (__u64)count));
	else
		doctor_blame(check, DOCTOR_NO, PERFEV_CAUSE_UNKNOWN,
			     "events open, but fresh memory was touched and no page fault counted",
			     NULL);
}

static void call_kernel(void *argument)
{
	(void)argument;
	for (int i = 0; i < 1000; i++)
		getppid();
}

void doctor_check_kernel(struct doctor *doctor, struct doctor_check *check)
{
	struct perf_event_attr attr = doctor_attr_hardware(PERF_COUNT_HW_INSTRUCTIONS);
	char number[NUMBER_SIZE];
	struct perfev_why why;
	long long count;
	int fd;

	if (!doctor->counts_hardware)
		attr = doctor_attr_software(PERF_COUNT_SW_TASK_CLOCK);
	attr.exclude_kernel = 0;
	attr.exclude_user = doctor->counts_hardware ? 1 : 0;
	fd = doctor_open(&attr, DOCTOR_SELF, &why);
	if (fd < 0) {
		doctor_explained(doctor, check, &why);
		return;
	}
	count = doctor_count(fd, call_kernel, NULL);
	close(fd);
	if (count <= 0)
		doctor_blame(check, DOCTOR_NO, PERFEV_CAUSE_UNKNOWN,
			     "the event opens, but 1,000 system calls counted nothing", NULL);
	else if (doctor->counts_hardware)
		doctor_found(check, DOCTOR_OK, "%s instructions:k in 1,000 system calls",
			     number_grouped(number, (__u64)count));
	else
		doctor_found(check, DOCTOR_OK, "the kernel's part of a thread may be counted");
}

/* What a group of so many instructions counters does. */
struct group {
	unsigned int running; /* how many ran at once */
	unsigned int still;   /* of them that counted nothing */
	int was_out_of_files;
};

/* A group so large that no processor has it. */
#define GROUP_MOST 64

/* Opens a pinned group of so many. Returns how many counted, or -1 when it did not run. */
static int run_group(const struct perf_event_attr *like, unsigned int size, struct group *group)
{
	int fds[GROUP_MOST];
	unsigned int opened = 0;
	int counted = 0;
	__u64 value;

	for (; opened < size; opened++) {
		struct perf_event_attr attr = *like;

		attr.disabled = attr.pinned = opened == 0;
		fds[opened] =
			perf_event_open(&attr, 0, -1, opened ? fds[0] : -1, PERF_FLAG_FD_CLOEXEC);
		if (fds[opened] < 0)
			break;
	}
	group->was_out_of_files |= opened < size && (errno == EMFILE || errno == ENFILE);
	/* A pinned group runs at once, or reads as end of file. */
	if (opened < size || perf_event_ioc_enable(fds[0], 0) < 0)
		counted = -1;
	for (unsigned int i = 0; i < opened && counted >= 0; i++)
		counted = read(fds[i], &value, sizeof(value)) == sizeof(value) ?
				  counted + (value != 0) :
				  -1;
	while (opened)
		close(fds[--opened]);
	return counted;
}

static void measure_group(const struct perf_event_attr *attr, struct group *group)
{
	memset(group, 0, sizeof(*group));
	for (unsigned int size = 1; size <= GROUP_MOST; size++) {
		int counted = run_group(attr, size, group);

		if (counted < 0)
			return;
		group->running = size;
		group->still = size - (unsigned int)counted;
	}
}

/* Goes to a CPU of a hybrid processor's kind of core. */
static void go_to(const struct doctor_pmu *pmu)
{
	cpu_set_t cpus;
	int cpu;

	if (!pmu || sscanf(pmu->cpus, "%d", &cpu) != 1 || cpu >= CPU_SETSIZE)
		return;
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

/*
 * The setting is the same where the watchdog is a timer, or CPUs that watch each other. Where it is
 * an event of perf's, the kernel has the function that such an event calls.
 */
static int watchdog_is_an_event(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512];
	int found = 0;

	if (!file)
		return 0;
	while (!found && fgets(line, sizeof(line), file))
		found = strstr(line, " watchdog_overflow_callback") != NULL;
	fclose(file);
	return found;
}

static void add_limits(struct doctor *doctor, struct doctor_check *check, const struct group *group)
{
	if (group->was_out_of_files) {
		doctor_blame(check, DOCTOR_LIMITED, PERFEV_CAUSE_FILES,
			     "how many more there are was not seen: no file descriptor was left",
			     NULL);
		return;
	}
	if (group->still) {
		doctor_blame(check, DOCTOR_LIMITED, PERFEV_CAUSE_MACHINE, NULL, NULL);
		snprintf(check->reason, sizeof(check->reason),
			 "a group of %u runs, but %u of its counters stand%s still%s",
			 group->running, group->still, group->still == 1 ? "s" : "",
			 *doctor->machine.hypervisor ? ", as in some guests" : "");
		return;
	}
	if (doctor->machine.watchdog == 1 && watchdog_is_an_event()) {
		doctor_blame(check, DOCTOR_LIMITED, PERFEV_CAUSE_GROUP_FULL,
			     "the kernel's NMI watchdog holds one more counter", NULL);
		doctor_remedy(doctor, check, "sudo sysctl kernel.nmi_watchdog=0");
	}
}

static void add_pmu(struct doctor *doctor, struct doctor_check *check,
		    const struct perfev_event *event)
{
	const size_t length = strlen(check->found);
	struct group group;

	measure_group(&event->attr, &group);
	snprintf(check->found + length, sizeof(check->found) - length, "%s%s: %u at once",
		 length ? ", " : "PMU ", event->pmu, group.running - group.still);
	check->state = DOCTOR_OK;
	if (!*check->reason)
		add_limits(doctor, check, &group);
}

/* Most guests have none, and their owner may be able to change that. */
static void tell_no_pmu(const struct doctor *doctor, struct doctor_check *check)
{
	if (*doctor->machine.hypervisor)
		doctor_blame(check, DOCTOR_ABSENT, PERFEV_CAUSE_NO_PMU,
			     "none: the hypervisor gives this guest no PMU",
			     "give the guest a PMU (QEMU: -cpu host,pmu=on)");
	else
		doctor_blame(check, DOCTOR_ABSENT, PERFEV_CAUSE_NO_PMU,
			     "none: the kernel has no PMU for this processor", NULL);
}

void doctor_check_hardware(struct doctor *doctor, struct doctor_check *check)
{
	struct perf_event_attr attr = doctor_attr_hardware(PERF_COUNT_HW_INSTRUCTIONS);
	struct perfev_events *events;
	struct perfev_why why;
	unsigned int count;
	cpu_set_t before;
	int fd;

	fd = doctor_open(&attr, DOCTOR_SELF, &why);
	if (fd < 0) {
		doctor_explained(doctor, check, &why);
		if (why.cause == PERFEV_CAUSE_NO_PMU)
			tell_no_pmu(doctor, check);
		return;
	}
	close(fd);
	if (perfev_events_parse(&events, "instructions:u", NULL, &why) < 0) {
		doctor_explained(doctor, check, &why);
		return;
	}
	count = perfev_events_count(events);
	sched_getaffinity(0, sizeof(before), &before);
	for (unsigned int i = 0; i < count; i++) {
		const struct perfev_event *event = perfev_events_get(events, i);

		if (count > 1)
			go_to(doctor_pmus_find(doctor, event->pmu));
		add_pmu(doctor, check, event);
	}
	sched_setaffinity(0, sizeof(before), &before);
	perfev_events_free(events);
}

void doctor_check_software(struct doctor *doctor, struct doctor_check *check)
{
	struct perfev_name name;
	unsigned int position = 0, known = 0, taken = 0;
	char lacking[160] = "";

	while (perfev_set_next(PERFEV_SET_SOFTWARE, &position, &name) == 1) {
		const size_t length = strlen(lacking);

		known++;
		if (perfev_features_has(&doctor->features, PERFEV_SET_SOFTWARE, name.value) == 1)
			taken++;
		else
			snprintf(lacking + length, sizeof(lacking) - length, "%s%s",
				 length ? " " : "", name.brief);
	}
	if (taken == known) {
		doctor_found(check, DOCTOR_OK, "all %u kinds", known);
		return;
	}
	doctor_found(check, DOCTOR_LIMITED, "%u of %u kinds", taken, known);
	doctor_blame(check, DOCTOR_LIMITED, PERFEV_CAUSE_KERNEL, NULL, NULL);
	snprintf(check->reason, sizeof(check->reason), "this kernel does not have %s", lacking);
}

/* Why user space may not read: what the setting of this architecture says. */
static void blame_user_read(struct doctor *doctor, struct doctor_check *check)
{
	static const char rdpmc[] = "/sys/bus/event_source/devices/cpu/rdpmc";
	static const char access[] = "/proc/sys/kernel/perf_user_access";
	const long allowed = doctor_file_number(access);

	doctor_blame(check, DOCTOR_ABSENT, PERFEV_CAUSE_MACHINE,
		     "the kernel does not let programs read this processor's counters themselves",
		     NULL);
	if (allowed == 0) {
		check->state = DOCTOR_NO;
		doctor_remedy(doctor, check, "sudo sysctl kernel.perf_user_access=1");
	} else if (doctor_file_number(rdpmc) == 0) {
		check->state = DOCTOR_NO;
		doctor_remedy(doctor, check, "echo 1 | sudo tee %s", rdpmc);
	}
}

void doctor_check_user_read(struct doctor *doctor, struct doctor_check *check)
{
	struct perfev_counter *counter;
	struct perfev_why why;
	__u64 value;
	int result;

	if (perfev_counter_open(&counter, "instructions:u", perfev_self(), NULL, &why) < 0) {
		doctor_refused(doctor, check, &why, "this PMU does not count instructions");
		return;
	}
	perfev_counter_start(counter);
	doctor_work(NULL);
	result = perfev_counter_read_value(counter, &value);
	perfev_counter_close(counter);
	if (result == 1)
		doctor_found(check, DOCTOR_OK, "counters are read without a system call");
	else
		blame_user_read(doctor, check);
}
