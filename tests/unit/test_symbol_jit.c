/* SPDX-License-Identifier: MIT */
/* Code that was made at run time: perf map files and jitdumps, as they grow and as time goes by. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../src/record/bytes.h"
#include "../../src/symbol/code.h"
#include "record_maker.h"
#include "recording.h"
#include "support.h"
#include "symbol_maker.h"

#define USER PERF_RECORD_MISC_USER

/* A process with memory to make code in. */
static void open_process(struct machine *machine, const char *map)
{
	machine_open(machine, NULL);
	if (map)
		machine_write(machine, "/tmp/perf-5.map", map, strlen(map));
	take(machine, said_comm(5, 5, "node", 1));
	take(machine, said_mapping(5, 0x10000, 0x10000, 0, "//anon"));
	take(machine, said_mapping(5, 0x30000, 0x10000, 0, "/memfd:code (deleted)"));
}

static void check(const struct machine *machine, __u32 pid, __u64 address, const char *name)
{
	assert_string_equal(name_at(machine, pid, USER, address), name);
}

static void names_are_of_the_map_file_of_the_process(void **state)
{
	struct perfev_frame frame;
	struct machine machine;

	(void)state;
	open_process(&machine, "10000 100 LazyCompile:~add /home/a b.js:1\n"
			       "0x30010 0x10 in_a_memfd\n"
			       "no line\n10200\n10200 10\n10200 10 \n\n"
			       "10300 0 empty\n"
			       "10400 10 last");
	frame = find(&machine, 5, USER, 0x10080);
	assert_string_equal(frame.symbol->name, "LazyCompile:~add /home/a b.js:1");
	assert_int_equal(frame.symbol->address, 0x10000);
	assert_int_equal(frame.symbol->size, 0x100);
	assert_int_equal(frame.module_address, 0x10080);
	assert_int_equal(frame.module->kind, PERFEV_MODULE_JIT);
	assert_int_equal(frame.module->state, PERFEV_MODULE_WHOLE);
	assert_string_equal(frame.module->path, "/tmp/perf-5.map");
	assert_string_equal(frame.module->name, "perf-5.map");
	assert_non_null(strstr(frame.module->origin, machine.root));
	assert_ptr_equal(find(&machine, 5, USER, 0x10081).symbol, frame.symbol);
	check(&machine, 5, 0x30010, "in_a_memfd");
	check(&machine, 5, 0x10200, "");
	check(&machine, 5, 0x10300, "");
	check(&machine, 5, 0x1040f, "last");
	assert_ptr_equal(find(&machine, 5, USER, 0x10200).module, frame.module);
	/* Beyond what is mapped, what the file says is not believed. */
	assert_null(name_at(&machine, 5, USER, 0x50000));
	machine_close(&machine);
}

static void what_was_made_later_is_named(void **state)
{
	struct machine machine;

	(void)state;
	open_process(&machine, "10000 100 old\n10040 20 middle\n10100 100 other\n10080 100 over\n");
	check(&machine, 5, 0x1003f, "old");
	check(&machine, 5, 0x10040, "middle");
	check(&machine, 5, 0x10060, "old");
	check(&machine, 5, 0x10080, "over");
	check(&machine, 5, 0x1017f, "over");
	check(&machine, 5, 0x10180, "other");
	assert_int_equal(find(&machine, 5, USER, 0x10060).symbol->address, 0x10000);
	machine_close(&machine);
}

/* Asks so often that it is worth a look whether there is more. */
static void ask_often(const struct machine *machine, __u64 address)
{
	for (int i = 0; i < 3000; i++)
		name_at(machine, 5, USER, address);
}

static void a_file_that_grows_is_read_on(void **state)
{
	struct machine machine;
	char line[64];

	(void)state;
	open_process(&machine, NULL);
	check(&machine, 5, 0x10000, "");
	assert_int_equal(find(&machine, 5, USER, 0x10000).module->state, PERFEV_MODULE_MISSING);
	assert_non_null(find(&machine, 5, USER, 0x10000).module->remedy);
	assert_string_equal(find(&machine, 5, USER, 0x10000).module->name, "//anon");
	for (unsigned int i = 0; i < 20; i++) {
		/* The end of a line comes with the next. */
		int length =
			sprintf(line, "%s%x 10 function_%u", i ? "\n" : "", 0x10000 + 16 * i, i);

		machine_append(&machine, "/tmp/perf-5.map", line, (size_t)length);
		ask_often(&machine, 0x10000 + 16 * i);
		sprintf(line, "function_%u", i);
		check(&machine, 5, 0x10000 + 16 * i, line);
		check(&machine, 5, 0x10000, "function_0");
	}
	/* It is written anew. */
	machine_write(&machine, "/tmp/perf-5.map", "1f000 10 anew\n", 14);
	ask_often(&machine, 0x1f000);
	check(&machine, 5, 0x1f000, "anew");
	machine_close(&machine);
}

