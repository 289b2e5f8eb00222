/* SPDX-License-Identifier: MIT */
/*
 * Recordings made by hand, of either byte order, as files and as pipes: two events with callchains
 * and ids, records of both, and sections of the header. Nothing of the library's writer is in them.
 */
#ifndef PERFEV_TESTS_RECORDING_H
#define PERFEV_TESTS_RECORDING_H

#include <stddef.h>

#include <perfev/file.h>

struct recording {
	unsigned char *bytes;
	size_t length, room;
	int swapped;
	unsigned int flags; /* PERFEV_LAYOUT_* */
	struct perf_event_attr attrs[2];
	struct perfev_layout layouts[2], plain;
	size_t data_at, sizes_at; /* where the records begin, and their number of bytes stands */
	__u64 features[4];
	struct {
		size_t at, length;
	} sections[8];
	unsigned int section_count;
	unsigned char *section_bytes;
	size_t section_length;
};

/* What the records of recording_fill() are. */
#define RECORDING_RECORDS 7
#define FIRST_ID 0x1111
#define SECOND_ID 0x2222

/* Begins one: its header and events, of a file or a pipe. */
void recording_begin(struct recording *recording, int swapped, int is_pipe);

void put(struct recording *recording, const void *bytes, size_t length);
void put32(struct recording *recording, __u32 value);
void put64(struct recording *recording, __u64 value);
void put_text(struct recording *recording, const char *text);
void set64(struct recording *recording, size_t at, __u64 value);

/* Adds a record of an event (0, 1) or of none (-1). */
void put_record(struct recording *recording, const struct perfev_record *record, int event);
void put_sample(struct recording *recording, int event, __u64 time);

/* COMM, MMAP2, two samples of each event out of order, FINISHED_ROUND. */
void recording_fill(struct recording *recording);

/* Ends the records: of a file, writes their size and the sections with these bytes behind them. */
void recording_section(struct recording *recording, unsigned int feature);
void recording_end(struct recording *recording);
/* Sections of a host's name, its CPUs and their topology, a command line and the events. */
void recording_describe(struct recording *recording);

/* A whole one. */
void recording_make(struct recording *recording, int swapped, int is_pipe);
void recording_free(struct recording *recording);

/* Lends its first bytes as a file that is open; closed by the caller. */
int recording_open(const struct recording *recording, size_t length);

#endif
