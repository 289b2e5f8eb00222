/* SPDX-License-Identifier: MIT */
/*
 * perfev_explain_ioctl(). What must stay true: no ioctl is made on the caller's event but the one
 * that asks its number. What a ring asks of those that write to it is tried with events of our own.
 */
#include "ioctl.h"
#include "size.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <perfev/sys.h>

int perfev_ioctl_blame(struct call *call, enum perfev_cause cause, const char *field, __u64 value)
{
	perfev_why_begin(call->inquiry.why, cause, call->inquiry.error, field, value);
	return 1;
}

/* The kernel says EINVAL to what needs an event that samples, and is not inherited. */
static int needs_sampling(struct call *call)
{
	struct perfev_why *why = call->inquiry.why;

	if (call->attr && call->attr->sample_period)
		return 0;
	perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "sample_period", 0);
	perfev_why_reason(why,
			  call->attr ? "sample_period is 0: the event counts and does not sample" :
				       "the event counts and does not sample, most likely");
	perfev_why_remedy(why,
			  "open it with attr.sample_period, or attr.freq and attr.sample_freq");
	return 1;
}

static int explain_refresh(struct call *call)
{
	if (call->inquiry.error != EINVAL)
		return 0;
	if (!call->attr || !call->attr->inherit)
		return needs_sampling(call);
	perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "inherit", 1);
	perfev_why_reason(call->inquiry.why,
			  "inherit is 1, but PERF_EVENT_IOC_REFRESH is for events that "
			  "are not inherited");
	perfev_why_remedy(call->inquiry.why, "open it with attr.inherit = 0;");
	return 1;
}

static int explain_period(struct call *call)
{
	const __u64 *given = (const __u64 *)call->argument;
	const long most = call->inquiry.machine.sample_rate;
	struct perfev_why *why = call->inquiry.why;

	if (call->inquiry.error != EINVAL || !perfev_is_readable(given, sizeof(*given)))
		return 0;
	if (*given && !(*given >> 63) &&
	    !(call->attr && call->attr->freq && most >= 0 && *given > (__u64)most))
		return needs_sampling(call);
	if (*given && call->attr && call->attr->freq && !(*given >> 63)) {
		perfev_ioctl_blame(call, PERFEV_CAUSE_RATE, "argument", *given);
		perfev_why_reason(
			why,
			"the new frequency is %llu, but at most %ld samples per second are "
			"allowed",
			(unsigned long long)*given, most);
		perfev_why_evidence(
			why, "read %ld from /proc/sys/kernel/perf_event_max_sample_rate", most);
		perfev_why_remedy(why, "sudo sysctl kernel.perf_event_max_sample_rate=%llu",
				  (unsigned long long)*given);
		return 1;
	}
	perfev_ioctl_blame(call, PERFEV_CAUSE_VALUE, "argument", *given);
	perfev_why_reason(why,
			  "the new period is %llu, but it has to be more than 0 and less than 2^63",
			  (unsigned long long)*given);
	perfev_why_evidence(why, "read through the pointer that was given");
	perfev_why_remedy(why, "to stop the samples, disable the event");
	return 1;
}

static int is_tracepoint(const struct call *call)
{
	return call->attr && call->attr->type == PERF_TYPE_TRACEPOINT;
}

static int explain_filter(struct call *call)
{
	const char *text = (const char *)call->argument;
	struct perfev_why *why = call->inquiry.why;
	struct pmu pmu;

	if (call->inquiry.error == EEXIST) {
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "fd", (__u64)call->fd);
		perfev_why_reason(
			why, "the tracepoint has a filter, and it stays for as long as the event "
			     "lives");
		perfev_why_remedy(why, "open the event anew, and set one filter with && in it");
		return 1;
	}
	if (call->inquiry.error != EINVAL && call->inquiry.error != ENOENT)
		return 0;
	if (call->attr && !is_tracepoint(call) &&
	    (!perfev_machine_pmu("", call->attr->type, &pmu) ||
	     call->attr->type == PERF_TYPE_SOFTWARE)) {
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "type", call->attr->type);
		perfev_why_reason(why,
				  "type is %u, but filters are for tracepoints, and for processor "
				  "traces",
				  call->attr->type);
		perfev_why_remedy(why, "filter the samples when they are read");
		return 1;
	}
	perfev_ioctl_blame(call, PERFEV_CAUSE_SYNTAX, "argument", call->argument);
	perfev_why_reason(why, "the filter is \"%.100s\", which %s", text,
			  is_tracepoint(call) || !call->attr ?
				  "is no expression over the fields of this tracepoint" :
				  "is no list of address ranges that this PMU takes");
	perfev_why_remedy(why,
			  is_tracepoint(call) || !call->attr ?
				  "the file format beside the tracepoint's id names its fields" :
				  "it is like \"filter 0xADDRESS/0xSIZE@/path\"");
	return 1;
}

