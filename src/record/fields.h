/* SPDX-License-Identifier: MIT */
/*
 * The one table of records: for each kind, its fields in the order of the bytes, when each is there
 * and how long it is. Decoding, encoding, sizing, byte-swapping and printing all walk it, so that
 * none of them can know something that the others do not.
 */
#ifndef PERFEV_SRC_RECORD_FIELDS_H
#define PERFEV_SRC_RECORD_FIELDS_H

#include <perfev/names.h>
#include <perfev/record.h>

/* What a field is made of, in the bytes and in struct perfev_record. */
enum shape {
	SHAPE_U64,
	SHAPE_PAIR, /* two __u32, the second of which may be reserved */
	SHAPE_U32,
	SHAPE_U16,
	SHAPE_U8,
	SHAPE_PAD,           /* reserved bytes, in no field */
	SHAPE_BLOB,          /* a fixed number of bytes: an array */
	SHAPE_NAME,          /* a fixed number of bytes: struct perfev_text */
	SHAPE_NAME_CUT,      /* at most so many bytes, fewer where the record ends: likewise */
	SHAPE_TEXT,          /* all bytes that are left: struct perfev_text */
	SHAPE_REST,          /* all bytes that are left: struct perfev_bytes */
	SHAPE_SIZED,         /* a __u64 and so many bytes: struct perfev_bytes */
	SHAPE_SIZED_PADDED,  /* likewise; what follows them is padding */
	SHAPE_RAW,           /* a __u32 and so many bytes: struct perfev_bytes */
	SHAPE_WORDS,         /* a __u64 and so many of them: struct perfev_words */
	SHAPE_WORDS_REST,    /* all __u64 that are left: struct perfev_words */
	SHAPE_ROWS,          /* a __u64 and so many entries: struct perfev_rows */
	SHAPE_MACHINES,      /* an entry for each of those before, or none: struct perfev_rows */
	SHAPE_BUILD_ID,      /* a size in 4 bytes and 20 bytes: struct perfev_build_id */
	SHAPE_BUILD_ID_LAST, /* 20 bytes and a size in 4: likewise */
	SHAPE_VALUES,        /* by read_format: struct perfev_values */
	SHAPE_BRANCHES,      /* by branch_sample_type: struct perfev_branches */
	SHAPE_REGISTERS,     /* by a mask of the layout: struct perfev_registers */
	SHAPE_STACK,         /* struct perfev_stack */
	SHAPE_ATTR,          /* a perf_event_attr, which says its size: struct perfev_bytes */
	SHAPE_POKE,          /* the bytes of struct perfev_record_text_poke */
	SHAPE_CPU_MAP,       /* struct perfev_cpu_map */
	SHAPE_UPDATE,        /* the last fields of struct perfev_record_event_update */
};

/* When a field is there. */
enum when {
	WHEN_ALWAYS,
	WHEN_SAMPLE_TYPE, /* the event's sample_type has one of the bits */
	WHEN_MISC,        /* the record's misc has the bit */
	WHEN_NO_MISC,     /* it has not */
	WHEN_ROOM,        /* there are bytes left: older recorders end before */
	WHEN_ERROR_TIMED, /* PERFEV_RECORD_AUXTRACE_ERROR says in fmt that it has a time */
	WHEN_ERROR_GUEST, /* it says that it has a guest */
};

/* How a number is printed. */
enum style {
	STYLE_NUMBER,
	STYLE_HEX,
	STYLE_SET,     /* by its names in a set of the kernel's */
	STYLE_SIGNED,  /* ~0 is -1 */
	STYLE_CONTEXT, /* of callchains: addresses and PERF_CONTEXT_* */
};

struct field {
	const char *name;
	const char *second; /* of a pair, or NULL where that is reserved */
	enum shape shape;
	enum when when;
	enum style style;
	enum perfev_set set;
	__u16 at;   /* in struct perfev_record, or in the entry that a row becomes */
	__u16 size; /* bytes of what has a fixed number; the stride of rows */
	__u64 bits; /* of when */
	const struct field *columns; /* of rows, ended by one without a name */
};

/* A kind of record. */
struct kind {
	const char *name;
	const struct field *fields;
	unsigned int count;
};

/* Lends what is known of a type, or NULL. */
const struct kind *perfev_kind(__u32 type);

/* The kernel's kinds by their numbers, and user space's from 64 on. */
#define KERNEL_KINDS 23
#define USER_KINDS 23
#define FIRST_USER_KIND 64
extern const struct kind perfev_kernel_kinds[KERNEL_KINDS];
extern const struct kind perfev_user_kinds[USER_KINDS];

/* The fields of a sample, and of the trailer of other records, in their order. */
#define SAMPLE_FIELDS 25
#define TRAILER_FIELDS 6
extern const struct field perfev_sample_fields[SAMPLE_FIELDS];
extern const struct field perfev_trailer_fields[TRAILER_FIELDS];

/* Columns of rows, for those who read entries. */
extern const struct field perfev_namespace_columns[], perfev_id_columns[], perfev_machine_columns[],
	perfev_thread_columns[], perfev_term_columns[], perfev_bpf_columns[];

/* Decodes one entry of rows by its columns into a struct. Returns 1, or 0 past the end. */
int perfev_row_get(const struct perfev_rows *rows, __u32 i, const struct field *columns, void *out);

/* Whether a field is there; left is how many bytes the record still has. */
int perfev_field_is_there(const struct field *field, const struct perfev_record *record,
			  const struct perfev_layout *layout, size_t left);

/* The mask of a field of registers. */
__u64 perfev_field_mask(const struct field *field, const struct perfev_layout *layout);

/* Bytes that one value of a read takes. */
unsigned int perfev_value_bytes(__u64 read_format);

static inline void *perfev_field_of(struct perfev_record *record, const struct field *field)
{
	return (char *)record + field->at;
}

static inline const void *perfev_field_in(const struct perfev_record *record,
					  const struct field *field)
{
	return (const char *)record + field->at;
}

#endif
