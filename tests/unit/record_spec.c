/* SPDX-License-Identifier: MIT */
/* Bytes written out by hand, and records of them; see record_spec.h. */
#include "record_spec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "record_maker.h"
#include "support.h"

/* The number in a word, for this byte order; *end is where it ended. */
static unsigned long long number_in(const char *at, int big_endian, char **end)
{
	unsigned long long value = strtoull(at, end, 0);

	if (**end != '|')
		return value;
	return big_endian ? strtoull(*end + 1, end, 0) : (strtoull(*end + 1, end, 0), value);
}

size_t spec_bytes(unsigned char *to, size_t room, const char *spec, int big_endian)
{
	size_t length = 0;
	char *end;

	while (*spec) {
		const int kind = *spec == 't' ? *spec++ : *spec;
		size_t size = kind == 'x' ? 0 : strtoul(spec, &end, 10);

		spec = strchr(spec, ':') + 1;
		if (kind == 'x') {
			for (; isxdigit(spec[0]); spec += 2, length++)
				to[length] = (unsigned char)strtoul(
					(char[]){ spec[0], spec[1], '\0' }, NULL, 16);
		} else if (kind == 't') {
			size_t text = strcspn(spec, " ");

			assert_true(text <= size);
			memset(to + length, 0, size);
			memcpy(to + length, spec, text);
			spec += text;
			length += size;
		} else {
			unsigned long long value = number_in(spec, big_endian, &end);

			for (size_t i = 0; i < size; i++)
				to[length + (big_endian ? size - 1 - i : i)] =
					(unsigned char)(value >> 8 * i);
			spec = end;
			length += size;
		}
		assert_true(length <= room);
		assert_true(*spec == ' ' || *spec == '\0');
		spec += strspn(spec, " ");
	}
	return length;
}

static void check_order(const struct spec *spec, int big_endian)
{
	const int swapped = big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	struct perf_event_attr attr = attr_with(spec->sample_type);
	struct perfev_record record = PERFEV_RECORD_INIT;
	static unsigned char bytes[4096], again[4096];
	size_t length = spec_bytes(bytes, sizeof(bytes), spec->bytes, big_endian);
	struct perfev_layout layout;

	attr.read_format = spec->read_format;
	attr.branch_sample_type = spec->branch_sample_type;
	attr.sample_regs_user = spec->regs;
	attr.sample_regs_intr = spec->regs;
	attr.sample_id_all = spec->sample_type != 0;
	perfev_layout_init(&layout, &attr, swapped ? PERFEV_LAYOUT_SWAPPED : 0);
	assert_int_equal(perfev_record_decode(&record, bytes, length, &layout), length);
	assert_int_equal(record.have, record.type < PERFEV_RECORD_ATTR ? spec->sample_type : 0);
	assert_string_equal(record_text(&record), spec->text);
	assert_string_equal(record_json(&record), spec->json);
	assert_int_equal(perfev_record_encode(again, sizeof(again), &record, &layout), length);
	assert_memory_equal(again, bytes, length);
}

void check_spec(const struct spec *spec)
{
	check_order(spec, 0);
	check_order(spec, 1);
}
