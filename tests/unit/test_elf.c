/* SPDX-License-Identifier: MIT */
/*
 * Functions in ELF files: the offset is that of the code that calls reach, in every class and byte
 * order; whatever else a file holds is refused in words.
 */
#include "../../src/event/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_writer.h"
#include "support.h"

#define FUNCTION(name, address) { name, address, STT_FUNC, STB_GLOBAL, MADE_TEXT, 0, 0 }
#define END { NULL, 0, 0, 0, 0, 0, 0 }

/* Looks a symbol up in a made file. */
static int look_up(const struct made *made, const char *symbol, __u64 *offset,
		   struct perfev_why *why)
{
	char path[32];
	int fd = file_of(made->bytes, made->length, path);
	int result = perfev_elf_symbol(path, symbol, offset, why);

	close(fd);
	return result;
}

static void check_found(const struct made_parts *parts, const char *symbol, __u64 expected)
{
	struct perfev_why why;
	struct made made;
	__u64 offset = ~0ULL;

	make_elf(&made, parts);
	assert_int_equal(look_up(&made, symbol, &offset, &why), 0);
	assert_int_equal(offset, expected);
	assert_int_equal(why.cause, PERFEV_CAUSE_NONE);
	free_elf(&made);
}

/* That it is refused with this error, and that the line of text has words in it. */
static void check_refused(const struct made_parts *parts, const char *symbol, int error,
			  const char *words)
{
	struct perfev_why why;
	struct made made;
	__u64 offset;

	make_elf(&made, parts);
	assert_int_equal(look_up(&made, symbol, &offset, &why), -error);
	assert_int_equal(look_up(&made, symbol, &offset, NULL), -error);
	assert_int_equal(why.error, error);
	assert_int_equal(why.cause, PERFEV_CAUSE_PROBE);
	assert_string_equal(why.field, "uprobe");
	if (!strstr(why.text, words))
		fail_msg("'%s' is not in: %s", words, why.text);
	free_elf(&made);
}

static void a_function_is_found_in_every_class_and_byte_order(void **state)
{
	const struct made_symbol symbols[] = {
		FUNCTION("first", CODE_ADDRESS),
		{ "inner", CODE_ADDRESS + 0x10, STT_FUNC, STB_LOCAL, MADE_TEXT, 0, 0 },
		END,
	};
	const struct made_symbol dynamic[] = {
		FUNCTION("exported", CODE_ADDRESS + 0x20),
		FUNCTION("last", CODE_ADDRESS + CODE_SIZE - 1),
		END,
	};

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		const struct made_parts parts = {
			.wide = kind & 1, .big = kind >> 1, .symbols = symbols, .dynamic = dynamic
		};

		check_found(&parts, "first", CODE_OFFSET);
		check_found(&parts, "inner", CODE_OFFSET + 0x10);
		check_found(&parts, "exported", CODE_OFFSET + 0x20);
		check_found(&parts, "last", CODE_OFFSET + CODE_SIZE - 1);
	}
}

static const struct made_symbol versioned[] = {
	{ "copy", CODE_ADDRESS + 1, STT_FUNC, STB_GLOBAL, MADE_TEXT, 2 | HIDDEN, 0 },
	{ "copy", CODE_ADDRESS + 2, STT_FUNC, STB_GLOBAL, MADE_TEXT, 3, 0 },
	{ "old", CODE_ADDRESS + 3, STT_FUNC, STB_GLOBAL, MADE_TEXT, 2 | HIDDEN, 0 },
	{ "older", CODE_ADDRESS + 4, STT_FUNC, STB_GLOBAL, MADE_TEXT, 2 | HIDDEN, 0 },
	{ "older", CODE_ADDRESS + 5, STT_FUNC, STB_GLOBAL, MADE_TEXT, 3 | HIDDEN, 0 },
	END,
};
static const char *const versions[] = { "libmade.so", "MADE_1", "MADE_2", NULL };

static void a_name_without_version_is_the_default_one(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		const struct made_parts parts = { .wide = kind & 1,
						  .big = kind >> 1,
						  .dynamic = versioned,
						  .versions = versions };

		check_found(&parts, "copy", CODE_OFFSET + 2);
		check_found(&parts, "copy@MADE_1", CODE_OFFSET + 1);
		check_found(&parts, "copy@MADE_2", CODE_OFFSET + 2);
		check_found(&parts, "copy@@MADE_2", CODE_OFFSET + 2);
		check_found(&parts, "old", CODE_OFFSET + 3);
		check_found(&parts, "older@MADE_2", CODE_OFFSET + 5);
		check_refused(&parts, "older", EINVAL, "'older@VERSION'");
		check_refused(&parts, "copy@MADE_3", ENOENT, "has no function 'copy@MADE_3'");
		check_refused(&parts, "copy@", ENOENT, "has no function 'copy@'");
	}
}

