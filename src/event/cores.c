/* SPDX-License-Identifier: MIT */
/*
 * The core PMUs. What must stay true: where there is a PMU "cpu", nothing else is looked at.
 */
#include "cores.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What Linux calls the kinds of core of Intel's hybrid processors. */
static const char *const intel[] = { "cpu_core", "cpu_atom", "cpu_lowpower" };

/* A machine that hides its PMUs is one without; a lack of descriptors is not. */
static int is_none(int error)
{
	return error == -ENOENT || error == -EACCES || error == -EPERM;
}

static int find_intel(struct cores *cores, const struct machine *machine)
{
	for (size_t i = 0; i < sizeof(intel) / sizeof(intel[0]); i++) {
		int result = perfev_pmu_find(&cores->list[cores->count], machine, intel[i],
					     strlen(intel[i]));

		if (result < 0 && !is_none(result))
			return result;
		cores->count += result == 0;
	}
	cores->hybrid = cores->count > 0;
	return 0;
}

static int by_type(const void *a, const void *b)
{
	const struct pmu *first = a, *second = b;

	return first->type < second->type ? -1 : first->type > second->type;
}

/* On Arm a core PMU has its processor's name; what tells it is the file "cpus". */
static int find_arm(struct cores *cores, const struct machine *machine)
{
	const char *name = NULL;
	DIR *folder;
	int result = perfev_tree_list(&machine->devices, &folder, "%s", "");

	if (result < 0)
		return is_none(result) ? 0 : result;
	while (result == 0 && cores->count < MOST_CORES && (name = perfev_tree_next(folder))) {
		if (!perfev_tree_has(&machine->devices, "%s/cpus", name))
			continue;
		result = perfev_pmu_find(&cores->list[cores->count], machine, name, strlen(name));
		cores->count += result == 0;
	}
	/* A folder that was not read to its end may have held another core PMU. */
	if (result == 0 && !name)
		result = -errno;
	closedir(folder);
	/* Folders have no order; numbers are given in that of the kernel's finding. */
	qsort(cores->list, cores->count, sizeof(cores->list[0]), by_type);
	cores->hybrid = cores->count > 1;
	return result;
}

int perfev_cores_find(struct cores *cores, const struct machine *machine)
{
	int result = 0;

	if (cores->found)
		return 0;
	cores->count = 0;
	cores->hybrid = 0;
	if (perfev_tree_has(&machine->devices, "cpu/type")) {
		struct pmu *cpu = &cores->list[cores->count++];

		cpu->machine = machine;
		cpu->type = PERF_TYPE_RAW;
		strcpy(cpu->name, "cpu");
	} else {
		result = find_intel(cores, machine);
		if (result == 0 && !cores->count)
			result = find_arm(cores, machine);
	}
	cores->found = result == 0;
	return result;
}
