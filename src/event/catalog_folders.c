/* SPDX-License-Identifier: MIT */
/*
 * The parts of a catalog that are folders in folders: PMUs with their events and terms, and systems
 * with their tracepoints. A file is read only when its name is wanted.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "catalog.h"
#include "names.h"

/* Whether there is no such thing, which is no error: a file where we thought of a folder. */
static int is_absent(int result)
{
	return result == -ENOENT || result == -ENOTDIR;
}

static int is_any(const char *pattern, size_t length, const char *name)
{
	(void)pattern, (void)length, (void)name;
	return 1;
}

/* Begins with a folder in place of the one before. */
static int walk_into(struct walk *walk, const struct tree *tree, const char *folder)
{
	perfev_listing_free(&walk->listing);
	walk->at = 0;
	return perfev_listing_read(&walk->listing, tree, folder, is_any, "", 0);
}

static const char *walk_on(struct walk *walk)
{
	return walk->at < walk->listing.count ? walk->listing.names[walk->at++] : NULL;
}

static int pmu_item(struct perfev_catalog *catalog, struct perfev_catalog_item *out)
{
	char cpus[SYSFS_TEXT];
	int place;

	if (!perfev_catalog_wants(catalog, PERFEV_KIND_PMU) ||
	    !perfev_catalog_matches(catalog, catalog->pmu.name, ""))
		return 0;
	place = perfev_pmu_place(&catalog->pmu, cpus);
	if (place < 0)
		return place;
	snprintf(catalog->description, sizeof(catalog->description), "Type %u, %s%s",
		 catalog->pmu.type,
		 place == PMU_UNCORE ? "counts no tasks, to be opened on CPU " :
		 place == PMU_CORE   ? "counts on CPU " :
				       "counts on every CPU",
		 place == PMU_ANYWHERE ? "" : cpus);
	out->kind = PERFEV_KIND_PMU;
	out->name = out->pmu = catalog->pmu.name;
	out->description = catalog->description;
	out->type = catalog->pmu.type;
	return 1;
}

/* Whether a PMU is that of the one kind of core: its events need no PMU before their names. */
static int has_aliases(struct perfev_catalog *catalog, const char *pmu)
{
	const struct cores *cores = &catalog->cores;

	return perfev_catalog_wants(catalog, PERFEV_KIND_PMU_EVENT) &&
	       perfev_cores_find(&catalog->cores, &catalog->machine) == 0 && cores->count == 1 &&
	       !strcmp(cores->list[0].name, pmu);
}

/* An event's name alone, if that is not the name of something else that comes first. */
static const char *alias_of(struct perfev_catalog *catalog, const char *name)
{
	size_t length = strlen(name);
	__u64 config;

	if (!has_aliases(catalog, catalog->pmu.name) || perfev_generic_find(name, length) ||
	    perfev_cache_read(name, length, &config))
		return "";
	return name;
}

/*
 * Some events, of IBM's hypervisor, want a value that only the caller knows: "core=?". Their names
 * show that, as "hv_24x7/PM_CYC,core=?/".
 */
static void add_wanted(char *name, size_t size, const char *terms)
{
	size_t used = strlen(name) - 1; /* before the last slash */

	while (*terms) {
		size_t length = strcspn(terms, ",");

		if (length > 2 && !strncmp(terms + length - 2, "=?", 2) &&
		    used + 1 + length + 1 < size)
			used += (size_t)snprintf(name + used, size - used, ",%.*s/", (int)length,
						 terms) -
				1;
		terms += length + (terms[length] == ',');
	}
}

static int event_item(struct perfev_catalog *catalog, const char *name,
		      struct perfev_catalog_item *out)
{
	const char *alias;
	int result;

