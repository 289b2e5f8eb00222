/* SPDX-License-Identifier: MIT */
/* Symbols of the kernel, by made files of the form of /proc/kallsyms and by records. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recording.h"
#include "support.h"
#include "symbol_maker.h"

#define KERNEL PERF_RECORD_MISC_KERNEL

static const char kallsyms[] =
	"0000000000000000 A fixed_percpu_data\n"
	"ffffffff81000000 T _stext\n"
	"ffffffff81000000 T _text\n"
	"ffffffff81000100 t local_one\n"
	"ffffffff81000200 T global_one\n"
	"ffffffff81000200 t alias_of_it\n"
	"ffffffff81000300 W weak_one\n"
	"ffffffff81000400 D some_data\n"
	"ffffffff81000500 T behind_data\n"
	"this is no line of kallsyms\n"
	"ffffffff81000600 T last_one\n"
	"ffffffffc0000200 t second_of_ext4\t[ext4]\n"
	"ffffffffc0000100 T first_of_ext4\t[ext4]\n"
	"ffffffffc0001000 t of_nf_tables\t[nf_tables]\n"
	"ffffffffc0002000 t bpf_prog_1\t[bpf]\n";

static struct perfev_frame check(const struct machine *machine, __u64 address, const char *name,
				 const char *module)
{
	struct perfev_frame frame = find(machine, 0, KERNEL, address);

	if (name) {
		assert_non_null(frame.symbol);
		assert_string_equal(frame.symbol->name, name);
		assert_ptr_equal(frame.symbol->module, frame.module);
	} else {
		assert_null(frame.symbol);
	}
	assert_string_equal(frame.module->path, module);
	return frame;
}

static void functions_are_found_from_their_first_byte_to_the_next(void **state)
{
	struct perfev_frame frame;
	struct machine machine;

	(void)state;
	machine_open(&machine, kallsyms);
	frame = check(&machine, 0xffffffff810001ff, "local_one", "[kernel.kallsyms]");
	assert_int_equal(frame.symbol->address, 0xffffffff81000100);
	assert_int_equal(frame.symbol->size, 0x100);
	assert_int_equal(frame.module_address, 0xffffffff810001ff);
	assert_int_equal(frame.module->state, PERFEV_MODULE_WHOLE);
	assert_string_equal(frame.module->origin, machine.kallsyms);
	check(&machine, 0xffffffff81000200, "global_one", "[kernel.kallsyms]");
	check(&machine, 0xffffffff810003ff, "weak_one", "[kernel.kallsyms]");
	/* Data ends what is before it, and is no function itself. */
	check(&machine, 0xffffffff81000400, NULL, "[kernel.kallsyms]");
	check(&machine, 0xffffffff81000500, "behind_data", "[kernel.kallsyms]");
	check(&machine, 0xffffffff81000600, "last_one", "[kernel.kallsyms]");
	check(&machine, 0xffffffff80000000, NULL, "[kernel.kallsyms]");
	machine_close(&machine);
}

static void modules_have_their_own_symbols(void **state)
{
	struct machine machine;

	(void)state;
	machine_open(&machine, kallsyms);
	take(&machine, said_kernel_mapping(0xffffffff81000000, 0x1000, 0xffffffff81000000,
					   "[kernel.kallsyms]_text"));
	take(&machine, said_kernel_mapping(0xffffffffc0000000, 0x1000, 0,
					   "/lib/modules/6.1.0/kernel/fs/ext4/ext4.ko.xz"));
	check(&machine, 0xffffffff81000010, "_stext", "[kernel.kallsyms]");
	check(&machine, 0xffffffffc0000150, "first_of_ext4",
	      "/lib/modules/6.1.0/kernel/fs/ext4/ext4.ko.xz");
	check(&machine, 0xffffffffc0000fff, "second_of_ext4",
	      "/lib/modules/6.1.0/kernel/fs/ext4/ext4.ko.xz");
	/* No record says that this one is there, yet kallsyms does. */
	check(&machine, 0xffffffffc0001010, "of_nf_tables", "[nf_tables]");
	assert_int_equal(find(&machine, 0, KERNEL, 0xffffffffc0001010).module->kind,
			 PERFEV_MODULE_KERNEL_MODULE);
	assert_int_equal(check(&machine, 0xffffffffc0002010, "bpf_prog_1", "[bpf]").module->kind,
			 PERFEV_MODULE_KERNEL_JIT);
	machine_close(&machine);
}

