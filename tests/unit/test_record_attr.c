/* SPDX-License-Identifier: MIT */
/*
 * Attributes in bytes: of every size that a kernel had and of larger ones, and of both byte orders,
 * where the bit-fields of the other one begin at the other end.
 */
#include <perfev/names.h>

#include <errno.h>
#include <string.h>

#include "record_maker.h"
#include "record_spec.h"
#include "support.h"

#define HERE_BIG (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

static const unsigned int sizes[] = { 64, 72, 80, 96, 104, 112, 120, 128, 136, 144 };
#define SIZE_COUNT (sizeof(sizes) / sizeof(sizes[0]))

/*
 * disabled is bit 0, exclude_kernel 5, freq 10, precise_ip 15 and 16 (of which this is 2), mmap2 23
 * and clockid the word behind sample_regs_user: from the lowest bit, or from the highest.
 */
static const char first_published[] =
	"4:4 4:64 8:0x3c 8:4000 8:0x107 8:4 8:0x810421|0x8421010000000000 4:1 4:0 8:0";
static const char of_linux_3_11[] =
	"4:4 4:96 8:0x3c 8:4000 8:0x107 8:4 8:0x810421|0x8421010000000000 4:1 4:0 8:0 8:0 8:3 "
	"8:0xff 4:4096 4:0xfffffffd";

static void check_first(const struct perf_event_attr *attr)
{
	assert_int_equal(attr->type, PERF_TYPE_RAW);
	assert_int_equal(attr->config, 0x3c);
	assert_int_equal(attr->sample_period, 4000);
	assert_int_equal(attr->sample_type, 0x107);
	assert_int_equal(attr->read_format, PERF_FORMAT_ID);
	assert_int_equal(attr->disabled, 1);
	assert_int_equal(attr->inherit, 0);
	assert_int_equal(attr->exclude_kernel, 1);
	assert_int_equal(attr->freq, 1);
	assert_int_equal(attr->precise_ip, 2);
	assert_int_equal(attr->mmap2, 1);
	assert_int_equal(attr->comm_exec, 0);
	assert_int_equal(attr->wakeup_events, 1);
}

static void attributes_of_both_byte_orders_are_read(void **state)
{
	unsigned char bytes[256];

	(void)state;
	for (int big = 0; big < 2; big++) {
		const unsigned int flags = big == HERE_BIG ? 0 : PERFEV_LAYOUT_SWAPPED;
		struct perf_event_attr attr;

		assert_int_equal(spec_bytes(bytes, sizeof(bytes), first_published, big), 64);
		assert_int_equal(perfev_attr_decode(&attr, bytes, 64, flags), 64);
		assert_int_equal(attr.size, 64);
		check_first(&attr);
		assert_int_equal(spec_bytes(bytes, sizeof(bytes), of_linux_3_11, big), 96);
		assert_int_equal(perfev_attr_decode(&attr, bytes, 96, flags), 96);
		check_first(&attr);
		assert_int_equal(attr.branch_sample_type, 3);
		assert_int_equal(attr.sample_regs_user, 0xff);
		assert_int_equal(attr.sample_stack_user, 4096);
		assert_int_equal(attr.clockid, -3);
		assert_int_equal(attr.sample_regs_intr, 0);
	}
}

static void attributes_of_both_byte_orders_are_written(void **state)
{
	unsigned char bytes[256], wanted[256];

	(void)state;
	for (int big = 0; big < 2; big++) {
		const unsigned int flags = big == HERE_BIG ? 0 : PERFEV_LAYOUT_SWAPPED;
		struct perf_event_attr attr;

		memset(wanted, 0, sizeof(wanted));
		spec_bytes(wanted, sizeof(wanted), of_linux_3_11, big);
		assert_int_equal(perfev_attr_decode(&attr, wanted, 96, flags), 96);
		assert_int_equal(perfev_attr_encode(NULL, 0, &attr, flags), sizeof(attr));
		assert_int_equal(perfev_attr_encode(bytes, sizeof(bytes), &attr, flags),
				 sizeof(attr));
		/* It is as long now as it says. */
		spec_bytes(wanted + 4, 4, "4:144", big);
		assert_int_equal(sizeof(attr), 144);
		assert_memory_equal(bytes, wanted, sizeof(attr));
	}
}

