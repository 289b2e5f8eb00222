/* SPDX-License-Identifier: MIT */
/*
 * A function with its samples; see annotation.h. Whatever is missing, a file, objdump, a source, is
 * said, and what is there is shown.
 */
#include "annotation.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Lines that no instruction is of are shown between others, when they are no more than that. */
#define GAP 4
#define DEPTH 16

void annotation_free(struct annotation *annotation)
{
	annotate_code_free(&annotation->code);
	free(annotation->lines);
	free(annotation->weights);
	free(annotation->totals);
	memset(annotation, 0, sizeof(*annotation));
}

static int add_line(struct annotation *annotation, const struct annotation_line *line)
{
	if (annotation->line_count == annotation->line_room) {
		const __u32 room = annotation->line_room ? 2 * annotation->line_room : 64;
		struct annotation_line *more = realloc(annotation->lines, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		annotation->lines = more;
		annotation->line_room = room;
	}
	annotation->lines[annotation->line_count++] = *line;
	return 0;
}

/* Where the last source's line that was added was. */
struct place {
	const struct annotate_source *source, *first;
	__u32 line, furthest; /* furthest: of those of the first source */
	const char *function; /* that was inlined, or NULL */
};

static int add_sources(struct annotation *annotation, struct place *place, __u32 line)
{
	const struct annotate_source *source = place->source;
	__u32 from = line;

	/* Those that were shown before are not shown again. */
	if (source == place->first && !place->function && place->furthest &&
	    line > place->furthest && line - place->furthest <= GAP && source->text)
		from = place->furthest + 1;
	for (; from <= line; from++) {
		const struct annotation_line shown = {
			.kind = ANNOTATION_SOURCE,
			.number = from,
			.text = annotate_source_line(source, from),
			.function = place->function,
		};

		if (add_line(annotation, &shown) < 0)
			return -ENOMEM;
	}
	place->line = line;
	if (source == place->first && !place->function && line > place->furthest)
		place->furthest = line;
	return 0;
}

static int is_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Adds the source's line of an instruction, unless it is the same as before. */
static int add_source(struct annotation *annotation, struct perfev_symbols *symbols,
		      struct annotate_sources *sources, struct place *place, __u64 address)
{
	struct perfev_line lines[DEPTH];
	const int count =
		perfev_symbols_lines(symbols, annotation->symbol->module, address, lines, DEPTH);
	const char *function;

	if (count <= 0)
		return count;
	if (!lines[0].file || !lines[0].line)
		return 0;
	function = lines[0].is_inlined ? lines[0].function : NULL;
	if (!place->source || strcmp(place->source->path, lines[0].file) != 0) {
		const struct annotation_line shown = { .kind = ANNOTATION_FILE,
						       .text = lines[0].file };

		place->source = annotate_source_get(sources, lines[0].file);
		place->line = 0;
		if (!place->first)
			place->first = place->source;
		if (!place->source || add_line(annotation, &shown) < 0)
			return -ENOMEM;
	} else if (place->line == lines[0].line && is_equal(place->function, function)) {
		return 0;
	}
	place->function = function;
	return add_sources(annotation, place, lines[0].line);
}

__attribute__((format(printf, 2, 3))) static void note(struct annotation *annotation,
						       const char *format, ...)
{
	const size_t used = strlen(annotation->note);
	va_list arguments;

	if (used + 3 >= sizeof(annotation->note))
		return;
	if (used)
		strcat(annotation->note, "; ");
	va_start(arguments, format);
	vsnprintf(annotation->note + strlen(annotation->note),
		  sizeof(annotation->note) - strlen(annotation->note), format, arguments);
	va_end(arguments);
}

/* Says which sources cannot be read, or are of a later time than the program. */
static void note_sources(struct annotation *annotation, const struct annotate_sources *sources)
{
	const char *file = annotation->symbol->module->file;
	struct stat program = { .st_mtime = 0 };
	int known = file && stat(file, &program) == 0, has_missing = 0;

	for (__u32 i = 0; i < annotation->line_count; i++) {
		const struct annotation_line *line = &annotation->lines[i];
		const struct annotate_source *source = sources->list;
		int is_again = 0;

		if (line->kind != ANNOTATION_FILE)
			continue;
		for (__u32 j = 0; j < i && !is_again; j++)
			is_again = annotation->lines[j].kind == ANNOTATION_FILE &&
				   strcmp(annotation->lines[j].text, line->text) == 0;
		while (source && strcmp(source->path, line->text) != 0)
			source = source->next;
		if (is_again || !source)
			continue;
		if (source->error && !has_missing++)
			note(annotation, "'%s': %s", source->path, strerror(source->error));
		else if (!source->error && known && source->changed > program.st_mtime)
			note(annotation, "'%s' was changed after the program was built",
			     source->path);
	}
}

/* Why there are no instructions of a module, where it has no file that could be asked. */
static const char *lack_of(const struct perfev_module *module)
{
	switch (module->kind) {
	case PERFEV_MODULE_KERNEL:
		return "the kernel's code is in no file here: its vmlinux would show it, of a "
		       "package such as linux-image-...-dbg";
	case PERFEV_MODULE_KERNEL_MODULE:
		return "the code of the kernel's modules is shown by no file here";
	case PERFEV_MODULE_VDSO:
		return "the code of the vDSO is in no file";
	case PERFEV_MODULE_JIT:
	case PERFEV_MODULE_KERNEL_JIT:
		return "code that was made at run time is in no file";
	default:
		return "the file is not there any more";
	}
}

static int compare_addresses(const void *left, const void *right)
{
	const struct annotate_instruction *a = left, *b = right;

	return (a->address > b->address) - (a->address < b->address);
}

/* Without a disassembly: the addresses at which samples were. */
static int list_addresses(struct annotation *annotation, const struct profile *profile)
{
	struct annotate_code *code = &annotation->code;
	size_t kept = 0;

	code->list = calloc((size_t)profile->row_count + 1, sizeof(*code->list));
	if (!code->list)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->row_count; i++) {
		const struct profile_frame *frame = annotation_frame(profile, &profile->rows[i]);

		if (frame && profile->functions[frame->function].symbol == annotation->symbol)
			code->list[code->count++].address = frame->address;
	}
	qsort(code->list, code->count, sizeof(*code->list), compare_addresses);
	for (size_t i = 0; i < code->count; i++)
		if (!kept || code->list[kept - 1].address != code->list[i].address)
			code->list[kept++] = code->list[i];
	code->count = kept;
	return 0;
}

