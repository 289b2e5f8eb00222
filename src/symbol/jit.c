/* SPDX-License-Identifier: MIT */
/*
 * Code that processes made at run time. Its names are read when an address of it is first asked
 * for, and again when one has no name and the file has grown: a process may still be running.
 */
#include "jit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MOST 1024U

void perfev_jit_free(struct jit *jit)
{
	if (!jit)
		return;
	perfev_codes_free(&jit->codes);
	perfev_jitdump_free(jit->dump);
	free(jit->path);
	free(jit);
}

/* What is told of all code that nothing names. */
static void excuse_memory(struct perfev_symbols *symbols)
{
	struct module *memory = symbols->registry->memory;
	const int is_elsewhere = !symbols->options.root && !symbols->is_this_machine;

	if (memory->shown.state != PERFEV_MODULE_UNREAD)
		return;
	if (is_elsewhere)
		perfev_module_state(memory, PERFEV_MODULE_MISSING,
				    "it was made at run time, and what may name it,"
				    " /tmp/perf-PID.map, is on the machine that was recorded",
				    "give the folder that has the recorded machine's files");
	else
		perfev_module_state(memory, PERFEV_MODULE_MISSING,
				    "it was made at run time, and there is no /tmp/perf-PID.map"
				    " or jitdump that names it",
				    "have its runtime write one: python -X perf, node"
				    " --perf-basic-prof, java -XX:+DumpPerfMapAtExit");
}

/* A module of the file's own, which says what is known. Returns 0 or -ENOMEM. */
static int name_module(struct perfev_symbols *symbols, struct jit *jit, __u32 pid, int is_dump,
		       const struct excuse *excuse)
{
	char path[64];

	snprintf(path, sizeof(path), "/tmp/perf-%u.map", pid);
	jit->module =
		perfev_module_named(symbols, PERFEV_MODULE_JIT, is_dump ? jit->dump_path : path);
	if (!jit->module)
		return -ENOMEM;
	perfev_module_state(jit->module, excuse->state, excuse->reason, excuse->remedy);
	if (jit->path) {
		jit->module->shown.file = perfev_keep(symbols, jit->path, strlen(jit->path));
		jit->module->shown.origin = jit->module->shown.file;
		if (!jit->module->shown.file)
			return -ENOMEM;
	}
	return 0;
}

/* Tells what a file had in it. */
static void tell(struct jit *jit)
{
	const struct excuse without_times = {
		PERFEV_MODULE_WHOLE,
		"its times are not those of the recording: where code took another's place, the"
		" later one is named",
		"record with -k mono",
	};

	if (!jit->module->shown.symbol_count)
		perfev_module_state(jit->module, PERFEV_MODULE_BARE, "its file names nothing",
				    NULL);
	else if (jit->dump && !perfev_jitdump_has_times(jit->dump))
		perfev_module_state(jit->module, without_times.state, without_times.reason,
				    without_times.remedy);
	else
		perfev_module_state(jit->module, PERFEV_MODULE_WHOLE, NULL, NULL);
}

/* Opens the jitdump, if the process had one mapped. Returns 1, 0: there is none, or -ENOMEM. */
static int begin_dump(struct perfev_symbols *symbols, struct jit *jit, __u32 pid,
		      struct excuse *excuse)
{
	int fd, result;

	if (!jit->dump_path)
		return 0;
	fd = perfev_jit_open(symbols, pid, jit->dump_path, &jit->path, excuse);
	if (fd == -EPERM)
		return name_module(symbols, jit, pid, 1, excuse);
	if (fd < 0)
		return fd == -ENOMEM ? fd : 0;
	result = name_module(symbols, jit, pid, 1, excuse);
	if (result == 0)
		result = perfev_jitdump_open(jit, fd);
	if (result == 0)
		result = perfev_jitdump_read(symbols, jit, fd);
	close(fd);
	if (result == -EBADMSG) {
		perfev_module_state(jit->module, PERFEV_MODULE_BROKEN, "it is no jitdump", NULL);
		free(jit->path);
		jit->path = NULL;
		return 0;
	}
	return result < 0 ? result : 1;
}

