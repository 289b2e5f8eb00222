/* SPDX-License-Identifier: MIT */
/*
 * What objdump printed, read. A line of it is an address, a colon, a tab, and an instruction; where
 * it goes is an address with a name in <> behind it, the last that it has.
 */
#include "annotate_code.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void annotate_code_free(struct annotate_code *code)
{
	free(code->list);
	free(code->text);
	memset(code, 0, sizeof(*code));
}

const struct annotate_instruction *annotate_code_find(const struct annotate_code *code,
						      __u64 address)
{
	size_t low = 0, high = code->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (code->list[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &code->list[low - 1] : NULL;
}

/* How long an instruction is without what objdump says of it behind it. */
static size_t length_of(const char *text)
{
	static const char *const comments[] = { " # ", "// ", " @ ", "\t@ ", " ; " };
	size_t length = strlen(text);

	for (size_t i = 0; i < sizeof(comments) / sizeof(comments[0]); i++) {
		const char *comment = strstr(text, comments[i]);

		if (comment && (size_t)(comment - text) < length)
			length = (size_t)(comment - text);
	}
	while (length && text[length - 1] == ' ')
		length--;
	return length;
}

/*
 * Finds "ADDRESS <NAME>" at the end of an instruction, as jumps and calls have it. What a comment
 * says of data is none. Returns where it begins with *target and *name set, and the text cut behind
 * it, or NULL.
 */
static char *find_target(char *text, __u64 *target, char **name)
{
	const size_t length = length_of(text);
	char *open = strstr(text, " <"), *at, *end;

	if (!open || open >= text + length || text[length - 1] != '>')
		return NULL;
	for (at = open; at > text && at[-1] != ' ' && at[-1] != ',';)
		at--;
	*target = strtoull(at, &end, 16);
	*name = open + 1;
	if (end != open)
		return NULL;
	text[length] = '\0';
	return at;
}

/*
 * What is said of where an instruction goes: within the function a label, which is told later; else
 * the name alone, unless that is some other function's, of a file without symbols of its own.
 */
static void take_target(struct annotate_instruction *instruction, char *text,
			const struct annotate_range *range)
{
	__u64 target;
	char *name, *at = find_target(text, &target, &name), *plus;

	if (!at)
		return;
	if (target >= range->begin && target < range->end) {
		instruction->target = target;
		instruction->behind = at;
		return;
	}
	plus = strrchr(name, '+');
	if (!range->has_symbols && plus && strncmp(plus, "+0x", 3) == 0) {
		name[-1] = '\0';
		return;
	}
	/* The name and the zero, in the place of the address; without its <>. */
	memmove(at, name + 1, strlen(name));
	at[strlen(at) - 1] = '\0';
}

static int add(struct annotate_code *code, __u64 address, char *text,
	       const struct annotate_range *range)
{
	struct annotate_instruction instruction = { .address = address, .text = text };

	if (code->count == code->room) {
		const size_t room = code->room ? 2 * code->room : 64;
		struct annotate_instruction *more = realloc(code->list, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		code->list = more;
		code->room = room;
	}
	/* Between a mnemonic and its operands some processors' have a tab. */
	for (char *tab = text; (tab = strchr(tab, '\t'));)
		*tab = ' ';
	for (size_t length = strlen(text); length && text[length - 1] == ' ';)
		text[--length] = '\0';
	take_target(&instruction, text, range);
	code->list[code->count++] = instruction;
	return 0;
}

/* Numbers the instructions that others go to, in the order of their addresses. */
static void label(struct annotate_code *code)
{
	__u32 last = 0;

	for (size_t i = 0; i < code->count; i++) {
		struct annotate_instruction *from = &code->list[i];
		const struct annotate_instruction *to =
			from->target ? annotate_code_find(code, from->target) : NULL;

		/* The middle of an instruction is no place to go to. */
		if (to && to->address == from->target)
			code->list[to - code->list].label = 1;
	}
	for (size_t i = 0; i < code->count; i++)
		if (code->list[i].label)
			code->list[i].label = ++last;
	for (size_t i = 0; i < code->count; i++) {
		struct annotate_instruction *from = &code->list[i];
		const struct annotate_instruction *to =
			from->target ? annotate_code_find(code, from->target) : NULL;

		if (!to || to->address != from->target)
			continue;
		from->goes_to = to->label;
		*from->behind = '\0';
	}
}

int annotate_code_parse(struct annotate_code *code, char *printed,
			const struct annotate_range *range)
{
	char *rest = printed, *line;
	int result = 0;

	memset(code, 0, sizeof(*code));
	code->text = printed;
	while (result == 0 && (line = strsep(&rest, "\n"))) {
		char *colon;
		const __u64 address = strtoull(line, &colon, 16);

		/* Others name a section or a symbol, or say that zeros were left out. */
		if (colon == line || strncmp(colon, ":\t", 2) != 0 || address < range->begin ||
		    address >= range->end)
			continue;
		result = add(code, address, colon + 2, range);
	}
	if (result == 0)
		label(code);
	return result;
}