static void names_of_modules_and_of_their_files_are_the_same(void **state)
{
	struct perfev_frame frame;
	struct machine machine;

	(void)state;
	machine_open(&machine, kallsyms);
	take(&machine, said_kernel_mapping(0xffffffffc0001000, 0x1000, 0,
					   "/lib/modules/6.1.0/kernel/net/nf-tables.ko"));
	frame = find(&machine, 0, KERNEL, 0xffffffffc0001001);
	assert_string_equal(frame.symbol->name, "of_nf_tables");
	assert_string_equal(frame.module->name, "nf-tables.ko");
	take(&machine, said_kernel_mapping(0xffffffffc0008000, 0x1000, 0, "[gone]"));
	frame = find(&machine, 0, KERNEL, 0xffffffffc0008001);
	assert_null(frame.symbol);
	assert_string_equal(frame.module->path, "[gone]");
	machine_close(&machine);
}

static void a_kernel_that_was_elsewhere_is_found_and_its_modules_are_not(void **state)
{
	struct perfev_frame frame;
	struct machine machine;

	(void)state;
	machine_open(&machine, kallsyms);
	take(&machine, said_kernel_mapping(0xffffffff92000000, 0x1000, 0xffffffff92000000,
					   "[kernel.kallsyms]_text"));
	take(&machine, said_kernel_mapping(0xffffffffc0000000, 0x1000, 0, "[ext4]"));
	frame = check(&machine, 0xffffffff92000210, "global_one", "[kernel.kallsyms]");
	assert_int_equal(frame.module_address, 0xffffffff81000210);
	assert_int_equal(frame.symbol->address, 0xffffffff81000200);
	frame = check(&machine, 0xffffffffc0000110, NULL, "[ext4]");
	assert_int_equal(frame.module->state, PERFEV_MODULE_MISSING);
	assert_non_null(strstr(frame.module->reason, "started anew"));
	machine_close(&machine);
}

static void addresses_that_are_all_zero_are_told_as_hidden(void **state)
{
	struct perfev_frame frame;
	struct machine machine;

	(void)state;
	machine_open(&machine, "0000000000000000 T _text\n0000000000000000 t a\n");
	frame = find(&machine, 0, KERNEL, 0xffffffff81000000);
	assert_null(frame.symbol);
	assert_int_equal(frame.module->state, PERFEV_MODULE_REFUSED);
	assert_non_null(strstr(frame.module->reason, "kptr_restrict"));
	assert_non_null(frame.module->remedy);
	machine_close(&machine);
}

static void a_file_that_is_no_kallsyms_is_told(void **state)
{
	struct perfev_frame frame;
	struct machine machine;

	(void)state;
	machine_open(&machine, "\177ELF\n\n\nffffffff81000000\nffffffff81000000 T\n T x\n");
	frame = find(&machine, 0, KERNEL, 0xffffffff81000000);
	assert_int_equal(frame.module->state, PERFEV_MODULE_BROKEN);
	assert_non_null(strstr(frame.module->reason, machine.kallsyms));
	machine_close(&machine);
	machine_open(&machine, NULL);
	frame = find(&machine, 0, KERNEL, 0xffffffff81000000);
	assert_int_equal(frame.module->state, PERFEV_MODULE_BROKEN);
	assert_non_null(strstr(frame.module->reason, "No such file"));
	machine_close(&machine);
}

