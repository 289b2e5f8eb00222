/* SPDX-License-Identifier: MIT */
/*
 * Records as text and as JSON, by the table that decoding walks: the same fields under the same
 * names, in the order of the bytes. Numbers are decimal; addresses, masks and flags hexadecimal, in
 * JSON as strings, so that no reader rounds them.
 */
#include <string.h>

#include "fields.h"
#include "printer.h"

/* An entry of a callchain: an address, or what PERF_CONTEXT_* marks from here on. */
static void context(struct printer *printer, __u64 value)
{
	const char *brief = value < (__u64)PERF_CONTEXT_MAX ?
				    NULL :
				    perfev_set_brief(PERFEV_SET_CONTEXT, value);

	if (brief)
		perfev_print_quoted(printer, brief);
	else
		perfev_print_hex(printer, value);
}

static void number(struct printer *printer, const struct field *field, __u64 value,
		   unsigned int bytes)
{
	char flags[256];

	switch (field->style) {
	case STYLE_HEX:
		perfev_print_hex(printer, value);
		return;
	case STYLE_SET:
		perfev_set_format(flags, sizeof(flags), field->set, value);
		perfev_print_quoted(printer, flags);
		return;
	case STYLE_CONTEXT:
		context(printer, value);
		return;
	case STYLE_SIGNED:
		if (value >> (8 * bytes - 1)) {
			perfev_text_add_char(&printer->text, '-');
			value = bytes == 4 ? (__u32)(0 - value) : 0 - value;
		}
		break;
	case STYLE_NUMBER:
		break;
	}
	perfev_text_add_number(&printer->text, value);
}

static void words(struct printer *printer, const struct field *field,
		  const struct perfev_words *words)
{
	perfev_print_open(printer, "[");
	for (__u32 i = 0; i < words->count; i++) {
		perfev_print_separate(printer);
		number(printer, field, perfev_words_get(words, i), 8);
	}
	perfev_print_close(printer, "]");
}

static void rows(struct printer *printer, const struct field *field, const struct perfev_rows *rows)
{
	/* The largest entry that a row becomes. */
	union {
		struct perfev_namespace namespace;
		struct perfev_id_entry id;
		struct perfev_thread_entry thread;
		struct perfev_bpf_entry bpf;
	} entry;

	perfev_print_open(printer, "[");
	for (__u32 i = 0; perfev_row_get(rows, i, field->columns, &entry); i++) {
		perfev_print_separate(printer);
		perfev_print_open(printer, "{");
		for (const struct field *column = field->columns; column->name; column++) {
			const char *at = (const char *)&entry + column->at;
			__u64 value;

			perfev_print_name(printer, column->name);
			if (column->shape == SHAPE_NAME) {
				struct perfev_text copy;

				memcpy(&copy, at, sizeof(copy));
				perfev_print_text(printer, &copy);
				continue;
			}
			memcpy(&value, at, sizeof(value));
			number(printer, column, value, 8);
		}
		perfev_print_close(printer, "}");
	}
	perfev_print_close(printer, "]");
}

static void values(struct printer *printer, const struct perfev_values *values)
{
	struct perfev_value value;

	perfev_print_open(printer, "{");
	if (values->format & PERF_FORMAT_TOTAL_TIME_ENABLED)
		perfev_print_named_number(printer, "enabled", values->enabled_ns);
	if (values->format & PERF_FORMAT_TOTAL_TIME_RUNNING)
		perfev_print_named_number(printer, "running", values->running_ns);
	perfev_print_name(printer, "values");
	perfev_print_open(printer, "[");
	for (__u32 i = 0; perfev_values_get(values, i, &value); i++) {
		perfev_print_separate(printer);
		perfev_print_open(printer, "{");
		perfev_print_named_number(printer, "value", value.value);
		if (values->format & PERF_FORMAT_ID)
			perfev_print_named_number(printer, "id", value.id);
		if (values->format & PERF_FORMAT_LOST)
			perfev_print_named_number(printer, "lost", value.lost);
		perfev_print_close(printer, "}");
	}
	perfev_print_close(printer, "]");
	perfev_print_close(printer, "}");
}

