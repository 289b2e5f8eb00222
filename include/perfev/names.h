/* SPDX-License-Identifier: MIT */
/*
 * perfev/names.h: the names of the kernel's constants and of the fields of perf_event_attr, from
 * value to name and from name to value, and attributes as readable text.
 *
 * Nothing here allocates, keeps state or calls the kernel: every function may be called from any
 * thread and from a signal handler. See perfev_names(3).
 */
#ifndef PERFEV_NAMES_H
#define PERFEV_NAMES_H

#include <stddef.h>

#include <perfev/abi.h>
#include <perfev/sets.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How the names of a set are put together. */
enum perfev_set_kind {
	PERFEV_SET_KIND_ENUM = 1,  /* one name is the value: PERF_RECORD_MMAP2 */
	PERFEV_SET_KIND_FLAGS = 2, /* names are or-ed: PERF_SAMPLE_IP | PERF_SAMPLE_TID */
	PERFEV_SET_KIND_BITS = 3,  /* a name is the number of a bit in a mask: PERF_REG_X86_AX */
};

/* One name of a set. */
struct perfev_name {
	const char *name;  /* the kernel's: "PERF_SAMPLE_CALLCHAIN" */
	const char *brief; /* without what the whole set shares: "CALLCHAIN" */
	__u64 value;
	__u32 since; /* the first release that has it, as PERFEV_KERNEL() writes one */
};

/*
 * Says how the names of a set are put together.
 * Returns an enum perfev_set_kind, or -EINVAL when there is no such set.
 */
int perfev_set_kind(enum perfev_set set);

/* Returns what a set is called, "sample_type", or NULL when there is no such set. */
const char *perfev_set_title(enum perfev_set set);

/*
 * Steps through the names of a set in the kernel's order. *position is 0 before the first call and
 * is moved on by each.
 * Returns 1 with *out filled, 0 when none is left, -EINVAL when there is no such set.
 */
int perfev_set_next(enum perfev_set set, unsigned int *position, struct perfev_name *out);

/*
 * Finds the name of exactly this value: of the value itself in an enumeration, of one flag in a set
 * of flags, of a bit's number in a set of bits. Of two names for a value, the kernel's first.
 * Returns 1 with *out filled, 0 when the value has no name, -EINVAL when there is no such set.
 */
int perfev_set_find_value(enum perfev_set set, __u64 value, struct perfev_name *out);

/*
 * Finds a name, whole or brief, in capitals or not: "PERF_SAMPLE_IP", "IP", "ip".
 * Returns 1 with *out filled, 0 when the set has no such name, -EINVAL when there is no such set.
 */
int perfev_set_find_name(enum perfev_set set, const char *name, struct perfev_name *out);

/* Returns the kernel's name of a value, "PERF_RECORD_MMAP2", or NULL when it has none. */
const char *perfev_set_name(enum perfev_set set, __u64 value);

/* Returns the brief name of a value, "MMAP2", or NULL when it has none. */
const char *perfev_set_brief(enum perfev_set set, __u64 value);

/*
 * Writes a value as text: "MMAP2" in an enumeration, "IP|TID|CALLCHAIN" for flags and for masks of
 * bits, "0" when no flag is set. What has no name is written as a number: "IP|0x4000000".
 * perfev_set_parse() takes the text back.
 * Returns the length of the whole text without its final zero byte; when that is size or more, the
 * text was cut to fit (and is still ended by a zero byte when size is not 0). -EINVAL when there is
 * no such set.
 */
int perfev_set_format(char *text, size_t size, enum perfev_set set, __u64 value);

/*
 * Reads a value from text: names, whole or brief, in capitals or not, and numbers (decimal, or
 * hexadecimal with 0x), joined by '|' in sets of flags and bits; spaces around them do not matter.
 * Where the text is wrong, *wrong (which may be NULL) is the offset of the first byte that is.
 * Returns 0 with *value set, -EINVAL for text that is no value of this set or when there is no such
 * set, -ERANGE for a number of more than 64 bits.
 */
int perfev_set_parse(enum perfev_set set, const char *text, __u64 *value, size_t *wrong);

/* One field of struct perf_event_attr. Fields that share a place (unions) are listed each. */
struct perfev_field {
	char name[28];       /* as in the struct: "sample_period" */
	enum perfev_set set; /* the names of its values; PERFEV_SET_NONE when they have none */
	__u32 since;         /* the first release that has it, as PERFEV_KERNEL() writes one */
	__u16 offset;        /* bytes from the start of the struct to the integer that holds it */
	__u8 size;           /* bytes of that integer: 2, 4 or 8 */
	__u8 shift;          /* bits from the integer's least significant one, on this machine */
	__u8 width;          /* bits of the field */
	__u8 is_signed;      /* 1 when the value is signed (clockid) */
};

/* Returns the field with that number, from 0 in the struct's order, or NULL past the last. */
const struct perfev_field *perfev_field_get(unsigned int number);

/* Returns the field of that name, or NULL. */
const struct perfev_field *perfev_field_find(const char *name);

/* Returns a field's value, sign-extended where the field is signed. */
__u64 perfev_field_read(const struct perfev_field *field, const struct perf_event_attr *attr);

/*
 * Sets a field.
 * Returns 0, or -ERANGE when the value does not fit into the field's width; attr is then unchanged.
 */
int perfev_field_write(const struct perfev_field *field, struct perf_event_attr *attr, __u64 value);

/* In perfev_need.since: something that this library does not know, newer than PERFEV_ABI_KERNEL. */
#define PERFEV_NEED_UNKNOWN 0xffffffffU

/* The newest thing that an attribute asks for. */
struct perfev_need {
	__u32 since;   /* the first release that knows all of it, as PERFEV_KERNEL() writes one */
	char what[60]; /* what needs that release: "sigtrap", "sample_type CGROUP" */
};

/*
 * Finds the oldest kernel that knows everything set in attr (its fields, flags and values): a
 * kernel's age is necessary, not sufficient, since a machine may lack what its kernel knows.
 * Bytes of attr past attr->size are not looked at; an attr->size of 0 counts as the first one
 * published, 64.
 */
void perfev_attr_need(const struct perf_event_attr *attr, struct perfev_need *need);

/*
 * Writes an attribute as one line of text: the fields that are set, by name, their values by name
 * where they have any, and the kernel that it needs:
 *
 *     type=SOFTWARE config=TASK_CLOCK read_format=ID|GROUP disabled inherit (needs Linux 2.6.32)
 *
 * Of fields that share a place, the one that type and the other fields choose is written. What
 * this library has no name for is written as a number, never left out.
 * Returns the length of the whole text, as perfev_set_format() does.
 */
int perfev_attr_format(char *text, size_t size, const struct perf_event_attr *attr);

/*
 * Writes a release, as PERFEV_KERNEL() makes one, as text: "4.1", "2.6.32".
 * Returns the length of the whole text, as perfev_set_format() does.
 */
int perfev_release_format(char *text, size_t size, __u32 release);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_NAMES_H */