static void lines_of_any_length_and_blocks_between_them_are_read(void **state)
{
	const unsigned int count = 30000;
	char *text = malloc(count * 64UL + 200000), *at = text;
	struct machine machine;

	(void)state;
	assert_non_null(text);
	at += sprintf(at, "ffffffff80000000 T ");
	memset(at, 'x', 100000);
	at += 100000;
	*at++ = '\n';
	for (unsigned int i = 0; i < count; i++)
		at += sprintf(at, "%x T function_%u\n", 0x81000000 + 16 * i, i);
	/* The last line has no end. */
	at[-1] = '\0';
	machine_open(&machine, text);
	free(text);
	for (unsigned int i = 0; i < count; i++) {
		char name[32];

		sprintf(name, "function_%u", i);
		check(&machine, 0x81000000 + 16 * i + 15, name, "[kernel.kallsyms]");
	}
	check(&machine, 0xffffffff80000000, NULL, "[kernel.kallsyms]");
	assert_int_equal(perfev_symbols_count(machine.symbols), count);
	machine_close(&machine);
}

static struct perfev_record said_ksymbol(__u64 address, __u32 length, const char *name, int is_bpf,
					 int is_gone)
{
	struct perfev_record record = { .type = PERF_RECORD_KSYMBOL };

	record.ksymbol.addr = address;
	record.ksymbol.len = length;
	record.ksymbol.ksym_type =
		is_bpf ? PERF_RECORD_KSYMBOL_TYPE_BPF : PERF_RECORD_KSYMBOL_TYPE_OOL;
	record.ksymbol.flags = is_gone ? PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER : 0;
	record.ksymbol.name.text = name;
	record.ksymbol.name.length = (__u32)strlen(name);
	return record;
}

static void programs_of_bpf_are_found_while_they_are_there(void **state)
{
	struct perfev_frame frame;
	struct machine machine;

	(void)state;
	machine_open(&machine, kallsyms);
	take(&machine, said_ksymbol(0xffffffffc0009000, 0x100, "bpf_prog_a", 1, 0));
	take(&machine, said_ksymbol(0xffffffffc0009100, 0x100, "bpf_trampoline_1", 0, 0));
	frame = check(&machine, 0xffffffffc00090ff, "bpf_prog_a", "[bpf]");
	assert_int_equal(frame.module->kind, PERFEV_MODULE_KERNEL_JIT);
	assert_int_equal(frame.symbol->size, 0x100);
	check(&machine, 0xffffffffc0009100, "bpf_trampoline_1", "[trampoline]");
	/* Another takes a part of its place, then goes as well. */
	take(&machine, said_ksymbol(0xffffffffc0009040, 0x40, "bpf_prog_b", 1, 0));
	check(&machine, 0xffffffffc000903f, "bpf_prog_a", "[bpf]");
	check(&machine, 0xffffffffc0009040, "bpf_prog_b", "[bpf]");
	check(&machine, 0xffffffffc0009080, "bpf_prog_a", "[bpf]");
	take(&machine, said_ksymbol(0xffffffffc0009000, 0x100, "bpf_prog_a", 1, 1));
	assert_non_null(check(&machine, 0xffffffffc0009010, NULL, "[kernel.kallsyms]").module);
	take(&machine, said_ksymbol(~0ULL - 16, 0xffffffff, "bpf_prog_wraps", 1, 0));
	check(&machine, ~0ULL - 1, "bpf_prog_wraps", "[bpf]");
	take(&machine, said_ksymbol(~0ULL - 16, 0xffffffff, "bpf_prog_wraps", 1, 1));
	take(&machine, said_ksymbol(5, 0, "bpf_prog_empty", 1, 0));
	machine_close(&machine);
}

