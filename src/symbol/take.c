/* SPDX-License-Identifier: MIT */
/* Records, one after the other: each goes to the part that keeps what it says. */
#include <errno.h>
#include <string.h>

#include "mapped.h"

/* Whether a mapping is of no file, by the names that the kernel has for memory. */
static int is_memory(const char *path, size_t length)
{
	static const char *const begins[] = {
		"//anon", "/dev/zero", "/anon_hugepage", "/memfd:",   "/SYSV",
		"[heap]", "[stack",    "[anon",          "[uprobes]", "anon_inode:",
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (length >= strlen(begins[i]) && !memcmp(path, begins[i], strlen(begins[i])))
			return 1;
	return length == 0;
}

/* Says whether a file is one that just-in-time compilers write beside their code, jit-PID.dump. */
static int is_jitdump(const struct name *path)
{
	const char *slash = strrchr(path->text, '/'), *name = slash ? slash + 1 : path->text;
	size_t digits;

	if (strncmp(name, "jit-", 4) != 0)
		return 0;
	digits = strspn(name + 4, "0123456789");
	return digits && !strcmp(name + 4 + digits, ".dump");
}

static int take_user_mapping(struct perfev_symbols *symbols, const struct perfev_record *record)
{
	const struct perfev_record_mmap *mmap = &record->mmap;
	const __u64 end = mmap->len < ~0ULL - mmap->addr ? mmap->addr + mmap->len : ~0ULL;
	struct identity identity = { .major = mmap->maj, .minor = mmap->min, .inode = mmap->ino };
	struct module *module = symbols->registry->memory;
	struct process *process;

	if (mmap->pid == (__u32)-1 || !mmap->len)
		return 1;
	process = perfev_process_get(symbols, mmap->pid);
	if (!process)
		return -ENOMEM;
	if (record->misc & PERF_RECORD_MISC_MMAP_BUILD_ID)
		identity.build_id = &mmap->build_id;
	if (!is_memory(mmap->filename.text, mmap->filename.length)) {
		struct name *path = perfev_name_get(symbols->registry, mmap->filename.text,
						    mmap->filename.length);
		const int is_vdso = path && path->text[0] == '[';

		/* A process of 32 bits has another one, which nothing else tells apart. */
		if (is_vdso)
			identity.inode = end >> 32 ? VDSO_OF_64_BITS : VDSO_OF_32_BITS;
		if (path && is_jitdump(path))
			process->jit_dump = path->text;
		module = perfev_module_get(symbols,
					   is_vdso ? PERFEV_MODULE_VDSO : PERFEV_MODULE_FILE, path,
					   &identity);
		if (!module)
			return -ENOMEM;
		if (!module->pid)
			module->pid = mmap->pid;
	}
	return perfev_maps_add(&process->maps, mmap->addr, end, mmap->pgoff, module) < 0 ?
		       -ENOMEM :
		       1;
}

static int take_mapping(struct perfev_symbols *symbols, const struct perfev_record *record)
{
	switch (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) {
	case PERF_RECORD_MISC_KERNEL:
		return perfev_kernel_mmap(symbols, &record->mmap);
	case PERF_RECORD_MISC_CPUMODE_UNKNOWN:
	case PERF_RECORD_MISC_USER:
		return take_user_mapping(symbols, record);
	default:
		return 1;
	}
}

static int take_event(struct perfev_symbols *symbols, const struct perfev_record *record)
{
	const struct perfev_bytes *bytes = &record->attr.attr;
	struct perf_event_attr attr;
	const unsigned int flags =
		record->layout && record->layout->swapped ? PERFEV_LAYOUT_SWAPPED : 0;

	if (perfev_attr_decode(&attr, bytes->bytes, (size_t)bytes->length, flags) > 0)
		perfev_recording_event(symbols, &attr);
	return 1;
}

int perfev_symbols_take(struct perfev_symbols *symbols, const struct perfev_record *record)
{
	struct registry *registry = symbols->registry;

	if (record->have & PERF_SAMPLE_TIME)
		registry->now = record->time;
	switch (record->type) {
	case PERF_RECORD_SAMPLE:
		return 0;
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		return take_mapping(symbols, record);
	case PERF_RECORD_COMM:
		return perfev_tasks_comm(symbols, record);
	case PERF_RECORD_FORK:
		return perfev_tasks_fork(symbols, record);
	case PERF_RECORD_EXIT:
		return perfev_tasks_exit(symbols, record);
	case PERF_RECORD_KSYMBOL:
		return perfev_kernel_symbol(symbols, &record->ksymbol);
	case PERFEV_RECORD_ATTR:
		return take_event(symbols, record);
	case PERFEV_RECORD_BUILD_ID:
		return perfev_recording_build_id(symbols, record->misc, &record->build_id.filename,
						 &record->build_id.build_id);
	case PERFEV_RECORD_FEATURE:
		return perfev_recording_feature(symbols, record);
	case PERFEV_RECORD_TIME_CONV:
		registry->clock = record->time_conv;
		registry->has_clock = 1;
		return 1;
	default:
		return 0;
	}
}
