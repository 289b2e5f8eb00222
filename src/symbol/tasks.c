/* SPDX-License-Identifier: MIT */
/*
 * Processes and threads, by COMM, FORK and EXIT. Those that ended are kept while samples of them
 * may still come, then freed: a build has thousands. A pid that comes again is another process.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapped.h"

static void forget_code(struct process *process)
{
	perfev_maps_release(process->maps);
	perfev_jit_free(process->jit);
	process->maps = NULL;
	process->jit = NULL;
	process->jit_dump = NULL;
	process->ancestor = 0;
}

static void free_process(struct registry *registry, struct process *process)
{
	if (registry->last_process == process)
		registry->last_process = NULL;
	perfev_table_remove(&registry->processes, process->pid);
	forget_code(process);
	free(process);
}

struct process *perfev_process_find(struct perfev_symbols *symbols, __u32 pid)
{
	struct registry *registry = symbols->registry;
	struct process *process = registry->last_process;

	if (process && process->pid == pid)
		return process;
	process = perfev_table_find(&registry->processes, pid);
	if (process)
		registry->last_process = process;
	return process;
}

struct process *perfev_process_get(struct perfev_symbols *symbols, __u32 pid)
{
	struct process *process = perfev_process_find(symbols, pid);

	if (process)
		return process;
	process = calloc(1, sizeof(*process));
	if (!process)
		return NULL;
	process->pid = pid;
	if (perfev_table_add(&symbols->registry->processes, process) < 0) {
		free(process);
		return NULL;
	}
	return process;
}

static struct thread *find_thread(struct registry *registry, __u32 tid)
{
	struct thread *thread = registry->last_thread;

	if (thread && thread->tid == tid)
		return thread;
	thread = perfev_table_find(&registry->threads, tid);
	if (thread)
		registry->last_thread = thread;
	return thread;
}

/* One thread fewer of a process, which is gone with the last. */
static void leave(struct perfev_symbols *symbols, __u32 pid)
{
	struct process *process = perfev_table_find(&symbols->registry->processes, pid);

	if (process && process->threads && --process->threads == 0 && process->has_ended)
		free_process(symbols->registry, process);
}

/* Makes a thread one of a process. Returns 0 or -ENOMEM. */
static int enter(struct perfev_symbols *symbols, struct thread *thread, __u32 pid)
{
	struct process *process = perfev_process_get(symbols, pid);

	if (!process)
		return -ENOMEM;
	process->threads++;
	thread->pid = pid;
	return 0;
}

/* Finds a thread, or makes it; it is one of that process from now on. NULL: no memory. */
static struct thread *get_thread(struct perfev_symbols *symbols, __u32 pid, __u32 tid)
{
	struct registry *registry = symbols->registry;
	struct thread *thread = find_thread(registry, tid);

	if (thread && thread->pid == pid)
		return thread;
	if (thread) {
		const __u32 old = thread->pid;

		if (enter(symbols, thread, pid) < 0)
			return NULL;
		thread->task = NULL;
		leave(symbols, old);
		return thread;
	}
	thread = calloc(1, sizeof(*thread));
	if (!thread)
		return NULL;
	thread->tid = tid;
	if (enter(symbols, thread, pid) < 0) {
		free(thread);
		return NULL;
	}
	if (perfev_table_add(&registry->threads, thread) < 0) {
		leave(symbols, pid);
		free(thread);
		return NULL;
	}
	return thread;
}

static void free_thread(struct perfev_symbols *symbols, struct thread *thread)
{
	struct registry *registry = symbols->registry;

	if (registry->last_thread == thread)
		registry->last_thread = NULL;
	perfev_table_remove(&registry->threads, thread->tid);
	leave(symbols, thread->pid);
	free(thread);
}

static void set_comm(struct thread *thread, const struct name *comm)
{
	if (thread->comm == comm)
		return;
	thread->comm = comm;
	thread->task = NULL;
}

int perfev_tasks_comm(struct perfev_symbols *symbols, const struct perfev_record *record)
{
	const struct perfev_record_comm *said = &record->comm;
	struct thread *thread = get_thread(symbols, said->pid, said->tid);
	const struct name *comm =
		perfev_name_get(symbols->registry, said->comm.text, said->comm.length);

	if (!thread || !comm)
		return -ENOMEM;
	set_comm(thread, comm);
	if (record->misc & PERF_RECORD_MISC_COMM_EXEC) {
		struct process *process = perfev_process_find(symbols, said->pid);

		forget_code(process);
		thread->task = NULL;
	}
	return 1;
}

