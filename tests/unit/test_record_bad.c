/* SPDX-License-Identifier: MIT */
/*
 * Records that are not what they say: cut off, with sizes and counts that lie, longer than what is
 * known, of unknown types. Nothing is read past their end, and nothing is left of what was there.
 */
#include <errno.h>
#include <string.h>

#include "record_maker.h"
#include "record_spec.h"
#include "support.h"

static struct perfev_layout layout;
static struct perf_event_attr attr;
static struct perfev_record record;

/* Says in the header that the record has this size. */
static void set_size(unsigned char *bytes, __u16 size)
{
	const int big = layout.swapped != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);

	bytes[6] = (unsigned char)(big ? size >> 8 : size);
	bytes[7] = (unsigned char)(big ? size : size >> 8);
}

/* What is not said to be wrong is read whole: all of it must be there. */
static void use(const struct perfev_record *decoded)
{
	struct perfev_branch branch;
	struct perfev_value value;
	__u64 number;

	record_text(decoded);
	record_json(decoded);
	perfev_record_encode(NULL, 0, decoded, decoded->layout);
	if (decoded->type != PERF_RECORD_SAMPLE)
		return;
	assert_int_equal(perfev_branches_get(&decoded->sample.branches,
					     decoded->sample.branches.count, &branch),
			 0);
	assert_int_equal(
		perfev_values_get(&decoded->sample.read, decoded->sample.read.count, &value), 0);
	assert_int_equal(
		perfev_words_get(&decoded->sample.callchain, decoded->sample.callchain.count), 0);
	for (unsigned int i = 0; i < 70; i++)
		perfev_registers_get(&decoded->sample.user_regs, i, &number);
}

/* Types that end wherever the bytes do: a shorter one is another record, and so is a longer one. */
static int is_open_ended(__u32 type)
{
	static const char *const open[] = {
		"MMAP",
		"MMAP2",
		"COMM",
		"KSYMBOL",
		"CGROUP",
		"ATTR",
		"EVENT_TYPE",
		"BUILD_ID",
		"ID_INDEX",
		"AUXTRACE_INFO",
		"AUXTRACE_ERROR",
		"CPU_MAP",
		"EVENT_UPDATE",
		"TIME_CONV",
		"FEATURE",
		"COMPRESSED",
		"COMPRESSED2",
		"SCHEDSTAT_CPU",
		"SCHEDSTAT_DOMAIN",
	};

	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		if (strcmp(open[i], perfev_record_name(type)) == 0)
			return 1;
	return 0;
}

/* Every length from nothing to all but one, with the size of the whole and with its own. */
static void cut_off(const unsigned char *bytes, int size)
{
	static unsigned char copy[65536];
	struct perfev_record back = PERFEV_RECORD_INIT;
	__u64 id;

	memcpy(copy, bytes, (size_t)size);
	for (int length = 0; length < size; length++) {
		const void *at = at_the_edge(copy, (size_t)length);
		int result;

		assert_int_equal(perfev_record_decode(&back, at, (size_t)length, &layout),
				 -ENODATA);
		assert_int_equal(back.size, length < 8 ? 0 : size);
		assert_int_equal(back.type, 0);
		assert_int_equal(perfev_record_id(at, (size_t)length, &layout, &id), -ENODATA);
		if (length < 8)
			continue;
		set_size(copy, (__u16)length);
		at = at_the_edge(copy, (size_t)length);
		set_size(copy, (__u16)size);
		result = perfev_record_decode(&back, at, (size_t)length, &layout);
		if (!is_open_ended(record.type))
			assert_int_equal(result, -EBADMSG);
		if (result == -EBADMSG) {
			assert_in_range(back.bad_offset, 8, length);
			assert_non_null(back.bad_field);
		} else {
			assert_int_equal(result, length);
		}
		use(&back);
		result = perfev_record_id(at, (size_t)length, &layout, &id);
		assert_true(result == 0 || result == 1 || result == -EBADMSG);
		/* Neither is anything read before its content. */
		assert_true(length >= 16 || result != 1);
	}
	set_size(copy, (__u16)size);
	assert_int_equal(
		perfev_record_decode(&back, at_the_edge(copy, (size_t)size), (size_t)size, &layout),
		size);
	use(&back);
	for (int lie = 0; lie < 8; lie++) {
		set_size(copy, (__u16)lie);
		assert_int_equal(perfev_record_decode(&back, copy, (size_t)size, &layout),
				 -EBADMSG);
		assert_string_equal(back.bad_field, "size");
		assert_int_equal(perfev_record_id(copy, (size_t)size, &layout, &id), -EBADMSG);
	}
}

