/* SPDX-License-Identifier: MIT */
/*
 * A recording that is a folder, as perf record --threads makes: its file data has the header and
 * what the recorder tells itself, and data.0, data.1 ... have the records of one ring each, without
 * a header. One of them is read at a time: its window and what it unpacks are the recording's own,
 * and those of the others wait here.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../explain/why.h"
#include "file.h"

#define MOST_PARTS 65536U

/*
 * An interrupt that comes while the kernel makes a record writes its own, of a later time, before
 * it: so much earlier may a record still be than the one before it.
 */
#define SLACK_NS 1000000ULL

struct part {
	struct source source;
	struct unpacking unpacking;
	__u64 pending, follows, payload_offset, payload_length;
	int at_end;
	__u64 time; /* the latest that was read: a ring has its records by it, but for the slack */
	unsigned int number; /* in its name */
	int is_over;
};

struct folder {
	struct part *parts; /* the first is the file with the header */
	unsigned int count, at;
	__u64 until; /* the time of the part that is behind all others but the one that is read */
};

static void save(const struct perfev_file *file, struct part *part)
{
	part->source = file->source;
	part->unpacking = file->unpacking;
	part->pending = file->pending;
	part->follows = file->follows;
	part->payload_offset = file->payload_offset;
	part->payload_length = file->payload_length;
	part->at_end = file->at_end;
}

static void go_to(struct perfev_file *file, unsigned int number)
{
	struct folder *folder = file->folder;
	const struct part *part = &folder->parts[number];
	const int is_told = file->unpacking.is_told;

	if (number == folder->at)
		return;
	save(file, &folder->parts[folder->at]);
	file->source = part->source;
	file->unpacking = part->unpacking;
	file->unpacking.is_told |= is_told;
	file->pending = part->pending;
	file->follows = part->follows;
	file->payload_offset = part->payload_offset;
	file->payload_length = part->payload_length;
	file->at_end = part->at_end;
	folder->at = number;
}

/* The number in a name such as data.12. Returns 1 with it, or 0: another name. */
static int number_of(const char *name, unsigned int *number)
{
	char *end;

	if (strncmp(name, "data.", 5) != 0 || name[5] < '0' || name[5] > '9')
		return 0;
	*number = (unsigned int)strtoul(name + 5, &end, 10);
	return !*end;
}

static int by_number(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static int add_part(struct folder *folder, unsigned int number)
{
	struct part *more = realloc(folder->parts, (folder->count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	folder->parts = more;
	memset(&more[folder->count], 0, sizeof(*more));
	more[folder->count++].number = number;
	return 0;
}

static int find_parts(struct folder *folder, int directory)
{
	const int copy = fcntl(directory, F_DUPFD_CLOEXEC, 0);
	DIR *entries = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	unsigned int number;
	int result = add_part(folder, 0);

	if (!entries) {
		result = -errno;
		if (copy >= 0)
			close(copy);
		return result;
	}
	while (result == 0 && (entry = readdir(entries)))
		if (number_of(entry->d_name, &number) && folder->count < MOST_PARTS)
			result = add_part(folder, number);
	closedir(entries);
	if (result == 0)
		qsort(folder->parts + 1, folder->count - 1, sizeof(*folder->parts), by_number);
	return result;
}

static int open_part(struct part *part, int directory)
{
	char name[32];
	int fd, result;

	snprintf(name, sizeof(name), "data.%u", part->number);
	/* A pipe of that name would keep its reader for ever. */
	fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	result = fd < 0 ? -errno : perfev_source_open(&part->source, fd);
	if (result < 0 && fd >= 0)
		close(fd);
	return result;
}

int perfev_folder_open(struct perfev_file *file, int directory, struct perfev_why *why)
{
	struct folder *folder = calloc(1, sizeof(*folder));
	int result = folder ? find_parts(folder, directory) : -ENOMEM;
	unsigned int opened = 1;

	while (result == 0 && opened < folder->count) {
		result = open_part(&folder->parts[opened], directory);
		if (result == 0) {
			opened++;
			continue;
		}
		if (result == -ENOMEM)
			continue;
		perfev_why_begin(why, PERFEV_CAUSE_FILE, -result, "", 0);
		perfev_why_reason(why, "its file data.%u: %s", folder->parts[opened].number,
				  strerror(-result));
	}
	if (folder)
		folder->count = folder->count < opened ? folder->count : opened;
	file->folder = folder;
	return result == -ENOMEM ? perfev_why_no_memory(why, "a recording") : result;
}

void perfev_folder_close(struct perfev_file *file)
{
	struct folder *folder = file->folder;

	for (unsigned int i = 1; folder && i < folder->count; i++) {
		go_to(file, i);
		perfev_file_unpack_end(file);
		close(file->source.fd);
		perfev_source_close(&file->source);
	}
	if (folder) {
		go_to(file, 0);
		free(folder->parts);
	}
	free(folder);
	file->folder = NULL;
}

const struct source *perfev_folder_first(const struct perfev_file *file)
{
	return file->folder && file->folder->at ? &file->folder->parts[0].source : &file->source;
}

int perfev_folder_part(const struct perfev_file *file, unsigned int *number)
{
	if (!file->folder || !file->folder->at)
		return 0;
	*number = file->folder->parts[file->folder->at].number;
	return 1;
}

int perfev_folder_next(struct perfev_file *file)
{
	if (!file->folder || file->folder->at + 1 >= file->folder->count)
		return 0;
	go_to(file, file->folder->at + 1);
	return 1;
}

static void ripen(struct perfev_file *file, __u64 time)
{
	if (time > SLACK_NS && time - SLACK_NS > file->order.ripe)
		file->order.ripe = time - SLACK_NS;
}

/* Goes to the part whose records are the furthest behind. Returns 0 when all are over. */
static int go_to_last(struct perfev_file *file)
{
	struct folder *folder = file->folder;
	unsigned int last = folder->count;

	folder->until = ~(__u64)0;
	for (unsigned int i = 0; i < folder->count; i++) {
		const struct part *part = &folder->parts[i];

		if (part->is_over)
			continue;
		if (last == folder->count || part->time < folder->parts[last].time) {
			if (last < folder->count)
				folder->until = folder->parts[last].time;
			last = i;
		} else if (part->time < folder->until) {
			folder->until = part->time;
		}
	}
	if (last == folder->count)
		return 0;
	ripen(file, folder->parts[last].time);
	go_to(file, last);
	return 1;
}

void perfev_folder_seen(struct perfev_file *file, __u64 time)
{
	struct folder *folder = file->folder;
	struct part *part = &folder->parts[folder->at];

	if (time <= part->time)
		return;
	part->time = time;
	if (time > folder->until)
		go_to_last(file);
	else
		ripen(file, time);
}

int perfev_folder_over(struct perfev_file *file)
{
	if (!file->folder)
		return 0;
	file->folder->parts[file->folder->at].is_over = 1;
	return go_to_last(file);
}
