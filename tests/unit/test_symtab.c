/* SPDX-License-Identifier: MIT */
/*
 * Symbols by address: which of several is kept, how far those without a size reach, and that what
 * is found is what going through all of them finds.
 */
#include "../../src/symbol/symtab.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#define FUNCTION (SYMTAB_GLOBAL | SYMTAB_FUNCTION)

static void add(struct symtab *symtab, __u64 address, __u64 size, const char *name, __u32 rank)
{
	assert_int_equal(perfev_symtab_add(symtab, address, size, name, strlen(name), rank), 0);
}

static const char *found(const struct symtab *symtab, __u64 address)
{
	long number = perfev_symtab_find(symtab, address);

	return number < 0 ? "none" : perfev_symtab_name(symtab, (__u32)number);
}

static void the_best_of_those_at_one_address_is_kept(void **state)
{
	static const struct {
		const char *better, *worse;
		__u64 better_size, worse_size;
		__u32 better_rank, worse_rank;
	} pairs[] = {
		{ "sized_label", "function", 4, 0, SYMTAB_LOCAL, FUNCTION },
		{ "global", "weak", 4, 4, FUNCTION, SYMTAB_WEAK | SYMTAB_FUNCTION },
		{ "weak", "local", 4, 4, SYMTAB_WEAK, SYMTAB_LOCAL | SYMTAB_FUNCTION },
		{ "function", "label", 4, 4, FUNCTION, SYMTAB_GLOBAL },
		{ "read", "__libc_read", 4, 4, FUNCTION, FUNCTION },
		{ "_longer", "_long", 4, 4, FUNCTION, FUNCTION },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		for (int turned = 0; turned < 2; turned++) {
			struct symtab symtab = { 0 };

			add(&symtab, 9, 1, "first", FUNCTION);
			if (!turned)
				add(&symtab, 0x10, pairs[i].better_size, pairs[i].better,
				    pairs[i].better_rank);
			add(&symtab, 0x10, pairs[i].worse_size, pairs[i].worse,
			    pairs[i].worse_rank);
			if (turned)
				add(&symtab, 0x10, pairs[i].better_size, pairs[i].better,
				    pairs[i].better_rank);
			assert_int_equal(perfev_symtab_sort(&symtab, 0x20), 0);
			assert_int_equal(symtab.count, 2);
			assert_string_equal(found(&symtab, 0x10), pairs[i].better);
			perfev_symtab_free(&symtab);
		}
	}
}

static void what_has_no_size_reaches_to_what_comes_next(void **state)
{
	struct symtab symtab = { 0 };

	(void)state;
	add(&symtab, 0x500, 0, "last", FUNCTION);
	add(&symtab, 0x100, 0, "before_function", FUNCTION);
	add(&symtab, 0x200, 0x10, "function", FUNCTION);
	add(&symtab, 0x300, 0, "before_border", FUNCTION);
	assert_int_equal(perfev_symtab_add_border(&symtab, 0x380), 0);
	assert_int_equal(perfev_symtab_add_border(&symtab, 0x180), 0);
	assert_int_equal(perfev_symtab_add_border(&symtab, 0x300), 0);
	assert_int_equal(perfev_symtab_sort(&symtab, 0x600), 0);
	assert_string_equal(found(&symtab, 0xff), "none");
	assert_string_equal(found(&symtab, 0x100), "before_function");
	assert_string_equal(found(&symtab, 0x17f), "before_function");
	assert_string_equal(found(&symtab, 0x180), "none");
	assert_string_equal(found(&symtab, 0x20f), "function");
	assert_string_equal(found(&symtab, 0x210), "none");
	assert_string_equal(found(&symtab, 0x37f), "before_border");
	assert_string_equal(found(&symtab, 0x380), "none");
	assert_string_equal(found(&symtab, 0x5ff), "last");
	assert_string_equal(found(&symtab, 0x600), "none");
	perfev_symtab_free(&symtab);
}

