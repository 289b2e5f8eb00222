/* SPDX-License-Identifier: MIT */
/*
 * What the parts of a catalog share: where it is, what is wanted of it, and the strings that are
 * lent with an item.
 */
#ifndef PERFEV_SRC_EVENT_CATALOG_H
#define PERFEV_SRC_EVENT_CATALOG_H

#include "cores.h"
#include "listing.h"

/* Of the longest name: a PMU's and an event's, with slashes. */
#define CATALOG_NAME (2 * NAME_MAX + 3)

/* A folder's names, and which of them is the next. */
struct walk {
	struct listing listing;
	unsigned int at;
};

struct perfev_catalog {
	struct machine machine;
	struct cores cores;
	unsigned int kinds;
	char *pattern; /* in small letters, or NULL */
	char *sysfs;   /* copies of the options' */
	char *tracefs;

	unsigned int part;   /* which of the parts is being listed */
	unsigned int number; /* of the next thing in it */
	int broken;          /* sysfs could not be read: that was told */
	struct pmu pmu;      /* whose events or terms are being listed */
	enum perfev_kind inside;
	struct walk outer; /* PMUs, or systems of tracepoints */
	struct walk inner; /* what one of these has */
	int folder;        /* of the system whose tracepoints are being listed, or -1 */

	/* Lent. */
	char name[CATALOG_NAME];
	char owner[MOST_CORES * (NAME_MAX + 1)];
	char description[SYSFS_TEXT + 64];
	struct pmu_event event;
};

/* Whether anything of these kinds is wanted. */
int perfev_catalog_wants(const struct perfev_catalog *catalog, unsigned int kinds);

/* Whether a name, or an alias ("" for none), matches the pattern. */
int perfev_catalog_matches(const struct perfev_catalog *catalog, const char *name,
			   const char *alias);

/* Whether a name that begins like this could match, so that the rest of it is worth a look. */
int perfev_catalog_could_match(const struct perfev_catalog *catalog, const char *beginning);

/*
 * Parts. Each gives the next thing of its own that is wanted: 1 with *out filled (which was zeroed,
 * with scale 1 and empty strings), 0 when there is none left, or a negative errno for something
 * that could not be read, behind which the next call goes on.
 */
int perfev_catalog_generic(struct perfev_catalog *catalog, struct perfev_catalog_item *out);
int perfev_catalog_cache(struct perfev_catalog *catalog, struct perfev_catalog_item *out);
int perfev_catalog_pmus(struct perfev_catalog *catalog, struct perfev_catalog_item *out);
int perfev_catalog_tracepoints(struct perfev_catalog *catalog, struct perfev_catalog_item *out);
int perfev_catalog_others(struct perfev_catalog *catalog, struct perfev_catalog_item *out);

#endif