static void versions_are_read_where_names_have_them_too(void **state)
{
	const struct made_symbol symbols[] = {
		FUNCTION("copy@MADE_1", CODE_ADDRESS + 1),
		FUNCTION("copy@@MADE_2", CODE_ADDRESS + 2),
		FUNCTION("@odd", CODE_ADDRESS + 3),
		END,
	};
	const struct made_parts parts = { .wide = 1, .symbols = symbols };

	(void)state;
	check_found(&parts, "copy", CODE_OFFSET + 2);
	check_found(&parts, "copy@MADE_1", CODE_OFFSET + 1);
	check_found(&parts, "copy@MADE_2", CODE_OFFSET + 2);
	check_found(&parts, "@odd", CODE_OFFSET + 3);
	check_refused(&parts, "copy@MADE", ENOENT, "has no function 'copy@MADE'");
}

static void a_global_function_is_meant_before_a_local_one(void **state)
{
	const struct made_symbol symbols[] = {
		{ "run", CODE_ADDRESS + 1, STT_FUNC, STB_LOCAL, MADE_TEXT, 0, 0 },
		{ "run", CODE_ADDRESS + 2, STT_FUNC, STB_WEAK, MADE_TEXT, 0, 0 },
		{ "run", CODE_ADDRESS + 3, STT_FUNC, STB_LOCAL, MADE_TEXT, 0, 0 },
		{ "alias", CODE_ADDRESS + 4, STT_FUNC, STB_LOCAL, MADE_TEXT, 0, 0 },
		{ "alias", CODE_ADDRESS + 4, STT_FUNC, STB_LOCAL, MADE_TEXT, 0, 0 },
		{ "twice", CODE_ADDRESS + 5, STT_FUNC, STB_LOCAL, MADE_TEXT, 0, 0 },
		{ "twice", CODE_ADDRESS + 6, STT_FUNC, STB_LOCAL, MADE_TEXT, 0, 0 },
		END,
	};
	const struct made_parts parts = { .wide = 1, .symbols = symbols };

	(void)state;
	check_found(&parts, "run", CODE_OFFSET + 2);
	check_found(&parts, "alias", CODE_OFFSET + 4);
	check_refused(&parts, "twice", EINVAL, "has several functions of the name 'twice'");
}

static void what_is_no_place_for_a_probe_is_refused_in_words(void **state)
{
	const struct made_symbol symbols[] = {
		{ "late", CODE_ADDRESS, STT_GNU_IFUNC, STB_GLOBAL, MADE_TEXT, 0, 0 },
		{ "called", 0, STT_FUNC, STB_GLOBAL, SHN_UNDEF, 0, 0 },
		{ "variable", DATA_ADDRESS, STT_OBJECT, STB_GLOBAL, MADE_TEXT, 0, 0 },
		{ "both", CODE_ADDRESS, STT_FUNC, STB_LOCAL, MADE_TEXT, 0, 0 },
		{ "both", CODE_ADDRESS + 1, STT_GNU_IFUNC, STB_GLOBAL, MADE_TEXT, 0, 0 },
		FUNCTION("in_data", DATA_ADDRESS),
		FUNCTION("before", CODE_ADDRESS - 1),
		FUNCTION("behind", CODE_ADDRESS + CODE_SIZE),
		END,
	};
	struct made_parts parts = { .wide = 1, .symbols = symbols };

	(void)state;
	check_refused(&parts, "late", ENOENT, "IFUNC");
	check_refused(&parts, "both", ENOENT, "IFUNC");
	check_refused(&parts, "called", ENOENT, "its code is in a library");
	check_refused(&parts, "variable", ENOENT, "it is not a function");
	check_refused(&parts, "in_data", ENOENT, "not in code that is executed");
	check_refused(&parts, "before", ENOENT, "the file has its symbol, but not its code");
	check_refused(&parts, "behind", ENOENT, "the file has its symbol, but not its code");
}

static void what_a_processor_does_with_addresses_is_heeded(void **state)
{
	const struct made_symbol thumb[] = { FUNCTION("thumb", CODE_ADDRESS + 5),
					     FUNCTION("arm", CODE_ADDRESS + 4), END };
	const struct made_symbol entries[] = {
		FUNCTION("one", CODE_ADDRESS),
		{ "two", CODE_ADDRESS, STT_FUNC, STB_GLOBAL, MADE_TEXT, 0, 3 << 5 },
		{ "no_toc", CODE_ADDRESS, STT_FUNC, STB_GLOBAL, MADE_TEXT, 0, 1 << 5 },
		END,
	};
	const struct made_parts arm = { .machine = EM_ARM, .symbols = thumb };
	const struct made_parts power = { .wide = 1, .machine = EM_PPC64, .symbols = entries };
	const struct made_parts other = { .wide = 1, .symbols = entries };

	(void)state;
	check_refused(&arm, "thumb", ENOENT, "it is Thumb code");
	check_found(&arm, "arm", CODE_OFFSET + 4);
	check_found(&power, "one", CODE_OFFSET);
	check_found(&power, "two", CODE_OFFSET + 8);
	check_found(&power, "no_toc", CODE_OFFSET);
	check_found(&other, "two", CODE_OFFSET);
}

