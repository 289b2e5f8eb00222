/* SPDX-License-Identifier: MIT */
/*
 * perfev/record_kinds.h: what each kind of record holds, as fields. A part of perfev/record.h,
 * which includes it and says how long what is pointed to lives. See perfev_record(3).
 */
#ifndef PERFEV_RECORD_KINDS_H
#define PERFEV_RECORD_KINDS_H

#include <perfev/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a record has that lies in its bytes. count and length are true: the bytes are all there. */

/* A text, ended by a zero byte or by its room; what follows the zero byte is padding. */
struct perfev_text {
	const char *text;
	__u32 length; /* bytes before the zero byte */
	__u32 room;   /* bytes with it and the padding, all there; 0 in a new one: as needed */
};

/* Bytes whose meaning the record does not say. */
struct perfev_bytes {
	const void *bytes;
	__u64 length;
};

/* An array of 64-bit numbers: perfev_words_get(). */
struct perfev_words {
	const void *bytes;
	__u32 count;
	__u32 swapped; /* not in this machine's byte order */
};

/* An array of entries with several fields: perfev_*_get() of each kind. */
struct perfev_rows {
	const void *bytes;
	__u32 count;
	__u16 stride;
	__u16 swapped;
};

/* A build-id of size bytes, 20 of them at most; 0: there is none. */
struct perfev_build_id {
	__u8 bytes[20];
	__u8 size;
};

/* What PERF_SAMPLE_READ and PERF_RECORD_READ hold: one event's value or a group's. */
struct perfev_values {
	__u64 enabled_ns; /* 0 unless PERF_FORMAT_TOTAL_TIME_ENABLED */
	__u64 running_ns; /* 0 unless PERF_FORMAT_TOTAL_TIME_RUNNING */
	const void *bytes;
	__u32 count;
	__u16 format; /* PERF_FORMAT_* */
	__u16 swapped;
};

/* Registers of a sample: perfev_registers_get(). */
struct perfev_registers {
	__u64 abi;  /* enum perf_sample_regs_abi; PERF_SAMPLE_REGS_ABI_NONE: there are none */
	__u64 mask; /* which there are, as attr.sample_regs_user has it */
	struct perfev_words values;
};

/* Bytes of the user stack, from the stack pointer up. */
struct perfev_stack {
	struct perfev_bytes bytes; /* of which the kernel filled the first size */
	__u64 size;
};

/* A branch stack, the newest branch first: perfev_branches_get(). */
struct perfev_branches {
	__u64 hw_index; /* of the newest in the hardware's buffer, ~0: not known */
	const void *bytes;
	const void *counters; /* or NULL */
	__u32 count;
	__u8 has_hw_index;
	__u8 swapped;
	__u8 big_endian; /* recorded on such a machine: its bit-fields begin at the top */
};

/* PERF_RECORD_SAMPLE; what the event was not asked for is 0. */
struct perfev_sample {
	__u64 ip;
	__u64 addr;
	__u64 period;
	struct perfev_values read;
	struct perfev_words callchain; /* with PERF_CONTEXT_* in between */
	struct perfev_bytes raw;
	struct perfev_branches branches;
	struct perfev_registers user_regs;
	struct perfev_stack user_stack;
	__u64 weight; /* of PERF_SAMPLE_WEIGHT_STRUCT: var1_dw, var2_w, var3_w, from the low bits */
	__u64 data_src;
	__u64 transaction;
	struct perfev_registers intr_regs;
	__u64 phys_addr;
	__u64 cgroup;
	__u64 data_page_size;
	__u64 code_page_size;
	struct perfev_bytes aux;
};

/* PERF_RECORD_MMAP and MMAP2; of the former, the fields from maj on are 0. */
struct perfev_record_mmap {
	__u32 pid, tid;
	__u64 addr, len, pgoff;
	__u32 maj, min;
	__u64 ino, ino_generation;
	/* Instead of the last four, with PERF_RECORD_MISC_MMAP_BUILD_ID in misc. */
	struct perfev_build_id build_id;
	__u32 prot, flags;
	struct perfev_text filename;
};

/* PERF_RECORD_LOST, and LOST_SAMPLES, which has no id of its own. */
struct perfev_record_lost {
	__u64 id;
	__u64 lost;
};

struct perfev_record_comm {
	__u32 pid, tid;
	struct perfev_text comm;
};

/* PERF_RECORD_FORK and EXIT. */
struct perfev_record_task {
	__u32 pid, ppid;
	__u32 tid, ptid;
	__u64 time;
};

