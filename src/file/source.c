/* SPDX-License-Identifier: MIT */
/* A window on the bytes of a recording. */
#include "source.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int perfev_source_open(struct source *source, int fd)
{
	struct stat status;
	off_t at;

	memset(source, 0, sizeof(*source));
	source->fd = fd;
	source->size = source->end = ~(__u64)0;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (S_ISDIR(status.st_mode))
		return -EISDIR;
	at = lseek(fd, 0, SEEK_CUR);
	if (at >= 0 && S_ISREG(status.st_mode)) {
		source->seekable = 1;
		source->size = source->end = (__u64)status.st_size;
	}
	source->window = malloc(SOURCE_ROOM + SOURCE_BEHIND);
	if (!source->window)
		return -ENOMEM;
	memset(source->window, 0, SOURCE_BEHIND);
	return 0;
}

void perfev_source_close(struct source *source)
{
	free(source->window);
	source->window = NULL;
}

long perfev_source_read_at(const struct source *source, __u64 offset, void *bytes, size_t length)
{
	size_t done = 0;

	/* Offsets are signed for the kernel. */
	if (offset > (__u64)1 << 62)
		return 0;
	while (done < length) {
		ssize_t count = pread(source->fd, (char *)bytes + done, length - done,
				      (off_t)(offset + done));

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		if (count == 0)
			break;
		done += (size_t)count;
	}
	return (long)done;
}

/* Reads more behind what there is. Returns how many bytes came, 0 at the end, or -errno. */
static long read_more(struct source *source, size_t length)
{
	unsigned char *to = source->window + source->have;
	__u64 place = source->start + source->have;
	ssize_t count;

	if (place >= source->end)
		return 0;
	if (length > source->end - place)
		length = (size_t)(source->end - place);
	if (source->seekable)
		return perfev_source_read_at(source, place, to, length);
	do
		count = read(source->fd, to, length);
	while (count < 0 && errno == EINTR);
	return count < 0 ? -errno : count;
}

/* What the window has from where reading is, up to where it has to end. */
static long there(const struct source *source)
{
	size_t have = source->have - source->at;
	__u64 offset = source_offset(source);

	if (offset >= source->end)
		return 0;
	return (long)(have < source->end - offset ? have : source->end - offset);
}

long perfev_source_fill(struct source *source, size_t length)
{
	while (there(source) < (long)length) {
		long count;

		if (source->at) {
			memmove(source->window, source_bytes(source), source->have - source->at);
			source->have -= source->at;
			source->start += source->at;
			source->at = 0;
		}
		count = read_more(source, SOURCE_ROOM - source->have);
		if (count < 0)
			return count;
		if (count == 0)
			break;
		source->have += (size_t)count;
		memset(source->window + source->have, 0, SOURCE_BEHIND);
	}
	return there(source);
}

void perfev_source_wait(const struct source *source)
{
	struct pollfd file = { .fd = source->fd, .events = POLLIN };

	poll(&file, 1, -1);
}

void perfev_source_seek(struct source *source, __u64 offset)
{
	source->start = offset;
	source->at = source->have = 0;
}

int perfev_source_skip(struct source *source, __u64 *length)
{
	if (*length <= source->have - source->at) {
		source->at += (size_t)*length;
		*length = 0;
		return 0;
	}
	if (source->seekable) {
		__u64 offset = source_offset(source), left = source->end - offset;
		__u64 passed = *length < left ? *length : left;

		if (offset > source->end)
			passed = 0;
		perfev_source_seek(source, offset + passed);
		*length -= passed;
		return *length ? -ENODATA : 0;
	}
	while (*length) {
		long count = perfev_source_fill(source, 1);

		if (count < 0)
			return (int)count;
		if (count == 0)
			return -ENODATA;
		if ((__u64)count > *length)
			count = (long)*length;
		source->at += (size_t)count;
		*length -= (__u64)count;
	}
	return 0;
}
