/* SPDX-License-Identifier: MIT */
/* A recording that is read: its parts, and what they ask of each other. */
#ifndef PERFEV_SRC_FILE_FILE_H
#define PERFEV_SRC_FILE_FILE_H

#include <perfev/file.h>

#include "events.h"
#include "order.h"
#include "source.h"

#define FILE_HEADER_BYTES 104
#define PIPE_HEADER_BYTES 16
#define MOST_DAMAGES 64
#define RECORD_HEADER_BYTES 8
#define LONGEST_RECORD 65535UL

/* What a record's bytes and place are, before it is decoded. */
struct raw_record {
	const unsigned char *bytes;
	__u32 type;
	size_t size;     /* of what is lent: all of it, but for simpleperf's longer than 64 KiB */
	__u64 offset;    /* in the file; of unpacked ones, of what held them */
	__u64 follows;   /* bytes behind it that belong to it */
	__u64 consumes;  /* of the source, when it is done with */
	size_t unpacked; /* bytes of the unpacked ones, likewise */
};

/* Compressed records on their way out. */
struct unpacking {
	void *state; /* of the codec */
	unsigned char *window;
	size_t at, have;
	const void *in; /* what is left of the compressed record, in the source's window */
	size_t in_length;
	__u64 consumes; /* of the source, when that is used up */
	__u64 offset;   /* of the compressed record */
	int is_active;  /* a compressed record is being unpacked */
	int is_broken;  /* the stream cannot be followed any more */
	int is_told;    /* that there is no codec */
};

/* A section of the header, and its bytes once they were asked for. */
struct section {
	__u64 offset, size;
	unsigned char *bytes;
	size_t length;
	__u8 there, loaded, is_damaged;
};

struct perfev_file {
	struct source source;
	struct perfev_file_options options;
	int own_fd; /* to be closed, or -1 */
	int swapped;
	unsigned int layout_flags;
	int is_pipe; /* a pipe's form, whatever it is read from */
	int at_end;
	struct perfev_layout plain; /* of records that belong to no event */
	struct events events;
	/* What the next record most likely is: a sample of this layout. */
	struct {
		const struct perfev_layout *layout; /* or plain: there is none */
		const struct event *event;
		size_t id_at; /* in its bytes, if it has to be this one, or 0 */
		__u64 id;
	} next;
	struct unpacking unpacking;
	struct folder *folder; /* or NULL: one file */
	struct order order;
	/* The last record that was given: what is to be passed before the next. */
	struct perfev_record scratch;
	__u64 pending; /* bytes of the source */
	__u64 follows; /* of what belongs to it: what is left */
	__u64 payload_offset, payload_length;
	const struct event *last_event;
	__u64 last_offset;
	__u64 last_time; /* of those given by time */
	struct perfev_file_summary summary;
	struct perfev_file_damage damages[MOST_DAMAGES];
	struct section sections[PERFEV_FEATURES];
	/* A header that came down a pipe: what lies before the records. */
	unsigned char *head;
	size_t head_length;
};

/* header.c: reads what stands before the records and behind them. */
int perfev_file_read_header(struct perfev_file *file, struct perfev_why *why);

/* damage.c: notes what could not be read. Returns error. */
__attribute__((format(printf, 5, 6))) int perfev_file_damaged(
	struct perfev_file *file, __u64 offset, __u64 bytes, int error, const char *format, ...);

/* records.c: gives the next record's bytes as they lie. 1, 0, or a negative errno. */
int perfev_file_raw_next(struct perfev_file *file, struct raw_record *raw);
/* And goes on behind them at the next call: they stay in the window until then. */
static inline void raw_done(struct perfev_file *file, const struct raw_record *raw)
{
	file->source.at += (size_t)raw->consumes;
	file->unpacking.at += raw->unpacked;
	file->follows = raw->unpacked ? 0 : raw->follows;
	file->payload_offset = raw->offset + raw->size;
	file->payload_length = file->follows;
}

/* unpack.c: opens a compressed record; gives the records within. */
int perfev_file_unpack_begin(struct perfev_file *file, const struct raw_record *raw);
int perfev_file_unpack_next(struct perfev_file *file, struct raw_record *raw);
/* At the end: tells of a record whose rest never came. Returns 0 or -ENODATA. */
int perfev_file_unpack_left(struct perfev_file *file);
void perfev_file_unpack_end(struct perfev_file *file);

/* within.c: what records say of the recording itself: events, names, sections, losses. */
int perfev_file_take_in(struct perfev_file *file, const struct perfev_record *record);

/*
 * folder.c: further files of a recording that is a folder. perfev_folder_first() is the one with
 * the header; perfev_folder_part() says the number of another one, where that is read: 1, or 0.
 */
int perfev_folder_open(struct perfev_file *file, int directory, struct perfev_why *why);
void perfev_folder_close(struct perfev_file *file);
const struct source *perfev_folder_first(const struct perfev_file *file);
int perfev_folder_part(const struct perfev_file *file, unsigned int *number);
/* Goes to the next one, by their numbers. Returns 1, or 0: there is none. */
int perfev_folder_next(struct perfev_file *file);
/* By time: a record of that time was read; nothing is left of this one. Goes where time lags. */
void perfev_folder_seen(struct perfev_file *file, __u64 time);
int perfev_folder_over(struct perfev_file *file);

/* sections.c */
int perfev_file_section_keep(struct perfev_file *file, unsigned int feature, const void *bytes,
			     size_t length);
void perfev_file_sections_free(struct perfev_file *file);

/* names.c: events' names and groups, as the header's sections have them. */
int perfev_file_name_events(struct perfev_file *file);
int perfev_file_join_groups(struct perfev_file *file);

#endif