static void labels_do_not_cut_functions_that_have_a_size(void **state)
{
	struct symtab symtab = { 0 };

	(void)state;
	add(&symtab, 0x100, 0x100, "function", FUNCTION);
	add(&symtab, 0x140, 0, "label", SYMTAB_LOCAL);
	add(&symtab, 0x180, 0, "entry", SYMTAB_LOCAL | SYMTAB_FUNCTION);
	add(&symtab, 0x200, 0, "outside", SYMTAB_LOCAL);
	assert_int_equal(perfev_symtab_sort(&symtab, 0x300), 0);
	assert_string_equal(found(&symtab, 0x140), "function");
	assert_string_equal(found(&symtab, 0x180), "entry");
	assert_string_equal(found(&symtab, 0x200), "outside");
	perfev_symtab_free(&symtab);
}

static void what_lies_in_another_is_found_and_the_other_behind_it(void **state)
{
	struct symtab symtab = { 0 };

	(void)state;
	add(&symtab, 0x100, 0x100, "outer", FUNCTION);
	add(&symtab, 0x120, 0x40, "inner", FUNCTION);
	add(&symtab, 0x130, 0x10, "innermost", FUNCTION);
	add(&symtab, 0x170, 0x10, "beside", FUNCTION);
	assert_int_equal(perfev_symtab_sort(&symtab, 0x200), 0);
	assert_string_equal(found(&symtab, 0x11f), "outer");
	assert_string_equal(found(&symtab, 0x12f), "inner");
	assert_string_equal(found(&symtab, 0x13f), "innermost");
	assert_string_equal(found(&symtab, 0x140), "inner");
	assert_string_equal(found(&symtab, 0x160), "outer");
	assert_string_equal(found(&symtab, 0x170), "beside");
	assert_string_equal(found(&symtab, 0x1ff), "outer");
	assert_string_equal(found(&symtab, 0x200), "none");
	perfev_symtab_free(&symtab);
}

static void ends_of_memory_are_no_ends_of_sizes(void **state)
{
	struct symtab symtab = { 0 };

	(void)state;
	add(&symtab, UINT64_MAX - 0x10, UINT64_MAX, "top", FUNCTION);
	add(&symtab, 0, 1, "bottom", FUNCTION);
	add(&symtab, 0x8000000000000000, 0, "middle", FUNCTION);
	assert_int_equal(perfev_symtab_sort(&symtab, 0), 0);
	assert_string_equal(found(&symtab, 0), "bottom");
	assert_string_equal(found(&symtab, 1), "none");
	assert_string_equal(found(&symtab, 0x7fffffffffffffff), "none");
	assert_string_equal(found(&symtab, UINT64_MAX - 0x11), "middle");
	assert_string_equal(found(&symtab, UINT64_MAX - 1), "top");
	perfev_symtab_free(&symtab);
}

static void more_may_be_added_to_what_was_sorted(void **state)
{
	struct symtab symtab = { 0 };

	(void)state;
	assert_int_equal(perfev_symtab_sort(&symtab, 0), 0);
	assert_string_equal(found(&symtab, 0), "none");
	add(&symtab, 0x200, 0x10, "second", FUNCTION);
	assert_int_equal(perfev_symtab_sort(&symtab, 0x300), 0);
	assert_true(symtab.is_sorted);
	add(&symtab, 0x100, 0x10, "first", FUNCTION);
	add(&symtab, 0x204, 0x4, "within", FUNCTION);
	assert_false(symtab.is_sorted);
	assert_int_equal(perfev_symtab_sort(&symtab, 0x300), 0);
	assert_string_equal(found(&symtab, 0x10f), "first");
	assert_string_equal(found(&symtab, 0x204), "within");
	assert_string_equal(found(&symtab, 0x208), "second");
	for (__u32 i = 0; i < symtab.count; i++)
		assert_null(symtab.found[i]);
	perfev_symtab_free(&symtab);
}

