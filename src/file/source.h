/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a recording, in a window that slides over them: of a file by pread(2), so that one
 * that shrinks while it is read ends early instead of killing the reader, as a mapped one would; of
 * a pipe by read(2). The window's size is the only memory.
 */
#ifndef PERFEV_SRC_FILE_SOURCE_H
#define PERFEV_SRC_FILE_SOURCE_H

#include <stddef.h>

#include <perfev/abi.h>

/* A little more than two of the longest records, so that most reads are long. */
#define SOURCE_ROOM (192UL << 10)
/* Behind what there is: a record's header is looked at before it is known whether there is one. */
#define SOURCE_BEHIND 8UL

struct source {
	int fd;
	int seekable;
	__u64 size;      /* of the file, where it is seekable; ~0 of a pipe */
	__u64 end;       /* nothing is read from here on */
	__u64 start;     /* of the window */
	size_t at, have; /* in the window: where reading is, and how many bytes there are */
	size_t ready; /* records up to here may be taken as they lie; 0: something is to be done */
	unsigned char *window;
};

/* Begins to read. Returns 0, or a negative errno. */
int perfev_source_open(struct source *source, int fd);
void perfev_source_close(struct source *source);

/*
 * Sees to it that so many bytes, SOURCE_ROOM at most, are in the window. Returns how many there are
 * from where reading is, fewer only at the end, or a negative errno.
 */
long perfev_source_fill(struct source *source, size_t length);

/*
 * Goes on behind so many bytes. Returns 0, -ENODATA where there are fewer (then all are passed), or
 * a negative errno, of which -EAGAIN leaves in *length what is still to be passed.
 */
int perfev_source_skip(struct source *source, __u64 *length);

/* Waits until there is something to read. */
void perfev_source_wait(const struct source *source);

/* Goes to a place of a seekable file. */
void perfev_source_seek(struct source *source, __u64 offset);

/* Reads at a place of a seekable file. Returns how many bytes, fewer only at its end, or -errno. */
long perfev_source_read_at(const struct source *source, __u64 offset, void *bytes, size_t length);

static inline const unsigned char *source_bytes(const struct source *source)
{
	return source->window + source->at;
}

static inline __u64 source_offset(const struct source *source)
{
	return source->start + source->at;
}

/* Where in the window those bytes end that are the source's. */
static inline size_t source_readable(const struct source *source)
{
	const __u64 left = source->end - source->start;

	return source->start + source->have <= source->end ? source->have : (size_t)left;
}

/* As perfev_source_fill(), without a call where they are there. */
static inline long source_fill(struct source *source, size_t length)
{
	if (source->have - source->at >= length && source_offset(source) + length <= source->end)
		return (long)(source->have - source->at);
	return perfev_source_fill(source, length);
}

#endif