	if (!perfev_pmu_is_event(name, strlen(name)))
		return 0;
	snprintf(catalog->name, sizeof(catalog->name), "%s/%s/", catalog->pmu.name, name);
	alias = alias_of(catalog, name);
	if (!perfev_catalog_matches(catalog, catalog->name, alias))
		return 0;
	result = perfev_pmu_event(&catalog->pmu, name, strlen(name), &catalog->event);
	if (result < 0)
		return is_absent(result) ? 0 : result;
	add_wanted(catalog->name, sizeof(catalog->name), catalog->event.terms);
	out->kind = PERFEV_KIND_PMU_EVENT;
	out->name = catalog->name;
	out->alias = alias;
	out->pmu = catalog->pmu.name;
	out->encoding = catalog->event.terms;
	out->unit = catalog->event.unit;
	out->scale = catalog->event.scale;
	out->type = catalog->pmu.type;
	return 1;
}

/* "config1:0-7,32" as a sentence. */
static void describe_format(char *text, size_t size, const char *format)
{
	const char *colon = strchr(format, ':');
	const char *several = colon ? strpbrk(colon, "-,") : NULL;

	if (colon)
		snprintf(text, size, "Bit%s %s of %.*s", several ? "s" : "", colon + 1,
			 (int)(colon - format), format);
	else
		snprintf(text, size, "All of %s", format);
}

static int format_item(struct perfev_catalog *catalog, const char *name,
		       struct perfev_catalog_item *out)
{
	int result;

	snprintf(catalog->name, sizeof(catalog->name), "%s/%s/", catalog->pmu.name, name);
	if (!perfev_catalog_matches(catalog, catalog->name, ""))
		return 0;
	result = perfev_tree_read(&catalog->machine.devices, catalog->event.terms,
				  sizeof(catalog->event.terms), "%s/format/%s", catalog->pmu.name,
				  name);
	if (result < 0)
		return is_absent(result) ? 0 : result;
	describe_format(catalog->description, sizeof(catalog->description), catalog->event.terms);
	out->kind = PERFEV_KIND_FORMAT;
	out->name = catalog->name;
	out->pmu = catalog->pmu.name;
	out->encoding = catalog->event.terms;
	out->description = catalog->description;
	out->type = catalog->pmu.type;
	return 1;
}

/* Begins with the folder of a PMU that this kind is in, where something in it could be wanted. */
static int enter(struct perfev_catalog *catalog, enum perfev_kind kind)
{
	int result;

	catalog->inside = kind;
	snprintf(catalog->name, sizeof(catalog->name), "%s/", catalog->pmu.name);
	if (!perfev_catalog_wants(catalog, kind) ||
	    !(perfev_catalog_could_match(catalog, catalog->name) ||
	      (kind == PERFEV_KIND_PMU_EVENT && has_aliases(catalog, catalog->pmu.name))))
		return 0;
	snprintf(catalog->name, sizeof(catalog->name), "%s/%s", catalog->pmu.name,
		 kind == PERFEV_KIND_FORMAT ? "format" : "events");
	result = walk_into(&catalog->inner, &catalog->machine.devices, catalog->name);
	return is_absent(result) ? 0 : result;
}

/* Steps to the next PMU of which something could be wanted. Returns 1, 0, or a negative errno. */
static int next_pmu(struct perfev_catalog *catalog)
{
	const char *name;

	while ((name = walk_on(&catalog->outer))) {
		int result;

		if (!perfev_catalog_could_match(catalog, name) && !has_aliases(catalog, name))
			continue;
		result = perfev_pmu_find(&catalog->pmu, &catalog->machine, name, strlen(name));
		if (result == 0)
			return 1;
		if (!is_absent(result))
			return result;
	}
	return 0;
}

/* Reads the names of a part's outer folder when the part begins. */
static int begin(struct perfev_catalog *catalog, const struct tree *tree, const char *folder)
{
	if (catalog->number++)
		return 0;
	catalog->inside = 0;
	return walk_into(&catalog->outer, tree, folder);
}

