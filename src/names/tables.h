/* SPDX-License-Identifier: MIT */
/*
 * The shape of the generated tables. Names are told by their offset in perfev_names_text, so the
 * tables hold no pointer and need no relocation when a program starts.
 */
#ifndef PERFEV_SRC_NAMES_TABLES_H
#define PERFEV_SRC_NAMES_TABLES_H

#include <perfev/names.h>

struct name_row {
	__u64 value;
	__u32 since;
	__u16 name;  /* offset in perfev_names_text */
	__u16 brief; /* likewise */
};

struct set_row {
	__u16 title; /* offset in perfev_names_text */
	__u16 first; /* of its names in perfev_name_rows */
	__u16 count;
	__u16 kind; /* enum perfev_set_kind */
};

/* Bit-fields begin at the least significant bit on little-endian machines, else at the most. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FIELD_SHIFT(size, first, width) (first)
#else
#define FIELD_SHIFT(size, first, width) (8 * (size) - (first) - (width))
#endif

/*
 * Steps to the next field that lies within attr->size and is, of those that share a place, the one
 * that is meant; *number is 0 before the first call. Returns NULL at the end.
 */
const struct perfev_field *perfev_attr_next(const struct perf_event_attr *attr,
					    unsigned int *number);

extern const char perfev_names_text[];
extern const struct name_row perfev_name_rows[];
extern const struct set_row perfev_set_rows[]; /* of PERFEV_SET_NONE + 1 and on */
extern const unsigned int perfev_set_count;
extern const struct perfev_field perfev_fields[];
extern const unsigned int perfev_field_count;

#endif
