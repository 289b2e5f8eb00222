/* SPDX-License-Identifier: MIT */
/*
 * Annotations as text: the shares of each event, then address, label and instruction; source lines
 * stand before the first instruction that is of them.
 */
#include <stdlib.h>
#include <string.h>

#include "../number.h"
#include "annotate.h"

/* The hottest source lines are told before all others. */
#define HOTTEST 5
#define HOTTEST_LEAST 0.01

#define SHARE_WIDTH 9
#define NAME_MOST 24

static const char *const heats[] = { "\033[2m", "", "\033[33m", "\033[1;31m" };

int annotate_heat(double share)
{
	return share >= 0.2 ? 3 : share >= 0.05 ? 2 : share >= 0.005 ? 1 : 0;
}

static void write_instruction(const struct annotate_instruction *instruction, char *text,
			      size_t size)
{
	char label[16] = "", to[16] = "";

	if (instruction->label)
		snprintf(label, sizeof(label), "L%u:", instruction->label);
	if (instruction->goes_to)
		snprintf(to, sizeof(to), "L%u", instruction->goes_to);
	if (instruction->text)
		snprintf(text, size, "%8llx %6s  %s%s", (unsigned long long)instruction->address,
			 label, instruction->text, to);
	else
		snprintf(text, size, "%8llx", (unsigned long long)instruction->address);
}

const char *annotate_line_text(const struct annotation *annotation,
			       const struct annotation_line *line, char *text, size_t size)
{
	switch (line->kind) {
	case ANNOTATION_FILE:
		snprintf(text, size, "%s", line->text);
		break;
	case ANNOTATION_SOURCE:
		snprintf(text, size, "%15u | %s%s%s%s", line->number, line->text ? line->text : "",
			 line->function ? "   [" : "", line->function ? line->function : "",
			 line->function ? ", inlined]" : "");
		break;
	default:
		write_instruction(&annotation->code.list[line->number], text, size);
	}
	return text;
}

/* How wide the column of an event is: its name is above it. */
static int width_of(const struct profile *profile, __u32 event)
{
	const size_t length = strlen(profile->events[event].name);

	if (profile->event_count == 1 || length < SHARE_WIDTH)
		return SHARE_WIDTH;
	return length > NAME_MOST ? NAME_MOST : (int)length;
}

/* The first bytes of a text that take no more columns than that. */
static int clip(const char *text, int columns)
{
	int bytes = 0;

	while (text[bytes]) {
		/* Bytes of a character behind its first take none. */
		if (((unsigned char)text[bytes] & 0xc0) != 0x80 && columns-- == 0)
			break;
		bytes++;
	}
	return bytes;
}

static void print_shares(FILE *to, const struct profile *profile,
			 const struct annotation *annotation, const __u64 *weights, int colours)
{
	for (__u32 event = 0; event < annotation->events; event++) {
		const __u64 total = annotation->totals[event];
		const double share = total && weights ? (double)weights[event] / (double)total : 0;
		const char *colour = colours && share > 0 ? heats[annotate_heat(share)] : "";

		if (!weights || !weights[event])
			fprintf(to, "%*s ", width_of(profile, event), "");
		else
			fprintf(to, "%s%*.2f %%%s ", colour, width_of(profile, event) - 2,
				100 * share, *colour ? "\033[0m" : "");
	}
}

static void print_line(FILE *to, const struct profile *profile, const struct annotation *annotation,
		       const struct annotation_line *line, const struct annotate_options *options)
{
	const char *colour = "";
	const __u64 *weights = NULL;
	char text[4096];
	int left = options->columns;

	for (__u32 event = 0; event < annotation->events; event++)
		left -= width_of(profile, event) + 1;
	if (line->kind == ANNOTATION_CODE)
		weights = annotation->weights + (size_t)line->number * annotation->events;
	else if (options->colours)
		colour = line->kind == ANNOTATION_FILE ? "\033[1;34m" : "\033[34m";
	print_shares(to, profile, annotation, weights, options->colours);
	annotate_line_text(annotation, line, text, sizeof(text));
	if (options->columns)
		text[clip(text, left > 0 ? left : 0)] = '\0';
	fprintf(to, "%s%s%s\n", colour, text, *colour ? "\033[0m" : "");
}