/* The file that has a module's code, or NULL: that of code made at run time only names it. */
static const char *code_file(const struct perfev_module *module)
{
	const int is_file =
		module->kind == PERFEV_MODULE_FILE || module->kind == PERFEV_MODULE_KERNEL ||
		module->kind == PERFEV_MODULE_KERNEL_MODULE;

	return is_file ? module->file : NULL;
}

/* Has the instructions read, or says why there are none. */
static int read_code(struct annotation *annotation, const struct profile *profile,
		     const char *objdump)
{
	const struct perfev_symbol *symbol = annotation->symbol;
	const struct perfev_module *module = symbol->module;
	const struct annotate_range range = {
		.file = code_file(module),
		.begin = symbol->address,
		.end = symbol->address + (symbol->size ? symbol->size : 1),
		.has_symbols = is_equal(module->origin, module->file),
	};
	char reason[512];
	int result = -ENOENT;

	if (!range.file)
		note(annotation, "%s%s%s", lack_of(module), module->reason ? ": " : "",
		     module->reason ? module->reason : "");
	else
		result = annotate_code_read(&annotation->code, objdump, &range, reason,
					    sizeof(reason));
	if (range.file && result < 0 && result != -ENOMEM)
		note(annotation, "%s", reason);
	if (result == 0 || result == -ENOMEM)
		return result;
	return list_addresses(annotation, profile);
}

int annotation_make(struct annotation *annotation, const struct profile *profile,
		    struct perfev_symbols *symbols, const struct perfev_symbol *symbol,
		    struct annotate_sources *sources, const char *objdump)
{
	struct place place = { .source = NULL };
	int result;

	memset(annotation, 0, sizeof(*annotation));
	annotation->symbol = symbol;
	result = read_code(annotation, profile, objdump);
	for (size_t i = 0; i < annotation->code.count && result == 0; i++) {
		const struct annotation_line line = { .kind = ANNOTATION_CODE, .number = (__u32)i };

		result = add_source(annotation, symbols, sources, &place,
				    annotation->code.list[i].address);
		if (result == 0)
			result = add_line(annotation, &line);
	}
	if (result == 0)
		result = annotation_count(annotation, profile);
	if (result == 0)
		note_sources(annotation, sources);
	else
		annotation_free(annotation);
	return result;
}
