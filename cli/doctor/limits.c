/* SPDX-License-Identifier: MIT */
/* Checks of limits: how often samples may come, and how much of what they need there is. */
#include "try.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../number.h"

/* What kernel.perf_event_max_sample_rate is at boot; the kernel itself lowers it. */
#define RATE "/proc/sys/kernel/perf_event_max_sample_rate"
#define RATE_AT_BOOT 100000

void doctor_check_rate(struct doctor *doctor, struct doctor_check *check)
{
	struct doctor_machine *machine = &doctor->machine;
	char number[NUMBER_SIZE];

	/* Once more: the check of sampling may have moved the kernel to lower it. */
	machine->sample_rate = doctor_file_number(RATE);
	if (machine->sample_rate == DOCTOR_UNKNOWN) {
		doctor_blame(check, DOCTOR_UNTRIED, PERFEV_CAUSE_NONE, RATE " cannot be read",
			     NULL);
		return;
	}
	doctor_found(check, DOCTOR_OK, "%s samples a second",
		     number_grouped(number, (__u64)machine->sample_rate));
	if (machine->sample_rate >= RATE_AT_BOOT)
		return;
	doctor_blame(check, DOCTOR_LIMITED, PERFEV_CAUSE_RATE,
		     "the kernel lowered it from 100,000 for slow interrupts", NULL);
	snprintf(check->evidence, sizeof(check->evidence),
		 "kernel.perf_event_max_sample_rate is %ld, kernel.perf_cpu_time_max_percent %ld",
		 machine->sample_rate, machine->cpu_percent);
	/* At 0 and 100 % the kernel does not take a rate. */
	doctor_remedy(doctor, check, "sudo sysctl %skernel.perf_event_max_sample_rate=%d",
		      machine->cpu_percent == 0 || machine->cpu_percent == 100 ?
			      "kernel.perf_cpu_time_max_percent=25 " :
			      "",
		      RATE_AT_BOOT);
}

/* linux-perf's own default; what is smaller loses samples soon. */
#define RING_ENOUGH_BYTES (512 * 1024)

void doctor_check_rings(struct doctor *doctor, struct doctor_check *check)
{
	const struct doctor_machine *machine = &doctor->machine;
	const __u64 bytes = doctor->features.ring_pages * (__u64)sysconf(_SC_PAGESIZE);

	if (!bytes) {
		doctor_blame(
			check, DOCTOR_NO, PERFEV_CAUSE_MLOCK,
			"not even a ring of one page can be mapped: all locked memory is in use",
			NULL);
	} else {
		doctor_found(check, DOCTOR_OK, "up to %llu %s%s",
			     (unsigned long long)(bytes >> (bytes < 1 << 20 ? 10 : 20)),
			     bytes < 1 << 20 ? "KiB" : "MiB",
			     doctor->features.ring_pages == 4096 ? " and more" : "");
		if (bytes >= RING_ENOUGH_BYTES)
			return;
		doctor_blame(check, DOCTOR_LIMITED, PERFEV_CAUSE_MLOCK, NULL, NULL);
		snprintf(check->reason, sizeof(check->reason),
			 "perf_event_mlock_kb (%ld for each CPU) and RLIMIT_MEMLOCK (%llu KiB) "
			 "allow no more",
			 machine->mlock_kb, (unsigned long long)machine->locked / 1024);
	}
	doctor_remedy(doctor, check, "sudo sysctl kernel.perf_event_mlock_kb=%d", 4096);
}

/* Files that are not events, and how many events are thought enough. */
#define FILES_OTHER 16
#define EVENTS_ENOUGH 32

void doctor_check_files(struct doctor *doctor, struct doctor_check *check)
{
	const struct doctor_machine *machine = &doctor->machine;
	const __u64 cpus = machine->cpus > 0 ? (__u64)machine->cpus : 1;
	const __u64 files = machine->files > FILES_OTHER ? machine->files - FILES_OTHER : 0;
	const __u64 wanted = FILES_OTHER + EVENTS_ENOUGH * cpus;
	char limit[NUMBER_SIZE], events[NUMBER_SIZE];

	number_grouped(limit, machine->files);
	if (machine->files >= wanted) {
		doctor_found(check, DOCTOR_OK, "%s, so some %s events on every CPU", limit,
			     number_grouped(events, files / cpus));
		return;
	}
	doctor_found(check, DOCTOR_LIMITED, "%s", limit);
	doctor_blame(check, DOCTOR_LIMITED, PERFEV_CAUSE_FILES,
		     "an event takes one for each thread and CPU that it is opened for", NULL);
	if (*machine->container && machine->files_hard < wanted)
		snprintf(check->remedy, sizeof(check->remedy),
			 "start the container with --ulimit nofile=65536");
	else if (machine->files_hard >= wanted)
		snprintf(check->remedy, sizeof(check->remedy), "ulimit -n %llu",
			 (unsigned long long)(machine->files_hard < 65536 ? machine->files_hard :
									    65536));
	else
		doctor_remedy(doctor, check, "sudo prlimit --nofile=65536 --pid $$");
}

/* Some first symbols are offsets into a CPU's own data, whose addresses are 0 for everyone. */
#define SYMBOLS_LOOKED_AT 5000

/* Returns 1 when addresses can be read, 0 when they are all 0, or a negative errno. */
static int has_addresses(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long long address = 0;
	char line[512];

	if (!file)
		return -errno;
	for (int i = 0; i < SYMBOLS_LOOKED_AT && !address && fgets(line, sizeof(line), file); i++)
		sscanf(line, "%llx", &address);
	fclose(file);
	return address != 0;
}

void doctor_check_symbols(struct doctor *doctor, struct doctor_check *check)
{
	const struct doctor_machine *machine = &doctor->machine;
	const int readable = has_addresses();
	const int is_root = machine->uid == 0 && !machine->has_own_users;

	if (readable == 1) {
		doctor_found(check, DOCTOR_OK, "names for the kernel's addresses (/proc/kallsyms)");
		return;
	}
	if (readable == -ENOENT) {
		doctor_blame(check, DOCTOR_ABSENT, PERFEV_CAUSE_KERNEL,
			     "there is no /proc/kallsyms: the kernel was built without "
			     "CONFIG_KALLSYMS",
			     NULL);
		return;
	}
	doctor_blame(check, DOCTOR_NO, PERFEV_CAUSE_CAPABILITY,
		     "/proc/kallsyms hides addresses: kernel.kptr_restrict is 2", NULL);
	if (machine->kptr_restrict == 2 && is_root) {
		doctor_remedy(doctor, check, "sudo sysctl kernel.kptr_restrict=1");
		return;
	}
	snprintf(check->reason, sizeof(check->reason),
		 "take CAP_SYSLOG, or kptr_restrict 0 and paranoid level 1");
	snprintf(check->evidence, sizeof(check->evidence),
		 "/proc/kallsyms shows no address; kernel.kptr_restrict is %ld, "
		 "kernel.perf_event_paranoid %ld",
		 machine->kptr_restrict, machine->paranoid);
	doctor_remedy(doctor, check, "sudo sysctl kernel.kptr_restrict=0%s",
		      machine->paranoid > 1 ? " kernel.perf_event_paranoid=1" : "");
}
