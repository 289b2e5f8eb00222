/* SPDX-License-Identifier: MIT */
/*
 * Checks of sampling: this process is sampled for some ms into a small ring. That an event opens is
 * not enough, since a guest's counter may never interrupt.
 */
#include "try.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Pages of the ring: some 400 samples of 40 bytes for each. */
#define RING_PAGES 8

struct sampled {
	unsigned int samples;
	unsigned int exact; /* of them, by their own word */
	unsigned int throttled;
	__u64 lost;
	int error; /* of mmap(), positive */
};

/* Eight bytes of the ring; everything in it is aligned to that, so none crosses its end. */
static __u64 ring_word(const struct perf_event_mmap_page *page, __u64 at)
{
	__u64 word;

	memcpy(&word, (const char *)page + page->data_offset + at % page->data_size, sizeof(word));
	return word;
}

static void count_records(struct perf_event_mmap_page *page, struct sampled *sampled)
{
	/* Acquire: the records were written before the kernel moved the head. */
	const __u64 head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	__u64 tail = page->data_tail;

	while (tail < head) {
		const __u64 word = ring_word(page, tail);
		struct perf_event_header header;

		memcpy(&header, &word, sizeof(header));
		if (header.size < sizeof(header))
			break;
		if (header.type == PERF_RECORD_SAMPLE) {
			sampled->samples++;
			sampled->exact += (header.misc & PERF_RECORD_MISC_EXACT_IP) != 0;
		}
		if (header.type == PERF_RECORD_THROTTLE)
			sampled->throttled++;
		if (header.type == PERF_RECORD_LOST)
			sampled->lost += ring_word(page, tail + 16); /* behind header and id */
		tail += header.size;
	}
	/* Release: all was read before the kernel may write there again. */
	__atomic_store_n(&page->data_tail, tail, __ATOMIC_RELEASE);
}

/* Samples this thread until there are samples, or for 40 times 5 ms of its time. */
static void sample(int fd, const struct perf_event_attr *attr, struct sampled *sampled,
		   struct perfev_why *why)
{
	const size_t bytes = (1 + RING_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
	const int prot = PROT_READ | PROT_WRITE;
	struct perf_event_mmap_page *page = mmap(NULL, bytes, prot, MAP_SHARED, fd, 0);

	memset(sampled, 0, sizeof(*sampled));
	if (page == MAP_FAILED) {
		sampled->error = errno;
		perfev_explain_mmap(fd, attr, bytes, prot, 0, errno, why);
		return;
	}
	perf_event_ioc_enable(fd, 0);
	for (int i = 0; i < 40 && !sampled->samples; i++) {
		doctor_work(NULL);
		count_records(page, sampled);
	}
	perf_event_ioc_disable(fd, 0);
	munmap(page, bytes);
}

static void describe(struct doctor_check *check, const char *event, const struct sampled *sampled)
{
	char lost[64] = "none lost";

	if (sampled->lost)
		snprintf(lost, sizeof(lost), "%llu lost", (unsigned long long)sampled->lost);
	doctor_found(check, DOCTOR_OK, "%s: %u sample%s taken, %s%s", event, sampled->samples,
		     sampled->samples == 1 ? "" : "s", lost,
		     sampled->throttled ? ", throttled" : "");
}

/* Returns whether samples came; else why says why the event did not open, or is empty. */
static int try_sampling(struct doctor_check *check, const char *name, struct perf_event_attr *attr,
			struct perfev_why *why)
{
	struct sampled sampled;
	int fd;

