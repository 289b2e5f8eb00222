/* SPDX-License-Identifier: MIT */
/*
 * perfev list for people: a section for each kind, names in a column, descriptions beside them,
 * wrapped. A section is held until it is whole, since its longest name decides the column.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../terminal.h"
#include "list.h"

static const struct {
	unsigned int kinds;
	const char *heading;
} sections[] = {
	{ PERFEV_KIND_HARDWARE, "Hardware events" },
	{ PERFEV_KIND_CACHE, "Cache events" },
	{ PERFEV_KIND_SOFTWARE, "Software events" },
	{ PERFEV_KIND_PMU | PERFEV_KIND_PMU_EVENT, "PMUs and their events" },
	{ PERFEV_KIND_FORMAT, "Terms of PMUs: PMU/TERM=VALUE,TERM=VALUE/" },
	{ PERFEV_KIND_RAW, "Raw events" },
	{ PERFEV_KIND_BREAKPOINT, "Breakpoints" },
	{ PERFEV_KIND_PROBE, "Probes" },
	{ PERFEV_KIND_TRACEPOINT, "Tracepoints" },
	{ LIST_KIND_VENDOR, "Vendor events" },
};

/* The least width that names have, so that most sections have the same. */
#define NAME_COLUMNS 26
/* Below this, descriptions stand under names. */
#define BESIDE_COLUMNS 60
#define MARGIN 2
#define MASK_MARGIN 4 /* of a mask under its event */
#define UNDER_MARGIN 6

struct row {
	char *name;
	char *text;    /* the description, or NULL */
	char *note;    /* what is said in brackets or instead of one, or NULL */
	char *details; /* lines of --long, or NULL */
	size_t event;  /* of a vendor's mask: the length of its event's name */
	int by_text;   /* comes behind those that were chosen by their names */
	int heads;     /* a PMU, before its events */
};

struct page {
	const struct list *list;
	struct row *rows;
	size_t count, room;
	int columns;
	int text_at; /* the column where descriptions begin */
	int printed; /* a section is above */
	const char *bold, *name, *pale, *off;
};

static void free_rows(struct page *page)
{
	for (size_t i = 0; i < page->count; i++) {
		free(page->rows[i].name);
		free(page->rows[i].text);
		free(page->rows[i].note);
		free(page->rows[i].details);
	}
	page->count = 0;
}

/* Says beside the description what else there is to know: NULL where there is nothing. */
static int make_note(char **note, const struct page *page, const struct list_item *item)
{
	const char *instead =
		item->kind == PERFEV_KIND_PMU_EVENT && !page->list->is_long ? item->encoding : "";
	const char *alias = item->kind == LIST_KIND_VENDOR ? "" : item->alias;
	const char *unit = item->unit;

	/* Most have none, tracepoints above all. */
	if (!instead[0] && !alias[0] && !unit[0] && !item->lacks_mask)
		return 0;
	return asprintf(note, "%s%s%s%s%s%s%s%s", instead, unit[0] ? " (in " : "", unit,
			unit[0] ? ")" : "", alias[0] ? " (also " : "", alias, alias[0] ? ")" : "",
			item->lacks_mask ? " (needs a mask)" : "") < 0 ?
		       -ENOMEM :
		       0;
}

/* Writes the encoding, and each attribute that the name becomes, on a line of its own. */
static char *make_details(const struct list_item *item)
{
	struct perfev_events *events;
	char *details = NULL;
	size_t size;
	FILE *to = open_memstream(&details, &size);

	if (!to)
		return NULL;
	fputs(item->encoding, to);
	if (list_read(item, &events) == 0) {
		for (unsigned int i = 0; events && i < perfev_events_count(events); i++) {
			char text[512];

			perfev_attr_format(text, sizeof(text), &perfev_events_get(events, i)->attr);
			fprintf(to, "\n%s", text);
		}
		perfev_events_free(events);
	}
	if (fclose(to) == EOF) {
		free(details);
		return NULL;
	}
	return details;
}

