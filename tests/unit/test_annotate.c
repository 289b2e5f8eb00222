/* SPDX-License-Identifier: MIT */
/* What objdump prints on several processors, and sources, as annotations have them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/annotate_code.h"
#include "report/annotate_source.h"
#include "support.h"

static void parse(struct annotate_code *code, const char *printed, __u64 begin, __u64 end,
		  int has_symbols)
{
	const struct annotate_range range = { "file", begin, end, has_symbols };

	assert_int_equal(annotate_code_parse(code, strdup(printed), &range), 0);
}

/* "ADDRESS label text target" of an instruction. */
static void instruction_is(const struct annotate_code *code, size_t number, __u64 address,
			   unsigned int label, const char *text, unsigned int goes_to)
{
	const struct annotate_instruction *instruction = &code->list[number];

	assert_true(number < code->count);
	assert_int_equal(instruction->address, address);
	assert_int_equal(instruction->label, label);
	assert_string_equal(instruction->text, text);
	assert_int_equal(instruction->goes_to, goes_to);
}

static const char x86[] =
	"\n"
	"busy:     file format elf64-x86-64\n"
	"\n"
	"Disassembly of section .text:\n"
	"\n"
	"0000000000001150 <hot_loop>:\n"
	"    1150:\tpush   %rbp\n"
	"    1151:\tjbe    115d <hot_loop+0xd>\n"
	"    1153:\tlea    0xe52(%rip),%rdi        # 1158 <there>\n"
	"    1158:\tcall   1030 <puts@plt>\n"
	"    115d:\tjne    1151 <hot_loop+0x1>\n"
	"    115f:\tjmp    2010 <other+0x10>\n"
	"    1164:\trepz ret \n"
	"\t...\n"
	"0000000000001166 <next>:\n"
	"    1166:\tret\n";

static void instructions_of_x86_are_read_with_labels_for_jumps(void **state)
{
	struct annotate_code code;

	(void)state;
	parse(&code, x86, 0x1150, 0x1166, 1);
	assert_int_equal(code.count, 7);
	instruction_is(&code, 0, 0x1150, 0, "push   %rbp", 0);
	instruction_is(&code, 1, 0x1151, 1, "jbe    ", 2);
	instruction_is(&code, 3, 0x1158, 0, "call   puts@plt", 0);
	instruction_is(&code, 4, 0x115d, 2, "jne    ", 1);
	instruction_is(&code, 5, 0x115f, 0, "jmp    other+0x10", 0);
	instruction_is(&code, 6, 0x1164, 0, "repz ret", 0);
	annotate_code_free(&code);
}

static void what_a_comment_says_of_data_is_no_jump(void **state)
{
	struct annotate_code code;

	(void)state;
	parse(&code, x86, 0x1150, 0x1166, 1);
	instruction_is(&code, 2, 0x1153, 0, "lea    0xe52(%rip),%rdi        # 1158 <there>", 0);
	annotate_code_free(&code);
}

static void a_stripped_file_names_no_other_function(void **state)
{
	struct annotate_code code;

	(void)state;
	parse(&code, x86, 0x1150, 0x1166, 0);
	instruction_is(&code, 5, 0x115f, 0, "jmp    2010", 0);
	/* Its own imports it knows. */
	instruction_is(&code, 3, 0x1158, 0, "call   puts@plt", 0);
	annotate_code_free(&code);
}

static void instructions_of_other_processors_are_read(void **state)
{
	struct annotate_code code;

	(void)state;
	parse(&code,
	      " 7a0:\tldr\tx0, [x1]\n"
	      " 7a4:\tcbz\tx0, 7ac <main+0xc>\n"
	      " 7a8:\tb.ne\t7a0 <main>  // b.any\n"
	      " 7ac:\ttbz\tw0, #3, 7a0 <main>\n"
	      " 7b0:\tbl\t640 <puts@plt>\n",
	      0x7a0, 0x7b4, 1);
	assert_int_equal(code.count, 5);
	instruction_is(&code, 0, 0x7a0, 1, "ldr x0, [x1]", 0);
	instruction_is(&code, 1, 0x7a4, 0, "cbz x0, ", 2);
	instruction_is(&code, 2, 0x7a8, 0, "b.ne ", 1);
	instruction_is(&code, 3, 0x7ac, 2, "tbz w0, #3, ", 1);
	instruction_is(&code, 4, 0x7b0, 0, "bl puts@plt", 0);
	annotate_code_free(&code);

	parse(&code, "   10156:\tbne\ta5,a4,1015a <main+0x4>\n   1015a:\tj\t10156 <main>\n",
	      0x10156, 0x1015c, 1);
	instruction_is(&code, 0, 0x10156, 1, "bne a5,a4,", 2);
	instruction_is(&code, 1, 0x1015a, 2, "j ", 1);
	annotate_code_free(&code);
}