	memset(why, 0, sizeof(*why));
	attr->sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID;
	fd = doctor_open(attr, DOCTOR_SELF, why);
	if (fd < 0)
		return 0;
	sample(fd, attr, &sampled, why);
	close(fd);
	if (!sampled.samples)
		return 0;
	describe(check, name, &sampled);
	return 1;
}

/* By the processor's interrupts, else by a timer. */
void doctor_check_sampling(struct doctor *doctor, struct doctor_check *check)
{
	struct perf_event_attr cycles = doctor_attr_hardware(PERF_COUNT_HW_CPU_CYCLES);
	struct perf_event_attr clock = doctor_attr_software(PERF_COUNT_SW_CPU_CLOCK);
	struct perfev_why hardware, software;

	/* A period: a frequency begins with a burst, for which the kernel lowers its limit. */
	cycles.sample_period = 1000000;
	clock.sample_period = 500000;
	if (try_sampling(check, "cycles:u", &cycles, &hardware)) {
		doctor->samples = doctor->samples_hardware = 1;
		return;
	}
	doctor->samples = try_sampling(check, "cpu-clock:u", &clock, &software);
	if (!doctor->samples && software.cause) {
		doctor_explained(doctor, check, &software);
	} else if (!doctor->samples) {
		doctor_blame(check, DOCTOR_NO, PERFEV_CAUSE_UNKNOWN,
			     "the event opens, but no sample came in 200 ms of computing", NULL);
	} else if (hardware.cause == PERFEV_CAUSE_NO_PMU) {
		doctor_blame(check, DOCTOR_LIMITED, hardware.cause,
			     "by a timer, without hardware counters", NULL);
	} else if (hardware.cause == PERFEV_CAUSE_MACHINE) {
		doctor_blame(check, DOCTOR_LIMITED, hardware.cause,
			     "by a timer: this PMU counts, but does not interrupt", NULL);
	} else if (hardware.cause) {
		doctor_limited(doctor, check, &hardware);
	} else {
		doctor_blame(check, DOCTOR_LIMITED, PERFEV_CAUSE_MACHINE,
			     "cycles are counted, but their interrupt never comes", NULL);
	}
}

/*
 * Not every PMU that ignores precise_ip refuses it, so samples are looked at. At level 1 nothing
 * marks them.
 */
void doctor_check_precise(struct doctor *doctor, struct doctor_check *check)
{
	const unsigned int level = doctor->features.precise_ip;
	struct perf_event_attr attr = doctor_attr_hardware(PERF_COUNT_HW_CPU_CYCLES);
	struct sampled sampled;
	struct perfev_why why;
	int fd;

	attr.sample_period = 1000000;
	attr.sample_type = PERF_SAMPLE_IP;
	/* Of instructions it may be a higher one than of cycles. */
	attr.precise_ip = level ? level & 3 : 1;
	do
		fd = doctor_open(&attr, DOCTOR_SELF, &why);
	while (fd < 0 && --attr.precise_ip);
	if (fd < 0) {
		doctor_refused(doctor, check, &why, "this PMU takes no precise samples of cycles");
		return;
	}
	sample(fd, &attr, &sampled, &why);
	close(fd);
	if (attr.precise_ip < 2 || sampled.exact || !sampled.samples) {
		doctor_found(check, DOCTOR_OK, "precise_ip up to %u", level);
		return;
	}
	doctor_blame(check, DOCTOR_ABSENT, PERFEV_CAUSE_MACHINE,
		     "this PMU takes precise_ip, but no sample is marked as exact", NULL);
	snprintf(check->evidence, sizeof(check->evidence),
		 "%u sample%s of cycles:u with precise_ip %u, none PERF_RECORD_MISC_EXACT_IP",
		 sampled.samples, sampled.samples == 1 ? "" : "s", attr.precise_ip);
}

void doctor_check_branches(struct doctor *doctor, struct doctor_check *check)
{
	struct perf_event_attr attr = doctor_attr_hardware(PERF_COUNT_HW_CPU_CYCLES);
	struct perfev_why why;

	attr.sample_period = 1000000;
	attr.sample_type = PERF_SAMPLE_BRANCH_STACK;
	attr.branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER;
	if (doctor_try(&attr, DOCTOR_SELF, &why) < 0)
		doctor_refused(doctor, check, &why, "this PMU does not record the last branches");
	else
		doctor_found(check, DOCTOR_OK, "the last branches come with a sample");
}

/* Whether a PMU writes an AUX area: a trace of what the processor ran. */
static int is_tracer(const char *name)
{
	static const char *const tracers[] = { "intel_pt", "intel_bts", "arm_spe",
					       "cs_etm",   "arm_trbe",  "hisi_ptt" };

	for (size_t i = 0; i < sizeof(tracers) / sizeof(tracers[0]); i++)
		if (strncmp(name, tracers[i], strlen(tracers[i])) == 0)
			return 1;
	return 0;
}

void doctor_check_trace(struct doctor *doctor, struct doctor_check *check)
{
	struct perfev_why why;
	int found = 0;

	for (unsigned int i = 0; i < doctor->pmu_count; i++) {
		struct perf_event_attr attr =
			PERFEV_ATTR_INIT(doctor->pmus[i].type, .exclude_kernel = 1, .exclude_hv = 1,
					 .sample_period = 1);
		const size_t length = strlen(check->found);

		if (!is_tracer(doctor->pmus[i].name))
			continue;
		found = 1;
		if (doctor_try(&attr, DOCTOR_SELF, &why) < 0)
			doctor_explained(doctor, check, &why);
		else
			snprintf(check->found + length, sizeof(check->found) - length, "%s%s",
				 length ? ", " : "", doctor->pmus[i].name);
	}
	if (*check->found)
		check->state = *check->reason ? DOCTOR_LIMITED : DOCTOR_OK;
	else if (!found)
		doctor_blame(check, DOCTOR_ABSENT, PERFEV_CAUSE_MACHINE,
			     "no PMU traces (as Intel PT, Arm SPE, CoreSight)", NULL);
}
