/* SPDX-License-Identifier: MIT */
/*
 * perfev/record.h: records as bytes and records as fields, both ways: what the kernel writes into
 * rings and what perf.data holds besides.
 *
 * Nothing here allocates, copies, keeps state or calls the kernel. A decoded record is a view: its
 * texts, arrays and byte strings point into the bytes that it was decoded from and live as long as
 * these do. Every function may be called from any thread and from a signal handler, on bytes of any
 * alignment and in either byte order, and none reads past what it was given, whatever it holds.
 * See perfev_record(3).
 */
#ifndef PERFEV_RECORD_H
#define PERFEV_RECORD_H

#include <stddef.h>

#include <perfev/abi.h>
#include <perfev/record_kinds.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Records that the kernel never writes: programs put them into perf.data. */
enum perfev_user_record {
	PERFEV_RECORD_ATTR = 64,             /* an event's attribute and ids (in pipes) */
	PERFEV_RECORD_EVENT_TYPE = 65,       /* an event's name (before Linux 3.6) */
	PERFEV_RECORD_TRACING_DATA = 66,     /* formats of tracepoints follow it (in pipes) */
	PERFEV_RECORD_BUILD_ID = 67,         /* the build-id of a file */
	PERFEV_RECORD_FINISHED_ROUND = 68,   /* nothing older than two of these ago follows */
	PERFEV_RECORD_ID_INDEX = 69,         /* where the events of ids were open */
	PERFEV_RECORD_AUXTRACE_INFO = 70,    /* how a trace is to be decoded */
	PERFEV_RECORD_AUXTRACE = 71,         /* bytes of a trace follow it */
	PERFEV_RECORD_AUXTRACE_ERROR = 72,   /* what a trace's decoder could not make out */
	PERFEV_RECORD_THREAD_MAP = 73,       /* the threads that were recorded */
	PERFEV_RECORD_CPU_MAP = 74,          /* the CPUs that were recorded */
	PERFEV_RECORD_STAT_CONFIG = 75,      /* how counts were taken */
	PERFEV_RECORD_STAT = 76,             /* a count */
	PERFEV_RECORD_STAT_ROUND = 77,       /* the end of an interval of counts */
	PERFEV_RECORD_EVENT_UPDATE = 78,     /* an event's unit, scale, name or CPUs */
	PERFEV_RECORD_TIME_CONV = 79,        /* how the processor's clock is turned into times */
	PERFEV_RECORD_FEATURE = 80,          /* a section of the file's header (in pipes) */
	PERFEV_RECORD_COMPRESSED = 81,       /* records, compressed by zstd */
	PERFEV_RECORD_FINISHED_INIT = 82,    /* what was there before the recording is told */
	PERFEV_RECORD_COMPRESSED2 = 83,      /* likewise, with its length before the padding */
	PERFEV_RECORD_BPF_METADATA = 84,     /* what a BPF program says of itself */
	PERFEV_RECORD_SCHEDSTAT_CPU = 85,    /* the scheduler's statistics of a CPU */
	PERFEV_RECORD_SCHEDSTAT_DOMAIN = 86, /* and of its domains */
};

/* In misc of PERFEV_RECORD_BUILD_ID: the build-id's size is said. */
#define PERFEV_MISC_BUILD_ID_SIZE (1 << 15)

/*
 * How the records of one event are laid out: made once from its attribute by perfev_layout_init(),
 * read by all decoding. Memory of the caller's; what is not commented is the library's.
 */
struct perfev_layout {
	__u64 sample_type;          /* attr.sample_type */
	__u64 read_format;          /* attr.read_format */
	__u64 branch_sample_type;   /* attr.branch_sample_type */
	__u64 regs_user, regs_intr; /* attr.sample_regs_user and _intr */
	__u8 sample_id_all;         /* records that are no samples end with who and when */
	__u8 swapped;               /* not in this machine's byte order */
	__u8 big_endian;            /* recorded on such a machine */
	__u8 fixed;                 /* fields at the beginning of a sample that are one word each */
	__u8 trailer_bytes;
	__u8 field_count, trailer_count;
	__u8 id_from_start, id_from_end; /* of the id's word in samples and in others; 0: none */
	__u8 fields[32], trailer[8];
	__u16 at[16];
	__u16 array_at;
	__u32 alike_bytes;
};

/* Flags of perfev_layout_init(). */
#define PERFEV_LAYOUT_SWAPPED 1U /* the bytes are not in this machine's order */

/*
 * Makes a layout from an attribute in this machine's byte order. attr may be NULL: for records of
 * files that belong to no event.
 */
void perfev_layout_init(struct perfev_layout *layout, const struct perf_event_attr *attr,
			unsigned int flags);

