/* SPDX-License-Identifier: MIT */
/*
 * The files in which runtimes name their code: where they are, whether they are trusted, and perf
 * map files, lines "ADDRESS SIZE NAME" in hexadecimal.
 */
#define _GNU_SOURCE /* asprintf() */
#include "jit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text_lines.h"

/* The number of a process among its own, in a container: the last of several. */
static __u32 own_pid(__u32 pid)
{
	char path[64], line[256];
	__u32 own = pid;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		const char *last = strrchr(line, '\t');

		if (!strncmp(line, "NSpid:", 6) && last)
			own = (__u32)strtoul(last, NULL, 10);
	}
	if (file)
		fclose(file);
	return own;
}

/* Whether a file may be believed about a process. */
static int is_trusted(__u32 pid, const struct stat *status)
{
	struct stat process;
	char path[64];

	if (status->st_uid == 0 || status->st_uid == geteuid())
		return 1;
	snprintf(path, sizeof(path), "/proc/%u", pid);
	return stat(path, &process) == 0 && process.st_uid == status->st_uid;
}

static int open_trusted(struct perfev_symbols *symbols, __u32 pid, const char *path,
			struct excuse *excuse)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno != ELOOP && errno != EACCES)
		return -errno;
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    is_trusted(pid, &status))
		return fd;
	excuse->state = PERFEV_MODULE_REFUSED;
	excuse->remedy = NULL;
	if (fd < 0 && errno == EACCES) {
		excuse->reason = perfev_lasting(symbols, "%s is not yours to read", path);
		excuse->remedy = "ask as root, or as the user whose process it was";
	} else if (fd < 0 || !S_ISREG(status.st_mode)) {
		excuse->reason = perfev_lasting(symbols, "%s is no file of its own", path);
	} else {
		excuse->reason =
			perfev_lasting(symbols, "%s is user %u's, and neither root's nor yours",
				       path, status.st_uid);
		excuse->remedy = "if you trust it, make it yours by chown(1)";
	}
	if (fd >= 0)
		close(fd);
	return excuse->reason ? -EPERM : -ENOMEM;
}

static int try(struct perfev_symbols *symbols, __u32 pid, char *path, char **found,
	       struct excuse *excuse)
{
	int fd = path ? open_trusted(symbols, pid, path, excuse) : -ENOMEM;

	if (fd < 0)
		free(path);
	else
		*found = path;
	return fd;
}

int perfev_jit_open(struct perfev_symbols *symbols, __u32 pid, const char *path, char **found,
		    struct excuse *excuse)
{
	const char *const root = symbols->options.root;
	char *whole = NULL;
	int fd;

	/* Another machine's processes of the same number are other ones. */
	if (!root && !symbols->is_this_machine)
		return -ENOENT;
	if (path ? asprintf(&whole, "%s%s", root ? root : "", path) < 0 :
		   asprintf(&whole, "%s/tmp/perf-%u.map", root ? root : "", pid) < 0)
		return -ENOMEM;
	fd = try(symbols, pid, whole, found, excuse);
	if (root || (fd != -ENOENT && fd != -ENOTDIR))
		return fd;
	if (path ? asprintf(&whole, "/proc/%u/root%s", pid, path) < 0 :
		   asprintf(&whole, "/proc/%u/root/tmp/perf-%u.map", pid, own_pid(pid)) < 0)
		return -ENOMEM;
	return try(symbols, pid, whole, found, excuse);
}

/* Takes a number in hexadecimal, with "0x" or without. Returns what follows it, or NULL. */
static const char *take_number(const char *text, const char *end, __u64 *out)
{
	const char *begin;

	while (text < end && *text == ' ')
		text++;
	if (end - text > 2 && text[0] == '0' && (text[1] | 0x20) == 'x')
		text += 2;
	*out = 0;
	for (begin = text; text < end; text++) {
		const char c = *text;
		const int digit = c >= '0' && c <= '9'                   ? c - '0' :
				  (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 :
									   -1;

		if (digit < 0)
			break;
		*out = *out << 4 | (unsigned int)digit;
	}
	return text > begin && text < end && *text == ' ' ? text : NULL;
}

static int take_line(void *with, const char *text, size_t length)
{
	const char *const end = text + length;
	struct jit *jit = with;
	__u64 address, size;
	int result;

	text = take_number(text, end, &address);
	text = text ? take_number(text, end, &size) : NULL;
	/* What is not of that form names nothing. */
	if (!text || end - text < 2)
		return 0;
	text++;
	length = (size_t)(end - text);
	result = perfev_codes_add(&jit->codes, address, size, text,
				  length < JIT_NAME_MOST ? length : JIT_NAME_MOST, jit->module);
	if (result > 0)
		jit->module->shown.symbol_count++;
	return result < 0 ? result : 0;
}

int perfev_jit_read_map(struct jit *jit, int fd)
{
	const __u64 before = jit->offset;
	struct stat status;
	int result;

	if (fstat(fd, &status) < 0)
		return 0;
	if (status.st_ino != jit->inode || status.st_dev != jit->device ||
	    (__u64)status.st_size < jit->offset) {
		jit->inode = status.st_ino;
		jit->device = status.st_dev;
		jit->offset = 0;
	}
	if ((__u64)status.st_size == jit->offset || jit->offset > JIT_FILE_MOST)
		return 0;
	result = perfev_lines_read(fd, &jit->offset, take_line, jit);
	return result == -ENOMEM ? result : jit->offset != before;
}