/* The child begins with what its parent has mapped. */
static void inherit(struct perfev_symbols *symbols, const struct perfev_record *record)
{
	const struct perfev_record_task *task = &record->task;
	struct process *child = perfev_process_find(symbols, task->pid), *parent;

	forget_code(child);
	child->has_ended = 0;
	/* Of processes that were there before, recorders say so, and say what is mapped as well. */
	if (record->misc & PERF_RECORD_MISC_FORK_EXEC)
		return;
	parent = perfev_process_find(symbols, task->ppid);
	if (!parent)
		return;
	child->maps = perfev_maps_share(parent->maps);
	child->jit_dump = parent->jit_dump;
	child->ancestor = parent->ancestor ? parent->ancestor : parent->pid;
}

int perfev_tasks_fork(struct perfev_symbols *symbols, const struct perfev_record *record)
{
	const struct perfev_record_task *task = &record->task;
	struct registry *registry = symbols->registry;
	const struct thread *parent;
	struct thread *thread;

	/* Nobody is its own child: what goes round is no fork. */
	if (task->tid == task->ptid)
		return 1;
	thread = get_thread(symbols, task->pid, task->tid);
	if (!thread)
		return -ENOMEM;
	thread->death = 0;
	thread->task = NULL;
	parent = find_thread(registry, task->ptid);
	set_comm(thread, parent ? parent->comm : NULL);
	if (task->pid != task->ppid)
		inherit(symbols, record);
	return 1;
}

/* Notes an end. Who ended so many ends ago is freed, unless the number was given again since. */
static void bury(struct perfev_symbols *symbols, struct thread *thread)
{
	struct registry *registry = symbols->registry;
	struct dead *dead = &registry->dead[registry->deaths % DEAD_KEPT];
	struct thread *oldest = dead->death ? find_thread(registry, dead->tid) : NULL;
	const struct dead death = { thread->tid, ++registry->deaths };

	if (oldest && oldest->death == dead->death && oldest != thread)
		free_thread(symbols, oldest);
	*dead = death;
	thread->death = death.death;
}

int perfev_tasks_exit(struct perfev_symbols *symbols, const struct perfev_record *record)
{
	const struct perfev_record_task *task = &record->task;
	struct thread *thread = find_thread(symbols->registry, task->tid);
	struct process *process = perfev_process_find(symbols, task->pid);

	if (!thread || thread->pid != task->pid) {
		/* Of one that nothing said before, only the end of a whole process matters. */
		if (!process || task->pid != task->tid)
			return 1;
		thread = get_thread(symbols, task->pid, task->tid);
		if (!thread)
			return -ENOMEM;
	}
	if (process && task->pid == task->tid)
		process->has_ended = 1;
	if (!thread->death)
		bury(symbols, thread);
	return 1;
}

const struct perfev_task *perfev_symbols_task(struct perfev_symbols *symbols, __u32 pid, __u32 tid)
{
	struct registry *registry = symbols->registry;
	struct thread *thread = registry->last_thread;
	struct perfev_task *task;

	if (!thread || thread->tid != tid || thread->pid != pid)
		thread = get_thread(symbols, pid, tid);
	if (!thread)
		return NULL;
	if (thread->task)
		return thread->task;
	task = perfev_arena_take(&registry->arena, sizeof(*task));
	if (!task)
		return NULL;
	task->pid = pid;
	task->tid = tid;
	/* The idle threads are of no process, and nothing else says what they are. */
	task->comm = thread->comm ? thread->comm->text :
		     tid == 0     ? "swapper" :
				    perfev_lasting(symbols, ":%d", (int)tid);
	if (!task->comm)
		return NULL;
	task->number = registry->tasks++;
	thread->task = task;
	return task;
}

void perfev_tasks_free(struct perfev_symbols *symbols)
{
	struct registry *registry = symbols->registry;

	for (__u32 i = 0; registry->threads.bits && i < 1U << registry->threads.bits; i++)
		free(registry->threads.slots[i]);
	for (__u32 i = 0; registry->processes.bits && i < 1U << registry->processes.bits; i++) {
		struct process *process = registry->processes.slots[i];

		if (process)
			forget_code(process);
		free(process);
	}
	perfev_table_free(&registry->threads);
	perfev_table_free(&registry->processes);
}