static void a_child_has_the_names_of_its_ancestor_until_exec(void **state)
{
	struct machine machine;

	(void)state;
	open_process(&machine, "10000 100 of_the_parent\n");
	take(&machine, said_fork(6, 6, 5, 5));
	take(&machine, said_fork(7, 7, 6, 6));
	check(&machine, 7, 0x10010, "of_the_parent");
	take(&machine, said_comm(7, 7, "other", 1));
	take(&machine, said_mapping(7, 0x10000, 0x10000, 0, "//anon"));
	check(&machine, 7, 0x10010, "");
	machine_write(&machine, "/tmp/perf-8.map", "10000 100 of_the_child\n", 23);
	take(&machine, said_fork(8, 8, 5, 5));
	check(&machine, 8, 0x10010, "of_the_child");
	/* One's ancestor's number may be one's own by now. */
	take(&machine, said_fork(5, 5, 6, 6));
	take(&machine, said_fork(6, 6, 5, 5));
	name_at(&machine, 6, USER, 0x11000);
	name_at(&machine, 5, USER, 0x11000);
	machine_close(&machine);
}

static void a_file_that_anybody_could_have_put_there_is_refused(void **state)
{
	struct perfev_frame frame;
	struct machine machine;
	char path[128], other[128];

	(void)state;
	open_process(&machine, "10000 100 secret\n");
	snprintf(path, sizeof(path), "%s/tmp/perf-5.map", machine.root);
	snprintf(other, sizeof(other), "%s/tmp/other", machine.root);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	frame = find(&machine, 5, USER, 0x10000);
	assert_null(frame.symbol);
	assert_int_equal(frame.module->state, PERFEV_MODULE_REFUSED);
	assert_non_null(strstr(frame.module->reason, "perf-5.map"));
	machine_close(&machine);
	if (geteuid() != 0)
		skip_without("root", "the file of another user can be made by root only");
	open_process(&machine, "10000 100 anybodys\n");
	snprintf(path, sizeof(path), "%s/tmp/perf-5.map", machine.root);
	assert_int_equal(chown(path, 12345, 12345), 0);
	frame = find(&machine, 5, USER, 0x10000);
	assert_null(frame.symbol);
	assert_int_equal(frame.module->state, PERFEV_MODULE_REFUSED);
	assert_non_null(strstr(frame.module->reason, "12345"));
	assert_non_null(frame.module->remedy);
	assert_int_equal(chown(path, 0, 0), 0);
	ask_often(&machine, 0x10000);
	check(&machine, 5, 0x10000, "anybodys");
	machine_close(&machine);
}

/* A jitdump in the making. */
struct dump {
	unsigned char bytes[4096];
	size_t length;
	int swapped;
};

static void put4(struct dump *dump, __u32 value)
{
	store32(dump->bytes + dump->length, value, dump->swapped);
	dump->length += 4;
}

static void put8(struct dump *dump, __u64 value)
{
	store64(dump->bytes + dump->length, value, dump->swapped);
	dump->length += 8;
}

static void begin_dump(struct dump *dump, int swapped, __u64 flags)
{
	memset(dump, 0, sizeof(*dump));
	dump->swapped = swapped;
	put4(dump, 0x4a695444);
	put4(dump, 1);
	put4(dump, 40);
	put4(dump, 62);
	put4(dump, 0);
	put4(dump, 5);
	put8(dump, 0);
	put8(dump, flags);
}

static void put_load(struct dump *dump, __u64 time, __u64 address, __u64 size, const char *name)
{
	put4(dump, 0);
	put4(dump, (__u32)(56 + strlen(name) + 1 + 3));
	put8(dump, time);
	put4(dump, 5);
	put4(dump, 5);
	put8(dump, address);
	put8(dump, address);
	put8(dump, size);
	put8(dump, 1);
	memcpy(dump->bytes + dump->length, name, strlen(name) + 1);
	dump->length += strlen(name) + 1 + 3;
}

static void put_move(struct dump *dump, __u64 time, __u64 from, __u64 to, __u64 size)
{
	put4(dump, 1);
	put4(dump, 64);
	put8(dump, time);
	put4(dump, 5);
	put4(dump, 5);
	put8(dump, to);
	put8(dump, from);
	put8(dump, to);
	put8(dump, size);
	put8(dump, 1);
}

/* One of another kind, which is passed. */
static void put_other(struct dump *dump)
{
	put4(dump, 2);
	put4(dump, 24);
	put8(dump, 1);
	put8(dump, 0);
}

