/* SPDX-License-Identifier: MIT */
/* Sections of the header that are lists within lists, or lists without a number. */
#include <stdio.h>
#include <string.h>

#include "parts.h"

static int take_desc(struct perfev_file *file, struct perfev_feature_at *at, struct cursor *cursor,
		     struct perfev_event_desc *out)
{
	const unsigned char *bytes;
	__u32 count, length = at->inner;

	if (at->offset == 0) {
		if (take32(cursor, &at->rows) < 0 || take32(cursor, &length) < 0)
			return -EBADMSG;
		at->inner = length;
	}
	if (at->row == at->rows)
		return 0;
	at->row++;
	bytes = take(cursor, length);
	if (!bytes || perfev_attr_decode(&out->attr, bytes, length, file->layout_flags) < 0)
		return -EBADMSG;
	if (take32(cursor, &count) < 0 || perfev_part_text(cursor, &out->name) < 0)
		return -EBADMSG;
	return take_words(cursor, count, &out->ids) < 0 ? -EBADMSG : 1;
}

int perfev_file_event_desc_next(struct perfev_file *file, struct perfev_feature_at *at,
				struct perfev_event_desc *out)
{
	struct cursor cursor, begin;
	int result = perfev_part_begin(file, PERFEV_FEATURE_EVENT_DESC, at, &cursor);

	if (result <= 0)
		return result;
	begin = cursor;
	result = take_desc(file, at, &cursor, out);
	return perfev_part_end(at, &begin, &cursor, result);
}

/* As PERFEV_RECORD_BUILD_ID, whose type some recorders leave at 0. */
static int take_build_id(struct cursor *cursor, struct perfev_build_id_entry *out)
{
	__u32 type;
	__u16 size;
	__u8 id[24];

	if (take32(cursor, &type) < 0 || take16(cursor, &out->misc) < 0 ||
	    take16(cursor, &size) < 0 || take32(cursor, (__u32 *)&out->pid) < 0 ||
	    take_blob(cursor, sizeof(id), id) < 0 || size < 36)
		return -EBADMSG;
	memcpy(out->build_id.bytes, id, sizeof(out->build_id.bytes));
	/* Before Linux 5.12 nothing says how long it is. */
	out->build_id.size = out->misc & PERFEV_MISC_BUILD_ID_SIZE && id[20] <= 20 ? id[20] : 20;
	return take_text(cursor, size - 36U, &out->filename) < 0 ? -EBADMSG : 1;
}

int perfev_file_build_id_next(struct perfev_file *file, struct perfev_feature_at *at,
			      struct perfev_build_id_entry *out)
{
	struct cursor cursor, begin;
	int result = perfev_part_begin(file, PERFEV_FEATURE_BUILD_ID, at, &cursor);

	if (result <= 0 || !left_in(&cursor))
		return result < 0 ? result : 0;
	begin = cursor;
	result = take_build_id(&cursor, out);
	return perfev_part_end(at, &begin, &cursor, result);
}

/* Where a listing of the topology is, in at->outer. */
enum {
	AT_CORES,
	AT_THREADS,
	AT_CPUS,
	AT_DIES,
	AT_END,
};

/* Finds the dies of CPUs, which stand behind everything else: from the first CPU on, or NULL. */
static const unsigned char *find_dies(const struct cursor *cursor, __u32 cpus)
{
	struct cursor look = *cursor;
	const char *text;
	__u32 count;

	if (!take(&look, 8ULL * cpus) || take32(&look, &count) < 0)
		return NULL;
	for (__u32 i = 0; i < count; i++)
		if (perfev_part_text(&look, &text) < 0)
			return NULL;
	return take(&look, 4ULL * cpus) ? look.at - 4ULL * cpus : NULL;
}

static int take_cpu(struct perfev_feature_at *at, __u32 cpus, struct cursor *cursor,
		    struct perfev_topology_entry *out)
{
	if (at->row == 0)
		at->text = (const char *)find_dies(cursor, cpus);
	if (take32(cursor, &out->core) < 0 || take32(cursor, &out->package) < 0)
		return -EBADMSG;
	if (at->text)
		out->die = (__s32)load32(at->text + 4UL * at->row, cursor->swapped);
	out->cpu = at->row++;
	return 1;
}

static int take_topology(struct perfev_feature_at *at, __u32 cpus, struct cursor *cursor,
			 struct perfev_topology_entry *out)
{
	static const char *const kinds[] = {
		[AT_CORES] = "package", [AT_THREADS] = "core", [AT_DIES] = "die"
	};