static int keep(void *context, const struct list_item *item)
{
	struct page *page = context;
	struct row *row;

	if (page->count == page->room) {
		size_t room = page->room ? 2 * page->room : 64;
		struct row *rows = realloc(page->rows, room * sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		page->rows = rows;
		page->room = room;
	}
	row = &page->rows[page->count++];
	memset(row, 0, sizeof(*row));
	row->by_text = item->chosen == LIST_BY_TEXT;
	row->heads = item->kind == PERFEV_KIND_PMU;
	row->event = item->mask[0] ? strlen(item->name) - strlen(item->mask) : 0;
	row->name = strdup(item->name);
	if (item->description[0])
		row->text = strdup(item->description);
	if (page->list->is_long)
		row->details = make_details(item);
	if (!row->name || (item->description[0] && !row->text) ||
	    (page->list->is_long && !row->details))
		return -ENOMEM;
	return make_note(&row->note, page, item);
}

/*
 * Prints words from a column on, and in further lines from where descriptions begin. Returns the
 * column that it ended at.
 */
static int put_words(const struct page *page, const char *words, int at)
{
	while (*(words += strspn(words, " "))) {
		int length = (int)strcspn(words, " ");

		if (at > page->text_at && at + 1 + length > page->columns) {
			printf("\n%*s", page->text_at, "");
			at = page->text_at;
		}
		at += printf("%s%.*s", at > page->text_at ? " " : "", length, words);
		words += length;
	}
	return at;
}

/* Goes to where descriptions begin, in this line if there is room for a gap. */
static void go_to_text(const struct page *page, int at)
{
	if (at + MARGIN > page->text_at || page->text_at == UNDER_MARGIN) {
		putchar('\n');
		at = 0;
	}
	printf("%*s", page->text_at - at, "");
}

/* above is the event's name in the row before, or of which the row before is a mask. */
static void put_row(const struct page *page, struct row *row, const char *above)
{
	int under = row->event && strlen(above) == row->event &&
		    strncmp(above, row->name, row->event) == 0;
	const char *name = under ? row->name + row->event : row->name;
	int margin = under ? MASK_MARGIN : MARGIN, end = margin + (int)strlen(name);
	int at = page->text_at;

	fputs(under ? "    " : "  ", stdout);
	fputs(row->heads ? page->bold : page->name, stdout);
	fputs(name, stdout);
	fputs(page->off, stdout);
	if (row->text || row->note) {
		go_to_text(page, end);
		end = at;
	}
	if (row->text)
		at = put_words(page, row->text, at);
	if (row->note || row->details)
		fputs(page->pale, stdout);
	if (row->note)
		put_words(page, row->note, at);
	for (char *line = row->details ? strtok(row->details, "\n") : NULL; line;
	     line = strtok(NULL, "\n")) {
		go_to_text(page, end);
		put_words(page, line, page->text_at);
		end = page->text_at;
	}
	if (row->note || row->details)
		fputs(page->off, stdout);
	putchar('\n');
}

/* Descriptions begin behind the longest name that leaves them most of the line. */
static int find_text_at(const struct page *page)
{
	int widest = NAME_COLUMNS, most = page->columns * 2 / 5;

	if (page->columns < BESIDE_COLUMNS)
		return UNDER_MARGIN;
	for (size_t i = 0; i < page->count; i++) {
		int length = (int)strlen(page->rows[i].name);

		if (length > widest && length <= most)
			widest = length;
	}
	return MARGIN + widest + MARGIN;
}

static int print_section(struct page *page, const char *heading)
{
	const char *above = "";

	page->text_at = find_text_at(page);
	errno = 0;
	printf("%s%s%s%s%s (%zu)%s\n", page->printed ? "\n" : "", page->bold, heading, page->off,
	       page->pale, page->count, page->off);
	page->printed = 1;
	for (int by_text = 0; by_text <= 1; by_text++) {
		for (size_t i = 0; i < page->count; i++) {
			struct row *row = &page->rows[i];

			if (row->by_text != by_text)
				continue;
			put_row(page, row, above);
			if (!row->event)
				above = row->name;
		}
	}
	if (fflush(stdout) == EOF || ferror(stdout))
		return errno ? -errno : -EIO;
	return 0;
}

int list_print_text(struct list *list)
{
	struct page page = { .list = list, .bold = "", .name = "", .pale = "", .off = "" };
	int result = 0;

	page.columns = terminal_columns(stdout);
	if (terminal_has_colours(stdout)) {
		page.bold = "\033[1m";
		page.name = "\033[36m";
		page.pale = "\033[2m";
		page.off = "\033[0m";
	}
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]) && result == 0; i++) {
		result = list_walk(list, sections[i].kinds, keep, &page);
		if (result == 0 && page.count)
			result = print_section(&page, sections[i].heading);
		free_rows(&page);
	}
	free(page.rows);
	return result;
}