static void cut_off_type(__u32 type)
{
	const unsigned char *bytes;
	int size;

	if (type == PERF_RECORD_SAMPLE)
		return;
	record_make(&record, type, &layout);
	/* Its padding may lack. */
	if (type == PERF_RECORD_TEXT_POKE)
		record.text_poke.old_len = record.text_poke.new_len = 2;
	size = record_round_trip(&record, &layout, &bytes);
	cut_off(bytes, size);
}

static void every_record_that_is_cut_off_is_refused(void **state)
{
	(void)state;
	random_begin(20);
	attr = attr_with(PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_IDENTIFIER);
	for (unsigned int i = 0; i < 4; i++) {
		attr.sample_id_all = i < 2;
		perfev_layout_init(&layout, &attr, i & 1 ? PERFEV_LAYOUT_SWAPPED : 0);
		for_each_type(cut_off_type);
	}
}

static void every_sample_that_is_cut_off_is_refused(void **state)
{
	const unsigned char *bytes;
	int size;

	(void)state;
	random_begin(21);
	for (__u64 bit = 1; bit <= PERF_SAMPLE_MAX; bit <<= 1) {
		attr = attr_with(bit == PERF_SAMPLE_MAX ? ALL_SAMPLE_BITS : bit);
		/* Whether there is an index is told by the size. */
		attr.branch_sample_type &= ~(__u64)PERF_SAMPLE_BRANCH_HW_INDEX;
		perfev_layout_init(&layout, &attr, bit & 0x5555 ? PERFEV_LAYOUT_SWAPPED : 0);
		record_make(&record, PERF_RECORD_SAMPLE, &layout);
		size = record_round_trip(&record, &layout, &bytes);
		cut_off(bytes, size);
	}
}

/* A record with a number in it that lies: where, and what it is called. */
static void refused(const char *spec, __u64 sample_type, __u32 offset, const char *field)
{
	unsigned char bytes[4096];
	size_t length =
		spec_bytes(bytes, sizeof(bytes), spec, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);

	attr = attr_with(sample_type);
	attr.read_format = PERF_FORMAT_GROUP;
	attr.branch_sample_type = 0;
	attr.sample_regs_user = 7;
	attr.sample_id_all = 0;
	perfev_layout_init(&layout, &attr, 0);
	assert_int_equal(perfev_record_decode(&record, at_the_edge(bytes, length), length, &layout),
			 -EBADMSG);
	assert_string_equal(record.bad_field, field);
	assert_int_equal(record.bad_offset, offset);
	assert_int_equal(record.size, length);
	use(&record);
}

