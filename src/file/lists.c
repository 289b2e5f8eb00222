/* SPDX-License-Identifier: MIT */
/* Sections that are a number of rows, all of one form, and then the rows; and simpleperf's. */
#include <stdio.h>
#include <string.h>

#include "parts.h"

/* How a row is read into what out points to. Returns 0 or -EBADMSG. */
typedef int (*row_fn)(struct cursor *cursor, void *out);

/* Where the number of rows stands: behind so many bytes, in so many. */
struct form {
	unsigned int feature;
	unsigned int before, wide;
	row_fn row;
};

static int next_row(struct perfev_file *file, struct perfev_feature_at *at, const struct form *form,
		    void *out)
{
	struct cursor cursor, begin;
	__u64 rows = 0;
	int result = perfev_part_begin(file, form->feature, at, &cursor);

	if (result <= 0)
		return result;
	begin = cursor;
	if (at->offset == 0) {
		if (!take(&cursor, form->before) ||
		    (form->wide ? take64(&cursor, &rows) : take32(&cursor, &at->rows)) < 0)
			return perfev_part_end(at, &begin, &cursor, -EBADMSG);
		if (form->wide)
			at->rows = rows < ~0U ? (__u32)rows : ~0U;
	}
	if (at->row == at->rows)
		return perfev_part_end(at, &begin, &cursor, 0);
	at->row++;
	return perfev_part_end(at, &begin, &cursor, form->row(&cursor, out) < 0 ? -EBADMSG : 1);
}

static int take_argument(struct cursor *cursor, void *out)
{
	return perfev_part_text(cursor, out);
}

int perfev_file_cmdline_next(struct perfev_file *file, struct perfev_feature_at *at,
			     const char **out)
{
	static const struct form form = { PERFEV_FEATURE_CMDLINE, 0, 0, take_argument };

	return next_row(file, at, &form, out);
}

static int take_node(struct cursor *cursor, void *out)
{
	struct perfev_numa_entry *node = out;

	if (take32(cursor, &node->node) < 0 || take64(cursor, &node->total_kib) < 0 ||
	    take64(cursor, &node->free_kib) < 0)
		return -EBADMSG;
	return perfev_part_text(cursor, &node->cpus);
}

int perfev_file_numa_next(struct perfev_file *file, struct perfev_feature_at *at,
			  struct perfev_numa_entry *out)
{
	static const struct form form = { PERFEV_FEATURE_NUMA_TOPOLOGY, 0, 0, take_node };

	return next_row(file, at, &form, out);
}

static int take_pmu(struct cursor *cursor, void *out)
{
	struct perfev_pmu_entry *pmu = out;

	return take32(cursor, &pmu->type) < 0 ? -EBADMSG : perfev_part_text(cursor, &pmu->name);
}

int perfev_file_pmu_next(struct perfev_file *file, struct perfev_feature_at *at,
			 struct perfev_pmu_entry *out)
{
	static const struct form form = { PERFEV_FEATURE_PMU_MAPPINGS, 0, 0, take_pmu };

	return next_row(file, at, &form, out);
}

static int take_group(struct cursor *cursor, void *out)
{
	struct perfev_group_entry *group = out;

	if (perfev_part_text(cursor, &group->name) < 0 || take32(cursor, &group->leader) < 0)
		return -EBADMSG;
	return take32(cursor, &group->count);
}

int perfev_file_group_next(struct perfev_file *file, struct perfev_feature_at *at,
			   struct perfev_group_entry *out)
{
	static const struct form form = { PERFEV_FEATURE_GROUP_DESC, 0, 0, take_group };

	return next_row(file, at, &form, out);
}

static int take_auxtrace(struct cursor *cursor, void *out)
{
	struct perfev_auxtrace_entry *entry = out;

	return take64(cursor, &entry->offset) < 0 ? -EBADMSG : take64(cursor, &entry->size);
}

int perfev_file_auxtrace_next(struct perfev_file *file, struct perfev_feature_at *at,
			      struct perfev_auxtrace_entry *out)
{
	static const struct form form = { PERFEV_FEATURE_AUXTRACE, 0, 1, take_auxtrace };

	return next_row(file, at, &form, out);
}

