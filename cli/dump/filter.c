/* SPDX-License-Identifier: MIT */
/* Which records are asked for. What a record does not say is not what was asked for. */
#include "../recorded.h"
#include "dump.h"

/* Whose a record is, by its own fields where it has some, else by who wrote it. */
static int task_of(const struct perfev_record *record, __u32 *pid, __u32 *tid)
{
	switch (record->type) {
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		*pid = record->mmap.pid;
		*tid = record->mmap.tid;
		return 1;
	case PERF_RECORD_COMM:
		*pid = record->comm.pid;
		*tid = record->comm.tid;
		return 1;
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		*pid = record->task.pid;
		*tid = record->task.tid;
		return 1;
	default:
		*pid = record->pid;
		*tid = record->tid;
		return (record->have & PERF_SAMPLE_TID) != 0;
	}
}

static int chooses_task(const struct dump_options *options, const struct perfev_record *record)
{
	__u32 pid, tid;

	if (!options->pids.count && !options->tids.count)
		return 1;
	if (!task_of(record, &pid, &tid))
		return 0;
	return choices_have_number(&options->pids, pid) && choices_have_number(&options->tids, tid);
}

static int chooses_event(const struct dump_options *options, const struct perfev_file *file)
{
	const struct perfev_file_event *event = perfev_file_record_event(file);
	unsigned int number = 0;

	if (!options->events)
		return 1;
	while (event && perfev_file_event(file, number) != event)
		number++;
	for (char **wanted = options->events; event && *wanted; wanted++)
		if (recorded_is(*wanted, event, number))
			return 1;
	return 0;
}

const char *dump_strange_event(const struct dump_options *options, const struct perfev_file *file)
{
	const unsigned int count = perfev_file_event_count(file);

	for (char **wanted = options->events; wanted && *wanted; wanted++) {
		unsigned int i = 0;

		while (i < count && !recorded_is(*wanted, perfev_file_event(file, i), i))
			i++;
		if (i == count)
			return *wanted;
	}
	return NULL;
}

int dump_chooses(const struct dump_options *options, const struct perfev_record *record,
		 const struct perfev_file *file)
{
	if (options->has_types && !options->types[dump_place(record->type)])
		return 0;
	if ((options->from_ns || options->to_ns != ~0ULL) &&
	    (!(record->have & PERF_SAMPLE_TIME) || record->time < options->from_ns ||
	     record->time > options->to_ns))
		return 0;
	return chooses_task(options, record) && chooses_event(options, file);
}
