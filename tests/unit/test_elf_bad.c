/* SPDX-License-Identifier: MIT */
/*
 * Files that are no ELF files, or lie: cut at every byte, with every byte changed, with numbers
 * that lead elsewhere. All are refused, or read for what they say; nothing behind a file is
 * touched. And the file that is surely a sound one: this program.
 */
#include "../../src/event/elf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_writer.h"
#include "support.h"

static const struct made_symbol symbols[] = {
	{ "f", CODE_ADDRESS, STT_FUNC, STB_GLOBAL, MADE_TEXT, 2, 0 },
	{ NULL, 0, 0, 0, 0, 0, 0 },
};
static const char *const versions[] = { "libmade.so", "MADE_1", NULL };

/* A file in which "f@MADE_1" takes all that there is to read. */
static void make_whole(struct made *made, int kind)
{
	const struct made_parts parts = {
		.wide = kind & 1, .big = kind >> 1, .dynamic = symbols, .versions = versions
	};

	make_elf(made, &parts);
}

static int look_up(const void *bytes, size_t length, struct perfev_why *why)
{
	char path[32];
	int fd = file_of(bytes, length, path);
	__u64 offset = ~0ULL;
	int result = perfev_elf_symbol(path, "f@MADE_1", &offset, why);

	/* Whatever a file says, the offset is one within it. */
	if (!result)
		assert_true(offset < length);
	close(fd);
	return result;
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		struct made made;

		make_whole(&made, kind);
		assert_int_equal(look_up(made.bytes, made.length, NULL), 0);
		/* Only the code itself is not read. */
		for (size_t length = 0; length < made.length; length++) {
			struct perfev_why why;

			if (length == 256)
				length = made.headers - 16;
			assert_int_equal(look_up(made.bytes, length, &why), -EBADMSG);
			assert_int_equal(why.cause, PERFEV_CAUSE_PROBE);
			assert_true(strlen(why.reason) > strlen("/proc/self/fd/0 "));
		}
		free_elf(&made);
	}
}

static void any_byte_may_be_anything(void **state)
{
	const unsigned char odd[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	unsigned int refused = 0;

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		struct made made;

		make_whole(&made, kind);
		for (size_t at = 0; at < made.length; at++) {
			unsigned char before;

			if (at == 256)
				at = made.headers;
			before = made.bytes[at];
			for (size_t i = 0; i < sizeof(odd); i++) {
				struct perfev_why why;
				int result;

				made.bytes[at] = odd[i];
				result = look_up(made.bytes, made.length, &why);
				assert_int_equal(-result, why.error);
				refused += result < 0;
			}
			made.bytes[at] = before;
		}
		free_elf(&made);
	}
	assert_true(refused > 100);
}

/* What make_whole() makes, but for one number. */
#define CHECK_WRONG(change, words)                                                                 \
	do {                                                                                       \
		for (int kind = 0; kind < 4; kind++) {                                             \
			struct perfev_why why;                                                     \
			struct made made;                                                          \
                                                                                                   \
			make_whole(&made, kind);                                                   \
			change;                                                                    \
			assert_int_equal(look_up(made.bytes, made.length, &why), -EBADMSG);        \
			if (!strstr(why.text, words))                                              \
				fail_msg("'%s' is not in: %s", words, why.text);                   \
			free_elf(&made);                                                           \
		}                                                                                  \
	} while (0)

static void numbers_that_lead_out_of_the_file_are_refused(void **state)
{
	(void)state;
	CHECK_WRONG(PUT(&made, 0, Ehdr, e_shentsize, 0), "headers of a size");
	CHECK_WRONG(PUT(&made, 0, Ehdr, e_phentsize, 1), "headers of a size");
	CHECK_WRONG(PUT(&made, 0, Ehdr, e_shoff, ~0ULL), "headers behind its end");
	CHECK_WRONG(PUT(&made, 0, Ehdr, e_phoff, ~0ULL), "headers behind its end");
	CHECK_WRONG(PUT(&made, 0, Ehdr, e_shnum, 0xfeff), "headers behind its end");
	CHECK_WRONG(PUT_SECTION(&made, MADE_DYNSYM, sh_entsize, 0), "symbols of a size");
	CHECK_WRONG(PUT_SECTION(&made, MADE_DYNSYM, sh_size, ~0ULL), "a table behind its end");
	CHECK_WRONG(PUT_SECTION(&made, MADE_DYNSYM, sh_offset, ~0ULL), "a table behind its end");
	CHECK_WRONG(PUT_SECTION(&made, MADE_DYNSYM, sh_link, ~0U),
		    "a section that it does not have");
	CHECK_WRONG(PUT_SECTION(&made, MADE_DYNSTR, sh_size, ~0ULL), "a table behind its end");
	CHECK_WRONG(PUT_SECTION(&made, MADE_DYNSTR, sh_size, 2), "a name without an end");
	CHECK_WRONG(PUT_SECTION(&made, MADE_DYNSTR, sh_size, 0), "a name outside its table");
	CHECK_WRONG(PUT_SECTION(&made, MADE_VERSYM, sh_size, 2), "a table that is shorter");
	CHECK_WRONG(PUT_SECTION(&made, MADE_VERDEF, sh_link, ~0U),
		    "a section that it does not have");
	CHECK_WRONG(PUT(&made, made.at[MADE_VERDEF], Verdef, vd_next, ~0U),
		    "a table that is shorter");
	CHECK_WRONG(PUT(&made, made.at[MADE_VERDEF], Verdef, vd_aux, ~0U),
		    "a table that is shorter");
	CHECK_WRONG(PUT(&made, 0, Ehdr, e_ident[EI_CLASS], 3), "unknown class");
	CHECK_WRONG(PUT(&made, 0, Ehdr, e_ident[EI_DATA], 0), "unknown class or byte order");
	CHECK_WRONG(
		PUT(&made, MADE_SIZE(&made, Ehdr) + MADE_SIZE(&made, Phdr), Phdr, p_offset, ~0U),
		"code behind its end");
}