static void fill_dump(struct dump *dump)
{
	put_load(dump, 100, 0x10000, 0x100, "first");
	put_other(dump);
	put_load(dump, 300, 0x10000, 0x80, "second");
	/* Threads write when they come to it. */
	put_load(dump, 200, 0x10200, 0x100, "third");
	put_move(dump, 400, 0x10200, 0x10800, 0x100);
}

/* Makes the recording's clock the one of the jitdump. */
static void say_clock(const struct machine *machine)
{
	struct perfev_record record = { .type = PERFEV_RECORD_ATTR };
	unsigned char bytes[sizeof(struct perf_event_attr)];
	struct recording recording;
	struct perfev_file *file;
	int fd;

	recording_begin(&recording, 0, 1);
	recording.length = 16;
	recording.attrs[0].use_clockid = 1;
	recording.attrs[0].clockid = CLOCK_MONOTONIC;
	perfev_attr_encode(bytes, sizeof(bytes), &recording.attrs[0], 0);
	record.attr.attr.bytes = bytes;
	record.attr.attr.length = sizeof(bytes);
	put_record(&recording, &record, -1);
	fd = recording_open(&recording, recording.length);
	assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
	assert_int_equal(perfev_symbols_recording(machine->symbols, file), 0);
	perfev_file_close(file);
	close(fd);
	recording_free(&recording);
}

static void say_time(const struct machine *machine, __u64 time)
{
	const struct perfev_record record = {
		.type = PERF_RECORD_SAMPLE, .have = PERF_SAMPLE_TIME, .time = time
	};

	assert_int_equal(perfev_symbols_take(machine->symbols, &record), 0);
}

static void open_dumped(struct machine *machine, const struct dump *dump)
{
	open_process(machine, NULL);
	machine_write(machine, "/home/x/jit-5.dump", dump->bytes, dump->length);
	take(machine, said_mapping(5, 0x7000, 0x1000, 0, "/home/x/jit-5.dump"));
}

static void check_times(const struct machine *machine)
{
	say_time(machine, 99);
	check(machine, 5, 0x10000, "");
	say_time(machine, 100);
	check(machine, 5, 0x10000, "first");
	check(machine, 5, 0x100ff, "first");
	say_time(machine, 250);
	check(machine, 5, 0x10000, "first");
	check(machine, 5, 0x10200, "third");
	say_time(machine, 300);
	check(machine, 5, 0x10000, "second");
	check(machine, 5, 0x10080, "first");
	check(machine, 5, 0x10800, "");
	say_time(machine, 400);
	check(machine, 5, 0x10200, "");
	check(machine, 5, 0x10800, "third");
}

static void a_jitdump_names_what_was_there_at_the_time(void **state)
{
	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct perfev_frame frame;
		struct machine machine;
		struct dump dump;

		begin_dump(&dump, swapped, 0);
		fill_dump(&dump);
		open_dumped(&machine, &dump);
		say_clock(&machine);
		check_times(&machine);
		frame = find(&machine, 5, USER, 0x10000);
		assert_string_equal(frame.module->path, "/home/x/jit-5.dump");
		assert_int_equal(frame.module->state, PERFEV_MODULE_WHOLE);
		assert_null(frame.module->reason);
		machine_close(&machine);
	}
}

static void times_of_the_processors_clock_are_converted(void **state)
{
	struct perfev_record record = { .type = PERFEV_RECORD_TIME_CONV };
	struct machine machine;
	struct dump dump;

	(void)state;
	begin_dump(&dump, 0, 1);
	/* Twice as fast, and 0 at 50. */
	put_load(&dump, 100, 0x10000, 0x100, "first");
	open_dumped(&machine, &dump);
	record.time_conv.time_shift = 1;
	record.time_conv.time_mult = 1;
	record.time_conv.time_zero = 50;
	take(&machine, record);
	say_time(&machine, 99);
	check(&machine, 5, 0x10000, "");
	say_time(&machine, 100);
	check(&machine, 5, 0x10000, "first");
	machine_close(&machine);
}

static void without_a_common_clock_the_last_is_named_and_that_is_told(void **state)
{
	struct perfev_frame frame;
	struct machine machine;
	struct dump dump;

	(void)state;
	begin_dump(&dump, 0, 0);
	put_load(&dump, 300, 0x10000, 0x100, "first");
	put_load(&dump, 200, 0x10000, 0x100, "second");
	open_dumped(&machine, &dump);
	say_time(&machine, 99);
	frame = find(&machine, 5, USER, 0x10000);
	assert_string_equal(frame.symbol->name, "second");
	assert_non_null(strstr(frame.module->reason, "times"));
	assert_non_null(strstr(frame.module->remedy, "mono"));
	machine_close(&machine);
}

