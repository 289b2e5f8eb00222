/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a record of any event: it is refused, or can be read whole, printed, and written
 * again in both byte orders, and is then the same record.
 *
 * An input is how the event was opened, PLAN_BYTES of it, and the record.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include <perfev/record.h>

#include "json.h"

#define PLAN_BYTES 16
#define PLAN_SWAPPED 1
#define PLAN_SAMPLE_ID_ALL 2
#define PLAN_SIZE_AS_IT_IS 4
#define PLAN_ATTR 8 /* the bytes are an attribute */

/*
 * Printing and writing take a hundred times as long as decoding: a fuzzer does so with one input in
 * so many, the tests with all.
 */
#ifndef FUZZ_PRINTED
#define FUZZ_PRINTED 1
#endif

static __u64 touched; /* so that nothing that is read can be left out */
static char text[700000], json[700000], again[700000];
static unsigned char first[65536], second[65536], other[65536];

static __u64 number(const uint8_t *at, unsigned int bytes)
{
	__u64 value = 0;

	for (unsigned int i = 0; i < bytes; i++)
		value |= (__u64)at[i] << 8 * i;
	return value;
}

/* memcmp() is watched by the fuzzer, byte by byte. */
static int is_same(const void *a, const void *b, int length)
{
	const unsigned char *one = a, *other_one = b;
	unsigned char differs = 0;

	for (int i = 0; i < length; i++)
		differs |= one[i] ^ other_one[i];
	return !differs;
}

/* Whether an input is one of those that are printed and written, too: by what is in it. */
static int is_printed(const uint8_t *data, size_t size)
{
	__u32 sum = 2166136261U;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ data[i]) * 16777619U;
	return sum % FUZZ_PRINTED == 0;
}

static void plan_layout(const uint8_t *plan, struct perfev_layout *layout)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };

	attr.sample_id_all = (plan[0] & PLAN_SAMPLE_ID_ALL) != 0;
	attr.read_format = plan[1];
	attr.branch_sample_type = number(plan + 2, 3);
	attr.sample_type = number(plan + 5, 4);
	attr.sample_regs_user = number(plan + 9, 4);
	attr.sample_regs_intr = number(plan + 13, 3) << 41 | 1;
	perfev_layout_init(layout, &attr, plan[0] & PLAN_SWAPPED ? PERFEV_LAYOUT_SWAPPED : 0);
}

static void touch(const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		touched += ((const unsigned char *)bytes)[i];
}

static void use_sample(const struct perfev_sample *sample)
{
	struct perfev_branch branch;
	struct perfev_value value;
	__u64 found;
	__u32 i;

	for (i = 0; i <= sample->callchain.count; i++)
		touched += perfev_words_get(&sample->callchain, i);
	for (i = 0; perfev_values_get(&sample->read, i, &value); i++)
		touched += value.value + value.id + value.lost;
	CHECK(i == sample->read.count);
	for (i = 0; perfev_branches_get(&sample->branches, i, &branch); i++)
		touched += branch.from + branch.to + branch.flags + branch.counters;
	CHECK(i == sample->branches.count);
	for (i = 0; i < 70; i++) {
		touched += (__u64)perfev_registers_get(&sample->user_regs, i, &found) + found;
		touched += (__u64)perfev_registers_get(&sample->intr_regs, i, &found) + found;
	}
	CHECK(sample->user_stack.size <= sample->user_stack.bytes.length);
	touch(sample->raw.bytes, sample->raw.length);
	touch(sample->user_stack.bytes.bytes, sample->user_stack.bytes.length);
	touch(sample->aux.bytes, sample->aux.length);
}