static int explain_bpf(struct call *call)
{
	const int program = (int)call->argument;
	struct perfev_why *why = call->inquiry.why;
	char text[80];

	switch (call->inquiry.error) {
	case EEXIST:
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "argument", call->argument);
		perfev_why_reason(why, "the event has a BPF program%s",
				  is_tracepoint(call) ? ", this one" : ", and takes one only");
		perfev_why_remedy(why, "open another event for this program");
		return 1;
	case E2BIG:
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "argument", call->argument);
		perfev_why_reason(
			why, "the tracepoint has 64 BPF programs, of all who use it, and takes no "
			     "more");
		perfev_why_remedy(why, "sudo bpftool perf shows whose they are");
		return 1;
	case EBADF:
	case EINVAL:
		break;
	default:
		return 0;
	}
	perfev_fd_describe(program, text);
	if (strcmp(text, "anon_inode:bpf-prog") != 0) {
		perfev_ioctl_blame(call, PERFEV_CAUSE_DESCRIPTOR, "argument", call->argument);
		perfev_why_reason(
			why, "%d is %s, and not the descriptor of a BPF program", program,
			perfev_is_open(program) ? "something else" : "no open descriptor");
		perfev_why_evidence(why, "looked at /proc/self/fd/%d", program);
		perfev_why_remedy(why, "give what bpf(BPF_PROG_LOAD) returned");
		return 1;
	}
	perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "argument", call->argument);
	perfev_why_reason(
		why,
		"the BPF program is of a type that is not for events of type %lld, or the "
		"event does not sample",
		call->attr ? (long long)call->attr->type : -1LL);
	perfev_why_evidence(why, "/proc/self/fdinfo/%d shows the program's type", program);
	perfev_why_remedy(why,
			  "tracepoints take BPF_PROG_TYPE_TRACEPOINT, probes ..._KPROBE, all that "
			  "sample ..._PERF_EVENT");
	return 1;
}

static int explain_pause(struct call *call)
{
	if (call->inquiry.error != EINVAL)
		return 0;
	perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "fd", (__u64)call->fd);
	perfev_why_reason(call->inquiry.why, "the event has no ring whose output could be paused");
	perfev_why_remedy(call->inquiry.why,
			  "mmap() the event first, or pause the one whose ring it "
			  "writes to");
	return 1;
}

static int explain_query(struct call *call)
{
	const struct perf_event_query_bpf *query = (const void *)call->argument;
	struct perfev_why *why = call->inquiry.why;

	switch (call->inquiry.error) {
	case EPERM:
		perfev_ioctl_blame(call, PERFEV_CAUSE_CAPABILITY, "", 0);
		perfev_why_reason(why, "to list the BPF programs of an event takes CAP_PERFMON");
		perfev_why_evidence(why, "CapEff is %#llx in /proc/self/status",
				    (unsigned long long)call->inquiry.machine.capabilities);
		perfev_why_remedy(why, "sudo setcap cap_perfmon+ep PROGRAM, or run it as root");
		return 1;
	case EINVAL:
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "type",
				   call->attr ? call->attr->type : 0);
		perfev_why_reason(why,
				  "the event is no tracepoint, and of others BPF programs are not "
				  "listed");
		perfev_why_remedy(why, "sudo bpftool perf lists the programs of all events");
		return 1;
	case E2BIG:
	case ENOSPC:
		perfev_ioctl_blame(call, PERFEV_CAUSE_VALUE, "ids_len", query->ids_len);
		if (call->inquiry.error == E2BIG)
			perfev_why_reason(why, "ids_len is %u, but there are never more than 64",
					  query->ids_len);
		else
			perfev_why_reason(why, "ids_len is %u, but there are %u programs",
					  query->ids_len, query->prog_cnt);
		perfev_why_remedy(why, "query->ids_len = 64;");
		return 1;
	default:
		return 0;
	}
}

