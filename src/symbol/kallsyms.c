/* SPDX-License-Identifier: MIT */
/*
 * Files of the form of /proc/kallsyms, a few 100,000 lines "ADDRESS TYPE NAME [MODULE]", by hand:
 * what is not of that form is passed over.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "mapped.h"
#include "text_lines.h"

struct reading {
	struct perfev_symbols *symbols;
	struct kallsyms *out;
	struct module *module; /* of the last line */
	char module_name[128]; /* as it stands there, in brackets, or "": the kernel itself */
	size_t module_length;
	int was_code;   /* the last line */
	int was_hidden; /* a line with code at 0 */
};

/* A line's parts, which point into it. */
struct line {
	__u64 address;
	char type;
	const char *name, *module;
	size_t name_length, module_length;
};

static inline int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes a line apart. Returns whether it is one. */
static int split(const char *text, size_t length, struct line *out)
{
	const char *at = text, *const end = text + length, *tab;
	__u64 address = 0;
	int digit;

	for (; at < end && (digit = digit_of(*at)) >= 0; at++)
		address = address << 4 | (unsigned int)digit;
	if (at == text || end - at < 4 || at[0] != ' ' || at[2] != ' ')
		return 0;
	out->address = address;
	out->type = at[1];
	out->name = at + 3;
	tab = memchr(out->name, '\t', (size_t)(end - out->name));
	if (!tab)
		tab = memchr(out->name, ' ', (size_t)(end - out->name));
	out->name_length = (size_t)((tab ? tab : end) - out->name);
	out->module = tab ? tab + 1 : NULL;
	out->module_length = tab ? (size_t)(end - tab - 1) : 0;
	return out->name_length > 0;
}

/* The module that a line is of. Returns it, or NULL without memory. */
static struct module *module_of(struct reading *reading, const struct line *line)
{
	if (line->module_length == reading->module_length &&
	    !memcmp(line->module_length ? line->module : "", reading->module_name,
		    line->module_length))
		return reading->module;
	reading->was_code = 0;
	reading->module_length = 0;
	reading->module = reading->symbols->registry->kernel.module;
	if (!line->module_length)
		return reading->module;
	reading->module = perfev_kernel_module(reading->symbols, line->module, line->module_length);
	if (line->module_length > sizeof(reading->module_name))
		return reading->module;
	memcpy(reading->module_name, line->module, line->module_length);
	reading->module_length = line->module_length;
	return reading->module;
}

/* Functions, by nm(1)'s letters. */
static unsigned int rank_of(char type)
{
	switch (type) {
	case 't':
		return SYMTAB_FUNCTION | SYMTAB_LOCAL;
	case 'T':
		return SYMTAB_FUNCTION | SYMTAB_GLOBAL;
	case 'w':
	case 'W':
		return SYMTAB_FUNCTION | SYMTAB_WEAK;
	default:
		return 0;
	}
}

static int take_line(void *with, const char *text, size_t length)
{
	struct reading *reading = with;
	const char *const reference = reading->symbols->registry->kernel.reference;
	struct module *module;
	unsigned int rank;
	struct line line;

	if (!split(text, length, &line))
		return 0;
	module = module_of(reading, &line);
	if (!module)
		return -ENOMEM;
	if (line.name_length == 6 && !reading->module_length && !memcmp(line.name, "_etext", 6))
		reading->out->text_end = line.address;
	rank = rank_of(line.type);
	if (rank && !line.address) {
		reading->was_hidden = 1;
		return 0;
	}
	if (!rank) {
		/* Code ends where data begins. */
		const int is_border = reading->was_code && line.address;

		reading->was_code = 0;
		return is_border ? perfev_symtab_add_border(&module->symtab, line.address) : 0;
	}
	reading->was_code = 1;
	reading->out->count++;
	if (line.name_length == strlen(reference) && !reading->module_length &&
	    !memcmp(line.name, reference, line.name_length))
		reading->out->reference = line.address;
	return perfev_symtab_add(&module->symtab, line.address, 0, line.name, line.name_length,
				 rank);
}

int perfev_kallsyms_read(struct perfev_symbols *symbols, const char *path, struct kallsyms *out)
{
	struct reading reading = {
		.symbols = symbols, .out = out, .module = symbols->registry->kernel.module
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), result;

	memset(out, 0, sizeof(*out));
	if (fd < 0) {
		out->error = errno;
		return 0;
	}
	result = perfev_lines_read(fd, NULL, take_line, &reading);
	close(fd);
	if (result < 0 && result != -ENOMEM)
		out->error = -result;
	out->is_hidden = reading.was_hidden && !out->count;
	return result == -ENOMEM ? result : 0;
}