static void counts_that_lie_are_refused_where_they_stand(void **state)
{
	(void)state;
	refused("4:9 2:0 2:24 8:2 8:1", PERF_SAMPLE_CALLCHAIN, 16, "callchain");
	refused("4:9 2:0 2:24 8:0xffffffffffffffff 8:1", PERF_SAMPLE_CALLCHAIN, 16, "callchain");
	refused("4:9 2:0 2:24 8:0x2000000000000001 8:1", PERF_SAMPLE_CALLCHAIN, 16, "callchain");
	refused("4:9 2:0 2:24 8:2 8:1", PERF_SAMPLE_READ, 16, "read");
	refused("4:9 2:0 2:24 8:0x2000000000000001 8:1", PERF_SAMPLE_READ, 16, "read");
	refused("4:9 2:0 2:24 4:13 4:1 8:1", PERF_SAMPLE_RAW, 12, "raw");
	refused("4:9 2:0 2:24 4:0xffffffff 4:1 8:1", PERF_SAMPLE_RAW, 12, "raw");
	refused("4:9 2:0 2:24 8:1 8:1", PERF_SAMPLE_BRANCH_STACK, 16, "branches");
	refused("4:9 2:0 2:24 8:0x0aaaaaaaaaaaaaab 8:1", PERF_SAMPLE_BRANCH_STACK, 16, "branches");
	refused("4:9 2:0 2:32 8:2 8:1 8:2", PERF_SAMPLE_REGS_USER, 16, "user_regs");
	refused("4:9 2:0 2:24 8:9 8:1", PERF_SAMPLE_STACK_USER, 16, "user_stack");
	refused("4:9 2:0 2:32 8:8 8:1 8:9", PERF_SAMPLE_STACK_USER, 24, "user_stack");
	refused("4:9 2:0 2:24 8:0xfffffffffffffff8 8:1", PERF_SAMPLE_AUX, 16, "aux");
	refused("4:16 2:0 2:40 4:1 4:1 8:2 8:1 8:1", 0, 24, "namespaces");
	refused("4:16 2:0 2:40 4:1 4:1 8:0x1000000000000001 8:1 8:1", 0, 24, "namespaces");
	refused("4:20 2:0 2:24 8:1 2:3 2:2 4:0", 0, 20, "bytes");
	refused("4:22 2:0 2:32 8:1 8:2 8:3", 0, 24, "callchain");
	refused("4:10 2:0x4000 2:80 4:1 4:1 8:0 8:0 8:0 1:21 t23:x 4:5 4:2 t8:x", 0, 40,
		"build_id");
	refused("4:67 2:0x8000 2:44 4:1 t20:x 1:255 t3: t8:x", 0, 32, "build_id");
	refused("4:64 2:0 2:72 4:1 4:72 t56:", 0, 8, "attr");
	refused("4:64 2:0 2:72 4:1 4:63 t56:", 0, 8, "attr");
	refused("4:69 2:0 2:56 8:1 8:7 8:0 8:3 8:1 8:1", 0, 48, "machines");
	refused("4:73 2:0 2:24 8:1 8:1", 0, 16, "threads");
	refused("4:83 2:0 2:24 8:9 8:1", 0, 16, "data");
}

/* What is longer than it need be keeps the rest, whatever trailer follows. */
static void lengthen(__u32 type)
{
	struct perfev_record back = PERFEV_RECORD_INIT;
	unsigned char bytes[4096];
	int size;

	if (is_open_ended(type))
		return;
	for (unsigned int length = 1; length < 20; length++) {
		record_make(&record, type, &layout);
		/* Padding is taken first. */
		if (type == PERF_RECORD_TEXT_POKE)
			record.text_poke.old_len = record.text_poke.new_len = 2;
		if (type == PERF_RECORD_SAMPLE)
			while (!record.sample.branches.count)
				record_make(&record, type, &layout);
		record.tail.bytes = "more than is known of";
		record.tail.length = length;
		assert_true(record_round_trip(&record, &layout, NULL) > 8);
		size = perfev_record_encode(bytes, sizeof(bytes), &record, &layout);
		assert_int_equal(perfev_record_decode(&back, bytes, (size_t)size, &layout), size);
		assert_int_equal(back.tail.length, length);
		assert_memory_equal(back.tail.bytes, "more than is known of", length);
	}
}

static void longer_records_keep_their_tail(void **state)
{
	(void)state;
	random_begin(22);
	attr = attr_with(ALL_SAMPLE_BITS);
	perfev_layout_init(&layout, &attr, 0);
	for_each_type(lengthen);
	perfev_layout_init(&layout, &attr, PERFEV_LAYOUT_SWAPPED);
	for_each_type(lengthen);
}