/* A record. What its kind does not have is 0. */
struct perfev_record {
	__u32 type; /* enum perf_event_type or enum perfev_user_record */
	__u16 misc;
	__u16 size;        /* of all of it, with its header */
	const void *bytes; /* header and all, or NULL for one that was not decoded */
	const struct perfev_layout *layout; /* the caller's: it has to live as long as the record */
	/* Who and when: of a sample, or of the trailer that the others have (sample_id_all). */
	__u64 have; /* PERF_SAMPLE_*: what of these is said; of a sample, all that it has */
	__u32 pid, tid;
	__u64 time; /* nanoseconds of the event's clock */
	__u64 id;   /* of PERF_SAMPLE_ID or IDENTIFIER */
	__u64 stream_id;
	__u32 cpu, cpu_reserved;
	/* What follows the fields that are known: of newer kernels. The trailer is not in it. */
	struct perfev_bytes tail;
	/* Of a record that was refused: where in it, and at which field. */
	__u32 bad_offset;
	const char *bad_field;
	const struct perfev_layout *zeroed; /* the library's */
	__extension__ union {
		struct perfev_sample sample;
		struct perfev_record_mmap mmap;
		struct perfev_record_lost lost;
		struct perfev_record_comm comm;
		struct perfev_record_task task;
		struct perfev_record_throttle throttle;
		struct perfev_record_read read;
		struct perfev_record_aux aux;
		struct perfev_record_itrace_start itrace_start;
		struct perfev_record_switch context_switch;
		struct perfev_record_namespaces namespaces;
		struct perfev_record_ksymbol ksymbol;
		struct perfev_record_bpf_event bpf_event;
		struct perfev_record_cgroup cgroup;
		struct perfev_record_text_poke text_poke;
		struct perfev_record_aux_output_hw_id aux_output_hw_id;
		struct perfev_record_callchain_deferred callchain_deferred;
		struct perfev_record_attr attr;
		struct perfev_record_event_type event_type;
		struct perfev_record_tracing_data tracing_data;
		struct perfev_record_build_id build_id;
		struct perfev_record_id_index id_index;
		struct perfev_record_auxtrace_info auxtrace_info;
		struct perfev_record_auxtrace auxtrace;
		struct perfev_record_auxtrace_error auxtrace_error;
		struct perfev_record_thread_map thread_map;
		struct perfev_cpu_map cpu_map;
		struct perfev_record_stat_config stat_config;
		struct perfev_record_stat stat;
		struct perfev_record_stat_round stat_round;
		struct perfev_record_event_update event_update;
		struct perfev_record_time_conv time_conv;
		struct perfev_record_feature feature;
		struct perfev_record_compressed compressed;
		struct perfev_record_bpf_metadata bpf_metadata;
		struct perfev_record_schedstat schedstat;
	};
};

/* A record, all zero, to decode into: struct perfev_record record = PERFEV_RECORD_INIT; */
#define PERFEV_RECORD_INIT { 0 }

/*
 * Decodes the record at these bytes. *record must have been PERFEV_RECORD_INIT or decoded into
 * before: what need not be cleared again is not. A record of an unknown type has its bytes in tail.
 * Returns the record's size, or a negative errno:
 *   -ENODATA  the bytes end before the record does: fewer than 8, or than its size, which is set
 *             then, and nothing else
 *   -EBADMSG  its size or a count in it is a lie: bad_offset and bad_field say where
 */
int perfev_record_decode(struct perfev_record *record, const void *bytes, size_t length,
			 const struct perfev_layout *layout);

/*
 * Finds the id of the event that a record belongs to, without decoding it: for choosing a layout
 * where events differ. All must agree on where it is, as PERF_SAMPLE_IDENTIFIER has it; any of
 * their layouts will do.
 * Returns 1 with *id set, 0 when records of its type or of this layout have none, or an error of
 * perfev_record_decode().
 */
int perfev_record_id(const void *bytes, size_t length, const struct perfev_layout *layout,
		     __u64 *id);

/*
 * Encodes a record by a layout: type, misc, what its kind has, and tail; size and bytes are not
 * read. With length 0, bytes may be NULL: that says how long it is.
 * Returns its size, which is written only where it is not more than length, or a negative errno:
 *   -EINVAL   the record's type is unknown and bytes is NULL, or something in it contradicts the
 *             layout: other registers or values than it has; or it has branches or an attribute of
 *             the other byte order than the layout's
 *   -E2BIG    it is longer than a record can be, 65,535 bytes
 */
int perfev_record_encode(void *bytes, size_t length, const struct perfev_record *record,
			 const struct perfev_layout *layout);