static void branches(struct printer *printer, const struct perfev_branches *branches)
{
	struct perfev_branch branch;

	perfev_print_open(printer, "[");
	for (__u32 i = 0; perfev_branches_get(branches, i, &branch); i++) {
		perfev_print_separate(printer);
		perfev_print_open(printer, "{");
		perfev_print_named_hex(printer, "from", branch.from);
		perfev_print_named_hex(printer, "to", branch.to);
		perfev_print_named_hex(printer, "flags", branch.flags);
		if (branch.cycles)
			perfev_print_named_number(printer, "cycles", branch.cycles);
		if (branch.type) {
			char type[32];

			perfev_set_format(type, sizeof(type), PERFEV_SET_BRANCH_TYPE, branch.type);
			perfev_print_name(printer, "type");
			perfev_print_quoted(printer, type);
		}
		if (branches->counters)
			perfev_print_named_hex(printer, "counters", branch.counters);
		perfev_print_close(printer, "}");
	}
	perfev_print_close(printer, "]");
	if (branches->has_hw_index)
		perfev_print_named_hex(printer, "hw_index", branches->hw_index);
}

static void registers(struct printer *printer, const struct field *field,
		      const struct perfev_registers *registers)
{
	perfev_print_open(printer, "{");
	perfev_print_named_number(printer, "abi", registers->abi);
	if (registers->abi != PERF_SAMPLE_REGS_ABI_NONE) {
		perfev_print_named_hex(printer, "mask", registers->mask);
		perfev_print_name(printer, "values");
		words(printer, field, &registers->values);
	}
	perfev_print_close(printer, "}");
}

static void cpu_map(struct printer *printer, const struct perfev_cpu_map *map)
{
	__u32 position = 0;
	int cpu;

	perfev_print_open(printer, "[");
	while (perfev_cpu_map_next(map, &position, &cpu)) {
		perfev_print_separate(printer);
		if (cpu < 0)
			perfev_text_add(&printer->text, "-1");
		else
			perfev_text_add_number(&printer->text, (__u64)cpu);
	}
	perfev_print_close(printer, "]");
}

/* A scale, exact: the bits of the double; what reads it knows how to. */
static void update(struct printer *printer, const struct perfev_record_event_update *update)
{
	__u64 scale;

	switch (update->type) {
	case 0:
	case 2:
		perfev_print_name(printer, update->type ? "name" : "unit");
		perfev_print_text(printer, &update->text);
		return;
	case 1:
		memcpy(&scale, &update->scale, sizeof(scale));
		perfev_print_named_hex(printer, "scale_bits", scale);
		return;
	case 3:
		perfev_print_name(printer, "cpus");
		cpu_map(printer, &update->cpus);
		return;
	default:
		return;
	}
}

static void pair(struct printer *printer, const struct field *field, const __u32 *pair)
{
	perfev_print_name(printer, field->name);
	number(printer, field, pair[0], 4);
	if (!field->second)
		return;
	perfev_print_name(printer, field->second);
	number(printer, field, pair[1], 4);
}

static void poke(struct printer *printer, const struct perfev_record_text_poke *poke)
{
	const unsigned char *at = poke->bytes;

	perfev_print_name(printer, "old_bytes");
	perfev_print_bytes(printer, at, poke->old_len);
	perfev_print_name(printer, "new_bytes");
	perfev_print_bytes(printer, at ? at + poke->old_len : at, poke->new_len);
}

static void build_id(struct printer *printer, const struct perfev_build_id *build_id)
{
	const size_t most = sizeof(build_id->bytes);

	perfev_print_bytes(printer, build_id->bytes, build_id->size < most ? build_id->size : most);
}

