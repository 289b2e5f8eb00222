/* SPDX-License-Identifier: MIT */
/* A machine to find symbols on. */
#define _GNU_SOURCE
#include "symbol_maker.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

void machine_open(struct machine *machine, const char *kallsyms)
{
	struct perfev_symbols_options options = { .size = sizeof(options) };
	struct perfev_why why;

	strcpy(machine->root, "/tmp/perfev-symbols-XXXXXX");
	assert_non_null(mkdtemp(machine->root));
	snprintf(machine->kallsyms, sizeof(machine->kallsyms), "%s/kallsyms", machine->root);
	if (kallsyms)
		machine_write(machine, "/kallsyms", kallsyms, strlen(kallsyms));
	options.root = machine->root;
	options.kallsyms = machine->kallsyms;
	assert_int_equal(perfev_symbols_open(&machine->symbols, &options, &why), 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

void machine_close(struct machine *machine)
{
	perfev_symbols_close(machine->symbols);
	assert_int_equal(nftw(machine->root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void put(const struct machine *machine, const char *path, const void *bytes, size_t length,
		int flags)
{
	char whole[256];
	int fd;

	snprintf(whole, sizeof(whole), "%s%s", machine->root, path);
	for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(whole, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	fd = open(whole, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

void machine_write(const struct machine *machine, const char *path, const void *bytes,
		   size_t length)
{
	put(machine, path, bytes, length, O_TRUNC);
}

void machine_append(const struct machine *machine, const char *path, const void *bytes,
		    size_t length)
{
	put(machine, path, bytes, length, O_APPEND);
}

static struct perfev_text text_of(const char *text)
{
	return (struct perfev_text){ text, (__u32)strlen(text), 0 };
}

struct perfev_record said_mapping(__u32 pid, __u64 address, __u64 length, __u64 offset,
				  const char *path)
{
	struct perfev_record record = { .type = PERF_RECORD_MMAP2, .misc = PERF_RECORD_MISC_USER };

	record.mmap.pid = record.mmap.tid = pid;
	record.mmap.addr = address;
	record.mmap.len = length;
	record.mmap.pgoff = offset;
	record.mmap.filename = text_of(path);
	return record;
}

struct perfev_record said_kernel_mapping(__u64 address, __u64 length, __u64 offset,
					 const char *path)
{
	struct perfev_record record = said_mapping((__u32)-1, address, length, offset, path);

	record.type = PERF_RECORD_MMAP;
	record.misc = PERF_RECORD_MISC_KERNEL;
	return record;
}

struct perfev_record said_comm(__u32 pid, __u32 tid, const char *comm, int is_exec)
{
	struct perfev_record record = { .type = PERF_RECORD_COMM };

	record.misc = is_exec ? PERF_RECORD_MISC_COMM_EXEC : 0;
	record.comm.pid = pid;
	record.comm.tid = tid;
	record.comm.comm = text_of(comm);
	return record;
}

struct perfev_record said_fork(__u32 pid, __u32 tid, __u32 ppid, __u32 ptid)
{
	struct perfev_record record = { .type = PERF_RECORD_FORK };

	record.task.pid = pid;
	record.task.tid = tid;
	record.task.ppid = ppid;
	record.task.ptid = ptid;
	return record;
}

struct perfev_record said_exit(__u32 pid, __u32 tid)
{
	struct perfev_record record = said_fork(pid, tid, pid, tid);

	record.type = PERF_RECORD_EXIT;
	return record;
}

void take(const struct machine *machine, struct perfev_record record)
{
	assert_int_equal(perfev_symbols_take(machine->symbols, &record), 1);
}

struct perfev_frame find(const struct machine *machine, __u32 pid, __u16 mode, __u64 address)
{
	struct perfev_frame frame;

	memset(&frame, 0xaa, sizeof(frame));
	assert_int_equal(perfev_symbols_find(machine->symbols, pid, mode, address, &frame), 1);
	assert_non_null(frame.module);
	assert_int_equal(frame.address, address);
	return frame;
}

const char *name_at(const struct machine *machine, __u32 pid, __u16 mode, __u64 address)
{
	struct perfev_frame frame;
	int result = perfev_symbols_find(machine->symbols, pid, mode, address, &frame);

	assert_true(result == 0 || result == 1);
	assert_int_equal(result, frame.module != NULL);
	return !result ? NULL : frame.symbol ? frame.symbol->name : "";
}

const char *path_at(const struct machine *machine, __u32 pid, __u64 address)
{
	struct perfev_frame frame;
	int result =
		perfev_symbols_find(machine->symbols, pid, PERF_RECORD_MISC_USER, address, &frame);

	assert_true(result == 0 || result == 1);
	return frame.module ? frame.module->path : NULL;
}
