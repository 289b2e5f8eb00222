/* SPDX-License-Identifier: MIT */
/*
 * What stands before the records of a file: where its parts are, and its events; and the table of
 * sections behind them. No part is believed to be where, or as long as, the header says.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/why.h"
#include "../record/bytes.h"
#include "file.h"

#define MAGIC "PERFILE2"
#define OLD_MAGIC "PERFFILE"
#define OLD_HEADER_BYTES 72 /* without a table of sections */
#define MOST_HEAD_BYTES (64UL << 20)
#define IDS_AT_ONCE 512

/* Offsets in the header. */
enum {
	AT_SIZE = 8,
	AT_ATTR_SIZE = 16,
	AT_ATTRS = 24,
	AT_DATA = 40,
	AT_EVENT_TYPES = 56,
	AT_FEATURES = 72,
};

struct part {
	__u64 offset, size;
};

struct header {
	__u64 size, attr_size;
	struct part attrs, data, event_types;
	__u64 features[4];
};

static int refuse(struct perfev_why *why, int error, const char *reason)
{
	perfev_why_begin(why, PERFEV_CAUSE_FILE, -error, "", 0);
	perfev_why_reason(why, "%s", reason);
	return error;
}

/* Reads bytes before the records: of a pipe those that were kept. */
static long head_at(const struct perfev_file *file, __u64 offset, void *bytes, size_t length)
{
	if (file->source.seekable)
		return perfev_source_read_at(&file->source, offset, bytes, length);
	if (offset >= file->head_length)
		return 0;
	if (length > file->head_length - offset)
		length = (size_t)(file->head_length - offset);
	memcpy(bytes, file->head + offset, length);
	return (long)length;
}

/* Keeps what stands before the records of a file that comes down a pipe. */
static int keep_head(struct perfev_file *file, __u64 length)
{
	struct source *source = &file->source;
	size_t room = 0;

	while (file->head_length < length) {
		long have = perfev_source_fill(source, 1);
		__u64 passed;

		if (have == -EAGAIN) {
			perfev_source_wait(source);
			continue;
		}
		if (have <= 0)
			return have < 0 ? (int)have : -ENODATA;
		if ((__u64)have > length - file->head_length)
			have = (long)(length - file->head_length);
		if (file->head_length + (size_t)have > room) {
			unsigned char *head;

			room = room ? 2 * room : 2 * SOURCE_ROOM;
			head = realloc(file->head, room);
			if (!head)
				return -ENOMEM;
			file->head = head;
		}
		memcpy(file->head + file->head_length, source_bytes(source), (size_t)have);
		file->head_length += (size_t)have;
		passed = (__u64)have;
		perfev_source_skip(source, &passed);
	}
	return 0;
}

static int add_ids(struct perfev_file *file, struct event *event, const struct part *ids)
{
	unsigned char words[8 * IDS_AT_ONCE];
	__u64 count = ids->size / 8;

	for (__u64 i = 0; i < count;) {
		size_t wanted = count - i < IDS_AT_ONCE ? (size_t)(count - i) : IDS_AT_ONCE;
		long have = head_at(file, ids->offset + 8 * i, words, 8 * wanted);

		if (have < 0)
			return (int)have;
		for (size_t k = 0; k < (size_t)have / 8; k++) {
			int result = perfev_recorded_add_id(&file->events, event,
							    load64(words + 8 * k, file->swapped));

			if (result == -E2BIG)
				return perfev_file_damaged(file, ids->offset, 0, 0,
							   "more ids than any recording has");
			if (result < 0)
				return result;
		}
		i += wanted;
		if ((size_t)have < 8 * wanted) {
			perfev_file_damaged(file, ids->offset, 0, -ENODATA,
					    "the ids of an event lie past the file's end");
			break;
		}
	}
	return 0;
}

/* Reads one entry of the table of events: an attribute, and where its ids are. */
static int add_event(struct perfev_file *file, const unsigned char *entry, size_t attr_bytes,
		     __u64 offset)
{
	struct perf_event_attr attr;
	struct event *event;
	struct part ids = { load64(entry + attr_bytes, file->swapped),
			    load64(entry + attr_bytes + 8, file->swapped) };
	int result = perfev_attr_decode(&attr, entry, attr_bytes, file->layout_flags);

	if (result < 0) {
		/* What it says of its size is wrong: the table's word counts. */
		unsigned char copy[sizeof(attr)] = { 0 };
		size_t length = attr_bytes < sizeof(copy) ? attr_bytes : sizeof(copy);

		memcpy(copy, entry, length);
		store32(copy + offsetof(struct perf_event_attr, size), (__u32)length,
			file->swapped);
		result = perfev_attr_decode(&attr, copy, length, file->layout_flags);
		if (result < 0)
			return perfev_file_damaged(file, offset, attr_bytes, 0,
						   "an event that is no attribute");
		perfev_file_damaged(file, offset, 0, -EBADMSG,
				    "an attribute whose size is not that of the table");
	}
	result = perfev_recorded_add(&file->events, &attr, file->layout_flags, &event);
	return result < 0 ? result : add_ids(file, event, &ids);
}

