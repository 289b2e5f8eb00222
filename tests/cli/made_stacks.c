/* SPDX-License-Identifier: MIT */
/*
 * Writes a recording of stacks that are known to standard output: of functions of this program, as
 * it is mapped while it runs, so that what reads symbols finds them in its file.
 *
 * usage: made_stacks SAMPLES...
 *
 * SAMPLES is "EVENT COMM TID CPU PERIOD COUNT STACK": so many samples of a stack, "main;a;b", the
 * outermost function first. There are main and a to f; "?" is where nothing is mapped. "lost N"
 * and "throttled" are what is missing.
 */
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <perfev.h>

#define PID 4711
#define MOST_EVENTS 8

#ifdef __clang__
#define AS_IT_IS noinline, used
#else
#define AS_IT_IS noinline, noclone, used
#endif

/* Each is as long as its samples' addresses need. */
#define FUNCTION(name)                                                                             \
	__attribute__((AS_IT_IS)) int name(int number);                                            \
	int name(int number)                                                                       \
	{                                                                                          \
		__asm__ volatile(".skip 64, 0x90");                                                \
		return number + 1;                                                                 \
	}

FUNCTION(known_main)
FUNCTION(known_a)
FUNCTION(known_b)
FUNCTION(known_c)
FUNCTION(known_d)
FUNCTION(known_e)
FUNCTION(known_f)

static const struct {
	const char *name;
	int (*function)(int);
} functions[] = {
	{ "main", known_main }, { "a", known_a }, { "b", known_b }, { "c", known_c },
	{ "d", known_d },       { "e", known_e }, { "f", known_f },
};

struct made {
	struct perfev_writer *writer;
	struct perf_event_attr attr;
	struct perfev_layout layout;
	const char *events[MOST_EVENTS];
	const char *comms[64];
	unsigned int event_count;
	__u64 time;
};

static void check(int result)
{
	if (result >= 0)
		return;
	fprintf(stderr, "made_stacks: %s\n", strerror(-result));
	exit(1);
}

static void put(struct made *made, struct perfev_record *record)
{
	record->pid = PID;
	record->time = ++made->time;
	check(perfev_writer_record(made->writer, record, &made->layout));
}

/* This program's code, as it is mapped. */
static int put_mapping(struct dl_phdr_info *info, size_t size, void *context)
{
	struct perfev_record record = { .type = PERF_RECORD_MMAP2, .misc = PERF_RECORD_MISC_USER };
	char path[4096];
	const ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	(void)size;
	if (length < 0)
		return 1;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
			continue;
		record.mmap.pid = record.mmap.tid = PID;
		record.mmap.pgoff = segment->p_offset & ~4095ULL;
		record.mmap.addr = info->dlpi_addr + (segment->p_vaddr & ~4095ULL);
		record.mmap.len = (segment->p_memsz + (segment->p_vaddr & 4095) + 4095) & ~4095ULL;
		record.mmap.prot = 5;
		record.mmap.filename.text = path;
		record.mmap.filename.length = (__u32)length;
		put(context, &record);
	}
	/* The first is the program itself. */
	return 1;
}

static __u64 address_of(const char *name)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (strcmp(functions[i].name, name) == 0)
			return (__u64)(unsigned long)functions[i].function + 16;
	return 0x1000;
}

/* The callchain of "main;a;b": its innermost function first, behind the mark of user space. */
static __u32 make_chain(char *stack, __u64 *chain)
{
	__u32 count = 0;
	char *word;

	chain[count++] = PERF_CONTEXT_USER;
	while ((word = strrchr(stack, ';'))) {
		chain[count++] = address_of(word + 1);
		*word = '\0';
	}
	chain[count++] = address_of(stack);
	return count;
}

static __u64 id_of(const struct made *made, const char *event)
{
	for (unsigned int i = 0; i < made->event_count; i++)
		if (strcmp(made->events[i], event) == 0)
			return i + 1;
	return 0;
}

static void put_comm(struct made *made, __u32 tid, const char *comm)
{
	struct perfev_record record = { .type = PERF_RECORD_COMM };

	if (made->comms[tid % 64] && strcmp(made->comms[tid % 64], comm) == 0)
		return;
	made->comms[tid % 64] = comm;
	record.tid = tid;
	record.comm.pid = PID;
	record.comm.tid = tid;
	record.comm.comm.text = comm;
	record.comm.comm.length = (__u32)strlen(comm);
	put(made, &record);
}

static void put_samples(struct made *made, char *words)
{
	struct perfev_record record = { .type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_USER };
	const char *event = strtok(words, " "), *comm = strtok(NULL, " ");
	__u64 chain[64];

	record.id = id_of(made, event);
	record.tid = (__u32)strtoul(strtok(NULL, " "), NULL, 10);
	record.cpu = (__u32)strtoul(strtok(NULL, " "), NULL, 10);
	record.sample.period = strtoull(strtok(NULL, " "), NULL, 10);
	put_comm(made, record.tid, comm);
	for (unsigned long count = strtoul(strtok(NULL, " "), NULL, 10); count; count--) {
		if (record.sample.callchain.count == 0) {
			record.sample.callchain.bytes = chain;
			record.sample.callchain.count = make_chain(strtok(NULL, " "), chain);
			record.sample.ip = chain[1];
		}
		put(made, &record);
	}
}

static void put_words(struct made *made, char *words)
{
	struct perfev_record record = { .type = PERF_RECORD_LOST };

	if (strncmp(words, "lost ", 5) == 0) {
		record.lost.lost = strtoull(words + 5, NULL, 10);
		put(made, &record);
	} else if (strcmp(words, "throttled") == 0) {
		record.type = PERF_RECORD_THROTTLE;
		put(made, &record);
	} else {
		put_samples(made, words);
	}
}

/* Each event that samples are of, before any record. */
static void add_event(struct made *made, const char *words)
{
	const char *blank = strchr(words, ' ');
	const __u64 id = made->event_count + 1;
	char *name;

	if (!blank || strncmp(words, "lost ", 5) == 0)
		return;
	name = strndup(words, (size_t)(blank - words));
	if (!name || made->event_count == MOST_EVENTS)
		exit(1);
	if (id_of(made, name)) {
		free(name);
		return;
	}
	made->events[made->event_count++] = name;
	check(perfev_writer_event(made->writer, &made->attr, name, &id, 1));
}

int main(int argc, char **argv)
{
	struct made made = { .attr = { .size = sizeof(made.attr), .sample_id_all = 1 } };
	struct perfev_why why;

	made.attr.type = PERF_TYPE_SOFTWARE;
	made.attr.sample_period = 1;
	made.attr.sample_type =
		PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
		PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN;
	perfev_layout_init(&made.layout, &made.attr, 0);
	check(perfev_writer_open(&made.writer, "-", NULL, &why));
	for (int i = 1; i < argc; i++)
		add_event(&made, argv[i]);
	if (!made.event_count) {
		const __u64 id = 1;

		check(perfev_writer_event(made.writer, &made.attr, "first", &id, 1));
	}
	dl_iterate_phdr(put_mapping, &made);
	for (int i = 1; i < argc; i++)
		put_words(&made, argv[i]);
	check(perfev_writer_close(made.writer));
	for (unsigned int i = 0; i < made.event_count; i++)
		free((void *)made.events[i]);
	return 0;
}