	memset(out, 0, sizeof(*out));
	out->die = -1;
	for (; at->outer < AT_END; at->outer++, at->row = at->inner = 0) {
		if (at->outer == AT_CPUS) {
			/* The oldest recorders end before the CPUs. */
			if (!left_in(cursor))
				return 0;
			if (at->row == cpus)
				continue;
			return take_cpu(at, cpus, cursor, out);
		}
		if (!at->inner) {
			/* Older recorders end before the dies. */
			if (at->outer == AT_DIES && !left_in(cursor))
				return 0;
			if (take32(cursor, &at->rows) < 0)
				return -EBADMSG;
			at->inner = 1;
		}
		if (at->row == at->rows)
			continue;
		at->row++;
		out->kind = kinds[at->outer];
		return perfev_part_text(cursor, &out->cpus) < 0 ? -EBADMSG : 1;
	}
	return 0;
}

int perfev_file_topology_next(struct perfev_file *file, struct perfev_feature_at *at,
			      struct perfev_topology_entry *out)
{
	struct cursor cursor, begin;
	__u32 cpus;
	int result = perfev_part_begin(file, PERFEV_FEATURE_CPU_TOPOLOGY, at, &cursor);

	if (result <= 0)
		return result;
	begin = cursor;
	cpus = perfev_part_cpus(file);
	result = take_topology(at, cpus, &cursor, out);
	return perfev_part_end(at, &begin, &cursor, result);
}

static int take_cap(struct perfev_feature_at *at, struct cursor *cursor, int of_all,
		    struct perfev_cap_entry *out)
{
	if (at->offset == 0 && of_all && take32(cursor, &at->outer) < 0)
		return -EBADMSG;
	if (at->offset == 0 && !of_all) {
		if (take32(cursor, &at->inner) < 0)
			return -EBADMSG;
		at->text = "cpu";
	}
	/* A PMU's name stands behind what it can. */
	while (!at->inner) {
		struct cursor look;

		if (at->row && of_all && perfev_part_text(cursor, &out->pmu) < 0)
			return -EBADMSG;
		if (!of_all || at->row == at->outer)
			return 0;
		at->row++;
		if (take32(cursor, &at->inner) < 0)
			return -EBADMSG;
		look = *cursor;
		for (__u32 i = 0; i < at->inner; i++)
			if (perfev_part_text(&look, &out->name) < 0 ||
			    perfev_part_text(&look, &out->value) < 0)
				return -EBADMSG;
		if (perfev_part_text(&look, &at->text) < 0)
			return -EBADMSG;
	}
	at->inner--;
	out->pmu = at->text;
	if (perfev_part_text(cursor, &out->name) < 0)
		return -EBADMSG;
	return perfev_part_text(cursor, &out->value) < 0 ? -EBADMSG : 1;
}

int perfev_file_cap_next(struct perfev_file *file, struct perfev_feature_at *at,
			 struct perfev_cap_entry *out)
{
	const int of_all = !perfev_file_has(file, PERFEV_FEATURE_CPU_PMU_CAPS) || at->rows;
	struct cursor cursor, begin;
	int result;

	result = perfev_part_begin(
		file, of_all ? PERFEV_FEATURE_PMU_CAPS : PERFEV_FEATURE_CPU_PMU_CAPS, at, &cursor);
	if (result <= 0)
		return result;
	begin = cursor;
	result = take_cap(at, &cursor, of_all, out);
	result = perfev_part_end(at, &begin, &cursor, result);
	if (result || of_all)
		return result;
	/* The processor's own come first, and then those of the others. */
	memset(at, 0, sizeof(*at));
	at->rows = 1;
	return perfev_file_cap_next(file, at, out);
}

static int take_domain(struct perfev_feature_at *at, struct cursor *cursor,
		       struct perfev_domain_entry *out)
{
	if (at->offset == 0 && (take32(cursor, &at->outer) < 0 || !take(cursor, 4)))
		return -EBADMSG;
	while (!at->inner) {
		if (!left_in(cursor))
			return 0;
		if (take32(cursor, &at->row) < 0 || take32(cursor, &at->inner) < 0)
			return -EBADMSG;
	}
	at->inner--;
	out->cpu = at->row;
	out->name = "";
	if (take32(cursor, &out->domain) < 0)
		return -EBADMSG;
	if (at->outer >= 17 && perfev_part_text(cursor, &out->name) < 0)
		return -EBADMSG;
	if (perfev_part_text(cursor, &out->cpumask) < 0)
		return -EBADMSG;
	return perfev_part_text(cursor, &out->cpus) < 0 ? -EBADMSG : 1;
}

int perfev_file_domain_next(struct perfev_file *file, struct perfev_feature_at *at,
			    struct perfev_domain_entry *out)
{
	struct cursor cursor, begin;
	int result = perfev_part_begin(file, PERFEV_FEATURE_CPU_DOMAIN_INFO, at, &cursor);

	if (result <= 0)
		return result;
	begin = cursor;
	result = take_domain(at, &cursor, out);
	return perfev_part_end(at, &begin, &cursor, result);
}