/* PERF_RECORD_THROTTLE and UNTHROTTLE. */
struct perfev_record_throttle {
	__u64 time;
	__u64 id;
	__u64 stream_id;
};

struct perfev_record_read {
	__u32 pid, tid;
	struct perfev_values values;
};

struct perfev_record_aux {
	__u64 offset, size;
	__u64 flags; /* PERF_AUX_FLAG_* */
};

struct perfev_record_itrace_start {
	__u32 pid, tid;
};

/* PERF_RECORD_SWITCH_CPU_WIDE; SWITCH has no fields. */
struct perfev_record_switch {
	__u32 next_prev_pid, next_prev_tid;
};

struct perfev_record_namespaces {
	__u32 pid, tid;
	struct perfev_rows links; /* perfev_namespace_get() */
};

struct perfev_record_ksymbol {
	__u64 addr;
	__u32 len;
	__u16 ksym_type; /* PERF_RECORD_KSYMBOL_TYPE_* */
	__u16 flags;     /* PERF_RECORD_KSYMBOL_FLAGS_* */
	struct perfev_text name;
};

struct perfev_record_bpf_event {
	__u16 type; /* enum perf_bpf_event_type */
	__u16 flags;
	__u32 id;
	__u8 tag[8];
};

struct perfev_record_cgroup {
	__u64 id;
	struct perfev_text path;
};

struct perfev_record_text_poke {
	__u64 addr;
	__u16 old_len, new_len;
	const void *bytes; /* old_len and then new_len of them */
};

struct perfev_record_aux_output_hw_id {
	__u64 hw_id;
};

struct perfev_record_callchain_deferred {
	__u64 cookie; /* behind PERF_CONTEXT_USER_DEFERRED in the samples that it completes */
	struct perfev_words ips;
};

struct perfev_record_attr {
	struct perfev_bytes attr; /* perfev_attr_decode() */
	struct perfev_words ids;
};

struct perfev_record_event_type {
	__u64 event_id;
	struct perfev_text name;
};

struct perfev_record_tracing_data {
	__u32 size; /* bytes that follow the record, with their padding to 8 */
};

struct perfev_record_build_id {
	__s32 pid; /* -1 for the kernel */
	struct perfev_build_id build_id;
	struct perfev_text filename;
};

struct perfev_record_id_index {
	struct perfev_rows entries;  /* perfev_id_index_get() */
	struct perfev_rows machines; /* of guests, one for each entry, or none */
};

struct perfev_record_auxtrace_info {
	__u32 type;
	struct perfev_words priv;
};

struct perfev_record_auxtrace {
	__u64 size; /* bytes that follow the record */
	__u64 offset, reference;
	__u32 idx, tid, cpu;
};

struct perfev_record_auxtrace_error {
	__u32 type, code, cpu, pid, tid, fmt;
	__u64 ip, time;
	struct perfev_text msg;
	__u32 machine_pid, vcpu;
};

struct perfev_record_thread_map {
	struct perfev_rows threads; /* perfev_thread_map_get() */
};

/* PERFEV_RECORD_CPU_MAP: perfev_cpu_map_next(). */
struct perfev_cpu_map {
	__u16 type; /* 0: numbers, 1: a mask, 2: a range */
	__u16 swapped;
	struct perfev_bytes data;
};

struct perfev_record_stat_config {
	struct perfev_rows terms; /* perfev_stat_config_get() */
};

struct perfev_record_stat {
	__u64 id;
	__u32 cpu, thread;
	__u64 value, enabled_ns, running_ns;
};

struct perfev_record_stat_round {
	__u64 type;
	__u64 time;
};

struct perfev_record_event_update {
	__u64 type; /* 0: the unit, 1: the scale, 2: the name, 3: the CPUs */
	__u64 id;
	struct perfev_text text; /* the unit or the name */
	double scale;
	struct perfev_cpu_map cpus;
};

struct perfev_record_time_conv {
	__u64 time_shift, time_mult, time_zero;
	__u64 time_cycles, time_mask;
	__u8 cap_user_time_zero, cap_user_time_short;
};

struct perfev_record_feature {
	__u64 id;
	struct perfev_bytes data;
};

/* PERFEV_RECORD_COMPRESSED and COMPRESSED2. */
struct perfev_record_compressed {
	struct perfev_bytes data;
};

struct perfev_record_bpf_metadata {
	struct perfev_text prog_name;
	struct perfev_rows entries; /* perfev_bpf_metadata_get() */
};

struct perfev_record_schedstat {
	__u64 timestamp;
	__u32 cpu;
	__u16 version;
	__u16 domain;
	struct perfev_bytes data;
};

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_RECORD_KINDS_H */