static void attribute(struct printer *printer, const struct perfev_bytes *bytes, int swapped)
{
	struct perf_event_attr attr;
	char line[4096]; /* longer than all fields and their names together */
	struct perfev_text text = { .text = line };

	perfev_attr_decode(&attr, bytes->bytes, (size_t)bytes->length,
			   swapped ? PERFEV_LAYOUT_SWAPPED : 0);
	text.length = (__u32)perfev_attr_format(line, sizeof(line), &attr);
	if (text.length >= sizeof(line))
		text.length = sizeof(line) - 1;
	perfev_print_text(printer, &text);
}

static void field_value(struct printer *printer, const struct perfev_record *record,
			const struct field *field)
{
	const void *from = perfev_field_in(record, field);
	const struct perfev_bytes *raw = from;
	const struct perfev_stack *stack = from;
	__u64 value = 0;

	switch (field->shape) {
	case SHAPE_U64:
		memcpy(&value, from, 8);
		number(printer, field, value, 8);
		break;
	case SHAPE_U32:
		number(printer, field, *(const __u32 *)from, 4);
		break;
	case SHAPE_U16:
		number(printer, field, *(const __u16 *)from, 2);
		break;
	case SHAPE_U8:
		number(printer, field, *(const __u8 *)from, 1);
		break;
	case SHAPE_BLOB:
		perfev_print_bytes(printer, from, field->size);
		break;
	case SHAPE_NAME:
	case SHAPE_NAME_CUT:
	case SHAPE_TEXT:
		perfev_print_text(printer, from);
		break;
	case SHAPE_REST:
	case SHAPE_SIZED:
	case SHAPE_SIZED_PADDED:
	case SHAPE_RAW:
		perfev_print_bytes(printer, raw->bytes, raw->length);
		break;
	case SHAPE_ATTR:
		attribute(printer, raw, record->layout->swapped);
		break;
	case SHAPE_WORDS:
	case SHAPE_WORDS_REST:
		words(printer, field, from);
		break;
	case SHAPE_ROWS:
	case SHAPE_MACHINES:
		rows(printer, field, from);
		break;
	case SHAPE_BUILD_ID:
	case SHAPE_BUILD_ID_LAST:
		build_id(printer, from);
		break;
	case SHAPE_VALUES:
		values(printer, from);
		break;
	case SHAPE_BRANCHES:
		branches(printer, from);
		break;
	case SHAPE_REGISTERS:
		registers(printer, field, from);
		break;
	case SHAPE_STACK:
		perfev_print_open(printer, "{");
		perfev_print_named_number(printer, "size", stack->size);
		perfev_print_name(printer, "bytes");
		perfev_print_bytes(printer, stack->bytes.bytes, stack->bytes.length);
		perfev_print_close(printer, "}");
		break;
	case SHAPE_CPU_MAP:
		cpu_map(printer, from);
		break;
	case SHAPE_PAIR:
	case SHAPE_PAD:
	case SHAPE_POKE:
	case SHAPE_UPDATE:
		break; /* several fields, or none */
	}
}

static void print_field(struct printer *printer, const struct perfev_record *record,
			const struct field *field)
{
	switch (field->shape) {
	case SHAPE_PAD:
		return;
	case SHAPE_PAIR:
		pair(printer, field, perfev_field_in(record, field));
		return;
	case SHAPE_POKE:
		poke(printer, &record->text_poke);
		return;
	case SHAPE_UPDATE:
		update(printer, &record->event_update);
		return;
	default:
		perfev_print_name(printer, field->name);
		field_value(printer, record, field);
	}
}

