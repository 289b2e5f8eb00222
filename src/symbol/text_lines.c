/* SPDX-License-Identifier: MIT */
/* Lines out of blocks: what is left of a block begins the next one. */
#include "text_lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (2 * LINE_MOST)

struct lines {
	perfev_line_fn take;
	void *with;
	int is_long; /* the beginning of this line was passed over */
};

/* Takes the lines that end in a block. Returns how many bytes they are, or a negative errno. */
static long take_lines(struct lines *lines, const char *block, size_t length)
{
	const char *at = block, *const end = block + length, *newline;

	while ((newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		int result =
			lines->is_long ? 0 : lines->take(lines->with, at, (size_t)(newline - at));

		if (result < 0)
			return result;
		lines->is_long = 0;
		at = newline + 1;
	}
	return at - block;
}

static ssize_t read_more(int fd, const __u64 *offset, size_t have, char *block)
{
	ssize_t count;

	do {
		count = offset ? pread(fd, block + have, BLOCK - have, (off_t)(*offset + have)) :
				 read(fd, block + have, BLOCK - have);
	} while (count < 0 && errno == EINTR);
	return count < 0 ? -errno : count;
}

int perfev_lines_read(int fd, __u64 *offset, perfev_line_fn take, void *with)
{
	struct lines lines = { take, with, 0 };
	char block[BLOCK];
	size_t have = 0;
	ssize_t count;

	while ((count = read_more(fd, offset, have, block)) > 0) {
		long taken;

		have += (size_t)count;
		taken = take_lines(&lines, block, have);
		if (taken < 0)
			return (int)taken;
		have -= (size_t)taken;
		memmove(block, block + taken, have);
		if (have >= LINE_MOST) {
			lines.is_long = 1;
			taken += (long)have;
			have = 0;
		}
		if (offset)
			*offset += (__u64)taken;
	}
	if (count < 0)
		return (int)count;
	return have && !lines.is_long ? take(with, block, have) : 0;
}
