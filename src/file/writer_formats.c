/* SPDX-License-Identifier: MIT */
/*
 * The formats of the tracepoints that are recorded, which readers need to make fields of raw bytes:
 * the kernel's own texts, each behind its length, in the order that linux-perf has them in. Without
 * this section linux-perf refuses a file that has a tracepoint.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../event/sysfs.h"
#include "writer.h"

/* Adds all of a file behind its length, of 4 bytes or 8. Returns whether it could be read. */
static int add_file(struct bytes *out, int folder, const char *path, size_t length_bytes)
{
	const size_t at = out->length;
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	char text[SYSFS_TEXT];
	ssize_t count = -1;
	__u64 length;
	__u32 short_length;

	perfev_bytes_add_zeros(out, length_bytes);
	while (fd >= 0 && (count = read(fd, text, sizeof(text))) > 0)
		perfev_bytes_add(out, text, (size_t)count);
	if (fd >= 0)
		close(fd);
	if (out->error)
		return 0;
	if (count < 0)
		out->length = at + length_bytes;
	length = out->length - at - length_bytes;
	short_length = (__u32)length;
	memcpy(out->bytes + at, length_bytes == 4 ? (void *)&short_length : (void *)&length,
	       length_bytes);
	return count == 0;
}

static int is_tracepoint(const struct perfev_writer *writer, unsigned int i)
{
	return writer->events.list[i]->shown.attr.type == PERF_TYPE_TRACEPOINT;
}

static int is_recorded(const struct perfev_writer *writer, __u64 id)
{
	for (unsigned int i = 0; i < writer->events.count; i++)
		if (is_tracepoint(writer, i) && writer->events.list[i]->shown.attr.config == id)
			return 1;
	return 0;
}

/* Adds the formats of a system's tracepoints that are recorded. Returns how many there are. */
static __u32 add_of_system(struct bytes *out, const struct perfev_writer *writer, int events,
			   const char *system)
{
	int fd = openat(events, system, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const char *name;
	__u32 count = 0;

	if (fd >= 0 && !folder)
		close(fd);
	while (folder && (name = perfev_tree_next(folder))) {
		char path[NAME_MAX + sizeof("/format")];
		__u64 id;

		snprintf(path, sizeof(path), "%s/id", name);
		if (perfev_folder_read_number(fd, &id, path) < 0 || !is_recorded(writer, id))
			continue;
		snprintf(path, sizeof(path), "%s/format", name);
		if (add_file(out, fd, path, 8))
			count++;
	}
	if (folder)
		closedir(folder);
	return count;
}

/* Adds systems, each with its name and its formats. Returns how many formats there are. */
static __u32 add_systems(struct bytes *out, const struct perfev_writer *writer, DIR *events)
{
	const size_t at = out->length;
	__u32 systems = 0, formats = 0;
	const char *name;

	perfev_bytes_add_u32(out, 0);
	while ((name = perfev_tree_next(events))) {
		struct bytes system = { 0 };
		__u32 count = add_of_system(&system, writer, dirfd(events), name);

		if (count) {
			perfev_bytes_add(out, name, strlen(name) + 1);
			perfev_bytes_add_u32(out, count);
			perfev_bytes_add(out, system.bytes, system.length);
			systems++;
			formats += count;
		}
		if (system.error)
			out->error = system.error;
		perfev_bytes_free(&system);
	}
	if (!out->error)
		memcpy(out->bytes + at, &systems, sizeof(systems));
	return formats;
}

/* Adds the machine that the formats are of. */
static void add_head(struct bytes *out)
{
	const __u8 big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	const __u8 long_bytes = sizeof(long);

	/* The version of this form, and its first bytes, whatever it is in. */
	perfev_bytes_add(out, "\x17\x08\x44tracing0.6", 14);
	perfev_bytes_add(out, &big_endian, 1);
	perfev_bytes_add(out, &long_bytes, 1);
	perfev_bytes_add_u32(out, (__u32)sysconf(_SC_PAGESIZE));
}

static int describe(struct perfev_writer *writer, DIR *events)
{
	const int folder = dirfd(events);
	struct bytes out = { 0 };
	__u32 formats;

	add_head(&out);
	perfev_bytes_add(&out, "header_page", sizeof("header_page"));
	add_file(&out, folder, "header_page", 8);
	perfev_bytes_add(&out, "header_event", sizeof("header_event"));
	add_file(&out, folder, "header_event", 8);
	perfev_bytes_add_u32(&out, 0); /* formats of ftrace's own records */
	formats = add_systems(&out, writer, events);
	perfev_bytes_add_u32(&out, 0); /* the kernel's symbols, which readers have from elsewhere */
	add_file(&out, folder, "../printk_formats", 4);
	perfev_bytes_add_u64(&out, 0); /* the names of processes, which records tell */
	if (formats || out.error)
		return perfev_writer_set(writer, PERFEV_FEATURE_TRACING_DATA, &out);
	perfev_bytes_free(&out);
	return 0;
}

int perfev_writer_describe_formats(struct perfev_writer *writer)
{
	unsigned int tracepoints = 0;
	struct machine machine;
	DIR *events;
	int result;

	for (unsigned int i = 0; i < writer->events.count; i++)
		tracepoints += (unsigned int)is_tracepoint(writer, i);
	if (!tracepoints)
		return 0;
	perfev_machine_begin(&machine, NULL);
	result = perfev_tree_list(&machine.tracefs, &events, "events");
	/* Who may not look records nevertheless: a descriptor may have come from elsewhere. */
	if (result < 0)
		return result == -ENOMEM ? result : 0;
	result = describe(writer, events);
	closedir(events);
	return result;
}