static int is_changeable(const struct perfev_field *field)
{
	static const char *const names[] = {
		"bp_type",  "bp_addr",     "bp_len",      "config1",     "config2",     "disabled",
		"sig_data", "kprobe_func", "uprobe_path", "kprobe_addr", "probe_offset"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(field->name, names[i]) == 0)
			return 1;
	return 0;
}

/* The first field in which an event may not change and does, or NULL. */
static const struct perfev_field *changed_field(const struct perf_event_attr *from,
						const struct perf_event_attr *to)
{
	const struct perfev_field *field;

	for (unsigned int number = 0; (field = perfev_field_get(number)); number++)
		if (!is_changeable(field) &&
		    perfev_field_read(field, from) != perfev_field_read(field, to))
			return field;
	return NULL;
}

static int explain_modify(struct call *call)
{
	const struct perf_event_attr *to = (const void *)call->argument;
	const struct perfev_field *field;
	struct perfev_why *why = call->inquiry.why;

	if (!perfev_is_readable(to, PERF_ATTR_SIZE_VER0))
		return 0;
	if (call->inquiry.error == E2BIG)
		return perfev_explain_size(&call->inquiry, to);
	if (call->attr && call->attr->type != PERF_TYPE_BREAKPOINT) {
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, "type", call->attr->type);
		perfev_why_reason(why, "type is %u, but only breakpoints can be modified",
				  call->attr->type);
		perfev_why_remedy(why, "close the event and open another");
		return 1;
	}
	field = call->attr && perfev_is_readable(to, sizeof(*to)) ?
			changed_field(call->attr, to) :
			NULL;
	if (field) {
		perfev_ioctl_blame(call, PERFEV_CAUSE_CONFLICT, field->name,
				   perfev_field_read(field, to));
		perfev_why_reason(
			why,
			"%s is %llu and was %llu, but only bp_type, bp_addr, bp_len, disabled "
			"and sig_data can be modified",
			field->name, (unsigned long long)perfev_field_read(field, to),
			(unsigned long long)perfev_field_read(field, call->attr));
		perfev_why_remedy(why, "attr.%s = %llu;", field->name,
				  (unsigned long long)perfev_field_read(field, call->attr));
		return 1;
	}
	/* What cannot be set anew could not be opened either, and that can be tried. */
	if (perfev_explain(to, 0, -1, -1, 0, call->inquiry.error, why) != 1)
		return 0;
	why->error = call->inquiry.error;
	return why->cause != PERFEV_CAUSE_PASSED;
}

static const struct {
	unsigned long request;
	int (*explain)(struct call *call); /* returns 0 when it has nothing to say of the errno */
} ioctls[] = {
	{ PERF_EVENT_IOC_REFRESH, explain_refresh },
	{ PERF_EVENT_IOC_PERIOD, explain_period },
	{ PERF_EVENT_IOC_SET_OUTPUT, perfev_explain_output },
	{ PERF_EVENT_IOC_SET_FILTER, explain_filter },
	{ PERF_EVENT_IOC_SET_BPF, explain_bpf },
	{ PERF_EVENT_IOC_PAUSE_OUTPUT, explain_pause },
	{ PERF_EVENT_IOC_QUERY_BPF, explain_query },
	{ PERF_EVENT_IOC_MODIFY_ATTRIBUTES, explain_modify },
};

/* The name of an ioctl by its number alone: the bits around it are each architecture's own. */
static int find_ioctl(unsigned long request, struct perfev_name *name)
{
	unsigned int position = 0;

	while (perfev_set_next(PERFEV_SET_IOCTL, &position, name) == 1)
		if ((name->value & 0xffff) == (request & 0xffff))
			return 1;
	return 0;
}