struct hot {
	const char *file;
	__u32 line;
	__u64 weight;
};

/* Adds up the first event by source lines. Returns how many there are, of which room at most. */
static __u32 find_hottest(const struct annotation *annotation, struct hot *hottest)
{
	struct hot *all = calloc((size_t)annotation->line_count + 1, sizeof(*all));
	const char *file = NULL;
	__u32 count = 0, at = 0, kept = 0;

	for (__u32 i = 0; all && i < annotation->line_count; i++) {
		const struct annotation_line *line = &annotation->lines[i];

		if (line->kind == ANNOTATION_FILE) {
			file = line->text;
		} else if (line->kind == ANNOTATION_SOURCE) {
			for (at = 0; at < count; at++)
				if (all[at].line == line->number && strcmp(all[at].file, file) == 0)
					break;
			all[at].file = file;
			all[at].line = line->number;
			count += at == count;
		} else if (count) {
			all[at].weight +=
				annotation->weights[(size_t)line->number * annotation->events];
		}
	}
	while (kept < HOTTEST) {
		struct hot *most = NULL;

		for (__u32 i = 0; i < count; i++)
			if (!most || all[i].weight > most->weight)
				most = &all[i];
		if (!most || !most->weight ||
		    (double)most->weight < HOTTEST_LEAST * (double)annotation->totals[0])
			break;
		hottest[kept++] = *most;
		most->weight = 0;
	}
	free(all);
	return kept;
}

static void print_head(FILE *to, const struct profile *profile, const struct annotation *annotation,
		       const struct annotate_options *options)
{
	const struct perfev_module *module = annotation->symbol->module;
	struct hot hottest[HOTTEST];
	const __u32 hot = find_hottest(annotation, hottest);
	char number[NUMBER_SIZE];

	fprintf(to, "%s%s%s in %s: %s sample%s", options->colours ? "\033[1m" : "",
		annotation->symbol->name, options->colours ? "\033[0m" : "", module->path,
		number_grouped(number, annotation->samples), annotation->samples == 1 ? "" : "s");
	for (__u32 event = 0; event < annotation->events; event++)
		if (profile->events[event].weight)
			fprintf(to, ", %.2f %% of %s",
				100 * (double)annotation->totals[event] /
					(double)profile->events[event].weight,
				profile->events[event].name);
	fputc('\n', to);
	if (annotation->note[0])
		fprintf(to, "  %s\n", annotation->note);
	for (__u32 i = 0; i < hot; i++) {
		const char *slash = strrchr(hottest[i].file, '/');

		fprintf(to, "%s%s:%u %.2f %%",
			i ? ", " : "  hottest lines: ", slash ? slash + 1 : hottest[i].file,
			hottest[i].line,
			100 * (double)hottest[i].weight / (double)annotation->totals[0]);
	}
	if (hot)
		fputc('\n', to);
	fputc('\n', to);
}

void annotate_print_one(FILE *to, const struct profile *profile,
			const struct annotation *annotation, const struct annotate_options *options)
{
	int has_elsewhere = 0;

	print_head(to, profile, annotation, options);
	for (__u32 event = 0; event < annotation->events && annotation->events > 1; event++)
		fprintf(to, "%*.*s ", width_of(profile, event), NAME_MOST,
			profile->events[event].name);
	if (annotation->events > 1)
		fputc('\n', to);
	for (__u32 i = 0; i < annotation->line_count; i++)
		print_line(to, profile, annotation, &annotation->lines[i], options);
	for (__u32 event = 0; event < annotation->events; event++)
		has_elsewhere |= annotation->elsewhere[event] != 0;
	if (!has_elsewhere)
		return;
	print_shares(to, profile, annotation, annotation->elsewhere, options->colours);
	fputs("       ?         at addresses that are no instruction of it\n", to);
}