int perfev_catalog_pmus(struct perfev_catalog *catalog, struct perfev_catalog_item *out)
{
	int result = begin(catalog, &catalog->machine.devices, "");

	if (result < 0)
		return catalog->broken ? 0 : result;
	for (;;) {
		const char *name = walk_on(&catalog->inner);

		if (name && catalog->inside == PERFEV_KIND_FORMAT) {
			result = format_item(catalog, name, out);
		} else if (name) {
			result = event_item(catalog, name, out);
		} else if (catalog->inside == PERFEV_KIND_PMU) {
			result = enter(catalog, PERFEV_KIND_PMU_EVENT);
		} else if (catalog->inside == PERFEV_KIND_PMU_EVENT) {
			result = enter(catalog, PERFEV_KIND_FORMAT);
		} else {
			result = next_pmu(catalog);
			if (result <= 0)
				return result;
			catalog->inside = PERFEV_KIND_PMU;
			result = pmu_item(catalog, out);
		}
		if (result)
			return result;
	}
}

/* Writes what a tracepoint is to the kernel, unless that is not wanted. Returns 0 or an errno. */
static int read_tracepoint(struct perfev_catalog *catalog, const char *name)
{
	char path[NAME_MAX + sizeof("/id")];
	int result;
	__u64 id;

	snprintf(path, sizeof(path), "%s/id", name);
	catalog->event.terms[0] = '\0';
	if (catalog->kinds & PERFEV_CATALOG_BRIEF)
		return perfev_folder_may_read(catalog->folder, path);
	result = perfev_folder_read_number(catalog->folder, &id, path);
	if (result == 0)
		snprintf(catalog->event.terms, sizeof(catalog->event.terms), "config=%llu",
			 (unsigned long long)id);
	return result;
}

static int tracepoint_item(struct perfev_catalog *catalog, const char *name,
			   struct perfev_catalog_item *out)
{
	int result;

	snprintf(catalog->name, sizeof(catalog->name), "%.*s:%s", NAME_MAX, catalog->owner, name);
	if (!perfev_catalog_matches(catalog, catalog->name, ""))
		return 0;
	/* What perf_event_open(2) cannot open has no number: most of the system "ftrace". */
	result = read_tracepoint(catalog, name);
	if (result < 0)
		return is_absent(result) ? 0 : result;
	out->kind = PERFEV_KIND_TRACEPOINT;
	out->name = catalog->name;
	out->pmu = catalog->owner;
	out->encoding = catalog->event.terms;
	out->type = PERF_TYPE_TRACEPOINT;
	return 1;
}

/* Begins with a system's tracepoints, where one of them could be wanted. */
static int enter_system(struct perfev_catalog *catalog, const char *system)
{
	struct walk *walk = &catalog->inner;
	int result;

	snprintf(catalog->name, sizeof(catalog->name), "%s:", system);
	if (!perfev_catalog_could_match(catalog, catalog->name))
		return 0;
	snprintf(catalog->owner, sizeof(catalog->owner), "%s", system);
	perfev_listing_free(&walk->listing);
	walk->at = 0;
	if (catalog->folder >= 0)
		close(catalog->folder);
	result = catalog->folder = perfev_tree_open(&catalog->machine.tracefs, "events/%s", system);
	if (result >= 0)
		result = perfev_listing_read_at(&walk->listing, catalog->folder, is_any, "", 0);
	return is_absent(result) ? 0 : result;
}

int perfev_catalog_tracepoints(struct perfev_catalog *catalog, struct perfev_catalog_item *out)
{
	int result = begin(catalog, &catalog->machine.tracefs, "events");

	/* A kernel without tracepoints lacks nothing; one whose tracefs is not mounted does. */
	if (result == -ENOENT && !perfev_tree_has(&catalog->machine.devices, "tracepoint/type"))
		return 0;
	if (result < 0)
		return result;
	for (;;) {
		const char *name = walk_on(&catalog->inner);
		const char *system = name ? NULL : walk_on(&catalog->outer);

		if (!name && !system)
			return 0;
		result = name ? tracepoint_item(catalog, name, out) : enter_system(catalog, system);
		if (result)
			return result;
	}
}