/* Both texts: one line each, and the same wherever they are cut. */
static int print(const struct perfev_record *record, char *to, size_t size)
{
	int length = perfev_record_format(text, sizeof(text), record);

	CHECK(length > 0 && length < (int)sizeof(text) && text[length] == '\0');
	for (int i = 0; i < length; i++)
		CHECK((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
	length = perfev_record_format_json(to, size, record);
	CHECK(length > 0 && length < (int)size && to[length] == '\0');
	CHECK(json_is_valid(to, (size_t)length));
	CHECK(perfev_record_format_json(text, (size_t)length / 2, record) == length);
	CHECK(is_same(text, to, length / 2 - 1));
	return length;
}

/* The record as written in the other byte order is the same, where all of it can be turned. */
static void turn(const struct perfev_record *record, const uint8_t *plan, int length)
{
	struct perfev_record back = PERFEV_RECORD_INIT;
	struct perfev_layout turned;
	uint8_t flipped[PLAN_BYTES];
	int size;

	memcpy(flipped, plan, sizeof(flipped));
	flipped[0] ^= PLAN_SWAPPED;
	plan_layout(flipped, &turned);
	size = perfev_record_encode(other, sizeof(other), record, &turned);
	if (size < 0) {
		CHECK(size == -EINVAL);
		CHECK(record->type == PERFEV_RECORD_ATTR ||
		      turned.sample_type & PERF_SAMPLE_BRANCH_STACK);
		return;
	}
	CHECK(perfev_record_decode(&back, other, (size_t)size, &turned) == size);
	CHECK(print(&back, again, sizeof(again)) == length);
	CHECK(is_same(again, json, length));
}

static void write_again(const struct perfev_record *record, const uint8_t *plan,
			const struct perfev_layout *layout)
{
	static struct perfev_record back = PERFEV_RECORD_INIT;
	int length = print(record, json, sizeof(json));
	int size = perfev_record_encode(first, sizeof(first), record, layout);

	/* Padding may be added. */
	if (size == -E2BIG) {
		CHECK(record->size > 0xfff0);
		return;
	}
	CHECK(size >= 8);
	CHECK(perfev_record_decode(&back, first, (size_t)size, layout) == size);
	CHECK(print(&back, again, sizeof(again)) == length);
	CHECK(is_same(again, json, length));
	CHECK(perfev_record_encode(second, sizeof(second), &back, layout) == size);
	CHECK(is_same(first, second, size));
	turn(&back, plan, length);
}

static void decode_attr(const uint8_t *data, size_t size, unsigned int flags)
{
	struct perf_event_attr attr, back;
	int result = perfev_attr_decode(&attr, data, size, flags);

	CHECK(result == -EBADMSG || (result >= PERF_ATTR_SIZE_VER0 && (size_t)result <= size));
	if (result < 0)
		return;
	attr.size = sizeof(attr);
	CHECK(perfev_attr_encode(first, sizeof(first), &attr, flags) == sizeof(attr));
	CHECK(perfev_attr_decode(&back, first, sizeof(attr), flags) == sizeof(attr));
	CHECK(memcmp(&attr, &back, sizeof(attr)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct perfev_record record = PERFEV_RECORD_INIT;
	const uint8_t *plan = data;
	static uint8_t bytes[65535];
	struct perfev_layout layout;
	__u64 id = 0;
	int result, found;

	if (size < PLAN_BYTES || size > PLAN_BYTES + sizeof(bytes))
		return 0;
	data += PLAN_BYTES;
	size -= PLAN_BYTES;
	if (plan[0] & PLAN_ATTR) {
		decode_attr(data, size, plan[0] & PLAN_SWAPPED ? PERFEV_LAYOUT_SWAPPED : 0);
		return 0;
	}
	plan_layout(plan, &layout);
	/* Few mutations hit on the size by themselves. The last byte is that of the memory. */
	if (!(plan[0] & PLAN_SIZE_AS_IT_IS) && size >= 8) {
		uint8_t *copy = bytes + sizeof(bytes) - size;
		const __u16 whole = (__u16)size;

		memcpy(copy, data, size);
		memcpy(copy + 6, &whole, sizeof(whole));
		if (layout.swapped) {
			copy[6] = ((const uint8_t *)&whole)[1];
			copy[7] = ((const uint8_t *)&whole)[0];
		}
		data = copy;
	}
	result = perfev_record_decode(&record, data, size, &layout);
	found = perfev_record_id(data, size, &layout, &id);
	if (result < 0) {
		CHECK(result == -ENODATA || result == -EBADMSG);
		CHECK((result == -EBADMSG) == (record.bad_field != NULL));
		CHECK(record.bad_offset <= size);
		if (is_printed(plan, PLAN_BYTES + size))
			print(&record, json, sizeof(json));
		return 0;
	}
	CHECK(result >= 8 && (size_t)result <= size && record.size == result);
	if (record.type == PERF_RECORD_SAMPLE)
		use_sample(&record.sample);
	touch(record.tail.bytes, record.tail.length);
	CHECK(found >= 0);
	/* A hostile record may have two ids that differ. */
	if (found && (~layout.sample_type & (PERF_SAMPLE_ID | PERF_SAMPLE_IDENTIFIER)))
		CHECK(id == record.id);
	if (is_printed(plan, PLAN_BYTES + size))
		write_again(&record, plan, &layout);
	return 0;
}