/* The mode of the CPU, and flags, whose meaning the record's type gives. */
static void misc(struct printer *printer, const struct perfev_record *record)
{
	static const struct {
		__u32 type;
		enum perfev_set set;
	} sets[] = {
		{ PERF_RECORD_MMAP, PERFEV_SET_MISC_MMAP },
		{ PERF_RECORD_MMAP2, PERFEV_SET_MISC_MMAP },
		{ PERF_RECORD_COMM, PERFEV_SET_MISC_COMM },
		{ PERF_RECORD_FORK, PERFEV_SET_MISC_FORK },
		{ PERF_RECORD_SAMPLE, PERFEV_SET_MISC_SAMPLE },
		{ PERF_RECORD_SWITCH, PERFEV_SET_MISC_SWITCH },
		{ PERF_RECORD_SWITCH_CPU_WIDE, PERFEV_SET_MISC_SWITCH },
	};
	const __u16 mode = record->misc & PERF_RECORD_MISC_CPUMODE_MASK;
	const __u16 flags = record->misc & (__u16)~PERF_RECORD_MISC_CPUMODE_MASK;
	const char *brief = perfev_set_brief(PERFEV_SET_CPUMODE, mode);
	char buffer[128];

	if (mode) {
		perfev_print_name(printer, "mode");
		if (brief)
			perfev_print_quoted(printer, brief);
		else
			perfev_text_add_number(&printer->text, mode);
	}
	if (!flags)
		return;
	perfev_print_name(printer, "misc");
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		if (sets[i].type != record->type)
			continue;
		perfev_set_format(buffer, sizeof(buffer), sets[i].set, flags);
		perfev_print_quoted(printer, buffer);
		return;
	}
	perfev_print_hex(printer, flags);
}

static void print_type(struct printer *printer, const struct perfev_record *record)
{
	const char *name = perfev_record_name(record->type);

	/* Not "type", which some records have a field of. */
	if (printer->json)
		perfev_print_name(printer, "record");
	printer->first = 0;
	if (name)
		perfev_print_quoted(printer, name);
	else if (printer->json)
		perfev_text_add_number(&printer->text, record->type);
	else
		perfev_text_add(&printer->text, "TYPE=");
	if (!name && !printer->json)
		perfev_text_add_number(&printer->text, record->type);
}

/* The id and the identifier are the same: it is printed once. */
static void print_said(struct printer *printer, const struct perfev_record *record,
		       const struct field *field)
{
	if (field->bits != PERF_SAMPLE_ID ||
	    !(record->layout->sample_type & PERF_SAMPLE_IDENTIFIER))
		print_field(printer, record, field);
}

static void print_fields(struct printer *printer, const struct perfev_record *record)
{
	const struct perfev_layout *layout = record->layout;
	const struct kind *kind = perfev_kind(record->type);

	if (record->type == PERF_RECORD_SAMPLE) {
		for (unsigned int i = 0; i < layout->field_count; i++)
			print_said(printer, record, &perfev_sample_fields[layout->fields[i]]);
		return;
	}
	for (unsigned int i = 0; kind && i < kind->count; i++)
		if (perfev_field_is_there(&kind->fields[i], record, layout, 1))
			print_field(printer, record, &kind->fields[i]);
	if (record->type >= FIRST_USER_KIND)
		return;
	for (unsigned int i = 0; i < layout->trailer_count; i++)
		print_said(printer, record, &perfev_trailer_fields[layout->trailer[i]]);
}

static int format(char *buffer, size_t size, const struct perfev_record *record, int json)
{
	struct printer printer = { .json = json, .first = 1 };

	perfev_text_begin(&printer.text, buffer, size);
	if (json)
		perfev_print_open(&printer, "{");
	print_type(&printer, record);
	misc(&printer, record);
	/* Of what was refused there is only that. */
	if (record->bad_field) {
		perfev_print_name(&printer, "malformed");
		perfev_print_quoted(&printer, record->bad_field);
		perfev_print_named_number(&printer, "at", record->bad_offset);
	} else if (record->layout) {
		print_fields(&printer, record);
	}
	if (record->tail.length) {
		perfev_print_name(&printer, "tail");
		perfev_print_bytes(&printer, record->tail.bytes, record->tail.length);
	}
	if (json)
		perfev_print_close(&printer, "}");
	return perfev_text_end(&printer.text);
}

int perfev_record_format(char *text, size_t size, const struct perfev_record *record)
{
	return format(text, size, record, 0);
}

int perfev_record_format_json(char *text, size_t size, const struct perfev_record *record)
{
	return format(text, size, record, 1);
}