/* One that goes round for ever must end all the same. */
static void versions_that_lead_to_themselves_end(void **state)
{
	struct perfev_why why;
	struct made made;

	(void)state;
	make_whole(&made, 1);
	PUT(&made, made.at[MADE_VERDEF], Verdef, vd_next, 1ULL << 32);
	PUT_SECTION(&made, MADE_VERDEF, sh_info, ~0U);
	assert_int_equal(look_up(made.bytes, made.length, &why), -ENOENT);
	free_elf(&made);
}

static void what_is_no_elf_file_is_refused_in_words(void **state)
{
	char folder[] = "/tmp/perfev-elf-XXXXXX", fifo[64];
	struct perfev_why why;
	__u64 offset;

	(void)state;
	assert_int_equal(look_up("", 0, &why), -EBADMSG);
	assert_non_null(strstr(why.reason, " is no ELF file"));
	assert_int_equal(look_up("#!/bin/sh\necho a script is no program\n", 36, &why), -EBADMSG);
	assert_non_null(strstr(why.reason, " is no ELF file"));
	assert_int_equal(perfev_elf_symbol("/", "f", &offset, &why), -EBADMSG);
	assert_string_equal(why.reason, "/ is no regular file");
	assert_int_equal(perfev_elf_symbol("/dev/zero", "f", &offset, &why), -EBADMSG);
	assert_int_equal(perfev_elf_symbol("no-such-file", "f", &offset, &why), -ENOENT);
	assert_string_equal(why.text,
			    "there is no file no-such-file: write its whole path: PATH is "
			    "not searched");
	assert_int_equal(perfev_elf_symbol("/no/such/file", "f", &offset, &why), -ENOENT);
	assert_string_equal(why.text, "there is no file /no/such/file");
	assert_int_equal(perfev_elf_symbol("/dev/null/x", "f", &offset, &why), -ENOTDIR);
	assert_int_equal(perfev_elf_symbol("/dev/null/x", "f", &offset, NULL), -ENOTDIR);

	/* Nobody writes into it: opening it must not wait for that. */
	assert_non_null(mkdtemp(folder));
	snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(perfev_elf_symbol(fifo, "f", &offset, &why), -EBADMSG);
	unlink(fifo);
	rmdir(folder);
}

/* Not inlined and not dropped; in .symtab as a local and a global function. */
__attribute__((noinline, used)) static int own_local_function(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}

int own_global_function(int x);
__attribute__((noinline, used)) int own_global_function(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 2;
}

/* Where the file is mapped says at which offset an address of this program lies in it. */
static __u64 mapped_offset(const void *function, char path[4096])
{
	__u64 address = (__u64)(uintptr_t)function, start, end, offset, found = 0;
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4352];

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*s %*s %4095s",
			   (uint64_t *)&start, (uint64_t *)&end, (uint64_t *)&offset, path) == 4 &&
		    address >= start && address < end) {
			found = offset + (address - start);
			break;
		}
	fclose(maps);
	assert_true(found);
	return found;
}

static void functions_of_this_program_are_where_it_is_mapped(void **state)
{
	int (*const functions[])(int) = { own_local_function, own_global_function };
	const char *const names[] = { "own_local_function", "own_global_function" };
	struct perfev_why why;
	char path[4096];
	__u64 offset;

	(void)state;
	for (int i = 0; i < 2; i++) {
		const void *function;
		__u64 expected;

		memcpy(&function, &functions[i], sizeof(function));
		expected = mapped_offset(function, path);
		assert_int_equal(perfev_elf_symbol(path, names[i], &offset, &why), 0);
		assert_int_equal(offset, expected);
	}
	assert_int_equal(perfev_elf_symbol(path, "own_locl_function", &offset, &why), -ENOENT);
	assert_non_null(strstr(why.remedy, "'own_local_function'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(any_byte_may_be_anything),
		cmocka_unit_test(numbers_that_lead_out_of_the_file_are_refused),
		cmocka_unit_test(versions_that_lead_to_themselves_end),
		cmocka_unit_test(what_is_no_elf_file_is_refused_in_words),
		cmocka_unit_test(functions_of_this_program_are_where_it_is_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