static void names_of_a_table_are_taken_once(void **state)
{
	static const char names[] = "\0read\0write";
	struct symtab symtab = { 0 };
	__u32 base;

	(void)state;
	assert_int_equal(perfev_symtab_add_names(&symtab, names, sizeof(names) - 1, &base), 0);
	assert_int_equal(perfev_symtab_add_at(&symtab, 0x10, 4, base + 6, FUNCTION), 0);
	assert_int_equal(perfev_symtab_add_at(&symtab, 0x20, 4, base + 1, FUNCTION), 0);
	assert_int_equal(perfev_symtab_add_at(&symtab, 0x30, 4, base + 7, FUNCTION), 0);
	assert_int_equal(perfev_symtab_sort(&symtab, 0x40), 0);
	assert_int_equal(symtab.names_bytes, sizeof(names));
	assert_string_equal(found(&symtab, 0x10), "write");
	assert_string_equal(found(&symtab, 0x20), "read");
	assert_string_equal(found(&symtab, 0x30), "rite");
	/* Places of names have 32 bits: what does not fit is refused, whatever it would take. */
	assert_int_equal(perfev_symtab_add_names(&symtab, NULL, UINT32_MAX, &base), -ENOMEM);
	assert_int_equal(perfev_symtab_add_names(&symtab, NULL, SIZE_MAX, &base), -ENOMEM);
	perfev_symtab_free(&symtab);
}

/* What find is for, without any cleverness. */
static long find_slowly(const struct symtab *symtab, __u64 address)
{
	long best = -1;

	for (__u32 i = 0; i < symtab->count; i++)
		if (address >= symtab->entries[i].address &&
		    address - symtab->entries[i].address < symtab->entries[i].size)
			best = i;
	return best;
}

static void what_is_found_is_what_going_through_all_finds(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 300; round++) {
		unsigned int shift = (unsigned int)rand() % 56, count = (unsigned int)rand() % 200;
		struct symtab symtab = { 0 };

		for (unsigned int i = 0; i < count; i++)
			add(&symtab, (__u64)(rand() % 256) << shift,
			    (__u64)(rand() % 40) << (rand() % 2 ? shift : 0), "name",
			    (__u32)rand() % 8);
		assert_int_equal(perfev_symtab_sort(&symtab, 256ULL << shift), 0);
		for (__u32 i = 1; i < symtab.count; i++)
			assert_true(symtab.entries[i - 1].address < symtab.entries[i].address);
		for (int i = 0; i < 500; i++) {
			__u64 address = (__u64)(rand() % 260) << shift;

			address += (__u64)(rand() % 3 - 1);
			assert_int_equal(perfev_symtab_find(&symtab, address),
					 find_slowly(&symtab, address));
		}
		perfev_symtab_free(&symtab);
	}
}

/* A million symbols, in an order and with addresses that no linker would give them. */
static void many_symbols_take_room_for_no_more(void **state)
{
	const __u32 count = 1000000;
	struct symtab symtab = { 0 };

	(void)state;
	for (__u32 i = 0; i < count; i++)
		assert_int_equal(
			perfev_symtab_add_at(&symtab, i * 0x9e3779b97f4a7c15ULL, 1, 0, FUNCTION),
			0);
	assert_int_equal(perfev_symtab_add_names(&symtab, "name", 4, &(__u32){ 0 }), 0);
	assert_int_equal(perfev_symtab_sort(&symtab, UINT64_MAX), 0);
	assert_int_equal(symtab.count, count);
	assert_int_equal(symtab.room, count);
	assert_true(sizeof(*symtab.entries) <= 24);
	assert_null(symtab.outer);
	for (__u32 i = 0; i < count; i += 1000)
		assert_int_equal(
			symtab.entries[perfev_symtab_find(&symtab, i * 0x9e3779b97f4a7c15ULL)]
				.address,
			i * 0x9e3779b97f4a7c15ULL);
	perfev_symtab_free(&symtab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_of_those_at_one_address_is_kept),
		cmocka_unit_test(what_has_no_size_reaches_to_what_comes_next),
		cmocka_unit_test(labels_do_not_cut_functions_that_have_a_size),
		cmocka_unit_test(what_lies_in_another_is_found_and_the_other_behind_it),
		cmocka_unit_test(ends_of_memory_are_no_ends_of_sizes),
		cmocka_unit_test(more_may_be_added_to_what_was_sorted),
		cmocka_unit_test(names_of_a_table_are_taken_once),
		cmocka_unit_test(what_is_found_is_what_going_through_all_finds),
		cmocka_unit_test(many_symbols_take_room_for_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