static void the_closest_functions_are_suggested(void **state)
{
	const struct made_symbol symbols[] = {
		FUNCTION("readline", CODE_ADDRESS),
		{ "redline", 0, STT_FUNC, STB_GLOBAL, SHN_UNDEF, 0, 0 },
		{ "readlime", DATA_ADDRESS, STT_OBJECT, STB_GLOBAL, MADE_TEXT, 0, 0 },
		FUNCTION("write", CODE_ADDRESS),
		END,
	};
	const struct made_parts all = { .wide = 1, .symbols = symbols };
	const struct made_parts stripped = { .wide = 1, .dynamic = symbols };

	(void)state;
	check_refused(&all, "readlin", ENOENT,
		      "has no function 'readlin': did you mean 'readline'?");
	check_refused(&stripped, "readlin", ENOENT,
		      "(it is stripped: only what it exports has a name");
	check_refused(&all, "malloc", ENOENT, "': nm /proc/self/fd/");
	check_refused(&stripped, "malloc", ENOENT, ": nm -D /proc/self/fd/");
	check_refused(&all, "", ENOENT, "has no function ''");
}

/* More symbols than are read at once, and longer names than fit into a piece. */
static void large_tables_and_long_names_are_read_to_their_end(void **state)
{
	enum {
		COUNT = 1500,
		LONG = 4096
	};
	static char names[COUNT][16], most[LONG], more[LONG + 1];
	static struct made_symbol symbols[COUNT + 3];

	(void)state;
	memset(most, 'm', LONG - 1);
	memset(more, 'm', LONG);
	for (unsigned int i = 0; i < COUNT; i++) {
		snprintf(names[i], sizeof(names[i]), "function_%u", i);
		symbols[i] = (struct made_symbol)FUNCTION(names[i], CODE_ADDRESS + i);
	}
	symbols[COUNT] = (struct made_symbol)FUNCTION(more, CODE_ADDRESS + COUNT);
	symbols[COUNT + 1] = (struct made_symbol)FUNCTION(most, CODE_ADDRESS + COUNT + 1);
	for (int wide = 0; wide <= 1; wide++) {
		const struct made_parts parts = { .wide = wide, .symbols = symbols };

		for (unsigned int i = 0; i < COUNT; i += 37)
			check_found(&parts, names[i], CODE_OFFSET + i);
		check_found(&parts, most, CODE_OFFSET + COUNT + 1);
		check_refused(&parts, more, ENOENT, "has no function 'mmm");
	}
}

static void counts_too_large_for_the_header_are_in_section_0(void **state)
{
	const struct made_symbol symbols[] = { FUNCTION("f", CODE_ADDRESS), END };

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		const struct made_parts parts = {
			.wide = kind & 1, .big = kind >> 1, .symbols = symbols
		};
		struct made made;
		__u64 offset;

		make_elf(&made, &parts);
		PUT(&made, 0, Ehdr, e_shnum, 0);
		PUT(&made, 0, Ehdr, e_phnum, PN_XNUM);
		PUT_SECTION(&made, 0, sh_size, MADE_SECTIONS);
		PUT_SECTION(&made, 0, sh_info, 3);
		assert_int_equal(look_up(&made, "f", &offset, NULL), 0);
		assert_int_equal(offset, CODE_OFFSET);
		PUT_SECTION(&made, 0, sh_size, ~0ULL >> 3);
		assert_int_equal(look_up(&made, "f", &offset, NULL), -EBADMSG);
		PUT_SECTION(&made, 0, sh_size, MADE_SECTIONS);
		PUT_SECTION(&made, 0, sh_info, ~0U);
		assert_int_equal(look_up(&made, "f", &offset, NULL), -EBADMSG);
		free_elf(&made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_is_found_in_every_class_and_byte_order),
		cmocka_unit_test(a_name_without_version_is_the_default_one),
		cmocka_unit_test(versions_are_read_where_names_have_them_too),
		cmocka_unit_test(a_global_function_is_meant_before_a_local_one),
		cmocka_unit_test(what_is_no_place_for_a_probe_is_refused_in_words),
		cmocka_unit_test(what_a_processor_does_with_addresses_is_heeded),
		cmocka_unit_test(the_closest_functions_are_suggested),
		cmocka_unit_test(large_tables_and_long_names_are_read_to_their_end),
		cmocka_unit_test(counts_too_large_for_the_header_are_in_section_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
