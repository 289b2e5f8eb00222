/* SPDX-License-Identifier: MIT */
/*
 * Preloaded (LD_PRELOAD), it makes a machine that lacks what $LACKING says: "hardware" counters, as
 * most guests do; "interrupts" of them; all "sampling"; "rights" to open anything. Each answers
 * with the kernel's own errno.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <perfev/abi.h>

static int is_hardware(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_HARDWARE || attr->type == PERF_TYPE_HW_CACHE ||
	       attr->type == PERF_TYPE_RAW;
}

/* The address may be none of this process's: who asks why makes such calls too. */
static int refusal(long address)
{
	const char *lacking = getenv("LACKING");
	struct perf_event_attr copy = { 0 }, *attr = &copy;
	struct iovec to = { &copy, PERF_ATTR_SIZE_VER0 }, from = { (void *)address, to.iov_len };

	if (!lacking || process_vm_readv(getpid(), &to, 1, &from, 1, 0) <= 0 ||
	    attr->size < PERF_ATTR_SIZE_VER0)
		return 0;
	if (strcmp(lacking, "hardware") == 0)
		return is_hardware(attr) ? ENOENT : 0;
	if (strcmp(lacking, "interrupts") == 0)
		return is_hardware(attr) && attr->sample_period ? EOPNOTSUPP : 0;
	if (strcmp(lacking, "sampling") == 0)
		return attr->sample_period ? EINVAL : 0;
	return EACCES;
}

/* How many arguments there are is the call's: what is read beyond them lies on the stack. */
__attribute__((no_sanitize_address)) long syscall(long number, ...)
{
	void *found = dlsym(RTLD_NEXT, "syscall");
	long (*next)(long, ...);
	long arguments[6];
	va_list list;
	int error;

	memcpy(&next, &found, sizeof(next)); /* ISO C has no cast for it */
	va_start(list, number);
	for (int i = 0; i < 6; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	error = number == SYS_perf_event_open ? refusal(arguments[0]) : 0;
	if (error) {
		errno = error;
		return -1;
	}
	return next(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
		    arguments[5]);
}