static int begin_map(struct perfev_symbols *symbols, struct jit *jit, __u32 pid,
		     struct excuse *excuse)
{
	int fd = perfev_jit_open(symbols, pid, NULL, &jit->path, excuse), result;

	if (fd == -EPERM)
		return name_module(symbols, jit, pid, 0, excuse);
	if (fd < 0)
		return fd == -ENOMEM ? fd : 0;
	result = name_module(symbols, jit, pid, 0, excuse);
	if (result == 0)
		result = perfev_jit_read_map(jit, fd);
	close(fd);
	return result < 0 ? result : 1;
}

/* Looks for a file. Returns 1: there is one, 0, or -ENOMEM. */
static int begin(struct perfev_symbols *symbols, struct jit *jit, __u32 pid)
{
	struct excuse excuse = { PERFEV_MODULE_UNREAD, NULL, NULL };
	int result = begin_dump(symbols, jit, pid, &excuse);

	if (result == 0)
		result = begin_map(symbols, jit, pid, &excuse);
	if (result > 0)
		tell(jit);
	return result;
}

/* Looks whether there is more by now. Returns 1 if there is, 0, or -ENOMEM. */
static int look_again(struct perfev_symbols *symbols, struct jit *jit, __u32 pid)
{
	struct excuse ignored;
	char *path = NULL;
	int fd, result;

	if (!jit->path)
		return begin(symbols, jit, pid);
	fd = perfev_jit_open(symbols, pid, jit->dump ? jit->dump_path : NULL, &path, &ignored);
	if (fd < 0)
		return 0;
	free(path);
	result = jit->dump ? perfev_jitdump_read(symbols, jit, fd) : perfev_jit_read_map(jit, fd);
	close(fd);
	if (result > 0)
		tell(jit);
	return result;
}

static struct jit *make(struct perfev_symbols *symbols, struct process *process)
{
	struct jit *jit = calloc(1, sizeof(*jit));

	if (!jit)
		return NULL;
	jit->module = symbols->registry->memory;
	jit->dump_path = process->jit_dump;
	jit->patience = 1;
	if (begin(symbols, jit, process->pid) < 0) {
		perfev_jit_free(jit);
		return NULL;
	}
	perfev_jit_free(process->jit);
	process->jit = jit;
	return jit;
}

/* Finds a process's own code. Returns 1 with *out, 0, or -ENOMEM. */
static int find(struct perfev_symbols *symbols, struct process *process, __u64 address,
		struct code **out)
{
	const __u64 now = symbols->registry->now;
	struct jit *jit = process->jit;
	int result;

	if (!jit || jit->dump_path != process->jit_dump)
		jit = make(symbols, process);
	if (!jit)
		return -ENOMEM;
	if (jit->dump && perfev_jitdump_advance(jit, now) < 0)
		return -ENOMEM;
	*out = perfev_codes_find(&jit->codes, address);
	if (*out || ++jit->misses < jit->patience)
		return *out != NULL;
	/* Where it is in vain, it is tried less and less. */
	jit->misses = 0;
	result = look_again(symbols, jit, process->pid);
	if (result < 0)
		return result;
	jit->patience = result                        ? 1 :
			jit->patience < PATIENCE_MOST ? 2 * jit->patience :
							PATIENCE_MOST;
	if (result && jit->dump && perfev_jitdump_advance(jit, now) < 0)
		return -ENOMEM;
	*out = result ? perfev_codes_find(&jit->codes, address) : NULL;
	return *out != NULL;
}

int perfev_jit_find(struct perfev_symbols *symbols, struct process *process, __u64 address,
		    struct perfev_frame *frame)
{
	struct process *ancestor;
	struct code *code = NULL;
	int result = find(symbols, process, address, &code);

	if (result == 0 && process->ancestor && !process->jit->path) {
		/* What was made before the fork has a name under its ancestor's number. */
		ancestor = perfev_process_find(symbols, process->ancestor);
		if (ancestor && ancestor != process)
			result = find(symbols, ancestor, address, &code);
	}
	if (result > 0)
		return perfev_code_symbol(symbols, code, frame);
	excuse_memory(symbols);
	frame->module = &process->jit->module->shown;
	return result;
}
