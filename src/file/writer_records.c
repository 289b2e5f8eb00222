/* SPDX-License-Identifier: MIT */
/* Whole records, in a writer's buffer or where they lie: what they tell, and packing them. */
#include <errno.h>
#include <string.h>

#include "../record/bytes.h"
#include "file.h"
#include "writer.h"

static void note_time(struct perfev_writer *writer, const unsigned char *bytes, size_t size)
{
	struct event *event;
	__u64 time;

	perfev_recorded_of(&writer->events, bytes, size, &event);
	if (!event || !event->time_from_start || 8UL * event->time_from_start + 8 > size)
		return;
	time = load64(bytes + 8UL * event->time_from_start, 0);
	if (time < writer->first_time)
		writer->first_time = time;
	if (time > writer->last_time)
		writer->last_time = time;
}

static int note_mapping(struct perfev_writer *writer, const unsigned char *bytes, size_t size)
{
	struct perfev_layout plain;
	struct event *event;

	perfev_recorded_of(&writer->events, bytes, size, &event);
	if (!event)
		perfev_layout_init(&plain, NULL, 0);
	if (perfev_record_decode(&writer->scratch, bytes, size,
				 event ? &event->shown.layout : &plain) < 0)
		return 0;
	return perfev_writer_mapped(writer, &writer->scratch);
}

long perfev_writer_walk(struct perfev_writer *writer, const unsigned char *from, size_t length)
{
	size_t at = 0;

	while (length - at >= RECORD_HEADER_BYTES) {
		const unsigned char *bytes = from + at;
		__u32 type = load32(bytes, 0);
		size_t size = load16(bytes + 6, 0);
		int result = 0;

		if (size < RECORD_HEADER_BYTES)
			return -EBADMSG;
		if (size > length - at)
			break;
		if (type == PERF_RECORD_SAMPLE)
			note_time(writer, bytes, size);
		else if (writer->options.build_ids &&
			 (type == PERF_RECORD_MMAP || type == PERF_RECORD_MMAP2))
			result = note_mapping(writer, bytes, size);
		if (result < 0)
			return result;
		at += size;
	}
	return (long)at;
}

/* Packs so many bytes of whole records into one compressed record. */
static int pack_some(struct perfev_writer *writer, const unsigned char *from, size_t length)
{
	long packed = writer->options.codec->pack(
		writer->packing, from, length, writer->packed + RECORD_HEADER_BYTES,
		LONGEST_RECORD - RECORD_HEADER_BYTES);

	if (packed < 0)
		return (int)packed;
	store32(writer->packed, PERFEV_RECORD_COMPRESSED, 0);
	store16(writer->packed + 4, 0, 0);
	store16(writer->packed + 6, (__u16)(packed + (long)RECORD_HEADER_BYTES), 0);
	writer->unpacked_bytes += length;
	return perfev_writer_put(writer, writer->packed, (size_t)packed + RECORD_HEADER_BYTES);
}

/* Whether readers look for a record in the file itself: none of those is packed. */
static int is_bare(__u32 type)
{
	return type >= PERFEV_RECORD_ATTR;
}

int perfev_writer_pack(struct perfev_writer *writer, const unsigned char *from, size_t length)
{
	size_t begin = 0, at = 0;

	while (at < length) {
		size_t size = load16(from + at + 6, 0);
		int bare = is_bare(load32(from + at, 0)) || size > PACKED_AT_ONCE, result = 0;

		if (at > begin && (bare || at + size - begin > PACKED_AT_ONCE)) {
			result = pack_some(writer, from + begin, at - begin);
			begin = at;
		}
		if (bare && result == 0) {
			result = perfev_writer_put(writer, from + at, size);
			begin = at + size;
		}
		if (result < 0)
			return result;
		at += size;
	}
	return begin < length ? pack_some(writer, from + begin, length - begin) : 0;
}
