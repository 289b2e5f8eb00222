/* SPDX-License-Identifier: MIT */
/*
 * Records' bytes written out by hand, one number after the other, as the kernel's structs have
 * them: for either byte order, by code that shares nothing with the library's.
 */
#ifndef PERFEV_TESTS_RECORD_SPEC_H
#define PERFEV_TESTS_RECORD_SPEC_H

#include <perfev/record.h>

/*
 * Writes the bytes that a text describes, on a machine of that byte order, and returns how many.
 * Words, with spaces between them:
 *   4:0x10     a number of so many bytes: 1, 2, 4 or 8
 *   8:1|2      one that is another where the machine is big-endian: of bit-fields
 *   t8:name    a text with zero bytes up to so many
 *   x:0a0b     bytes
 */
size_t spec_bytes(unsigned char *to, size_t room, const char *spec, int big_endian);

/* A record, and what is to come of it. */
struct spec {
	const char *bytes, *text, *json;
	__u64 sample_type, read_format, branch_sample_type, regs;
};

/*
 * Checks one, as recorded on machines of both byte orders: it is decoded to these lines, and
 * encoded to the same bytes.
 */
void check_spec(const struct spec *spec);

#endif