static void what_older_recorders_call_the_kernel_is_the_kernel(void **state)
{
	static const char *const paths[] = { "[kernel.kallsyms]_stext", "[kernel.kallsyms]",
					     "[kernel.vmlinux]", "[kernel]" };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct machine machine;

		machine_open(&machine, kallsyms);
		take(&machine, said_kernel_mapping(0xffffffff81000000, 0x1000,
						   i ? 0 : 0xffffffff81000000, paths[i]));
		check(&machine, 0xffffffff81000210, "global_one", "[kernel.kallsyms]");
		/* Where the kernel's place was kept from the recorder, all may be the kernel's. */
		take(&machine, said_kernel_mapping(0, ~0ULL, 0, "[kernel.kallsyms]_text"));
		check(&machine, 0xffffffff81000210, "global_one", "[kernel.kallsyms]");
		check(&machine, 0xffffffffc0000150, "first_of_ext4", "[ext4]");
		machine_close(&machine);
	}
}

/* What the kernel's file is, is up to the caller: a file with symbols is enough. */
static void the_kernels_own_file_will_do(void **state)
{
	const char *const path = "/proc/self/exe";
	struct perfev_symbols_options options = { .size = sizeof(options), .vmlinux = path };
	struct perfev_frame frame, again;
	struct machine machine;

	(void)state;
	assert_int_equal(perfev_symbols_open(&machine.symbols, &options, NULL), 0);
	take(&machine, said_kernel_mapping(0xffffffff81000000, 0x1000000, 0xffffffff81000100,
					   "[kernel.kallsyms]main"));
	frame = find(&machine, 0, KERNEL, 0xffffffff81000101);
	assert_non_null(frame.symbol);
	assert_string_equal(frame.symbol->name, "main");
	assert_int_equal(frame.module_address, frame.symbol->address + 1);
	assert_int_equal(frame.module->state, PERFEV_MODULE_WHOLE);
	assert_string_equal(frame.module->origin, path);
	perfev_symbols_close(machine.symbols);
	options.vmlinux = "/nowhere/vmlinux";
	assert_int_equal(perfev_symbols_open(&machine.symbols, &options, NULL), 0);
	again = find(&machine, 0, KERNEL, 0xffffffff81000101);
	assert_null(again.symbol);
	assert_int_equal(again.module->state, PERFEV_MODULE_MISSING);
	assert_non_null(strstr(again.module->reason, "/nowhere/vmlinux"));
	perfev_symbols_close(machine.symbols);
}

/* A recording that says a release, or nothing. */
static void open_recorded(struct machine *machine, const char *release, int is_pipe)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct recording recording;
	struct perfev_file *file;
	int fd;

	recording_begin(&recording, 1, is_pipe);
	if (release)
		put_text(&recording, release);
	if (!release) {
		recording_end(&recording);
	} else if (is_pipe) {
		record.type = PERFEV_RECORD_FEATURE;
		record.feature.id = PERFEV_FEATURE_OSRELEASE;
		record.feature.data.bytes = recording.bytes + recording.data_at;
		record.feature.data.length = recording.length - recording.data_at;
		recording.length = recording.data_at;
		put_record(&recording, &record, -1);
		memset(&record, 0, sizeof(record));
	} else {
		recording_section(&recording, PERFEV_FEATURE_OSRELEASE);
		recording_end(&recording);
	}
	fd = recording_open(&recording, recording.length);
	assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
	assert_int_equal(perfev_symbols_open(&machine->symbols, NULL, NULL), 0);
	assert_int_equal(perfev_symbols_recording(machine->symbols, file), 0);
	while (perfev_file_next(file, &record) > 0)
		assert_true(perfev_symbols_take(machine->symbols, &record) >= 0);
	perfev_file_close(file);
	close(fd);
	recording_free(&recording);
}

static void another_kernel_than_the_recorded_one_is_not_taken_for_it(void **state)
{
	(void)state;
	for (int is_pipe = 0; is_pipe < 2; is_pipe++) {
		struct machine machine;
		struct perfev_frame frame;

		open_recorded(&machine, "2.6.32-of-long-ago", is_pipe);
		frame = find(&machine, 0, KERNEL, 0xffffffff81000101);
		assert_null(frame.symbol);
		assert_int_equal(frame.module->state, PERFEV_MODULE_MISSING);
		assert_non_null(strstr(frame.module->reason, "2.6.32-of-long-ago"));
		assert_non_null(frame.module->remedy);
		perfev_symbols_close(machine.symbols);
	}
}

