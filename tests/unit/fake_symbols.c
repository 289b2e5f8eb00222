/* SPDX-License-Identifier: MIT */
/* Symbols that are known beforehand; see fake_symbols.h. */
#include "fake_symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned int fake_lines_asked, fake_found, fake_stacks;

enum {
	PROGRAM,
	BARE,
	KERNEL,
	MODULES
};

#define MOST_TASKS 1024
#define PAGES 32

struct perfev_symbols {
	struct perfev_module modules[MODULES];
	struct perfev_symbol symbols[MODULES * PAGES];
	char names[MODULES * PAGES][8];
	struct perfev_task tasks[MOST_TASKS];
	char comms[MOST_TASKS][32];
	__u32 symbol_count, task_count;
};

int perfev_symbols_open(struct perfev_symbols **out, const struct perfev_symbols_options *options,
			struct perfev_why *why)
{
	static const struct perfev_module modules[MODULES] = {
		{ .path = "/bin/program", .name = "program", .state = PERFEV_MODULE_WHOLE },
		{ .path = "/lib/bare.so",
		  .name = "bare.so",
		  .state = PERFEV_MODULE_BARE,
		  .reason = "it has no symbols",
		  .remedy = "build it with them",
		  .number = BARE },
		{ .path = "[kernel.kallsyms]",
		  .name = "[kernel.kallsyms]",
		  .kind = PERFEV_MODULE_KERNEL,
		  .number = KERNEL },
	};
	struct perfev_symbols *symbols = calloc(1, sizeof(*symbols));

	(void)options;
	*out = symbols;
	if (!symbols) {
		memset(why, 0, sizeof(*why));
		why->cause = PERFEV_CAUSE_MEMORY;
		return -ENOMEM;
	}
	memcpy(symbols->modules, modules, sizeof(modules));
	return 0;
}

void perfev_symbols_close(struct perfev_symbols *symbols)
{
	free(symbols);
}

int perfev_symbols_recording(struct perfev_symbols *symbols, struct perfev_file *file)
{
	(void)symbols;
	(void)file;
	return 0;
}

static const struct perfev_task *add_task(struct perfev_symbols *symbols, __u32 pid, __u32 tid,
					  const char *comm, size_t length)
{
	struct perfev_task *task = &symbols->tasks[symbols->task_count];

	if (symbols->task_count == MOST_TASKS)
		abort();
	task->pid = pid;
	task->tid = tid;
	task->comm = symbols->comms[symbols->task_count];
	task->number = symbols->task_count;
	snprintf(symbols->comms[symbols->task_count++], 32, "%.*s", (int)length, comm);
	return task;
}

int perfev_symbols_take(struct perfev_symbols *symbols, const struct perfev_record *record)
{
	if (record->type != PERF_RECORD_COMM)
		return 0;
	add_task(symbols, record->comm.pid, record->comm.tid, record->comm.comm.text,
		 record->comm.comm.length);
	return 1;
}

const struct perfev_task *perfev_symbols_task(struct perfev_symbols *symbols, __u32 pid, __u32 tid)
{
	char text[16];

	for (__u32 i = symbols->task_count; i-- > 0;)
		if (symbols->tasks[i].pid == pid && symbols->tasks[i].tid == tid)
			return &symbols->tasks[i];
	return add_task(symbols, pid, tid, text, (size_t)snprintf(text, sizeof(text), ":%u", tid));
}

unsigned int perfev_symbols_module_count(const struct perfev_symbols *symbols)
{
	(void)symbols;
	return MODULES;
}

const struct perfev_module *perfev_symbols_module(const struct perfev_symbols *symbols,
						  unsigned int number)
{
	return number < MODULES ? &symbols->modules[number] : NULL;
}

__u32 perfev_symbols_count(const struct perfev_symbols *symbols)
{
	return symbols->symbol_count;
}

