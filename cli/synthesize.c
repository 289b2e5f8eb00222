/* SPDX-License-Identifier: MIT */
/* What the kernel tells of only when it happens, read from /proc; see synthesize.h. */
#include "synthesize.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>

static int put(const struct synthesize *to, const struct perfev_record *record)
{
	return to->take(to->taker, record);
}

static struct perfev_text text_of(const char *text)
{
	struct perfev_text of = { text, (__u32)strlen(text), 0 };

	return of;
}

static int put_kernel_map(const struct synthesize *to, __u64 begin, __u64 end, __u64 offset,
			  const char *name)
{
	struct perfev_record map = PERFEV_RECORD_INIT;

	map.type = PERF_RECORD_MMAP;
	map.misc = PERF_RECORD_MISC_KERNEL;
	map.mmap.pid = (__u32)-1;
	map.mmap.addr = begin;
	map.mmap.len = end - begin;
	map.mmap.pgoff = offset;
	map.mmap.filename = text_of(name);
	return put(to, &map);
}

/*
 * How long the kernel's code is, as x86 has it in its map of memory for those who may see that; 0:
 * not known. It spares them a hundred thousand symbols up to the one at its end.
 */
static __u64 kernel_code_bytes(void)
{
	unsigned long long begin, end;
	char line[256];
	__u64 bytes = 0;
	FILE *file;

#if !defined(__x86_64__) && !defined(__i386__)
	/* Elsewhere the entry has more than the code. */
	return 0;
#endif
	file = fopen("/proc/iomem", "re");
	while (file && !bytes && fgets(line, sizeof(line), file))
		if (strstr(line, " : Kernel code\n") &&
		    sscanf(line, "%llx-%llx", &begin, &end) == 2 && end > begin)
			bytes = end - begin + 1;
	if (file)
		fclose(file);
	return bytes;
}

/* Whether a line of /proc/kallsyms, "ADDRESS TYPE NAME", is of this symbol. */
static int is_symbol(const char *line, const char *name)
{
	const char *at = strchr(line, ' ');
	size_t length = strlen(name);

	return at && at[1] && at[2] == ' ' && strncmp(at + 3, name, length) == 0 &&
	       (at[3 + length] == '\n' || at[3 + length] == '\0');
}

/* Where the kernel's code is. Its addresses are 0 for those who may not know them. */
static int put_kernel(const struct synthesize *to)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	__u64 begin = 0, end = 0;
	const char *first = "";
	char line[1024];

	while (file && !end && fgets(line, sizeof(line), file)) {
		if (!begin && (is_symbol(line, "_text") || is_symbol(line, "_stext"))) {
			const __u64 bytes = kernel_code_bytes();

			begin = strtoull(line, NULL, 16);
			if (!begin)
				break;
			first = is_symbol(line, "_text") ? "_text" : "_stext";
			end = bytes ? begin + bytes : 0;
		} else if (begin && is_symbol(line, "_etext")) {
			end = strtoull(line, NULL, 16);
		}
	}
	if (file)
		fclose(file);
	if (!begin || end <= begin)
		return 0;
	snprintf(line, sizeof(line), "[kernel.kallsyms]%s", first);
	return put_kernel_map(to, begin, end, begin, line);
}

static int put_modules(const struct synthesize *to)
{
	FILE *file = fopen("/proc/modules", "re");
	char line[1024], name[256], bracketed[260];
	unsigned long long size, address;
	int result = 0;

	while (file && result == 0 && fgets(line, sizeof(line), file)) {
		char *at = strstr(line, " 0x");

		if (!at || sscanf(line, "%255s %llu", name, &size) != 2 ||
		    sscanf(at, " 0x%llx", &address) != 1 || !address)
			continue;
		snprintf(bracketed, sizeof(bracketed), "[%s]", name);
		result = put_kernel_map(to, address, address + size, 0, bracketed);
	}
	if (file)
		fclose(file);
	return result;
}