static int read_events(struct perfev_file *file, const struct header *header)
{
	unsigned char entry[4096];
	const __u64 each = header->attr_size;
	const __u64 count = each ? header->attrs.size / each : 0;

	if (each < PERF_ATTR_SIZE_VER0 + 16 || each > sizeof(entry)) {
		if (header->attrs.size)
			perfev_file_damaged(file, header->attrs.offset, header->attrs.size,
					    -EBADMSG, "events of %llu bytes each",
					    (unsigned long long)each);
		return 0;
	}
	for (__u64 i = 0; i < count; i++) {
		__u64 offset = header->attrs.offset + i * each;
		long have = head_at(file, offset, entry, (size_t)each);
		int result;

		if (have < 0)
			return (int)have;
		if (have < (long)each) {
			perfev_file_damaged(file, offset, 0, -ENODATA,
					    "%llu of %llu events lie past the file's end",
					    (unsigned long long)(count - i),
					    (unsigned long long)count);
			return 0;
		}
		result = add_event(file, entry, (size_t)each - 16, offset);
		if (result == -E2BIG) {
			perfev_file_damaged(file, offset, 0, -EBADMSG,
					    "more events than any recording has: %llu",
					    (unsigned long long)count);
			return 0;
		}
		if (result < 0)
			return result;
	}
	return 0;
}

/*
 * The bits of sections are an array of unsigned long, which a machine of the other byte order has
 * as 64 or 32 bits. Every recorder says a host's name; where none is there, the other it is.
 */
static void read_feature_bits(const struct perfev_file *file, const unsigned char *bytes,
			      __u64 *features)
{
	for (int i = 0; i < 4; i++)
		features[i] = load64(bytes + 8 * i, file->swapped);
	if (!file->swapped || features[0] & 1U << PERFEV_FEATURE_HOSTNAME)
		return;
	if (!(features[0] >> 32 & 1U << PERFEV_FEATURE_HOSTNAME))
		return;
	for (int i = 0; i < 4; i++)
		features[i] = features[i] >> 32 | features[i] << 32;
}

static void read_sections(struct perfev_file *file, const struct header *header)
{
	__u64 table = header->data.offset + header->data.size, at = table;

	if (table < header->data.offset || !file->source.seekable)
		return;
	for (unsigned int i = 0; i < PERFEV_FEATURES; i++) {
		struct section *section = &file->sections[i];
		unsigned char entry[16];

		if (!(header->features[i / 64] >> (i % 64) & 1))
			continue;
		if (head_at(file, at, entry, sizeof(entry)) < (long)sizeof(entry)) {
			perfev_file_damaged(file, at, 0, -ENODATA,
					    "the table of features lies past the file's end");
			return;
		}
		at += sizeof(entry);
		section->offset = load64(entry, file->swapped);
		section->size = load64(entry + 8, file->swapped);
		section->there = 1;
		if (section->offset <= file->source.size &&
		    section->size <= file->source.size - section->offset)
			continue;
		perfev_file_damaged(file, at - sizeof(entry), 0, -EBADMSG,
				    "feature %u lies past the file's end", i);
		section->there = 0;
	}
}

/* Names of events as recorders before Linux 3.6 have them. */
static int read_event_types(struct perfev_file *file, const struct part *types)
{
	unsigned char entry[72];

	for (__u64 i = 0; i < types->size / sizeof(entry) && i < MOST_EVENTS; i++) {
		if (head_at(file, types->offset + i * sizeof(entry), entry, sizeof(entry)) <
		    (long)sizeof(entry))
			break;
		for (unsigned int k = 0; k < file->events.count && k < 64; k++) {
			struct event *event = file->events.list[k];

			if (event->name || event->shown.attr.config != load64(entry, file->swapped))
				continue;
			if (perfev_recorded_set_text(&event->name, (char *)entry + 8,
						     strnlen((char *)entry + 8, 64)) < 0)
				return -ENOMEM;
			event->shown.name = event->name;
		}
	}
	return 0;
}

static void parse(const struct perfev_file *file, const unsigned char *bytes, size_t length,
		  struct header *header)
{
	struct part *parts[] = { &header->attrs, &header->data, &header->event_types };

	memset(header, 0, sizeof(*header));
	header->size = load64(bytes + AT_SIZE, file->swapped);
	header->attr_size = load64(bytes + AT_ATTR_SIZE, file->swapped);
	for (size_t i = 0; i < 3; i++) {
		parts[i]->offset = load64(bytes + AT_ATTRS + 16 * i, file->swapped);
		parts[i]->size = load64(bytes + AT_ATTRS + 16 * i + 8, file->swapped);
	}
	if (length >= FILE_HEADER_BYTES && header->size != OLD_HEADER_BYTES)
		read_feature_bits(file, bytes + AT_FEATURES, header->features);
}