static int take_cache(struct cursor *cursor, void *out)
{
	struct perfev_cache_entry *cache = out;

	if (take32(cursor, &cache->level) < 0 || take32(cursor, &cache->line_bytes) < 0 ||
	    take32(cursor, &cache->sets) < 0 || take32(cursor, &cache->ways) < 0 ||
	    perfev_part_text(cursor, &cache->type) < 0 ||
	    perfev_part_text(cursor, &cache->size) < 0)
		return -EBADMSG;
	return perfev_part_text(cursor, &cache->cpus);
}

int perfev_file_cache_next(struct perfev_file *file, struct perfev_feature_at *at,
			   struct perfev_cache_entry *out)
{
	/* The version stands before. */
	static const struct form form = { PERFEV_FEATURE_CACHE, 4, 0, take_cache };

	return next_row(file, at, &form, out);
}

static int take_memory(struct cursor *cursor, void *out)
{
	struct perfev_memory_entry *memory = out;
	__u64 unused;

	if (take64(cursor, &memory->node) < 0 || take64(cursor, &unused) < 0 ||
	    take64(cursor, &memory->bits) < 0)
		return -EBADMSG;
	return take_words(cursor, memory->bits / 64 + (memory->bits % 64 != 0), &memory->blocks);
}

int perfev_file_memory_next(struct perfev_file *file, struct perfev_feature_at *at,
			    struct perfev_memory_entry *out)
{
	/* The version and the size of a block stand before. */
	static const struct form form = { PERFEV_FEATURE_MEM_TOPOLOGY, 16, 1, take_memory };

	return next_row(file, at, &form, out);
}

static int take_bpf_program(struct cursor *cursor, void *out)
{
	struct perfev_bpf_program *program = out;
	__u32 info, data;

	if (take32(cursor, &info) < 0 || take32(cursor, &data) < 0 ||
	    take64(cursor, &program->arrays) < 0 || take_bytes(cursor, info, &program->info) < 0)
		return -EBADMSG;
	return take_bytes(cursor, data, &program->data);
}

int perfev_file_bpf_program_next(struct perfev_file *file, struct perfev_feature_at *at,
				 struct perfev_bpf_program *out)
{
	static const struct form form = { PERFEV_FEATURE_BPF_PROG_INFO, 0, 0, take_bpf_program };

	return next_row(file, at, &form, out);
}

static int take_btf(struct cursor *cursor, void *out)
{
	struct perfev_btf_entry *btf = out;

	return take32(cursor, &btf->id) < 0 ? -EBADMSG : take_raw(cursor, &btf->data);
}

int perfev_file_btf_next(struct perfev_file *file, struct perfev_feature_at *at,
			 struct perfev_btf_entry *out)
{
	static const struct form form = { PERFEV_FEATURE_BPF_BTF, 0, 0, take_btf };

	return next_row(file, at, &form, out);
}

static int take_hybrid(struct cursor *cursor, void *out)
{
	struct perfev_hybrid_entry *hybrid = out;

	return perfev_part_text(cursor, &hybrid->pmu) < 0 ? -EBADMSG :
							    perfev_part_text(cursor, &hybrid->cpus);
}

int perfev_file_hybrid_next(struct perfev_file *file, struct perfev_feature_at *at,
			    struct perfev_hybrid_entry *out)
{
	static const struct form form = { PERFEV_FEATURE_HYBRID_TOPOLOGY, 0, 0, take_hybrid };

	return next_row(file, at, &form, out);
}

/* A text up to its zero byte. */
static int take_ended(struct cursor *cursor, const char **out)
{
	const unsigned char *end = memchr(cursor->at, 0, left_in(cursor));

	if (!end)
		return -EBADMSG;
	*out = (const char *)cursor->at;
	cursor->at = end + 1;
	return 0;
}

int perfev_file_meta_next(struct perfev_file *file, struct perfev_feature_at *at,
			  struct perfev_meta_entry *out)
{
	struct cursor cursor, begin;
	int result = perfev_part_begin(file, PERFEV_FEATURE_SIMPLEPERF_META_INFO, at, &cursor);

	if (result <= 0 || cursor.at == cursor.end)
		return result < 0 ? result : 0;
	begin = cursor;
	if (take_ended(&cursor, &out->key) < 0 || take_ended(&cursor, &out->value) < 0)
		result = -EBADMSG;
	return perfev_part_end(at, &begin, &cursor, result);
}
