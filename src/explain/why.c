/* SPDX-License-Identifier: MIT */
/*
 * An explanation's parts and the line that they make together. The line is put together after each
 * part, so that an explanation is whole whenever its writer stops.
 */
#include "why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	[PERFEV_CAUSE_NONE] = "none",
	[PERFEV_CAUSE_UNKNOWN] = "unknown",
	[PERFEV_CAUSE_PASSED] = "passed",
	[PERFEV_CAUSE_KERNEL] = "kernel",
	[PERFEV_CAUSE_VALUE] = "value",
	[PERFEV_CAUSE_CONFLICT] = "conflict",
	[PERFEV_CAUSE_MACHINE] = "machine",
	[PERFEV_CAUSE_NO_PMU] = "no-pmu",
	[PERFEV_CAUSE_RATE] = "rate",
	[PERFEV_CAUSE_STACK] = "stack",
	[PERFEV_CAUSE_FILES] = "files",
	[PERFEV_CAUSE_MLOCK] = "mlock",
	[PERFEV_CAUSE_MEMORY] = "memory",
	[PERFEV_CAUSE_PARANOID] = "paranoid",
	[PERFEV_CAUSE_CAPABILITY] = "capability",
	[PERFEV_CAUSE_PTRACE] = "ptrace",
	[PERFEV_CAUSE_SECCOMP] = "seccomp",
	[PERFEV_CAUSE_LSM] = "lsm",
	[PERFEV_CAUSE_TARGET] = "target",
	[PERFEV_CAUSE_CPU] = "cpu",
	[PERFEV_CAUSE_CGROUP] = "cgroup",
	[PERFEV_CAUSE_GROUP] = "group",
	[PERFEV_CAUSE_GROUP_FULL] = "group-full",
	[PERFEV_CAUSE_SLOTS] = "slots",
	[PERFEV_CAUSE_BUSY] = "busy",
	[PERFEV_CAUSE_DESCRIPTOR] = "descriptor",
	[PERFEV_CAUSE_POINTER] = "pointer",
	[PERFEV_CAUSE_PROBE] = "probe",
	[PERFEV_CAUSE_SYNTAX] = "syntax",
	[PERFEV_CAUSE_NAME] = "name",
	[PERFEV_CAUSE_ARGUMENT] = "argument",
	[PERFEV_CAUSE_FILE] = "file",
};

const char *perfev_cause_name(enum perfev_cause cause)
{
	unsigned int number = (unsigned int)cause;

	return number < sizeof(names) / sizeof(names[0]) ? names[number] : NULL;
}

void perfev_why_clear(struct perfev_why *why)
{
	if (!why)
		return;
	memset(why, 0, sizeof(*why));
	why->position = -1;
}

int perfev_why_begin(struct perfev_why *why, enum perfev_cause cause, int error, const char *field,
		     __u64 value)
{
	if (why) {
		unsigned int tries = why->tries;

		perfev_why_clear(why);
		why->cause = cause;
		why->error = error;
		why->value = value;
		why->tries = tries;
		snprintf(why->field, sizeof(why->field), "%s", field);
	}
	return -error;
}

/* "reason (evidence): remedy", without the parts that are not there. */
static void put_together(struct perfev_why *why)
{
	const char *opening = why->evidence[0] ? " (" : "";
	const char *closing = why->evidence[0] ? ")" : "";
	const char *colon = why->remedy[0] ? ": " : "";

	snprintf(why->text, sizeof(why->text), "%s%s%s%s%s%s", why->reason, opening, why->evidence,
		 closing, colon, why->remedy);
}

#define WRITE_PART(part)                                                                           \
	do {                                                                                       \
		va_list arguments;                                                                 \
                                                                                                   \
		if (!why)                                                                          \
			return;                                                                    \
		va_start(arguments, format);                                                       \
		vsnprintf(why->part, sizeof(why->part), format, arguments);                        \
		va_end(arguments);                                                                 \
		put_together(why);                                                                 \
	} while (0)

void perfev_why_reason(struct perfev_why *why, const char *format, ...)
{
	WRITE_PART(reason);
}

void perfev_why_evidence(struct perfev_why *why, const char *format, ...)
{
	WRITE_PART(evidence);
}

void perfev_why_remedy(struct perfev_why *why, const char *format, ...)
{
	WRITE_PART(remedy);
}

int perfev_why_no_memory(struct perfev_why *why, const char *what)
{
	int result = perfev_why_begin(why, PERFEV_CAUSE_MEMORY, ENOMEM, "", 0);

	perfev_why_reason(why, "no memory for %s", what);
	return result;
}

int perfev_why_options(struct perfev_why *why, void *to, size_t room, const void *from)
{
	const unsigned char *bytes = from;
	size_t size = 0;

	if (from)
		memcpy(&size, from, sizeof(size));
	memset(to, 0, room);
	for (size_t i = room; i < size; i++) {
		if (!bytes[i])
			continue;
		perfev_why_begin(why, PERFEV_CAUSE_ARGUMENT, E2BIG, "options.size", size);
		perfev_why_reason(why, "the options set something that this library does not know");
		perfev_why_remedy(why, "use a newer libperfev, as the caller was compiled with");
		return -E2BIG;
	}
	if (from)
		memcpy(to, from, size < room ? size : room);
	return 0;
}
