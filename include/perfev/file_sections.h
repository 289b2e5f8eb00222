/* SPDX-License-Identifier: MIT */
/*
 * perfev/file_sections.h: the sections of a recording's header that are lists, row by row. A part
 * of perfev/file.h, which includes it and says how long what is lent lives. See perfev_file(3).
 */
#ifndef PERFEV_FILE_SECTIONS_H
#define PERFEV_FILE_SECTIONS_H

#include <perfev/abi.h>
#include <perfev/record_kinds.h>

#ifdef __cplusplus
extern "C" {
#endif

struct perfev_file;

/*
 * Sections that are lists. *at is all zero before the first call. Each returns 1 with *out filled,
 * 0 when none is left or there is no such section, or a negative errno as perfev_file_feature(),
 * and -EBADMSG for one that is malformed: the list ends there.
 */
struct perfev_feature_at {
	__u64 offset;
	__u32 row, rows, outer, inner;
	const char *text;
};

/* PERFEV_FEATURE_CMDLINE, an argument. */
int perfev_file_cmdline_next(struct perfev_file *file, struct perfev_feature_at *at,
			     const char **out);

/* EVENT_DESC. */
struct perfev_event_desc {
	struct perf_event_attr attr;
	const char *name;
	struct perfev_words ids;
};

int perfev_file_event_desc_next(struct perfev_file *file, struct perfev_feature_at *at,
				struct perfev_event_desc *out);

/* BUILD_ID; of misc, PERF_RECORD_MISC_CPUMODE_MASK says whose it is. */
struct perfev_build_id_entry {
	__s32 pid; /* of the guest, or -1 */
	__u16 misc;
	struct perfev_build_id build_id;
	struct perfev_text filename;
};

int perfev_file_build_id_next(struct perfev_file *file, struct perfev_feature_at *at,
			      struct perfev_build_id_entry *out);

/* CPU_TOPOLOGY: first sets of CPUs, as texts, then each CPU. */
struct perfev_topology_entry {
	const char *cpus; /* NULL: it is a CPU */
	const char *kind; /* of cpus: "package", "core", "die" */
	__u32 cpu, core, package;
	__s32 die; /* -1: not said */
};

int perfev_file_topology_next(struct perfev_file *file, struct perfev_feature_at *at,
			      struct perfev_topology_entry *out);

/* NUMA_TOPOLOGY. */
struct perfev_numa_entry {
	__u32 node;
	__u64 total_kib, free_kib;
	const char *cpus;
};

int perfev_file_numa_next(struct perfev_file *file, struct perfev_feature_at *at,
			  struct perfev_numa_entry *out);

/* PMU_MAPPINGS: what attr.type stands for. */
struct perfev_pmu_entry {
	__u32 type;
	const char *name;
};

int perfev_file_pmu_next(struct perfev_file *file, struct perfev_feature_at *at,
			 struct perfev_pmu_entry *out);

/* GROUP_DESC. */
struct perfev_group_entry {
	const char *name;
	__u32 leader; /* its event's number */
	__u32 count;  /* of events, with the leader */
};

int perfev_file_group_next(struct perfev_file *file, struct perfev_feature_at *at,
			   struct perfev_group_entry *out);

/* AUXTRACE: where PERFEV_RECORD_AUXTRACE lie in the file. */
struct perfev_auxtrace_entry {
	__u64 offset, size; /* of the record with what follows it */
};

int perfev_file_auxtrace_next(struct perfev_file *file, struct perfev_feature_at *at,
			      struct perfev_auxtrace_entry *out);

/* CACHE. */
struct perfev_cache_entry {
	__u32 level, line_bytes, sets, ways;
	const char *type, *size, *cpus;
};

int perfev_file_cache_next(struct perfev_file *file, struct perfev_feature_at *at,
			   struct perfev_cache_entry *out);

/* MEM_TOPOLOGY: which blocks of memory a node has, as bits. */
struct perfev_memory_entry {
	__u64 node, bits;
	struct perfev_words blocks;
};

int perfev_file_memory_next(struct perfev_file *file, struct perfev_feature_at *at,
			    struct perfev_memory_entry *out);

/* BPF_PROG_INFO: the kernel's struct bpf_prog_info, and what its pointers lead to. */
struct perfev_bpf_program {
	__u64 arrays; /* which of them there are in data */
	struct perfev_bytes info, data;
};

int perfev_file_bpf_program_next(struct perfev_file *file, struct perfev_feature_at *at,
				 struct perfev_bpf_program *out);

/* BPF_BTF. */
struct perfev_btf_entry {
	__u32 id;
	struct perfev_bytes data;
};

int perfev_file_btf_next(struct perfev_file *file, struct perfev_feature_at *at,
			 struct perfev_btf_entry *out);

/* PMU_CAPS, or, where a file has only that, CPU_PMU_CAPS. */
struct perfev_cap_entry {
	const char *pmu, *name, *value;
};

int perfev_file_cap_next(struct perfev_file *file, struct perfev_feature_at *at,
			 struct perfev_cap_entry *out);

/* HYBRID_TOPOLOGY. */
struct perfev_hybrid_entry {
	const char *pmu, *cpus;
};
int perfev_file_hybrid_next(struct perfev_file *file, struct perfev_feature_at *at,
			    struct perfev_hybrid_entry *out);

/* CPU_DOMAIN_INFO: the scheduler's domains of each CPU. */
struct perfev_domain_entry {
	__u32 cpu, domain;
	const char *name; /* or "", before schedstat version 17 */
	const char *cpumask, *cpus;
};

int perfev_file_domain_next(struct perfev_file *file, struct perfev_feature_at *at,
			    struct perfev_domain_entry *out);

/* SIMPLEPERF_META_INFO: what simpleperf says of the recording. */
struct perfev_meta_entry {
	const char *key, *value;
};
int perfev_file_meta_next(struct perfev_file *file, struct perfev_feature_at *at,
			  struct perfev_meta_entry *out);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_FILE_SECTIONS_H */