/* Numbers in the order of finding, as the library gives them. */
static const struct perfev_symbol *symbol_of(struct perfev_symbols *symbols, int module, __u32 page)
{
	struct perfev_symbol *symbol;
	char *name;

	for (__u32 i = 0; i < symbols->symbol_count; i++)
		if (symbols->symbols[i].module == &symbols->modules[module] &&
		    symbols->symbols[i].address == page * (__u64)4096)
			return &symbols->symbols[i];
	symbol = &symbols->symbols[symbols->symbol_count];
	name = symbols->names[symbols->symbol_count];
	snprintf(name, 8, "%c%u", module == KERNEL ? 'k' : 'f', page);
	*symbol = (struct perfev_symbol){
		name,
		name,
		&symbols->modules[module],
		page * (__u64)4096,
		4096,
		symbols->symbol_count
	};
	symbols->symbol_count++;
	return symbol;
}

static int find(struct perfev_symbols *symbols, __u16 mode, __u64 address, struct perfev_frame *out)
{
	*out = (struct perfev_frame){ .address = address, .mode = mode };
	if (mode == PERF_RECORD_MISC_KERNEL) {
		out->module = &symbols->modules[KERNEL];
		out->symbol = symbol_of(symbols, KERNEL, (__u32)(address >> 12) % PAGES);
	} else if (address >= 0x401000 && address < 0x410000) {
		out->module = &symbols->modules[PROGRAM];
		out->symbol = symbol_of(symbols, PROGRAM, (__u32)(address >> 12) % PAGES);
		out->module_address = address - 0x400000;
	} else if (address >= 0x500000 && address < 0x510000) {
		out->module = &symbols->modules[BARE];
		out->module_address = address - 0x500000;
	}
	return out->module != NULL;
}

int perfev_symbols_find(struct perfev_symbols *symbols, __u32 pid, __u16 mode, __u64 address,
			struct perfev_frame *out)
{
	(void)pid;
	fake_found++;
	return find(symbols, mode, address, out);
}

static void add_chain(struct perfev_symbols *symbols, const struct perfev_words *chain, __u16 *mode,
		      struct perfev_frames *out)
{
	for (__u32 i = 0; i < chain->count; i++) {
		const __u64 address = perfev_words_get(chain, i);

		if (address == PERF_CONTEXT_KERNEL) {
			*mode = PERF_RECORD_MISC_KERNEL;
		} else if (address == PERF_CONTEXT_USER) {
			*mode = PERF_RECORD_MISC_USER;
		} else if (address == PERF_CONTEXT_USER_DEFERRED) {
			out->is_deferred = 1;
			out->cookie = perfev_words_get(chain, ++i);
		} else if (out->count == out->room) {
			out->is_cut = 1;
		} else {
			find(symbols, *mode, address, &out->list[out->count]);
			out->list[out->count].is_caller = out->count > 0;
			out->count++;
		}
	}
}

int perfev_symbols_stack(struct perfev_symbols *symbols, const struct perfev_record *sample,
			 const struct perfev_record *deferred, struct perfev_frames *out)
{
	__u16 mode = sample->misc & PERF_RECORD_MISC_CPUMODE_MASK;

	fake_stacks++;
	out->count = 0;
	out->is_cut = out->is_deferred = 0;
	add_chain(symbols, &sample->sample.callchain, &mode, out);
	if (deferred) {
		mode = PERF_RECORD_MISC_USER;
		add_chain(symbols, &deferred->callchain_deferred.ips, &mode, out);
	}
	if (!out->count && !(sample->have & PERF_SAMPLE_IP))
		return -ENOENT;
	if (!out->count)
		find(symbols, mode, sample->sample.ip, &out->list[out->count++]);
	return 0;
}

int perfev_symbols_lines(struct perfev_symbols *symbols, const struct perfev_module *module,
			 __u64 module_address, struct perfev_line *lines, unsigned int room)
{
	const __u32 page = (__u32)(module_address >> 12);
	int count = 0;

	fake_lines_asked++;
	if (module != &symbols->modules[PROGRAM] || room < 2)
		return 0;
	if (page == 3 && module_address & 0x800)
		lines[count++] = (struct perfev_line){ "/src/g.h", 7, 0, "g", 1 };
	lines[count] = (struct perfev_line){ "/src/program.c", 100 * page, 0, NULL, 0 };
	lines[count].function = symbol_of(symbols, PROGRAM, page)->name;
	return count + 1;
}
