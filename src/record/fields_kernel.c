/* SPDX-License-Identifier: MIT */
/*
 * The fields of the kernel's records, in the order in which kernel/events/core.c writes them. The
 * order of its documentation is another one for some.
 */
#include <stddef.h>

#include "fields.h"

#define AT(member) .at = offsetof(struct perfev_record, member)
#define U64(text, member) { .name = text, .shape = SHAPE_U64, AT(member) }
#define HEX64(text, member) { .name = text, .shape = SHAPE_U64, .style = STYLE_HEX, AT(member) }
#define PAIR(first, other, member)                                                                 \
	{ .name = first, .second = other, .shape = SHAPE_PAIR, .style = STYLE_SIGNED, AT(member) }
#define TEXT(text, member) { .name = text, .shape = SHAPE_TEXT, AT(member) }
#define OF_SET(of, text, kind, member)                                                             \
	{ .name = text,                                                                            \
	  .shape = SHAPE_##kind,                                                                   \
	  .style = STYLE_SET,                                                                      \
	  .set = PERFEV_SET_##of,                                                                  \
	  AT(member) }

/* A field of MMAP2 that one of its two forms has. */
#define BY_BUILD_ID(form, ...) { .when = form, .bits = PERF_RECORD_MISC_MMAP_BUILD_ID, __VA_ARGS__ }

