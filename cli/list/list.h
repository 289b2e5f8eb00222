/* SPDX-License-Identifier: MIT */
/*
 * perfev list, between the part that finds what there is (source.c, vendor.c), the one that chooses
 * (match.c) and those that print (text.c, names in list.c, json.c).
 */
#ifndef PERFEV_CLI_LIST_H
#define PERFEV_CLI_LIST_H

#include <stdio.h>

#include <perfev.h>

/* One more kind than the library's catalog has: what libperfev-pfm knows. */
#define LIST_KIND_VENDOR (PERFEV_KIND_ALL + 1)
#define LIST_KIND_ALL (PERFEV_KIND_ALL | LIST_KIND_VENDOR)

/* Kinds whose names are events as they stand: no ways to write one, no parts of one. */
#define LIST_KIND_EVENTS                                                                           \
	(PERFEV_KIND_HARDWARE | PERFEV_KIND_CACHE | PERFEV_KIND_SOFTWARE | PERFEV_KIND_PMU_EVENT | \
	 PERFEV_KIND_TRACEPOINT | LIST_KIND_VENDOR)

/* Why an item is listed. */
enum list_chosen {
	LIST_NOT,
	LIST_UNASKED, /* there are no patterns: all is */
	LIST_BY_NAME, /* its name or alias fits */
	LIST_BY_TEXT  /* its description or its kind does */
};

/* One thing that -e takes. Strings are lent until the next. None is NULL. */
struct list_item {
	unsigned int kind; /* enum perfev_kind, or LIST_KIND_VENDOR */
	const char *name, *alias, *pmu, *encoding, *description, *unit;
	const char *owner; /* of a vendor's mask: what its event is for */
	const char *mask;  /* of a vendor's mask: its part of name, with the colon */
	double scale;
	__u32 type;
	int lacks_mask; /* a vendor's event that is none without one of its masks */
	enum list_chosen chosen;
};

struct list {
	unsigned int kinds; /* which are asked for */
	char **patterns;    /* any of them, up to a NULL; all when there is none */
	int is_long;
	int is_brief;       /* no encodings are shown */
	unsigned int found; /* how many items were chosen */
	/* Negative errnos of what could not be read, 0 where all could. */
	int pmu_error, tracepoint_error;
};

/* Takes an item. Returns 0 to go on, or a negative errno to stop. */
typedef int (*list_item_fn)(void *context, const struct list_item *item);

/* Hands over what is chosen of these kinds. Returns 0, or the negative errno that stopped it. */
int list_walk(struct list *list, unsigned int kinds, list_item_fn take, void *context);

/* Likewise, what libperfev-pfm knows and this machine has. */
int list_walk_vendor(const struct list *list, list_item_fn take, void *context);

/* Returns a kind's name: "pmu-event". */
const char *list_kind_name(unsigned int kind);

/* Returns the kinds that a word of length bytes stands for, or 0. */
unsigned int list_kind_find(const char *word, size_t length);

/* Prints the words of all kinds, with commas. */
void list_print_kinds(FILE *to);

/* Whether a pattern is one of names alone. */
int list_is_glob(const char *pattern);

/* Whether one of the patterns fits a name. */
int list_matches_name(char **patterns, const char *name);

/* Whether the patterns choose an item, by its strings and its kind. */
enum list_chosen list_chooses(const struct list *list, const struct list_item *item);

/*
 * Reads an item's name as -e would. Returns 0 with *out NULL where the name is no event by itself,
 * or what perfev_events_parse() does.
 */
int list_read(const struct list_item *item, struct perfev_events **out);

/* Each prints all; they return 0 or a negative errno. */
int list_print_text(struct list *list);
int list_print_json(struct list *list);

/* Says to standard error what a pattern may have meant that nothing has. Returns like the above. */
int list_suggest(struct list *list, const char *pattern);

#endif
