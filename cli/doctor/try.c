/* SPDX-License-Identifier: MIT */
/*
 * Opening an event to see whether that works, and turning the library's explanation, which speaks
 * to someone who writes a program, into one for someone who administrates a machine.
 */
#include "try.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../remedy.h"

void doctor_found(struct doctor_check *check, enum doctor_state state, const char *format, ...)
{
	va_list list;

	check->state = state;
	va_start(list, format);
	vsnprintf(check->found, sizeof(check->found), format, list);
	va_end(list);
}

void doctor_blame(struct doctor_check *check, enum doctor_state state, enum perfev_cause cause,
		  const char *reason, const char *remedy)
{
	check->state = state;
	check->cause = cause;
	snprintf(check->reason, sizeof(check->reason), "%s", reason ? reason : "");
	snprintf(check->remedy, sizeof(check->remedy), "%s", remedy ? remedy : "");
}

void doctor_remedy(const struct doctor *doctor, struct doctor_check *check, const char *format, ...)
{
	const struct doctor_machine *machine = &doctor->machine;
	char command[sizeof(check->remedy)];
	va_list list;

	va_start(list, format);
	vsnprintf(command, sizeof(command), format, list);
	va_end(list);
	if (*machine->container)
		snprintf(check->remedy, sizeof(check->remedy), "%.240s # host", command);
	else
		snprintf(check->remedy, sizeof(check->remedy), "%s",
			 machine->uid == 0 && strncmp(command, "sudo ", 5) == 0 ? command + 5 :
										  command);
}

void doctor_remedy_capability(const struct doctor *doctor, struct doctor_check *check,
			      const char *name)
{
	char letters[32] = "";

	for (size_t i = 0; name[i] && i + 1 < sizeof(letters); i++)
		letters[i] = (char)toupper((unsigned char)name[i]);
	if (doctor->machine.has_own_users)
		snprintf(check->remedy, sizeof(check->remedy), "run it on the host, as root");
	else if (*doctor->machine.container)
		snprintf(check->remedy, sizeof(check->remedy),
			 "start the container with --cap-add %s", letters);
	else
		doctor_remedy(doctor, check, "sudo setcap cap_%s+ep PROGRAM", name);
}

/* Of the library's advice the first command is kept, and what stands in words as it is. */
static void take_remedy(const struct doctor *doctor, struct doctor_check *check,
			const struct perfev_why *why)
{
	static const char host[] = " outside of the container";
	char command[sizeof(why->remedy)], capability[32];
	char *end;

	check->remedy[0] = '\0';
	cli_advice(why, command, sizeof(command));
	if (sscanf(command, "sudo setcap cap_%31[a-z_]+ep", capability) == 1) {
		doctor_remedy_capability(doctor, check, capability);
		return;
	}
	if (strncmp(command, "sudo ", 5) != 0) {
		snprintf(check->remedy, sizeof(check->remedy), "%s", command);
		return;
	}
	if ((end = strstr(command, ", or ")))
		*end = '\0';
	if ((end = strstr(command, host)))
		*end = '\0';
	doctor_remedy(doctor, check, "%s", command);
}

static void take(const struct doctor *doctor, struct doctor_check *check,
		 const struct perfev_why *why)
{
	check->cause = why->cause;
	snprintf(check->reason, sizeof(check->reason), "%s", cli_reason(why));
	snprintf(check->evidence, sizeof(check->evidence), "%s", why->evidence);
	take_remedy(doctor, check, why);
}

void doctor_explained(const struct doctor *doctor, struct doctor_check *check,
		      const struct perfev_why *why)
{
	switch (why->cause) {
	case PERFEV_CAUSE_KERNEL:
	case PERFEV_CAUSE_MACHINE:
	case PERFEV_CAUSE_NO_PMU:
		check->state = DOCTOR_ABSENT;
		break;
	case PERFEV_CAUSE_FILES:
		/* Nothing was learnt but that, and the check of open files has the remedy. */
		doctor_blame(check, DOCTOR_UNTRIED, why->cause, why->reason, NULL);
		return;
	default:
		check->state = DOCTOR_NO;
	}
	take(doctor, check, why);
}

void doctor_refused(const struct doctor *doctor, struct doctor_check *check,
		    const struct perfev_why *why, const char *lacking)
{
	doctor_explained(doctor, check, why);
	if (why->cause == PERFEV_CAUSE_NO_PMU)
		doctor_blame(check, DOCTOR_ABSENT, why->cause, "there are no hardware counters",
			     NULL);
	else if (why->cause == PERFEV_CAUSE_MACHINE)
		doctor_blame(check, DOCTOR_ABSENT, why->cause, lacking, NULL);
}

void doctor_limited(const struct doctor *doctor, struct doctor_check *check,
		    const struct perfev_why *why)
{
	check->state = DOCTOR_LIMITED;
	take(doctor, check, why);
}

int doctor_open(struct perf_event_attr *attr, struct doctor_where where, struct perfev_why *why)
{
	const unsigned long flags = where.flags | PERF_FLAG_FD_CLOEXEC;
	int fd, error;

	attr->disabled = 1;
	fd = perf_event_open(attr, where.pid, where.cpu, -1, flags);
	if (fd >= 0)
		return fd;
	error = errno;
	perfev_explain(attr, where.pid, where.cpu, -1, flags, error, why);
	return -error;
}

int doctor_try(const struct perf_event_attr *attr, struct doctor_where where,
	       struct perfev_why *why)
{
	struct perf_event_attr copy = *attr;
	int fd = doctor_open(&copy, where, why);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

long long doctor_count(int fd, void (*work)(void *argument), void *argument)
{
	long long value = 0;

	if (perf_event_ioc_reset(fd, 0) < 0 || perf_event_ioc_enable(fd, 0) < 0)
		return -errno;
	work(argument);
	perf_event_ioc_disable(fd, 0);
	if (read(fd, &value, sizeof(value)) < (ssize_t)sizeof(value))
		return -EIO;
	return value;
}

struct perf_event_attr doctor_attr_hardware(__u64 config)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_HARDWARE, .config = config, .exclude_kernel = 1, .exclude_hv = 1);

	return attr;
}

struct perf_event_attr doctor_attr_software(__u64 config)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = config, .exclude_kernel = 1, .exclude_hv = 1);

	return attr;
}

void doctor_work(void *argument)
{
	const clock_t end = clock() + 5 * CLOCKS_PER_SEC / 1000;

	(void)argument;
	while (clock() < end)
		for (volatile unsigned int i = 0; i < 10000; i++)
			;
}

int doctor_file_line(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");

	text[0] = '\0';
	if (!file)
		return -errno;
	if (!fgets(text, (int)size, file))
		text[0] = '\0';
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

long doctor_file_number(const char *path)
{
	char text[64];
	char *end;
	long number;

	if (doctor_file_line(path, text, sizeof(text)) < 0)
		return DOCTOR_UNKNOWN;
	number = strtol(text, &end, 10);
	return end == text ? DOCTOR_UNKNOWN : number;
}