static void an_address_is_in_the_instruction_that_begins_before_it(void **state)
{
	struct annotate_code code;

	(void)state;
	parse(&code, x86, 0x1150, 0x1166, 1);
	assert_null(annotate_code_find(&code, 0x114f));
	assert_int_equal(annotate_code_find(&code, 0x1150)->address, 0x1150);
	assert_int_equal(annotate_code_find(&code, 0x115c)->address, 0x1158);
	assert_int_equal(annotate_code_find(&code, 0x1164)->address, 0x1164);
	annotate_code_free(&code);
}

static void a_jump_into_the_middle_of_an_instruction_has_no_label(void **state)
{
	struct annotate_code code;

	(void)state;
	parse(&code, "  10:\tjmp    13 <f+0x3>\n  12:\tcall   99 <g>\n", 0x10, 0x20, 1);
	instruction_is(&code, 0, 0x10, 0, "jmp    13 <f+0x3>", 0);
	instruction_is(&code, 1, 0x12, 0, "call   g", 0);
	annotate_code_free(&code);
}

static void output_that_is_none_has_no_instructions(void **state)
{
	static const char *const texts[] = {
		"", "\n\n", "file format", "  :\tx", "12:x", "<>", ">"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct annotate_code code;

		parse(&code, texts[i], 0, ~0ULL, 1);
		assert_int_equal(code.count, 0);
		annotate_code_free(&code);
	}
}

static const char *write_file(const char *text, size_t length)
{
	static char path[64];
	int fd;

	strcpy(path, "/tmp/perfev-source-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), length);
	close(fd);
	return path;
}

static void lines_of_a_source_are_told_from_one_on(void **state)
{
	static const char text[] = "one\n\ttab\twice  \n\n\033[31mred\377\nlast";
	struct annotate_sources sources = { .list = NULL };
	const char *path = write_file(text, sizeof(text) - 1);
	const struct annotate_source *source = annotate_source_get(&sources, path);

	(void)state;
	assert_int_equal(source->count, 5);
	assert_null(annotate_source_line(source, 0));
	assert_string_equal(annotate_source_line(source, 1), "one");
	assert_string_equal(annotate_source_line(source, 2), "        tab     wice");
	assert_string_equal(annotate_source_line(source, 3), "");
	assert_string_equal(annotate_source_line(source, 4), " [31mred\377");
	assert_string_equal(annotate_source_line(source, 5), "last");
	assert_null(annotate_source_line(source, 6));
	/* It is read once. */
	unlink(path);
	assert_ptr_equal(annotate_source_get(&sources, path), source);
	annotate_sources_free(&sources);
}

static void a_source_that_cannot_be_read_says_why(void **state)
{
	struct annotate_sources sources = { .list = NULL };
	const struct annotate_source *source;
	char folder[] = "/tmp/perfev-pipe-XXXXXX", path[64];

	(void)state;
	source = annotate_source_get(&sources, "/no/such/source.c");
	assert_int_equal(source->error, ENOENT);
	assert_null(annotate_source_line(source, 1));
	/* What is no file is not waited for. */
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/pipe.c", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	source = annotate_source_get(&sources, path);
	unlink(path);
	rmdir(folder);
	assert_int_equal(source->error, EINVAL);
	annotate_sources_free(&sources);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_of_x86_are_read_with_labels_for_jumps),
		cmocka_unit_test(what_a_comment_says_of_data_is_no_jump),
		cmocka_unit_test(a_stripped_file_names_no_other_function),
		cmocka_unit_test(instructions_of_other_processors_are_read),
		cmocka_unit_test(an_address_is_in_the_instruction_that_begins_before_it),
		cmocka_unit_test(a_jump_into_the_middle_of_an_instruction_has_no_label),
		cmocka_unit_test(output_that_is_none_has_no_instructions),
		cmocka_unit_test(lines_of_a_source_are_told_from_one_on),
		cmocka_unit_test(a_source_that_cannot_be_read_says_why),
	};

	return cmocka_run_group_tests_name("annotation", tests, NULL, NULL);
}