/*
 * Writes a record as one line of text, every field by name: "MMAP2 pid=1 tid=1 addr=0x400000 ...".
 * Returns the length of the whole text; when that is size or more, the text was cut to fit (and is
 * still ended by a zero byte when size is not 0).
 */
int perfev_record_format(char *text, size_t size, const struct perfev_record *record);

/* Likewise, as a JSON object on one line. */
int perfev_record_format_json(char *text, size_t size, const struct perfev_record *record);

/* Returns what a type is called, "MMAP2", "FINISHED_ROUND", or NULL for one that is not known. */
const char *perfev_record_name(__u32 type);

/* Finds a type by its name, in capitals or not. Returns 1 with *type set, or 0. */
int perfev_record_find_name(const char *name, __u32 *type);

/* Returns number i of an array, or 0 past its end. */
static inline __u64 perfev_words_get(const struct perfev_words *words, __u32 i)
{
	__u64 word;

	if (i >= words->count)
		return 0;
	__builtin_memcpy(&word, (const char *)words->bytes + (size_t)i * 8, sizeof(word));
	return words->swapped ? __builtin_bswap64(word) : word;
}

/* One value of a read: see PERF_FORMAT_*. */
struct perfev_value {
	__u64 value;
	__u64 id;   /* 0 unless PERF_FORMAT_ID */
	__u64 lost; /* 0 unless PERF_FORMAT_LOST */
};

/* Each gives entry i. Returns 1 with *out filled, or 0 past the end. */
int perfev_values_get(const struct perfev_values *values, __u32 i, struct perfev_value *out);

/* One branch. */
struct perfev_branch {
	__u64 from, to;
	__u64 flags; /* as in struct perf_branch_entry, mispred in the lowest bit on any machine */
	__u64 counters; /* how often events occurred since the one before, or 0 */
	__u16 cycles;   /* since the one before, or 0: not known */
	__u8 type;      /* PERF_BR_*; PERF_BR_EXTEND_ABI: new_type says more */
	__u8 new_type;  /* PERF_BR_NEW_* */
	__u8 spec;      /* PERF_BR_SPEC_* */
	__u8 priv;      /* PERF_BR_PRIV_* */
	__u8 mispred, predicted, in_tx, abort;
};

int perfev_branches_get(const struct perfev_branches *branches, __u32 i, struct perfev_branch *out);

/* Gives a register by its number, PERF_REG_*. Returns 1, or 0 where the sample has it not. */
int perfev_registers_get(const struct perfev_registers *registers, unsigned int number,
			 __u64 *value);

/* One namespace; i is PERF_NR_NAMESPACES's *_NS_INDEX. */
struct perfev_namespace {
	__u64 dev, ino;
};

int perfev_namespace_get(const struct perfev_rows *links, __u32 i, struct perfev_namespace *out);

/* One id, and where its event was open. */
struct perfev_id_entry {
	__u64 id, idx, cpu, tid;
	__u64 machine_pid, vcpu; /* of a guest, else 0 */
};

int perfev_id_index_get(const struct perfev_record_id_index *index, __u32 i,
			struct perfev_id_entry *out);

struct perfev_thread_entry {
	__u64 pid;
	struct perfev_text comm;
};

int perfev_thread_map_get(const struct perfev_rows *threads, __u32 i,
			  struct perfev_thread_entry *out);

struct perfev_stat_term {
	__u64 tag, value;
};

int perfev_stat_config_get(const struct perfev_rows *terms, __u32 i, struct perfev_stat_term *out);

struct perfev_bpf_entry {
	struct perfev_text key, value;
};

int perfev_bpf_metadata_get(const struct perfev_rows *entries, __u32 i,
			    struct perfev_bpf_entry *out);

/*
 * Steps through the CPUs of a map, whichever way it is written. *position is 0 before the first
 * call. Returns 1 with *cpu set (-1: any CPU), or 0 when none is left.
 */
int perfev_cpu_map_next(const struct perfev_cpu_map *map, __u32 *position, int *cpu);

/*
 * Reads an attribute from bytes, as files and PERFEV_RECORD_ATTR hold it: of any size that a kernel
 * ever had or will have. What ours does not know is left out; out->size is what was there.
 * Returns the attribute's size, or a negative errno:
 *   -EBADMSG  its size is less than PERF_ATTR_SIZE_VER0 or more than length
 */
int perfev_attr_decode(struct perf_event_attr *out, const void *bytes, size_t length,
		       unsigned int flags);

/*
 * Writes an attribute of sizeof(*attr) bytes, with this machine's or the other byte order.
 * Returns sizeof(*attr), written only where it is not more than length.
 */
int perfev_attr_encode(void *bytes, size_t length, const struct perf_event_attr *attr,
		       unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_RECORD_H */
