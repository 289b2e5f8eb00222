/* SPDX-License-Identifier: MIT */
/* The fields of records that programs put into perf.data, as linux-perf writes them. */
#include <stddef.h>

#include "fields.h"

#define AT(member) .at = offsetof(struct perfev_record, member)
#define U64(text, member) { .name = text, .shape = SHAPE_U64, AT(member) }
#define HEX64(text, member) { .name = text, .shape = SHAPE_U64, .style = STYLE_HEX, AT(member) }
#define U32(text, member) { .name = text, .shape = SHAPE_U32, AT(member) }
#define PAD(bytes) { .name = "", .shape = SHAPE_PAD, .size = bytes }
#define COLUMN(text, form, row, member, ...)                                                       \
	{ .name = text, .shape = form, .at = offsetof(struct row, member), __VA_ARGS__ }
#define ROWS(text, bytes, table, member)                                                           \
	{ .name = text, .shape = SHAPE_ROWS, .size = bytes, .columns = table, AT(member) }

#define KIND(number, table)                                                                        \
	[PERFEV_RECORD_##number -                                                                  \
		FIRST_USER_KIND] = { #number, table, sizeof(table) / sizeof((table)[0]) }
#define BARE(number) [PERFEV_RECORD_##number - FIRST_USER_KIND] = { #number, NULL, 0 }

static const struct field fields_attr[] = {
	{ .name = "attr", .shape = SHAPE_ATTR, AT(attr.attr) },
	{ .name = "ids", .shape = SHAPE_WORDS_REST, AT(attr.ids) },
};

/* Recorders leave out what of the name's 64 bytes it does not need. */
static const struct field fields_event_type[] = {
	U64("event_id", event_type.event_id),
	{ .name = "name", .shape = SHAPE_NAME_CUT, .size = 64, AT(event_type.name) },
};

static const struct field fields_tracing_data[] = {
	U32("size", tracing_data.size),
};

static const struct field fields_build_id[] = {
	{ .name = "pid", .shape = SHAPE_U32, .style = STYLE_SIGNED, AT(build_id.pid) },
	{ .name = "build_id", .shape = SHAPE_BUILD_ID_LAST, AT(build_id.build_id) },
	{ .name = "filename", .shape = SHAPE_TEXT, AT(build_id.filename) },
};

const struct field perfev_id_columns[] = {
	COLUMN("id", SHAPE_U64, perfev_id_entry, id, .style = STYLE_NUMBER),
	COLUMN("idx", SHAPE_U64, perfev_id_entry, idx, .style = STYLE_NUMBER),
	COLUMN("cpu", SHAPE_U64, perfev_id_entry, cpu, .style = STYLE_SIGNED),
	COLUMN("tid", SHAPE_U64, perfev_id_entry, tid, .style = STYLE_SIGNED),
	{ .name = NULL },
};

const struct field perfev_machine_columns[] = {
	COLUMN("machine_pid", SHAPE_U64, perfev_id_entry, machine_pid, .style = STYLE_NUMBER),
	COLUMN("vcpu", SHAPE_U64, perfev_id_entry, vcpu, .style = STYLE_NUMBER),
	{ .name = NULL },
};

static const struct field fields_id_index[] = {
	ROWS("entries", 32, perfev_id_columns, id_index.entries),
	{ .name = "machines",
	  .shape = SHAPE_MACHINES,
	  .size = 16,
	  .columns = perfev_machine_columns,
	  AT(id_index.machines) },
};

static const struct field fields_auxtrace_info[] = {
	U32("type", auxtrace_info.type),
	PAD(4),
	{ .name = "priv", .shape = SHAPE_WORDS_REST, .style = STYLE_HEX, AT(auxtrace_info.priv) },
};

static const struct field fields_auxtrace[] = {
	HEX64("size", auxtrace.size),
	HEX64("offset", auxtrace.offset),
	HEX64("reference", auxtrace.reference),
	U32("idx", auxtrace.idx),
	{ .name = "tid", .shape = SHAPE_U32, .style = STYLE_SIGNED, AT(auxtrace.tid) },
	{ .name = "cpu", .shape = SHAPE_U32, .style = STYLE_SIGNED, AT(auxtrace.cpu) },
	PAD(4),
};

/* The message ends the record where no guest follows it. */
static const struct field fields_auxtrace_error[] = {
	U32("type", auxtrace_error.type),
	U32("code", auxtrace_error.code),
	{ .name = "cpu", .shape = SHAPE_U32, .style = STYLE_SIGNED, AT(auxtrace_error.cpu) },
	{ .name = "pid", .shape = SHAPE_U32, .style = STYLE_SIGNED, AT(auxtrace_error.pid) },
	{ .name = "tid", .shape = SHAPE_U32, .style = STYLE_SIGNED, AT(auxtrace_error.tid) },
	U32("fmt", auxtrace_error.fmt),
	HEX64("ip", auxtrace_error.ip),
	{ .name = "time", .shape = SHAPE_U64, .when = WHEN_ERROR_TIMED, AT(auxtrace_error.time) },
	{ .name = "msg", .shape = SHAPE_NAME_CUT, .size = 64, AT(auxtrace_error.msg) },
	{ .name = "machine_pid",
	  .shape = SHAPE_U32,
	  .when = WHEN_ERROR_GUEST,
	  AT(auxtrace_error.machine_pid) },
	{ .name = "vcpu", .shape = SHAPE_U32, .when = WHEN_ERROR_GUEST, AT(auxtrace_error.vcpu) },
};

const struct field perfev_thread_columns[] = {
	COLUMN("pid", SHAPE_U64, perfev_thread_entry, pid, .style = STYLE_SIGNED),
	COLUMN("comm", SHAPE_NAME, perfev_thread_entry, comm, .size = 16),
	{ .name = NULL },
};

static const struct field fields_thread_map[] = {
	ROWS("threads", 24, perfev_thread_columns, thread_map.threads),
};

static const struct field fields_cpu_map[] = {
	{ .name = "cpus", .shape = SHAPE_CPU_MAP, AT(cpu_map) },
};

const struct field perfev_term_columns[] = {
	COLUMN("tag", SHAPE_U64, perfev_stat_term, tag, .style = STYLE_NUMBER),
	COLUMN("value", SHAPE_U64, perfev_stat_term, value, .style = STYLE_NUMBER),
	{ .name = NULL },
};

static const struct field fields_stat_config[] = {
	ROWS("terms", 16, perfev_term_columns, stat_config.terms),
};

static const struct field fields_stat[] = {
	U64("id", stat.id),
	{ .name = "cpu", .shape = SHAPE_U32, .style = STYLE_SIGNED, AT(stat.cpu) },
	{ .name = "thread", .shape = SHAPE_U32, .style = STYLE_SIGNED, AT(stat.thread) },
	U64("value", stat.value),
	U64("enabled", stat.enabled_ns),
	U64("running", stat.running_ns),
};

static const struct field fields_stat_round[] = {
	U64("type", stat_round.type),
	U64("time", stat_round.time),
};

static const struct field fields_event_update[] = {
	U64("type", event_update.type),
	U64("id", event_update.id),
	{ .name = "data", .shape = SHAPE_UPDATE, AT(event_update) },
};

/* The last four came with Linux 5.10. */
static const struct field fields_time_conv[] = {
	U64("time_shift", time_conv.time_shift),
	U64("time_mult", time_conv.time_mult),
	U64("time_zero", time_conv.time_zero),
	{ .name = "time_cycles", .shape = SHAPE_U64, .when = WHEN_ROOM, AT(time_conv.time_cycles) },
	{ .name = "time_mask",
	  .shape = SHAPE_U64,
	  .when = WHEN_ROOM,
	  .style = STYLE_HEX,
	  AT(time_conv.time_mask) },
	{ .name = "cap_user_time_zero",
	  .shape = SHAPE_U8,
	  .when = WHEN_ROOM,
	  AT(time_conv.cap_user_time_zero) },
	{ .name = "cap_user_time_short",
	  .shape = SHAPE_U8,
	  .when = WHEN_ROOM,
	  AT(time_conv.cap_user_time_short) },
	{ .name = "", .shape = SHAPE_PAD, .when = WHEN_ROOM, .size = 6 },
};

static const struct field fields_feature[] = {
	U64("id", feature.id),
	{ .name = "data", .shape = SHAPE_REST, AT(feature.data) },
};

static const struct field fields_compressed[] = {
	{ .name = "data", .shape = SHAPE_REST, AT(compressed.data) },
};

static const struct field fields_compressed2[] = {
	{ .name = "data", .shape = SHAPE_SIZED_PADDED, AT(compressed.data) },
};

const struct field perfev_bpf_columns[] = {
	COLUMN("key", SHAPE_NAME, perfev_bpf_entry, key, .size = 64),
	COLUMN("value", SHAPE_NAME, perfev_bpf_entry, value, .size = 256),
	{ .name = NULL },
};

static const struct field fields_bpf_metadata[] = {
	{ .name = "prog_name", .shape = SHAPE_NAME, .size = 512, AT(bpf_metadata.prog_name) },
	ROWS("entries", 320, perfev_bpf_columns, bpf_metadata.entries),
};

/* SCHEDSTAT_CPU has two reserved bytes where the other has a domain. */
static const struct field fields_schedstat[] = {
	U64("timestamp", schedstat.timestamp),
	U32("cpu", schedstat.cpu),
	{ .name = "version", .shape = SHAPE_U16, AT(schedstat.version) },
	{ .name = "domain", .shape = SHAPE_U16, AT(schedstat.domain) },
	{ .name = "data", .shape = SHAPE_REST, AT(schedstat.data) },
};

const struct kind perfev_user_kinds[USER_KINDS] = {
	KIND(ATTR, fields_attr),
	KIND(EVENT_TYPE, fields_event_type),
	KIND(TRACING_DATA, fields_tracing_data),
	KIND(BUILD_ID, fields_build_id),
	BARE(FINISHED_ROUND),
	KIND(ID_INDEX, fields_id_index),
	KIND(AUXTRACE_INFO, fields_auxtrace_info),
	KIND(AUXTRACE, fields_auxtrace),
	KIND(AUXTRACE_ERROR, fields_auxtrace_error),
	KIND(THREAD_MAP, fields_thread_map),
	KIND(CPU_MAP, fields_cpu_map),
	KIND(STAT_CONFIG, fields_stat_config),
	KIND(STAT, fields_stat),
	KIND(STAT_ROUND, fields_stat_round),
	KIND(EVENT_UPDATE, fields_event_update),
	KIND(TIME_CONV, fields_time_conv),
	KIND(FEATURE, fields_feature),
	KIND(COMPRESSED, fields_compressed),
	BARE(FINISHED_INIT),
	KIND(COMPRESSED2, fields_compressed2),
	KIND(BPF_METADATA, fields_bpf_metadata),
	KIND(SCHEDSTAT_CPU, fields_schedstat),
	KIND(SCHEDSTAT_DOMAIN, fields_schedstat),
};
