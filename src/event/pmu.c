/* SPDX-License-Identifier: MIT */
/*
 * A PMU as sysfs describes it. What must stay true: no folder is walked here, so that a PMU's
 * hundreds of events cost nothing to an event that names one.
 */
#include "pmu.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

int perfev_pmu_find(struct pmu *pmu, const struct machine *machine, const char *name, size_t length)
{
	__u64 type;
	int result;

	if (!perfev_is_file_name(name, length))
		return -ENOENT;
	pmu->machine = machine;
	memcpy(pmu->name, name, length);
	pmu->name[length] = '\0';
	result = perfev_tree_read_number(&machine->devices, &type, "%s/type", pmu->name);
	if (result < 0)
		return result == -ENOTDIR ? -ENOENT : result;
	if (type > ~(__u32)0)
		return -EBADMSG;
	pmu->type = (__u32)type;
	return 0;
}

int perfev_pmu_find_type(struct pmu *pmu, const struct machine *machine, __u32 type)
{
	const char *name = NULL;
	DIR *folder;
	int result = perfev_tree_list(&machine->devices, &folder, "%s", "");
	int found = 0;

	if (result < 0)
		return result;
	while (!found && (name = perfev_tree_next(folder))) {
		result = perfev_pmu_find(pmu, machine, name, strlen(name));
		if (result < 0 && result != -ENOENT)
			break;
		found = result == 0 && pmu->type == type;
	}
	if (!found && !name && errno)
		result = -errno;
	closedir(folder);
	return found ? 0 : result < 0 ? result : -ENOENT;
}

/*
 * Whether a PMU with a cpumask counts tasks nevertheless. Arm's statistical profiling calls the
 * CPUs that have it so; everywhere else the file says that one CPU counts for all.
 */
static int counts_tasks(const struct pmu *pmu)
{
	return strncmp(pmu->name, "arm_spe_", 8) == 0;
}

int perfev_pmu_place(const struct pmu *pmu, char list[SYSFS_TEXT])
{
	int result;

	list[0] = '\0';
	/* The PMU that most events are of counts on every core, and has neither file. */
	if (!strcmp(pmu->name, "cpu"))
		return PMU_ANYWHERE;
	result =
		perfev_tree_read(&pmu->machine->devices, list, SYSFS_TEXT, "%s/cpumask", pmu->name);
	if (result >= 0)
		return !result ? PMU_ANYWHERE : counts_tasks(pmu) ? PMU_CORE : PMU_UNCORE;
	if (result != -ENOENT)
		return result;
	result = perfev_tree_read(&pmu->machine->devices, list, SYSFS_TEXT, "%s/cpus", pmu->name);
	if (result >= 0)
		return PMU_CORE;
	list[0] = '\0';
	return result == -ENOENT ? PMU_ANYWHERE : result;
}

/* Reads a bit or a range of them and steps over it. Returns 0 or -EINVAL. */
static int read_range(const char **text, __u64 *bits)
{
	unsigned int ends[2], count = 0;

	do {
		size_t length = strspn(*text, "0123456789");
		__u64 bit;

		if (perfev_number_read(*text, length, &bit) < 0 || bit > 63)
			return -EINVAL;
		ends[count++] = (unsigned int)bit;
		*text += length;
	} while (count < 2 && *(*text) == '-' && (*text)++);
	if (ends[count - 1] < ends[0])
		return -EINVAL;
	*bits |= ~(__u64)0 >> (63 - (ends[count - 1] - ends[0])) << ends[0];
	return 0;
}

int perfev_format_read(const char *text, struct format *out)
{
	struct format format = { 0, 0 };

	if (strncmp(text, "config", 6) != 0)
		return -EINVAL;
	text += 6;
	if (*text >= '1' && *text <= '4')
		format.number = (unsigned int)(*text++ - '0');
	if (*text && *text != ':')
		return -EINVAL;
	if (!*text)
		format.bits = ~(__u64)0;
	while (*text == ':' || (*text == ',' && format.bits)) {
		text++;
		if (read_range(&text, &format.bits) < 0)
			return -EINVAL;
	}
	if (*text)
		return -EINVAL;
	*out = format;
	return 0;
}

__u64 perfev_format_scatter(__u64 mask, __u64 value)
{
	__u64 config = 0;

	for (; mask; mask &= mask - 1, value >>= 1)
		if (value & 1)
			config |= mask & -mask;
	return config;
}

__u64 perfev_format_gather(__u64 mask, __u64 config)
{
	__u64 value = 0;

	for (__u64 bit = 1; mask; mask &= mask - 1, bit <<= 1)
		if (config & mask & -mask)
			value |= bit;
	return value;
}

__u64 *perfev_config_of(struct perf_event_attr *attr, unsigned int number)
{
	__u64 *const configs[] = { &attr->config, &attr->config1, &attr->config2, &attr->config3,
				   &attr->config4 };

	return configs[number];
}

int perfev_pmu_format(const struct pmu *pmu, const char *term, size_t length, struct format *out)
{
	char text[256];
	int result;

	if (!perfev_is_file_name(term, length))
		return -ENOENT;
	result = perfev_tree_read(&pmu->machine->devices, text, sizeof(text), "%s/format/%.*s",
				  pmu->name, (int)length, term);
	if (result < 0)
		return result;
	return perfev_format_read(text, out) < 0 ? -EBADMSG : 0;
}

int perfev_pmu_is_event(const char *name, size_t length)
{
	static const char *const others[] = { ".scale", ".unit", ".per-pkg", ".snapshot" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t ending = strlen(others[i]);

		if (length > ending && strncmp(name + length - ending, others[i], ending) == 0)
			return 0;
	}
	return perfev_is_file_name(name, length);
}

int perfev_pmu_has_event(const struct pmu *pmu, const char *name, size_t length)
{
	return perfev_pmu_is_event(name, length) &&
	       perfev_tree_has(&pmu->machine->devices, "%s/events/%.*s", pmu->name, (int)length,
			       name);
}

int perfev_pmu_event(const struct pmu *pmu, const char *name, size_t length, struct pmu_event *out)
{
	const struct tree *devices = &pmu->machine->devices;
	char scale[64];
	int result;

	if (!perfev_pmu_is_event(name, length))
		return -ENOENT;
	result = perfev_tree_read(devices, out->terms, sizeof(out->terms), "%s/events/%.*s",
				  pmu->name, (int)length, name);
	if (result < 0)
		return result;
	out->scale = 1.0;
	result = perfev_tree_read(devices, scale, sizeof(scale), "%s/events/%.*s.scale", pmu->name,
				  (int)length, name);
	if (result < 0 && result != -ENOENT)
		return result;
	if (result >= 0 && perfev_number_read_scale(scale, &out->scale) < 0)
		return -EBADMSG;
	result = perfev_tree_read(devices, out->unit, sizeof(out->unit), "%s/events/%.*s.unit",
				  pmu->name, (int)length, name);
	if (result == -ENOENT)
		out->unit[0] = '\0';
	else if (result < 0)
		return result;
	return 0;
}