/* Every field of the struct alone, there and back. */
static void every_field_comes_back(void **state)
{
	const struct perfev_field *field;

	(void)state;
	for (unsigned int i = 0; (field = perfev_field_get(i)); i++) {
		const __u64 ones = ~0ULL >> (64 - field->width);
		const __u64 values[] = { ones, 1, 1ULL << (field->width - 1) };

		for (unsigned int n = 0; n < 3 && strcmp(field->name, "size") != 0; n++) {
			struct perf_event_attr attr, back;
			__u64 value = values[n];
			unsigned char bytes[sizeof(attr) + 1], other[sizeof(attr)];

			if (field->is_signed && value >> (field->width - 1))
				value |= ~ones;
			memset(&attr, 0, sizeof(attr));
			attr.size = sizeof(attr);
			assert_int_equal(perfev_field_write(field, &attr, value), 0);
			perfev_attr_encode(bytes + 1, sizeof(attr), &attr, PERFEV_LAYOUT_SWAPPED);
			assert_int_equal(perfev_attr_decode(&back, bytes + 1, sizeof(attr),
							    PERFEV_LAYOUT_SWAPPED),
					 sizeof(attr));
			assert_memory_equal(&back, &attr, sizeof(attr));
			perfev_attr_encode(other, sizeof(attr), &attr, 0);
			assert_memory_equal(other, &attr, sizeof(attr));
		}
	}
}

static void attributes_of_every_size_are_read(void **state)
{
	unsigned char bytes[0x10000];

	(void)state;
	for (int big = 0; big < 2; big++)
		for (size_t i = 0; i <= SIZE_COUNT + 1; i++) {
			const unsigned int size = i < SIZE_COUNT  ? sizes[i] :
						  i == SIZE_COUNT ? 152 :
								    0xffff;
			const unsigned int flags = big == HERE_BIG ? 0 : PERFEV_LAYOUT_SWAPPED;
			struct perf_event_attr attr;

			memset(bytes, 0, sizeof(bytes));
			spec_bytes(bytes, 64, first_published, big);
			memset(bytes + 64, 0x11, size - 64);
			bytes[big ? 7 : 4] = (unsigned char)size;
			bytes[big ? 6 : 5] = (unsigned char)(size >> 8);
			assert_int_equal(
				perfev_attr_decode(&attr, at_the_edge(bytes, size), size, flags),
				size);
			assert_int_equal(attr.size, size);
			check_first(&attr);
			assert_int_equal(attr.config2, size >= 72 ? 0x1111111111111111ULL : 0);
			assert_int_equal(attr.config3, size >= 136 ? 0x1111111111111111ULL : 0);
			assert_int_equal(attr.config4, size >= 144 ? 0x1111111111111111ULL : 0);
			assert_int_equal(perfev_attr_decode(&attr, at_the_edge(bytes, size - 1),
							    size - 1, flags),
					 -EBADMSG);
		}
}

static void sizes_that_no_attribute_has_are_refused(void **state)
{
	unsigned char bytes[256] = { 0 };
	struct perf_event_attr attr;

	(void)state;
	for (size_t length = 0; length < 64; length++)
		assert_int_equal(perfev_attr_decode(&attr, at_the_edge(bytes, length), length, 0),
				 -EBADMSG);
	/* The very first kernels left it at 0. */
	assert_int_equal(perfev_attr_decode(&attr, bytes, sizeof(bytes), 0), 64);
	for (__u32 size = 1; size < 64; size++) {
		memcpy(bytes + 4, &size, sizeof(size));
		assert_int_equal(perfev_attr_decode(&attr, bytes, sizeof(bytes), 0), -EBADMSG);
	}
	for (__u32 size = 257; size; size <<= 1) {
		memcpy(bytes + 4, &size, sizeof(size));
		assert_int_equal(perfev_attr_decode(&attr, bytes, sizeof(bytes), 0), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_of_both_byte_orders_are_read),
		cmocka_unit_test(attributes_of_both_byte_orders_are_written),
		cmocka_unit_test(every_field_comes_back),
		cmocka_unit_test(attributes_of_every_size_are_read),
		cmocka_unit_test(sizes_that_no_attribute_has_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
