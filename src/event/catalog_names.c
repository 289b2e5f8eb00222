/* SPDX-License-Identifier: MIT */
/*
 * The parts of a catalog that need no folder read: names that are the same everywhere, and the ways
 * to write what has no name. Each is listed only where the machine has what counts it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "catalog.h"
#include "names.h"

/*
 * Whether the processor's own counters are here; writes whose they are into owner. Where sysfs
 * cannot be read, that is told once.
 */
static int has_cores(struct perfev_catalog *catalog)
{
	size_t used = 0;
	int result;

	if (catalog->broken)
		return 0;
	result = perfev_cores_find(&catalog->cores, &catalog->machine);
	if (result < 0) {
		catalog->broken = 1;
		return result;
	}
	catalog->owner[0] = '\0';
	for (unsigned int i = 0; i < catalog->cores.count; i++)
		used += (size_t)snprintf(catalog->owner + used, sizeof(catalog->owner) - used,
					 "%s%s", i ? "," : "", catalog->cores.list[i].name);
	return catalog->cores.count > 0;
}

/* Writes what an attribute's config is to be. */
static const char *config_text(struct perfev_catalog *catalog, __u64 config)
{
	snprintf(catalog->event.terms, sizeof(catalog->event.terms), "config=0x%llx",
		 (unsigned long long)config);
	return catalog->event.terms;
}

int perfev_catalog_generic(struct perfev_catalog *catalog, struct perfev_catalog_item *out)
{
	int hardware = perfev_catalog_wants(catalog, PERFEV_KIND_HARDWARE);
	__u32 type = hardware ? PERF_TYPE_HARDWARE : PERF_TYPE_SOFTWARE;
	const struct generic_name *generic;

	if (hardware) {
		int result = has_cores(catalog);

		if (result <= 0)
			return result;
	}
	while ((generic = perfev_generic_get(catalog->number++))) {
		if (generic->type != type ||
		    !perfev_catalog_matches(catalog, generic->name, generic->alias))
			continue;
		out->kind = hardware ? PERFEV_KIND_HARDWARE : PERFEV_KIND_SOFTWARE;
		out->name = generic->name;
		out->alias = generic->alias;
		out->pmu = hardware ? catalog->owner : "software";
		out->encoding = config_text(catalog, generic->config);
		out->description = generic->description;
		out->type = type;
		return 1;
	}
	return 0;
}

int perfev_catalog_cache(struct perfev_catalog *catalog, struct perfev_catalog_item *out)
{
	int result = has_cores(catalog);
	__u64 config;

	if (result <= 0)
		return result;
	while (perfev_cache_next(&catalog->number, &config) == 1) {
		perfev_cache_write(config, catalog->name);
		if (!perfev_catalog_matches(catalog, catalog->name, ""))
			continue;
		perfev_cache_describe(config, catalog->description, sizeof(catalog->description));
		out->kind = PERFEV_KIND_CACHE;
		out->name = catalog->name;
		out->pmu = catalog->owner;
		out->encoding = config_text(catalog, config);
		out->description = catalog->description;
		out->type = PERF_TYPE_HW_CACHE;
		return 1;
	}
	return 0;
}

/* Something without a name of its own, and the PMU that says that it is here. */
static const struct way {
	enum perfev_kind kind;
	const char *name;
	const char *pmu;  /* NULL: the processor's */
	const char *file; /* of that PMU, which must be there too */
	const char *encoding;
	const char *description;
} ways[] = {
	{ PERFEV_KIND_RAW, "rNNN", NULL, "", "config=0xNNN",
	  "An event of the processor's by its number in hexadecimal digits, from its manual" },
	{ PERFEV_KIND_BREAKPOINT, "mem:ADDRESS/LENGTH:rwx", "breakpoint", "type",
	  "bp_addr,bp_len,bp_type",
	  "Reads (r), writes (w) or execution (x) of so many bytes at an address" },
	{ PERFEV_KIND_PROBE, "kprobe:FUNCTION+OFFSET", "kprobe", "type", "kprobe_func,probe_offset",
	  "Passes through an instruction of the kernel, a function's first without an offset" },
	{ PERFEV_KIND_PROBE, "kretprobe:FUNCTION", "kprobe", "format/retprobe",
	  "kprobe_func,retprobe=1", "Returns from a function of the kernel" },
	{ PERFEV_KIND_PROBE, "uprobe:FILE:FUNCTION", "uprobe", "type", "uprobe_path,probe_offset",
	  "Calls of a function in a program or library, or passes through 0xOFFSET in its file" },
	{ PERFEV_KIND_PROBE, "uretprobe:FILE:FUNCTION", "uprobe", "format/retprobe",
	  "uprobe_path,probe_offset,retprobe=1",
	  "Returns from a function in a program or library" },
};

/* Whether this way is open here, with the PMU filled that it leads to. */
static int is_here(struct perfev_catalog *catalog, const struct way *way)
{
	int result;

	if (!way->pmu) {
		catalog->pmu.type = PERF_TYPE_RAW;
		return has_cores(catalog);
	}
	result = perfev_pmu_find(&catalog->pmu, &catalog->machine, way->pmu, strlen(way->pmu));
	if (result < 0)
		return result == -ENOENT ? 0 : result;
	strcpy(catalog->owner, way->pmu);
	return perfev_tree_has(&catalog->machine.devices, "%s/%s", way->pmu, way->file);
}

int perfev_catalog_others(struct perfev_catalog *catalog, struct perfev_catalog_item *out)
{
	while (catalog->number < sizeof(ways) / sizeof(ways[0])) {
		const struct way *way = &ways[catalog->number++];
		int result;

		if (!perfev_catalog_wants(catalog, way->kind) ||
		    !perfev_catalog_matches(catalog, way->name, ""))
			continue;
		result = is_here(catalog, way);
		if (result < 0)
			return result;
		if (!result)
			continue;
		out->kind = way->kind;
		out->name = way->name;
		out->pmu = catalog->owner;
		out->encoding = way->encoding;
		out->description = way->description;
		out->type = catalog->pmu.type;
		return 1;
	}
	return 0;
}
