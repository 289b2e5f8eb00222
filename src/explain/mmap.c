/* SPDX-License-Identifier: MIT */
/*
 * perfev_explain_mmap(): rings and AUX areas. What must stay true: the caller's event is not mapped
 * again, since that would give it a ring or take its records; what can be tried is tried on a
 * dummy.
 */
#include "ioctl.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <perfev/sys.h>

struct mapping {
	struct inquiry inquiry;
	int fd;
	const struct perf_event_attr *attr;
	size_t bytes;
	int prot;
	off_t offset;
	size_t page;
};

static int blame(struct mapping *mapping, enum perfev_cause cause, const char *field, __u64 value)
{
	perfev_why_begin(mapping->inquiry.why, cause, mapping->inquiry.error, field, value);
	return 1;
}

static int is_power_of_two(size_t number)
{
	return number && !(number & (number - 1));
}

/* The largest ring, header and all, that is not larger than bytes. */
static size_t fitting(const struct mapping *mapping)
{
	size_t pages = 1;

	while ((1 + 2 * pages) * mapping->page <= mapping->bytes)
		pages *= 2;
	return (1 + pages) * mapping->page;
}

/* Maps a ring of a dummy and unmaps it. Returns 0, or the errno. */
static int try_ring(struct inquiry *inquiry, size_t bytes)
{
	struct request dummy = perfev_request_dummy();
	void *ring;
	int error;
	int fd;

	inquiry->tries++;
	dummy.attr.disabled = 1;
	fd = perf_event_open(&dummy.attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return errno;
	ring = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	error = ring == MAP_FAILED ? errno : 0;
	if (!error)
		munmap(ring, bytes);
	close(fd);
	return error;
}

static int explain_size(struct mapping *mapping)
{
	struct perfev_why *why = mapping->inquiry.why;
	const size_t page = mapping->page;

	if (mapping->bytes >= page && mapping->bytes % page == 0 &&
	    (mapping->bytes == page || is_power_of_two(mapping->bytes / page - 1)))
		return 0;
	blame(mapping, PERFEV_CAUSE_VALUE, "bytes", mapping->bytes);
	perfev_why_reason(
		why,
		"bytes is %zu, but a ring is one page and a power of two of them: 1 + 2^n "
		"times %zu bytes",
		mapping->bytes, page);
	perfev_why_remedy(why, "bytes = %zu;", fitting(mapping));
	return 1;
}

static int explain_area(struct mapping *mapping)
{
	struct perfev_why *why = mapping->inquiry.why;
	const __u64 offset = (__u64)mapping->offset;
	const size_t pages = mapping->bytes / mapping->page;

	if (mapping->inquiry.error == EOPNOTSUPP) {
		blame(mapping, PERFEV_CAUSE_MACHINE, "offset", offset);
		perfev_why_reason(
			why,
			"offset is %llu, which is that of an AUX area, but this event's PMU "
			"writes none",
			(unsigned long long)offset);
		perfev_why_remedy(
			why, "offset = 0; or open an event of a PMU that traces, as intel_pt or "
			     "cs_etm");
		return 1;
	}
	if (offset % mapping->page || !is_power_of_two(pages) || mapping->bytes % mapping->page) {
		blame(mapping, PERFEV_CAUSE_VALUE, offset % mapping->page ? "offset" : "bytes",
		      offset % mapping->page ? offset : mapping->bytes);
		perfev_why_reason(
			why,
			"offset is %llu and bytes %zu, but an AUX area begins on a page and "
			"has a power of two of them (%zu bytes each)",
			(unsigned long long)offset, mapping->bytes, mapping->page);
		return 1;
	}
	blame(mapping, PERFEV_CAUSE_CONFLICT, "offset", offset);
	perfev_why_reason(
		why,
		"offset is %llu, which is not what aux_offset and aux_size say in the first "
		"page of the event's ring, or there is no ring yet, or an area already",
		(unsigned long long)offset);
	perfev_why_remedy(
		why,
		"map the ring at offset 0, set page->aux_offset = %llu and page->aux_size = "
		"%zu, then map the area",
		(unsigned long long)offset, mapping->bytes);
	return 1;
}

static int explain_limit(struct mapping *mapping)
{
	const struct machine *machine = &mapping->inquiry.machine;
	struct perfev_why *why = mapping->inquiry.why;
	const long long online = machine->online > 0 ? machine->online : 1;
	const long long needed_kb = (long long)(mapping->bytes / 1024);
	struct rlimit limit = { 0, 0 };

	getrlimit(RLIMIT_MEMLOCK, &limit);
	blame(mapping, PERFEV_CAUSE_MLOCK, "bytes", mapping->bytes);
	perfev_why_reason(why,
			  "bytes is %zu, but the rings of all of a user's events may lock "
			  "kernel.perf_event_mlock_kb for each CPU, and RLIMIT_MEMLOCK more",
			  mapping->bytes);
	perfev_why_evidence(
		why,
		"perf_event_mlock_kb is %ld, CPUs online %lld, RLIMIT_MEMLOCK %llu KiB, "
		"CapEff %s CAP_IPC_LOCK; tried on a dummy: %s",
		machine->mlock_kb, online, (unsigned long long)limit.rlim_cur / 1024,
		perfev_machine_has(machine, CAPABILITY_IPC_LOCK) ? "has" : "lacks",
		try_ring(&mapping->inquiry, mapping->bytes) ? "refused" : "accepted");
	perfev_why_remedy(why,
			  "map less, or sudo sysctl kernel.perf_event_mlock_kb=%lld, or ulimit -l "
			  "unlimited, or sudo setcap cap_ipc_lock+ep PROGRAM",
			  needed_kb + (machine->mlock_kb > 0 ? machine->mlock_kb : 0));
	return 1;
}

static int explain_invalid(struct mapping *mapping)
{
	struct perfev_why *why = mapping->inquiry.why;
	int error;

	if (mapping->offset)
		return explain_area(mapping);
	if (explain_size(mapping))
		return 1;
	if (mapping->attr && mapping->attr->inherit) {
		blame(mapping, PERFEV_CAUSE_CONFLICT, "inherit", 1);
		perfev_why_reason(
			why, "inherit is 1 and cpu -1, but the ring of an inherited event is of "
			     "one CPU, so that two threads never write to it at once");
		perfev_why_remedy(why, "open one event for each CPU, or attr.inherit = 0;");
		return 1;
	}
	error = try_ring(&mapping->inquiry, mapping->bytes);
	if (error == EINVAL)
		return 0;
	blame(mapping, PERFEV_CAUSE_CONFLICT, "fd", (__u64)mapping->fd);
	perfev_why_reason(why,
			  "the event has a ring of another size, writes to another event's, or the "
			  "mapping was not MAP_SHARED");
	perfev_why_evidence(why, "a dummy's ring of %zu bytes is %s with MAP_SHARED",
			    mapping->bytes, error ? "refused otherwise" : "accepted");
	perfev_why_remedy(why,
			  "map with MAP_SHARED, once, or with the size that is mapped already");
	return 1;
}

static int explain(struct mapping *mapping)
{
	struct perfev_why *why = mapping->inquiry.why;

	perfev_machine_read(&mapping->inquiry.machine, "");
	if (perfev_explain_fd(&mapping->inquiry, mapping->fd))
		return 1;
	switch (mapping->inquiry.error) {
	case EPERM:
		return explain_limit(mapping);
	case EOPNOTSUPP:
		return explain_area(mapping);
	case ENOMEM:
		blame(mapping, PERFEV_CAUSE_MEMORY, "bytes", mapping->bytes);
		perfev_why_reason(
			why,
			"bytes is %zu, but the kernel has no such room: of memory, or in the "
			"process's addresses",
			mapping->bytes);
		perfev_why_remedy(why, "map a smaller ring");
		return 1;
	case EACCES:
		blame(mapping, PERFEV_CAUSE_LSM, "fd", (__u64)mapping->fd);
		perfev_why_reason(
			why,
			"a security module forbids to map the event, or prot %#x is not for "
			"events",
			(unsigned int)mapping->prot);
		perfev_why_remedy(why, "map with PROT_READ | PROT_WRITE");
		return 1;
	case EINVAL:
		if (explain_invalid(mapping))
			return 1;
		/* fall through */
	default:
		blame(mapping, PERFEV_CAUSE_UNKNOWN, "", 0);
		perfev_why_reason(why, "the kernel refuses the mapping, and why was not found");
		perfev_why_evidence(why,
				    "the descriptor is an event's, and its size is one of a ring");
		return 0;
	}
}

int perfev_explain_mmap(int fd, const struct perf_event_attr *attr, size_t bytes, int prot,
			off_t offset, int error, struct perfev_why *why)
{
	struct mapping mapping = { .fd = fd,
				   .attr = attr,
				   .bytes = bytes,
				   .prot = prot,
				   .offset = offset,
				   .page = (size_t)sysconf(_SC_PAGESIZE),
				   .inquiry = { .why = why, .error = error } };
	const int kept = errno;
	int found;

	if (!why || error < 0)
		return -EINVAL;
	perfev_why_clear(why);
	if (!error)
		return 0;
	found = explain(&mapping);
	why->tries = mapping.inquiry.tries;
	errno = kept;
	return found;
}
