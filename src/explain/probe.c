/* SPDX-License-Identifier: MIT */
/*
 * Why a kprobe or uprobe was refused. What must stay true: none is placed to find out. The file is
 * looked at, and the rest is told by the errno.
 */
#include "search.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int blame(struct inquiry *inquiry, enum perfev_cause cause, const char *field, __u64 value)
{
	perfev_why_begin(inquiry->why, cause, inquiry->error, field, value);
	return 1;
}

static int explain_uprobe_path(struct inquiry *inquiry, const char *path, const struct stat *status)
{
	const __u64 pointer = inquiry->asked.attr.uprobe_path;
	char name[24];

	blame(inquiry, PERFEV_CAUSE_PROBE, "uprobe_path", pointer);
	if (!status)
		perfev_why_reason(inquiry->why,
				  "uprobe_path is \"%.150s\", where there is no file that "
				  "the caller can reach",
				  path);
	else if (!S_ISREG(status->st_mode))
		perfev_why_reason(inquiry->why,
				  "uprobe_path is \"%.150s\", which is no file but %s", path,
				  S_ISDIR(status->st_mode) ? "a folder" : "a device or pipe");
	else
		return 0;
	perfev_why_evidence(inquiry->why, "stat() of the path says %s",
			    status ? "so" : perfev_error_name(errno, name));
	perfev_why_remedy(inquiry->why, "give the absolute path of a program or library");
	return 1;
}

static int explain_path_pointer(struct inquiry *inquiry)
{
	const __u64 pointer = inquiry->asked.attr.uprobe_path;

	blame(inquiry, pointer ? PERFEV_CAUSE_POINTER : PERFEV_CAUSE_PROBE, "uprobe_path", pointer);
	perfev_why_reason(inquiry->why, "uprobe_path is %#llx, which leads to no text of a path",
			  (unsigned long long)pointer);
	perfev_why_remedy(inquiry->why,
			  "let it be the address of a path: (__u64)(uintptr_t)\"/path\"");
	return 1;
}

static int explain_uprobe(struct inquiry *inquiry)
{
	const struct perf_event_attr *attr = &inquiry->asked.attr;
	const char *path = (const char *)(size_t)attr->uprobe_path;
	struct stat status;
	int is_there;

	if (!attr->uprobe_path || !perfev_is_readable(path, 1))
		return explain_path_pointer(inquiry);
	is_there = stat(path, &status) == 0;
	if (!is_there && errno == EFAULT)
		return explain_path_pointer(inquiry);
	if (explain_uprobe_path(inquiry, path, is_there ? &status : NULL))
		return 1;
	blame(inquiry, PERFEV_CAUSE_PROBE, "probe_offset", attr->probe_offset);
	if (attr->probe_offset >= (__u64)status.st_size) {
		perfev_why_reason(inquiry->why,
				  "probe_offset is %#llx, but the file %.100s has %#llx "
				  "bytes",
				  (unsigned long long)attr->probe_offset, path,
				  (unsigned long long)status.st_size);
		perfev_why_remedy(inquiry->why,
				  "an offset is that in the file, not an address: nm or "
				  "readelf -S tell one from the other");
		return 1;
	}
	perfev_why_reason(inquiry->why,
			  "probe_offset is %#llx, where in %.100s the kernel cannot place a "
			  "probe: it wants the first byte of an instruction that can be "
			  "copied",
			  (unsigned long long)attr->probe_offset, path);
	perfev_why_evidence(inquiry->why,
			    "the file is there and long enough; all else is accepted of an "
			    "event that counts nothing");
	perfev_why_remedy(inquiry->why, "objdump -dF FILE shows the offsets of instructions");
	return 1;
}

static int explain_kprobe(struct inquiry *inquiry)
{
	const struct perf_event_attr *attr = &inquiry->asked.attr;
	const char *function = (const char *)(size_t)attr->kprobe_func;

	if (!function) {
		blame(inquiry, PERFEV_CAUSE_PROBE, "kprobe_addr", attr->kprobe_addr);
		perfev_why_reason(inquiry->why,
				  "kprobe_addr is %#llx, where the kernel lets no probe be "
				  "placed",
				  (unsigned long long)attr->kprobe_addr);
	} else if (inquiry->error == EFAULT || !perfev_is_readable(function, 1)) {
		blame(inquiry, PERFEV_CAUSE_POINTER, "kprobe_func", attr->kprobe_func);
		perfev_why_reason(inquiry->why,
				  "kprobe_func is %#llx, which leads to no text of a name",
				  (unsigned long long)attr->kprobe_func);
	} else if (inquiry->error == ENOENT || inquiry->error == EADDRNOTAVAIL) {
		blame(inquiry, PERFEV_CAUSE_PROBE, "kprobe_func", attr->kprobe_func);
		perfev_why_reason(inquiry->why,
				  "kprobe_func is \"%.100s\", but this kernel has no such "
				  "function",
				  function);
	} else {
		blame(inquiry, PERFEV_CAUSE_PROBE,
		      attr->probe_offset ? "probe_offset" : "kprobe_func",
		      attr->probe_offset ? attr->probe_offset : attr->kprobe_func);
		perfev_why_reason(inquiry->why,
				  "kprobe_func is \"%.100s\" and probe_offset %llu, where "
				  "the kernel lets no probe be placed",
				  function, (unsigned long long)attr->probe_offset);
	}
	perfev_why_remedy(inquiry->why,
			  "/sys/kernel/tracing/available_filter_functions lists functions "
			  "that take one, /sys/kernel/debug/kprobes/blacklist those that "
			  "take none");
	return 1;
}

int perfev_explain_probe(struct inquiry *inquiry)
{
	return strcmp(inquiry->pmu.name, "uprobe") == 0 ? explain_uprobe(inquiry) :
							  explain_kprobe(inquiry);
}
