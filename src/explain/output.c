/* SPDX-License-Identifier: MIT */
/*
 * Why PERF_EVENT_IOC_SET_OUTPUT refused. Which events may write to a ring is found out with dummies
 * of our own that are opened with that output, so the caller's events are left alone.
 */
#include "ioctl.h"

#include <errno.h>

/* The most CPUs that an event's is looked for among. */
#define CPUS 24

/* Whether any dummy like this one, of any target, may write to the ring of fd. */
static int may_write_to(struct inquiry *inquiry, const struct request *dummy, int fd)
{
	struct request tried = *dummy;
	long cpus = inquiry->machine.cpus;

	if (cpus < 0 || cpus > CPUS)
		cpus = CPUS;
	tried.group_fd = fd;
	tried.flags = PERF_FLAG_FD_OUTPUT | PERF_FLAG_FD_NO_GROUP;
	if (perfev_try(inquiry, &tried) == 0)
		return 1;
	for (tried.cpu = 0; tried.cpu < cpus; tried.cpu++)
		if (perfev_try(inquiry, &tried) == 0)
			return 1;
	return 0;
}

static struct request dummy_like(const struct perf_event_attr *attr)
{
	struct request dummy = perfev_request_dummy();

	dummy.attr.size = PERF_ATTR_SIZE_VER5;
	if (attr) {
		dummy.attr.use_clockid = attr->use_clockid;
		dummy.attr.clockid = attr->clockid;
		dummy.attr.write_backward = attr->write_backward;
	}
	return dummy;
}

static int explain_direction(struct call *call)
{
	struct request dummy = dummy_like(call->attr);

	dummy.attr.write_backward ^= 1;
	if (!may_write_to(&call->inquiry, &dummy, (int)call->argument))
		return 0;
	perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "write_backward",
			   dummy.attr.write_backward ^ 1);
	perfev_why_reason(call->inquiry.why,
			  "write_backward is %d, but the event whose ring it is has %d",
			  !dummy.attr.write_backward, (int)dummy.attr.write_backward);
	return 1;
}

static int explain_clock(struct call *call)
{
	static const __s32 clocks[] = { -1, 1, 4, 0, 7, 11 };

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		struct request dummy = dummy_like(call->attr);

		dummy.attr.use_clockid = clocks[i] >= 0;
		dummy.attr.clockid = clocks[i] >= 0 ? clocks[i] : 0;
		if (!may_write_to(&call->inquiry, &dummy, (int)call->argument))
			continue;
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "use_clockid",
				   call->attr ? call->attr->use_clockid : 0);
		perfev_why_reason(call->inquiry.why,
				  "the event's clock is not that of the event whose ring "
				  "it is, which has use_clockid %d and clockid %d",
				  (int)dummy.attr.use_clockid, dummy.attr.clockid);
		return 1;
	}
	return 0;
}

int perfev_explain_output(struct call *call)
{
	struct inquiry *inquiry = &call->inquiry;
	const struct request dummy = dummy_like(call->attr);
	const int output = (int)call->argument;
	char text[80];

	if (!perfev_is_event(output)) {
		perfev_ioctl_blame(call, PERFEV_CAUSE_DESCRIPTOR, "argument", (__u64)(__s64)output);
		perfev_fd_describe(output, text);
		perfev_why_reason(inquiry->why,
				  "%d is %s, and not an event with a ring to write to", output,
				  text);
		perfev_why_remedy(inquiry->why,
				  "give an event that has been mapped, or -1 for no output");
		return 1;
	}
	if (inquiry->error != EINVAL)
		return 0;
	if (output == call->fd) {
		perfev_ioctl_blame(call, PERFEV_CAUSE_VALUE, "argument", (__u64)output);
		perfev_why_reason(inquiry->why,
				  "%d is the event itself, which writes to its own ring "
				  "without being told",
				  output);
		return 1;
	}
	perfev_why_remedy(inquiry->why, "let it have a ring of its own");
	if (!may_write_to(inquiry, &dummy, output)) {
		if (explain_direction(call) || explain_clock(call)) {
			perfev_why_remedy(inquiry->why,
					  "open both alike, or map the event by itself");
			return 1;
		}
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "argument", (__u64)output);
		perfev_why_reason(inquiry->why,
				  "%d is an event that has no ring, or one that counts another "
				  "thread on any CPU",
				  output);
		perfev_why_remedy(inquiry->why,
				  "mmap() that event first; let threads have an event for each "
				  "CPU");
	} else if (may_write_to(inquiry, &dummy, call->fd)) {
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "fd", (__u64)call->fd);
		perfev_why_reason(inquiry->why, "fd is %d, an event that has a ring of its own",
				  call->fd);
		perfev_why_remedy(inquiry->why, "munmap() its ring first");
	} else {
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "cpu", 0);
		perfev_why_reason(inquiry->why,
				  "the event and the one whose ring it is count on different "
				  "CPUs, or different threads");
		perfev_why_remedy(inquiry->why,
				  "let events share a ring with those of the same CPU");
	}
	perfev_why_evidence(inquiry->why,
			    "found with %u events of the calling thread, opened with that "
			    "output and closed",
			    inquiry->tries);
	return 1;
}
