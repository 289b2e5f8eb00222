/* SPDX-License-Identifier: MIT */
/* The PMUs of this machine with their CPUs, terms and events, in the order of their numbers. */
#include "try.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct doctor_pmu *find(const struct doctor *doctor, const char *name)
{
	for (unsigned int i = 0; i < doctor->pmu_count; i++)
		if (strcmp(doctor->pmus[i].name, name) == 0)
			return &doctor->pmus[i];
	return NULL;
}

const struct doctor_pmu *doctor_pmus_find(const struct doctor *doctor, const char *name)
{
	return find(doctor, name);
}

/* An uncore PMU says where it counts in "cpumask", a kind of core in "cpus". */
static void read_cpus(struct doctor_pmu *pmu)
{
	char path[160];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/cpumask", pmu->name);
	if (doctor_file_line(path, pmu->cpus, sizeof(pmu->cpus)) == 0)
		return;
	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/cpus", pmu->name);
	doctor_file_line(path, pmu->cpus, sizeof(pmu->cpus));
}

static int add_pmu(struct doctor *doctor, const struct perfev_catalog_item *item)
{
	struct doctor_pmu *grown, *pmu;

	grown = realloc(doctor->pmus, (doctor->pmu_count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	doctor->pmus = grown;
	pmu = &doctor->pmus[doctor->pmu_count++];
	memset(pmu, 0, sizeof(*pmu));
	snprintf(pmu->name, sizeof(pmu->name), "%s", item->pmu);
	pmu->type = item->type;
	read_cpus(pmu);
	return 0;
}

/* "cpu/umask/" is the term umask. */
static void add_format(struct doctor_pmu *pmu, const char *name)
{
	const char *term = strchr(name, '/');
	const size_t length = strlen(pmu->formats);

	if (term)
		snprintf(pmu->formats + length, sizeof(pmu->formats) - length, "%s%.*s",
			 length ? " " : "", (int)strcspn(term + 1, "/="), term + 1);
}

static int by_type(const void *a, const void *b)
{
	const struct doctor_pmu *x = a, *y = b;

	return (x->type > y->type) - (x->type < y->type);
}

int doctor_pmus_read(struct doctor *doctor)
{
	struct perfev_catalog_item item;
	struct perfev_catalog *catalog = NULL;
	int result = perfev_catalog_open(
		&catalog, PERFEV_KIND_PMU | PERFEV_KIND_PMU_EVENT | PERFEV_KIND_FORMAT, NULL, NULL);
	int step = 0;

	/* A part that cannot be read is a negative step, and the next call goes on behind it. */
	while (result == 0 && (step = perfev_catalog_next(catalog, &item)) != 0) {
		struct doctor_pmu *pmu;

		if (step == -ENOMEM)
			result = step;
		if (step < 0)
			continue;
		pmu = find(doctor, item.pmu);
		if (item.kind == PERFEV_KIND_PMU)
			result = add_pmu(doctor, &item);
		else if (pmu && item.kind == PERFEV_KIND_PMU_EVENT)
			pmu->events++;
		else if (pmu && item.kind == PERFEV_KIND_FORMAT)
			add_format(pmu, item.name);
	}
	perfev_catalog_close(catalog);
	if (doctor->pmu_count)
		qsort(doctor->pmus, doctor->pmu_count, sizeof(*doctor->pmus), by_type);
	return result;
}