/* Where the running kernel has a symbol, or 0: it hides that. */
static __u64 address_of(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long long address = 0, found = 0;
	char line[1024], symbol[512];

	while (file && !found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx %*c %511s", &address, symbol) == 2 && !strcmp(symbol, name))
			found = address;
	if (file)
		fclose(file);
	return found;
}

static void a_recording_that_says_no_release_has_to_prove_whose_it_is(void **state)
{
	const __u64 text = address_of("_stext"), end = address_of("_etext");
	struct machine machine;
	struct perfev_frame frame;

	(void)state;
	if (!text || !end)
		skip_without("kallsyms", "the running kernel hides its addresses");
	open_recorded(&machine, NULL, 0);
	take(&machine, said_kernel_mapping(text, end - text, text, "[kernel.kallsyms]_stext"));
	frame = find(&machine, 0, KERNEL, text + 0x1000);
	assert_int_equal(frame.module->state, PERFEV_MODULE_WHOLE);
	assert_non_null(frame.symbol);
	perfev_symbols_close(machine.symbols);
	/* As long as it may be, or where it may be by chance, others are as well. */
	for (int i = 0; i < 2; i++) {
		open_recorded(&machine, NULL, 0);
		take(&machine,
		     said_kernel_mapping(text + 0x1000 * (__u64)i, end - text + 1,
					 text + 0x1000 * (__u64)i, "[kernel.kallsyms]_stext"));
		take(&machine, said_mapping(5, 0x7f0000000000, 0x2000, 0, "[vdso]"));
		frame = find(&machine, 5, PERF_RECORD_MISC_USER, 0x7f0000000a00);
		assert_null(frame.symbol);
		assert_int_equal(frame.module->state, PERFEV_MODULE_MISSING);
		frame = find(&machine, 0, KERNEL, text + 0x2000);
		assert_null(frame.symbol);
		assert_int_equal(frame.module->state, PERFEV_MODULE_MISSING);
		assert_non_null(strstr(frame.module->reason, "does not say"));
		perfev_symbols_close(machine.symbols);
	}
}

static void the_running_kernel_is_known_or_says_why_not(void **state)
{
	struct perfev_frame frame;
	struct machine machine;

	(void)state;
	assert_int_equal(perfev_symbols_open(&machine.symbols, NULL, NULL), 0);
	frame = find(&machine, 0, KERNEL, 0xffffffff81000101);
	assert_int_not_equal(frame.module->state, PERFEV_MODULE_UNREAD);
	if (frame.module->state == PERFEV_MODULE_WHOLE)
		assert_true(frame.module->symbol_count > 1000 && frame.module->origin);
	else
		assert_non_null(frame.module->reason);
	perfev_symbols_close(machine.symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_found_from_their_first_byte_to_the_next),
		cmocka_unit_test(modules_have_their_own_symbols),
		cmocka_unit_test(names_of_modules_and_of_their_files_are_the_same),
		cmocka_unit_test(a_kernel_that_was_elsewhere_is_found_and_its_modules_are_not),
		cmocka_unit_test(addresses_that_are_all_zero_are_told_as_hidden),
		cmocka_unit_test(a_file_that_is_no_kallsyms_is_told),
		cmocka_unit_test(lines_of_any_length_and_blocks_between_them_are_read),
		cmocka_unit_test(programs_of_bpf_are_found_while_they_are_there),
		cmocka_unit_test(what_older_recorders_call_the_kernel_is_the_kernel),
		cmocka_unit_test(the_kernels_own_file_will_do),
		cmocka_unit_test(another_kernel_than_the_recorded_one_is_not_taken_for_it),
		cmocka_unit_test(a_recording_that_says_no_release_has_to_prove_whose_it_is),
		cmocka_unit_test(the_running_kernel_is_known_or_says_why_not),
	};

	return cmocka_run_group_tests_name("the kernel's symbols", tests, NULL, NULL);
}