static void a_jitdump_that_grows_is_read_on(void **state)
{
	struct machine machine;
	struct dump dump;

	(void)state;
	begin_dump(&dump, 0, 0);
	put_load(&dump, 1, 0x10000, 0x100, "first");
	open_dumped(&machine, &dump);
	check(&machine, 5, 0x10000, "first");
	dump.length = 0;
	put_load(&dump, 1, 0x10100, 0x100, "second");
	/* Half a record is none yet. */
	machine_append(&machine, "/home/x/jit-5.dump", dump.bytes, 30);
	ask_often(&machine, 0x10100);
	check(&machine, 5, 0x10100, "");
	machine_append(&machine, "/home/x/jit-5.dump", dump.bytes + 30, dump.length - 30);
	ask_often(&machine, 0x10100);
	check(&machine, 5, 0x10100, "second");
	machine_close(&machine);
}

/* Each is of a process of its own. */
static void look_at(const struct machine *machine, __u32 pid, const struct dump *dump)
{
	char path[64];

	snprintf(path, sizeof(path), "/home/x/jit-%u.dump", pid);
	machine_write(machine, path, dump->bytes, dump->length);
	take(machine, said_mapping(pid, 0x7000, 0x1000, 0, path));
	take(machine, said_mapping(pid, 0x10000, 0x1000, 0, "//anon"));
	for (__u64 address = 0x10000; address < 0x11000; address += 0x80)
		name_at(machine, pid, USER, address);
}

static void a_jitdump_of_any_bytes_does_no_harm(void **state)
{
	struct machine machine;
	struct dump dump;

	(void)state;
	begin_dump(&dump, 0, 0);
	fill_dump(&dump);
	machine_open(&machine, NULL);
	for (size_t length = 0; length < dump.length; length++) {
		struct dump cut = dump;

		cut.length = length;
		look_at(&machine, (__u32)(1000 + length), &cut);
		/* As long as its header is not whole, it is none. */
		assert_int_equal(
			find(&machine, (__u32)(1000 + length), USER, 0x10100).module->state,
			length < 40      ? PERFEV_MODULE_BROKEN :
			length < 40 + 65 ? PERFEV_MODULE_BARE :
					   PERFEV_MODULE_WHOLE);
	}
	for (size_t i = 0; i < dump.length; i++) {
		struct dump wrong = dump;

		wrong.bytes[i] ^= 0x80;
		look_at(&machine, (__u32)(5000 + i), &wrong);
	}
	machine_close(&machine);
}

static void code_is_where_it_was_made_last(void **state)
{
	static const char *model[256];
	static char names[60][8];

	(void)state;
	for (unsigned int seed = 0; seed < 60; seed++) {
		struct codes codes = { 0 };
		struct module module;

		memset(&module, 0, sizeof(module));
		memset(model, 0, sizeof(model));
		random_begin(seed);
		for (unsigned int step = 0; step < 60; step++) {
			const __u64 begin = random_below(200), size = 1 + random_below(50);
			const int goes = random_below(5) == 0;

			sprintf(names[step], "%u", step);
			if (goes)
				assert_int_equal(perfev_codes_remove(&codes, begin, begin + size),
						 0);
			else
				assert_int_equal(perfev_codes_add(&codes, begin, size, names[step],
								  strlen(names[step]), &module),
						 1);
			for (__u64 i = begin; i < begin + size; i++)
				model[i] = goes ? NULL : names[step];
			for (__u64 i = 0; i < 256; i++) {
				const struct code *code = perfev_codes_find(&codes, i);

				assert_int_equal(code != NULL, model[i] != NULL);
				if (code)
					assert_string_equal(code->name, model[i]);
			}
		}
		perfev_codes_free(&codes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_of_the_map_file_of_the_process),
		cmocka_unit_test(what_was_made_later_is_named),
		cmocka_unit_test(a_file_that_grows_is_read_on),
		cmocka_unit_test(a_child_has_the_names_of_its_ancestor_until_exec),
		cmocka_unit_test(a_file_that_anybody_could_have_put_there_is_refused),
		cmocka_unit_test(a_jitdump_names_what_was_there_at_the_time),
		cmocka_unit_test(times_of_the_processors_clock_are_converted),
		cmocka_unit_test(without_a_common_clock_the_last_is_named_and_that_is_told),
		cmocka_unit_test(a_jitdump_that_grows_is_read_on),
		cmocka_unit_test(a_jitdump_of_any_bytes_does_no_harm),
		cmocka_unit_test(code_is_where_it_was_made_last),
	};

	return cmocka_run_group_tests_name("code that was made at run time", tests, NULL, NULL);
}