static int explain_number(struct call *call)
{
	struct perfev_why *why = call->inquiry.why;
	struct perfev_name name;
	char release[16];

	if (find_ioctl(call->request, &name) && name.since > call->inquiry.machine.release) {
		perfev_release_format(release, sizeof(release), name.since);
		perfev_ioctl_blame(call, PERFEV_CAUSE_KERNEL, "request", call->request);
		perfev_why_reason(why, "%s needs Linux %s, this is %s", name.name, release,
				  call->inquiry.machine.release_text);
		return 1;
	}
	perfev_ioctl_blame(call, PERFEV_CAUSE_VALUE, "request", call->request);
	perfev_why_reason(why, "request is %#lx, which is no ioctl of events", call->request);
	perfev_why_remedy(why, "one of PERF_EVENT_IOC_*");
	return 1;
}

int perfev_explain_fd(struct inquiry *inquiry, int fd)
{
	char text[80];

	if (perfev_is_event(fd))
		return 0;
	perfev_fd_describe(fd, text);
	perfev_why_begin(inquiry->why, PERFEV_CAUSE_DESCRIPTOR, inquiry->error, "fd",
			 (__u64)(__s64)fd);
	perfev_why_reason(inquiry->why, "fd is %d, which is %s and no event", fd, text);
	perfev_why_remedy(inquiry->why,
			  "give what perf_event_open() returned, before it is closed");
	return 1;
}

/* Whether the argument leads to nothing: the kernel may not have looked, but here it is read. */
static int is_unreadable(const struct call *call)
{
	static const unsigned long with_pointer[] = {
		PERF_EVENT_IOC_PERIOD,    PERF_EVENT_IOC_SET_FILTER,        PERF_EVENT_IOC_ID,
		PERF_EVENT_IOC_QUERY_BPF, PERF_EVENT_IOC_MODIFY_ATTRIBUTES,
	};

	for (size_t i = 0; i < sizeof(with_pointer) / sizeof(with_pointer[0]); i++)
		if (with_pointer[i] == call->request)
			return !perfev_is_readable((const void *)call->argument, 1);
	return 0;
}

static int explain(struct call *call)
{
	struct inquiry *inquiry = &call->inquiry;

	perfev_machine_read(&inquiry->machine, "");
	if (perfev_explain_fd(inquiry, call->fd))
		return 1;
	if (inquiry->error == ENOTTY)
		return explain_number(call);
	if (inquiry->error == EFAULT || is_unreadable(call)) {
		perfev_ioctl_blame(call, PERFEV_CAUSE_POINTER, "argument", call->argument);
		perfev_why_reason(inquiry->why,
				  "argument is %#lx, where the process has no such memory to "
				  "read, or write",
				  call->argument);
		return 1;
	}
	for (size_t i = 0; i < sizeof(ioctls) / sizeof(ioctls[0]); i++)
		if (ioctls[i].request == call->request && ioctls[i].explain(call))
			return 1;
	perfev_ioctl_blame(call, PERFEV_CAUSE_UNKNOWN, "", 0);
	perfev_why_reason(inquiry->why, "the kernel refuses the ioctl, and why was not found");
	perfev_why_evidence(inquiry->why,
			    "the descriptor is an event's, and the number of the ioctl is "
			    "known");
	return 0;
}

int perfev_explain_ioctl(int fd, const struct perf_event_attr *attr, unsigned long request,
			 unsigned long argument, int error, struct perfev_why *why)
{
	struct call call = { .fd = fd,
			     .attr = attr,
			     .request = request,
			     .argument = argument,
			     .inquiry = { .why = why, .error = error } };
	const int kept = errno;
	int found;

	if (!why || error < 0)
		return -EINVAL;
	perfev_why_clear(why);
	if (!error)
		return 0;
	call.inquiry.asked.group_fd = -1;
	found = explain(&call);
	why->tries += call.inquiry.tries;
	errno = kept;
	return found;
}
