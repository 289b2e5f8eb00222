/* SPDX-License-Identifier: MIT */
/* The sections of a recording's header that are lists: a line for each row. */
#include "header.h"

#include <stdio.h>
#include <string.h>

static void put_pmus(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	struct perfev_pmu_entry pmu;
	char line[256];

	while (perfev_file_pmu_next(file, &at, &pmu) > 0) {
		snprintf(line, sizeof(line), "%s = %u", pmu.name, pmu.type);
		header_put_item(out, "pmu", line);
	}
}

static void put_topology(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	struct perfev_topology_entry entry;
	struct perfev_feature_at node_at = { 0 };
	struct perfev_numa_entry node;
	char line[4096];

	while (perfev_file_topology_next(file, &at, &entry) > 0) {
		if (!entry.cpus)
			continue;
		snprintf(line, sizeof(line), "%s: %s", entry.kind, entry.cpus);
		header_put_item(out, "cpu_set", line);
	}
	while (perfev_file_numa_next(file, &node_at, &node) > 0) {
		snprintf(line, sizeof(line), "%u: CPUs %s, %llu of %llu KiB free", node.node,
			 node.cpus, (unsigned long long)node.free_kib,
			 (unsigned long long)node.total_kib);
		header_put_item(out, "numa_node", line);
	}
}

static void put_build_ids(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	struct perfev_build_id_entry entry;

	while (perfev_file_build_id_next(file, &at, &entry) > 0) {
		unsigned int size =
			entry.build_id.size <= 20 && entry.build_id.size ? entry.build_id.size : 20;
		char line[4200];

		for (unsigned int i = 0; i < size; i++)
			snprintf(line + 2 * i, 3, "%02x", entry.build_id.bytes[i]);
		snprintf(line + 2 * size, sizeof(line) - 2 * size, " %.*s",
			 (int)entry.filename.length, entry.filename.text);
		header_put_item(out, "build_id", line);
	}
}

/* What simpleperf says of a recording; a value may be lines. */
static void put_meta(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	struct perfev_meta_entry entry;
	char line[4096];

	while (perfev_file_meta_next(file, &at, &entry) > 0) {
		snprintf(line, sizeof(line), "%s=%s", entry.key, entry.value);
		for (char *c = line; !out->json && (c = strchr(c, '\n'));)
			*c = ' ';
		header_put_item(out, "meta_info", line);
	}
}

static void put_groups(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	struct perfev_group_entry group;
	char line[1024];

	while (perfev_file_group_next(file, &at, &group) > 0) {
		snprintf(line, sizeof(line), "%s: %u events from number %u on", group.name,
			 group.count, group.leader);
		header_put_item(out, "group", line);
	}
}

static void put_caches(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	struct perfev_cache_entry cache;
	char line[1024];

	while (perfev_file_cache_next(file, &at, &cache) > 0) {
		snprintf(line, sizeof(line), "L%u %s: %s, %u ways, lines of %u bytes, CPUs %s",
			 cache.level, cache.type, cache.size, cache.ways, cache.line_bytes,
			 cache.cpus);
		header_put_item(out, "cache", line);
	}
}

/* Which blocks of memory a node has, as ranges of their numbers. */
static void put_memory(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	struct perfev_memory_entry node;
	char line[2048];

	while (perfev_file_memory_next(file, &at, &node) > 0) {
		const __u64 bits = 64ULL * node.blocks.count;
		int length =
			snprintf(line, sizeof(line), "%llu: blocks", (unsigned long long)node.node);
		const char *before = " ";

		for (__u64 i = 0; i < bits && length < (int)sizeof(line) - 48; i++) {
			const __u64 first = i;

			while (i < bits &&
			       perfev_words_get(&node.blocks, (__u32)(i / 64)) >> i % 64 & 1)
				i++;
			if (i == first)
				continue;
			length += snprintf(line + length, sizeof(line) - (size_t)length,
					   i - 1 > first ? "%s%llu-%llu" : "%s%llu", before,
					   (unsigned long long)first, (unsigned long long)(i - 1));
			before = ",";
		}
		header_put_item(out, "memory", line);
	}
}

static void put_pmu_caps(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 }, hybrid_at = { 0 };
	struct perfev_hybrid_entry hybrid;
	struct perfev_cap_entry cap;
	char line[1024];

	while (perfev_file_cap_next(file, &at, &cap) > 0) {
		snprintf(line, sizeof(line), "%s: %s=%s", cap.pmu, cap.name, cap.value);
		header_put_item(out, "pmu_cap", line);
	}
	while (perfev_file_hybrid_next(file, &hybrid_at, &hybrid) > 0) {
		snprintf(line, sizeof(line), "%s: CPUs %s", hybrid.pmu, hybrid.cpus);
		header_put_item(out, "core_pmu", line);
	}
}

static void put_domains(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	struct perfev_domain_entry domain;
	char line[1024];

	while (perfev_file_domain_next(file, &at, &domain) > 0) {
		snprintf(line, sizeof(line), "CPU %u: %u %s, CPUs %s", domain.cpu, domain.domain,
			 domain.name, domain.cpus);
		header_put_item(out, "sched_domain", line);
	}
}

static void put_bpf(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 }, btf_at = { 0 };
	struct perfev_bpf_program program;
	struct perfev_btf_entry btf;
	char line[128];

	while (perfev_file_bpf_program_next(file, &at, &program) > 0) {
		snprintf(line, sizeof(line), "info of %llu bytes, data of %llu",
			 (unsigned long long)program.info.length,
			 (unsigned long long)program.data.length);
		header_put_item(out, "bpf_program", line);
	}
	while (perfev_file_btf_next(file, &btf_at, &btf) > 0) {
		snprintf(line, sizeof(line), "%u: %llu bytes", btf.id,
			 (unsigned long long)btf.data.length);
		header_put_item(out, "btf", line);
	}
}

static void put_traces(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	struct perfev_auxtrace_entry trace;
	char line[128];

	while (perfev_file_auxtrace_next(file, &at, &trace) > 0) {
		snprintf(line, sizeof(line), "%llu bytes at %#llx", (unsigned long long)trace.size,
			 (unsigned long long)trace.offset);
		header_put_item(out, "auxtrace", line);
	}
}

void header_put_lists(struct header_out *out, struct perfev_file *file)
{
	put_groups(out, file);
	put_pmus(out, file);
	put_pmu_caps(out, file);
	put_topology(out, file);
	put_domains(out, file);
	put_caches(out, file);
	put_memory(out, file);
	put_bpf(out, file);
	put_traces(out, file);
	put_build_ids(out, file);
	put_meta(out, file);
}