#define KIND(number, table)                                                                        \
	[PERF_RECORD_##number] = { #number, table, sizeof(table) / sizeof((table)[0]) }

static const struct field fields_mmap[] = {
	PAIR("pid", "tid", mmap.pid), HEX64("addr", mmap.addr),        HEX64("len", mmap.len),
	HEX64("pgoff", mmap.pgoff),   TEXT("filename", mmap.filename),
};

static const struct field fields_mmap2[] = {
	PAIR("pid", "tid", mmap.pid),
	HEX64("addr", mmap.addr),
	HEX64("len", mmap.len),
	HEX64("pgoff", mmap.pgoff),
	BY_BUILD_ID(WHEN_NO_MISC, .name = "maj", .second = "min", .shape = SHAPE_PAIR,
		    AT(mmap.maj)),
	BY_BUILD_ID(WHEN_NO_MISC, .name = "ino", .shape = SHAPE_U64, AT(mmap.ino)),
	BY_BUILD_ID(WHEN_NO_MISC, .name = "ino_generation", .shape = SHAPE_U64,
		    AT(mmap.ino_generation)),
	BY_BUILD_ID(WHEN_MISC, .name = "build_id", .shape = SHAPE_BUILD_ID, AT(mmap.build_id)),
	{ .name = "prot",
	  .second = "flags",
	  .shape = SHAPE_PAIR,
	  .style = STYLE_HEX,
	  AT(mmap.prot) },
	TEXT("filename", mmap.filename),
};

static const struct field fields_lost[] = {
	U64("id", lost.id),
	U64("lost", lost.lost),
};

static const struct field fields_comm[] = {
	PAIR("pid", "tid", comm.pid),
	TEXT("comm", comm.comm),
};

/* FORK and EXIT. */
static const struct field fields_task[] = {
	PAIR("pid", "ppid", task.pid),
	PAIR("tid", "ptid", task.tid),
	U64("time", task.time),
};

/* THROTTLE and UNTHROTTLE. */
static const struct field fields_throttle[] = {
	U64("time", throttle.time),
	U64("id", throttle.id),
	U64("stream_id", throttle.stream_id),
};

static const struct field fields_read[] = {
	PAIR("pid", "tid", read.pid),
	{ .name = "read", .shape = SHAPE_VALUES, AT(read.values) },
};

static const struct field fields_aux[] = {
	HEX64("aux_offset", aux.offset),
	HEX64("aux_size", aux.size),
	OF_SET(AUX_FLAGS, "flags", U64, aux.flags),
};

static const struct field fields_itrace_start[] = {
	PAIR("pid", "tid", itrace_start.pid),
};

static const struct field fields_lost_samples[] = {
	U64("lost", lost.lost),
};

static const struct field fields_switch_cpu_wide[] = {
	PAIR("next_prev_pid", "next_prev_tid", context_switch.next_prev_pid),
};

const struct field perfev_namespace_columns[] = {
	{ .name = "dev", .shape = SHAPE_U64, .at = offsetof(struct perfev_namespace, dev) },
	{ .name = "ino", .shape = SHAPE_U64, .at = offsetof(struct perfev_namespace, ino) },
	{ .name = NULL },
};

static const struct field fields_namespaces[] = {
	PAIR("pid", "tid", namespaces.pid),
	{ .name = "namespaces",
	  .shape = SHAPE_ROWS,
	  .size = 16,
	  .columns = perfev_namespace_columns,
	  AT(namespaces.links) },
};

static const struct field fields_ksymbol[] = {
	HEX64("addr", ksymbol.addr),
	{ .name = "len", .shape = SHAPE_U32, AT(ksymbol.len) },
	OF_SET(KSYMBOL_TYPE, "ksym_type", U16, ksymbol.ksym_type),
	OF_SET(KSYMBOL_FLAGS, "flags", U16, ksymbol.flags),
	TEXT("name", ksymbol.name),
};

static const struct field fields_bpf_event[] = {
	OF_SET(BPF_EVENT, "type", U16, bpf_event.type),
	{ .name = "flags", .shape = SHAPE_U16, .style = STYLE_HEX, AT(bpf_event.flags) },
	{ .name = "id", .shape = SHAPE_U32, AT(bpf_event.id) },
	{ .name = "tag", .shape = SHAPE_BLOB, .size = 8, AT(bpf_event.tag) },
};

static const struct field fields_cgroup[] = {
	U64("id", cgroup.id),
	TEXT("path", cgroup.path),
};

static const struct field fields_text_poke[] = {
	HEX64("addr", text_poke.addr),
	{ .name = "old_len", .shape = SHAPE_U16, AT(text_poke.old_len) },
	{ .name = "new_len", .shape = SHAPE_U16, AT(text_poke.new_len) },
	{ .name = "bytes", .shape = SHAPE_POKE, AT(text_poke.bytes) },
};

static const struct field fields_aux_output_hw_id[] = {
	HEX64("hw_id", aux_output_hw_id.hw_id),
};

static const struct field fields_callchain_deferred[] = {
	HEX64("cookie", callchain_deferred.cookie),
	{ .name = "callchain",
	  .shape = SHAPE_WORDS,
	  .style = STYLE_CONTEXT,
	  AT(callchain_deferred.ips) },
};

const struct kind perfev_kernel_kinds[KERNEL_KINDS] = {
	KIND(MMAP, fields_mmap),
	KIND(LOST, fields_lost),
	KIND(COMM, fields_comm),
	KIND(EXIT, fields_task),
	KIND(THROTTLE, fields_throttle),
	KIND(UNTHROTTLE, fields_throttle),
	KIND(FORK, fields_task),
	KIND(READ, fields_read),
	KIND(SAMPLE, perfev_sample_fields),
	KIND(MMAP2, fields_mmap2),
	KIND(AUX, fields_aux),
	KIND(ITRACE_START, fields_itrace_start),
	KIND(LOST_SAMPLES, fields_lost_samples),
	[PERF_RECORD_SWITCH] = { "SWITCH", NULL, 0 },
	KIND(SWITCH_CPU_WIDE, fields_switch_cpu_wide),
	KIND(NAMESPACES, fields_namespaces),
	KIND(KSYMBOL, fields_ksymbol),
	KIND(BPF_EVENT, fields_bpf_event),
	KIND(CGROUP, fields_cgroup),
	KIND(TEXT_POKE, fields_text_poke),
	KIND(AUX_OUTPUT_HW_ID, fields_aux_output_hw_id),
	KIND(CALLCHAIN_DEFERRED, fields_callchain_deferred),
};