/* Whether two records were decoded to the same, but for what the library keeps for itself. */
static void assert_same(struct perfev_record *a, struct perfev_record *b)
{
	a->zeroed = b->zeroed = NULL;
	assert_memory_equal(a, b, sizeof(*a));
}

static void nothing_is_left_of_the_record_before(void **state)
{
	static unsigned char bytes[8][65536];
	static const struct perf_event_attr none;
	struct perfev_layout layouts[8];
	struct perf_event_attr attrs[8];
	int sizes[8];

	(void)state;
	random_begin(23);
	for (unsigned int i = 0; i < 8; i++) {
		attrs[i] = i == 7 ? none : attr_with(random_word() & ALL_SAMPLE_BITS);
		perfev_layout_init(&layouts[i], &attrs[i], 0);
		record_make(&record, i == 6 ? PERF_RECORD_MMAP2 : PERF_RECORD_SAMPLE, &layouts[i]);
		sizes[i] = perfev_record_encode(bytes[i], sizeof(bytes[i]), &record, &layouts[i]);
	}
	for (int i = 0; i < 3000; i++) {
		const __u32 one = random_below(8);
		size_t length = (size_t)sizes[one];
		struct perfev_record fresh = PERFEV_RECORD_INIT;
		int result;

		/* Some are refused in their middle. */
		if (random_below(4) == 0 && length > 16) {
			__u16 cut = (__u16)(8 + random_below((__u32)length - 8));
			unsigned char copy[65536];

			memcpy(copy, bytes[one], length);
			layout = layouts[one];
			set_size(copy, cut);
			result = perfev_record_decode(&record, copy, length, &layouts[one]);
			if (result == -EBADMSG)
				assert_null(record.sample.callchain.bytes);
			perfev_record_decode(&fresh, copy, length, &layouts[one]);
		} else {
			result = perfev_record_decode(&record, bytes[one], length, &layouts[one]);
			perfev_record_decode(&fresh, bytes[one], length, &layouts[one]);
			assert_int_equal(result, length);
		}
		if (random_below(2)) {
			struct perfev_record copy = record;

			assert_same(&copy, &fresh);
		}
	}
}

static void unknown_types_pass_through(void **state)
{
	const __u32 types[] = { 0, PERF_RECORD_MAX, 63, 87, 1000, ~0U };
	struct perfev_record back = PERFEV_RECORD_INIT;
	unsigned char bytes[64], again[64];

	(void)state;
	attr = attr_with(PERF_SAMPLE_TID);
	perfev_layout_init(&layout, &attr, 0);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const size_t trailer = types[i] < 64 ? 8 : 0;
		struct perf_event_header header = { .type = types[i], .misc = 0xffff, .size = 29 };

		memset(bytes, 0x5a, sizeof(bytes));
		memcpy(bytes, &header, sizeof(header));
		assert_int_equal(perfev_record_decode(&back, at_the_edge(bytes, 29), 29, &layout),
				 29);
		assert_int_equal(back.tail.length, 21 - trailer);
		assert_int_equal(back.pid, trailer ? 0x5a5a5a5a : 0);
		assert_int_equal(perfev_record_encode(again, sizeof(again), &back, &layout), 29);
		assert_memory_equal(again, bytes, 29);
		use(&back);
		/* Nobody can make one up. */
		back.bytes = NULL;
		assert_int_equal(perfev_record_encode(again, sizeof(again), &back, &layout),
				 -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_that_is_cut_off_is_refused),
		cmocka_unit_test(every_sample_that_is_cut_off_is_refused),
		cmocka_unit_test(counts_that_lie_are_refused_where_they_stand),
		cmocka_unit_test(longer_records_keep_their_tail),
		cmocka_unit_test(nothing_is_left_of_the_record_before),
		cmocka_unit_test(unknown_types_pass_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