/* Whether a file without records was finished all the same: sections stand where they would be. */
static int is_empty(const struct perfev_file *file, const struct header *header)
{
	unsigned char entry[16];
	__u64 sections = 0;

	for (int i = 0; i < 4; i++)
		sections += (__u64)__builtin_popcountll(header->features[i]);
	return sections &&
	       head_at(file, header->data.offset, entry, sizeof(entry)) == sizeof(entry) &&
	       load64(entry, file->swapped) == header->data.offset + sections * sizeof(entry);
}

/* Sets where reading begins and ends. */
static int begin_records(struct perfev_file *file, const struct header *header)
{
	struct source *source = &file->source;
	__u64 end = header->data.offset + header->data.size;

	if (header->data.offset < FILE_HEADER_BYTES && header->data.offset < header->size)
		perfev_file_damaged(file, AT_DATA, 0, -EBADMSG,
				    "records that begin within the header");
	/* Its recorder was killed: all that is there are records. */
	if (!header->data.size && !is_empty(file, header))
		file->summary.is_unfinished = 1;
	source->end = end >= header->data.offset && !file->summary.is_unfinished ? end : ~(__u64)0;
	if (!source->seekable)
		return 0;
	if (source->end == ~(__u64)0)
		source->end = source->size;
	perfev_source_seek(source, header->data.offset);
	return 0;
}

static int read_file_header(struct perfev_file *file, struct perfev_why *why)
{
	unsigned char bytes[FILE_HEADER_BYTES];
	struct header header;
	long have;
	int result;

	if (!file->source.seekable) {
		result = keep_head(file, FILE_HEADER_BYTES);
		if (result < 0 && result != -ENODATA)
			return result;
	}
	have = head_at(file, 0, bytes, sizeof(bytes));
	if (have < 0)
		return (int)have;
	if (have < OLD_HEADER_BYTES)
		return refuse(why, -ENODATA, "the file ends within its header");
	parse(file, bytes, (size_t)have, &header);
	if (header.size < OLD_HEADER_BYTES)
		perfev_file_damaged(file, AT_SIZE, 0, -EBADMSG, "a header of %llu bytes",
				    (unsigned long long)header.size);
	if (!file->source.seekable && header.data.offset > MOST_HEAD_BYTES)
		return refuse(why, -EBADMSG, "its records begin too late to be read from a pipe");
	if (!file->source.seekable && header.data.offset > file->head_length) {
		result = keep_head(file, header.data.offset);
		if (result < 0)
			return result == -ENODATA ?
				       refuse(why, -ENODATA, "it ends before its records begin") :
				       result;
	}
	result = read_events(file, &header);
	if (result < 0)
		return result;
	begin_records(file, &header);
	if (!file->summary.is_unfinished)
		read_sections(file, &header);
	result = perfev_file_name_events(file);
	if (result == 0)
		result = perfev_file_join_groups(file);
	return result < 0 ? result : read_event_types(file, &header.event_types);
}

int perfev_file_read_header(struct perfev_file *file, struct perfev_why *why)
{
	const __u16 one = 1;
	unsigned char magic[PIPE_HEADER_BYTES];
	__u64 header_bytes = PIPE_HEADER_BYTES;
	long have;

	if (file->source.seekable)
		perfev_source_seek(&file->source, 0);
	while ((have = perfev_source_fill(&file->source, PIPE_HEADER_BYTES)) == -EAGAIN)
		perfev_source_wait(&file->source);
	if (have < 0)
		return (int)have;
	if (have < 8)
		return refuse(why, -ENODATA, "it ends before it says what it is");
	memcpy(magic, source_bytes(&file->source),
	       (size_t)have < sizeof(magic) ? (size_t)have : sizeof(magic));
	if (memcmp(magic, "2ELIFREP", 8) == 0)
		file->swapped = *(const unsigned char *)&one == 1;
	else if (memcmp(magic, MAGIC, 8) == 0)
		file->swapped = *(const unsigned char *)&one == 0;
	else if (memcmp(magic, OLD_MAGIC, 8) != 0)
		return refuse(why, -EBADMSG, "it does not begin as perf.data does, with PERFILE2");
	if (have < PIPE_HEADER_BYTES)
		return refuse(why, -ENODATA, "the file ends within its header");
	file->summary.version = memcmp(magic, OLD_MAGIC, 8) == 0 ? 1 : 2;
	/* The oldest files say their byte order by nothing but numbers that make sense. */
	if (file->summary.version == 1)
		file->swapped = load64(magic + 8, 0) > 1U << 16 && load64(magic + 8, 1) <= 1U << 16;
	file->layout_flags = file->swapped ? PERFEV_LAYOUT_SWAPPED : 0;
	file->summary.is_swapped = (__u32)file->swapped;
	perfev_layout_init(&file->plain, NULL, file->layout_flags);
	file->next.layout = &file->plain;
	if (load64(magic + 8, file->swapped) != PIPE_HEADER_BYTES)
		return read_file_header(file, why);
	file->is_pipe = 1;
	file->summary.is_pipe = 1;
	perfev_source_skip(&file->source, &header_bytes);
	return 0;
}
