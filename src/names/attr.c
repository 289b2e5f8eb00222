/* SPDX-License-Identifier: MIT */
/*
 * An attribute as text, and the oldest kernel that knows what it asks for. Both look at the same
 * fields: those within attr->size that are set, and of the fields that share a place, the one that
 * is meant.
 */
#include <string.h>

#include "tables.h"
#include "../text.h"

/* When a field that shares its place with others is the one that is meant. */
enum meant {
	MEANT_ALWAYS,
	MEANT_NEVER, /* another name of the same place says more */
	MEANT_WITH_FREQ,
	MEANT_WITHOUT_FREQ,
	MEANT_WITH_WATERMARK,
	MEANT_WITHOUT_WATERMARK,
	MEANT_FOR_BREAKPOINTS,
	MEANT_FOR_OTHERS,
};

static const struct {
	char name[20];
	enum meant meant;
} shared_places[] = {
	{ "sample_period", MEANT_WITHOUT_FREQ },
	{ "sample_freq", MEANT_WITH_FREQ },
	{ "wakeup_events", MEANT_WITHOUT_WATERMARK },
	{ "wakeup_watermark", MEANT_WITH_WATERMARK },
	{ "bp_addr", MEANT_FOR_BREAKPOINTS },
	{ "kprobe_func", MEANT_NEVER },
	{ "uprobe_path", MEANT_NEVER },
	{ "config1", MEANT_FOR_OTHERS },
	{ "bp_len", MEANT_FOR_BREAKPOINTS },
	{ "kprobe_addr", MEANT_NEVER },
	{ "probe_offset", MEANT_NEVER },
	{ "config2", MEANT_FOR_OTHERS },
	{ "aux_action", MEANT_NEVER },
};

static int is_meant(const struct perfev_field *field, const struct perf_event_attr *attr)
{
	enum meant meant = MEANT_ALWAYS;

	for (size_t i = 0; i < sizeof(shared_places) / sizeof(shared_places[0]); i++)
		if (strcmp(field->name, shared_places[i].name) == 0)
			meant = shared_places[i].meant;
	switch (meant) {
	case MEANT_ALWAYS:
		return 1;
	case MEANT_NEVER:
		return 0;
	case MEANT_WITH_FREQ:
	case MEANT_WITHOUT_FREQ:
		return attr->freq == (meant == MEANT_WITH_FREQ);
	case MEANT_WITH_WATERMARK:
	case MEANT_WITHOUT_WATERMARK:
		return attr->watermark == (meant == MEANT_WITH_WATERMARK);
	case MEANT_FOR_BREAKPOINTS:
	case MEANT_FOR_OTHERS:
		return (attr->type == PERF_TYPE_BREAKPOINT) == (meant == MEANT_FOR_BREAKPOINTS);
	}
	return 1;
}

const struct perfev_field *perfev_attr_next(const struct perf_event_attr *attr,
					    unsigned int *number)
{
	const struct perfev_field *field;
	__u32 size = attr->size ? attr->size : PERF_ATTR_SIZE_VER0;

	while ((field = perfev_field_get((*number)++)))
		if ((__u32)field->offset + field->size <= size && is_meant(field, attr))
			return field;
	return NULL;
}

static int is_named(const struct perfev_field *field, const char *name)
{
	return strcmp(field->name, name) == 0;
}

/* The parts of attr.config that have names of their own. Returns how many there are, up to 3. */
static int config_parts(const struct perf_event_attr *attr, enum perfev_set sets[3],
			__u64 values[3])
{
	switch (attr->type) {
	case PERF_TYPE_HARDWARE:
		sets[0] = PERFEV_SET_HARDWARE;
		values[0] = attr->config & PERF_HW_EVENT_MASK;
		return 1;
	case PERF_TYPE_SOFTWARE:
		sets[0] = PERFEV_SET_SOFTWARE;
		values[0] = attr->config;
		return 1;
	case PERF_TYPE_HW_CACHE:
		sets[0] = PERFEV_SET_CACHE;
		sets[1] = PERFEV_SET_CACHE_OP;
		sets[2] = PERFEV_SET_CACHE_RESULT;
		for (int i = 0; i < 3; i++)
			values[i] = attr->config >> 8 * i & 0xff;
		/* Bits 24 to 31 belong to no part. */
		return attr->config >> 24 & 0xff ? 0 : 3;
	default:
		return 0;
	}
}

static void note_need(struct perfev_need *need, __u32 since, const char *field, const char *value)
{
	struct text what;

	if (since <= need->since)
		return;
	need->since = since;
	perfev_text_begin(&what, need->what, sizeof(need->what));
	perfev_text_add(&what, field);
	if (value) {
		perfev_text_add(&what, " ");
		perfev_text_add(&what, value);
	}
	perfev_text_end(&what);
}

/* What a value of a set needs: that of its name, or for flags that of the newest one set. */
static void need_of_value(struct perfev_need *need, const char *field, enum perfev_set set,
			  __u64 value)
{
	struct perfev_name name;

	if (perfev_set_find_value(set, value, &name) == 1) {
		note_need(need, name.since, field, name.brief);
	} else if (perfev_set_kind(set) != PERFEV_SET_KIND_FLAGS) {
		return; /* a dynamic PMU's number, say: it has no release */
	} else {
		for (__u64 flag = 1; flag; flag <<= 1) {
			if (!(value & flag))
				continue;
			if (perfev_set_find_value(set, flag, &name) == 1)
				note_need(need, name.since, field, name.brief);
			else
				note_need(need, PERFEV_NEED_UNKNOWN, field, NULL);
		}
	}
}