static int put_comm(const struct synthesize *to, pid_t pid, pid_t tid)
{
	struct perfev_record comm = PERFEV_RECORD_INIT;
	char path[64], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	name[strcspn(name, "\n")] = '\0';
	comm.type = PERF_RECORD_COMM;
	comm.comm.pid = (__u32)pid;
	comm.comm.tid = (__u32)tid;
	comm.comm.comm = text_of(name);
	return put(to, &comm);
}

/* Of a mapping's line in /proc/PID/maps: what is executed, or all that -d asks for. */
static int put_map(const struct synthesize *to, pid_t pid, const char *line)
{
	struct perfev_record map = PERFEV_RECORD_INIT;
	unsigned long long begin, end, offset, inode;
	unsigned int maj, min;
	char flags[8];
	int at = 0;

	if (sscanf(line, "%llx-%llx %7s %llx %x:%x %llu %n", &begin, &end, flags, &offset, &maj,
		   &min, &inode, &at) < 7)
		return 0;
	if (flags[2] != 'x' && !to->data)
		return 0;
	map.type = PERF_RECORD_MMAP2;
	map.misc =
		(__u16)(PERF_RECORD_MISC_USER | (flags[2] == 'x' ? 0 : PERF_RECORD_MISC_MMAP_DATA));
	map.mmap.pid = map.mmap.tid = (__u32)pid;
	map.mmap.addr = begin;
	map.mmap.len = end - begin;
	map.mmap.pgoff = offset;
	map.mmap.maj = maj;
	map.mmap.min = min;
	map.mmap.ino = inode;
	map.mmap.prot = (flags[0] == 'r' ? PROT_READ : 0U) | (flags[1] == 'w' ? PROT_WRITE : 0U) |
			(flags[2] == 'x' ? PROT_EXEC : 0U);
	map.mmap.flags = flags[3] == 's' ? MAP_SHARED : MAP_PRIVATE;
	map.mmap.filename = text_of(line[at] ? line + at : "//anon");
	return put(to, &map);
}

static int put_maps(const struct synthesize *to, pid_t pid)
{
	char path[64], *line = NULL;
	size_t room = 0;
	FILE *file;
	int result = 0;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	while (file && result == 0 && getline(&line, &room, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		result = put_map(to, pid, line);
	}
	free(line);
	if (file)
		fclose(file);
	return result;
}

int synthesize_process(const struct synthesize *to, pid_t pid)
{
	char path[64];
	struct dirent *entry;
	DIR *tasks;
	int result = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	if (!tasks)
		return 0;
	while (result == 0 && (entry = readdir(tasks)))
		if (isdigit((unsigned char)entry->d_name[0]))
			result = put_comm(to, pid, atoi(entry->d_name));
	closedir(tasks);
	return result == 0 ? put_maps(to, pid) : result;
}

static int put_all_processes(const struct synthesize *to)
{
	struct dirent *entry;
	DIR *processes = opendir("/proc");
	int result = 0;

	while (processes && result == 0 && (entry = readdir(processes)))
		if (isdigit((unsigned char)entry->d_name[0]))
			result = synthesize_process(to, atoi(entry->d_name));
	if (processes)
		closedir(processes);
	return result;
}

/* The process that a thread belongs to, or the thread itself where that is not known. */
static pid_t process_of(pid_t tid)
{
	char path[64], line[128];
	FILE *file;
	int pid = tid;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Tgid: %d", &pid) == 1)
			break;
	if (file)
		fclose(file);
	return pid;
}

int synthesize(const struct synthesize *to, const struct targets *targets)
{
	int result = put_kernel(to);

	if (result == 0)
		result = put_modules(to);
	for (unsigned int i = 0; i < targets->count && result == 0; i++) {
		switch (targets->list[i].kind) {
		case PERFEV_TARGET_PROCESS:
			result = synthesize_process(to, targets->list[i].pid);
			break;
		case PERFEV_TARGET_THREAD:
			result = synthesize_process(to, process_of(targets->list[i].pid));
			break;
		default:
			/* What runs on a CPU or in a cgroup may be any process. */
			return put_all_processes(to);
		}
	}
	return result;
}