void perfev_attr_need(const struct perf_event_attr *attr, struct perfev_need *need)
{
	const struct perfev_field *field;
	enum perfev_set sets[3];
	__u64 values[3];
	unsigned int number = 0;

	need->since = PERFEV_KERNEL(2, 6, 32);
	need->what[0] = '\0';
	while ((field = perfev_attr_next(attr, &number))) {
		__u64 value = perfev_field_read(field, attr);

		if (!value || is_named(field, "size"))
			continue;
		if (strncmp(field->name, "__reserved", 10) == 0)
			note_need(need, PERFEV_NEED_UNKNOWN, field->name, NULL);
		note_need(need, field->since, field->name, NULL);
		if (field->set != PERFEV_SET_NONE)
			need_of_value(need, field->name, field->set, value);
	}
	for (int i = config_parts(attr, sets, values); i-- > 0;)
		need_of_value(need, "config", sets[i], values[i]);
}

static void add_field_name(struct text *text, const char *name)
{
	if (text->length)
		perfev_text_add(text, " ");
	perfev_text_add(text, name);
}

/* Adds a value by its names. Longer than any set's names together is not possible. */
static void add_named(struct text *text, enum perfev_set set, __u64 value)
{
	char names[1024];

	perfev_set_format(names, sizeof(names), set, value);
	perfev_text_add(text, names);
}

static void add_config(struct text *text, const struct perf_event_attr *attr)
{
	enum perfev_set sets[3];
	__u64 values[3];
	int count = config_parts(attr, sets, values);

	add_field_name(text, "config=");
	if (!count)
		perfev_text_add_hex(text, attr->config);
	for (int i = 0; i < count; i++) {
		if (i)
			perfev_text_add(text, ":");
		add_named(text, sets[i], values[i]);
	}
	/* On machines with several kinds of cores, the upper half says which kind's PMU counts. */
	if (count && attr->type != PERF_TYPE_SOFTWARE && attr->config >> PERF_PMU_TYPE_SHIFT) {
		perfev_text_add(text, " of PMU ");
		perfev_text_add_number(text, attr->config >> PERF_PMU_TYPE_SHIFT);
	}
}

/* Addresses, register masks and what a PMU defines read better in hexadecimal. */
static int is_hexadecimal(const struct perfev_field *field)
{
	return strncmp(field->name, "config", 6) == 0 ||
	       strncmp(field->name, "sample_regs_", 12) == 0 ||
	       strncmp(field->name, "__reserved", 10) == 0 || is_named(field, "bp_addr") ||
	       is_named(field, "sig_data");
}

static void add_field(struct text *text, const struct perfev_field *field,
		      const struct perf_event_attr *attr)
{
	__u64 value = perfev_field_read(field, attr);

	if (is_named(field, "config")) {
		add_config(text, attr);
		return;
	}
	if (is_named(field, "size") ? value == sizeof(*attr) : !value && !is_named(field, "type"))
		return;
	add_field_name(text, field->name);
	if (field->width == 1)
		return;
	perfev_text_add(text, "=");
	if (field->set != PERFEV_SET_NONE) {
		add_named(text, field->set, value);
	} else if (is_hexadecimal(field)) {
		perfev_text_add_hex(text, value);
	} else if (field->is_signed && value >> 63) {
		perfev_text_add(text, "-");
		perfev_text_add_number(text, -value);
	} else {
		perfev_text_add_number(text, value);
	}
}

static void add_need(struct text *text, const struct perf_event_attr *attr)
{
	struct perfev_need need;
	char release[16];

	perfev_attr_need(attr, &need);
	if (need.since == PERFEV_NEED_UNKNOWN) {
		perfev_text_add(text, " (needs a Linux newer than " PERFEV_ABI_RELEASE);
	} else {
		perfev_release_format(release, sizeof(release), need.since);
		perfev_text_add(text, " (needs Linux ");
		perfev_text_add(text, release);
	}
	if (need.what[0]) {
		perfev_text_add(text, " for ");
		perfev_text_add(text, need.what);
	}
	perfev_text_add(text, ")");
}

int perfev_attr_format(char *buffer, size_t size, const struct perf_event_attr *attr)
{
	const struct perfev_field *field;
	unsigned int number = 0;
	struct text text;

	perfev_text_begin(&text, buffer, size);
	while ((field = perfev_attr_next(attr, &number)))
		add_field(&text, field, attr);
	if (attr->size > sizeof(*attr)) {
		add_field_name(&text, "and ");
		perfev_text_add_number(&text, attr->size - sizeof(*attr));
		perfev_text_add(&text, " bytes that Linux " PERFEV_ABI_RELEASE " does not have");
	}
	add_need(&text, attr);
	return perfev_text_end(&text);
}

int perfev_release_format(char *buffer, size_t size, __u32 release)
{
	struct text text;

	perfev_text_begin(&text, buffer, size);
	perfev_text_add_number(&text, release >> 16);
	perfev_text_add(&text, ".");
	perfev_text_add_number(&text, release >> 8 & 0xff);
	if (release & 0xff) {
		perfev_text_add(&text, ".");
		perfev_text_add_number(&text, release & 0xff);
	}
	return perfev_text_end(&text);
}
