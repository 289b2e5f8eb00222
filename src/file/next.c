/* SPDX-License-Identifier: MIT */
/*
 * Records as they lie or by time. The order of the file is what comes by default: it costs nothing,
 * and nothing waits for anything.
 */
#include <errno.h>
#include <string.h>

#include "../record/bytes.h"
#include "file.h"

/*
 * Lends what most records are: one of the kernel's that is whole in the window, and nothing else to
 * be done before it. Returns 1, or 0 for all others.
 */
static inline int raw_at_hand(struct perfev_file *file, struct raw_record *raw)
{
	struct source *source = &file->source;
	size_t left = source->have - source->at, size;
	const unsigned char *bytes;

	if (file->pending > left || left - file->pending < RECORD_HEADER_BYTES || file->follows ||
	    file->unpacking.is_active || file->at_end)
		return 0;
	left -= (size_t)file->pending;
	bytes = source->window + (source->have - left);
	size = load16(bytes + 6, file->swapped);
	raw->type = load32(bytes, file->swapped);
	raw->offset = source->start + (source->have - left);
	if (raw->type >= PERFEV_RECORD_ATTR || size < RECORD_HEADER_BYTES || size > left ||
	    raw->offset + size > source->end)
		return 0;
	source->at = source->have - left;
	file->pending = 0;
	raw->bytes = bytes;
	raw->size = size;
	raw->follows = 0;
	raw->consumes = size;
	raw->unpacked = 0;
	return 1;
}

static inline int raw_next(struct perfev_file *file, struct raw_record *raw)
{
	return raw_at_hand(file, raw) ? 1 : perfev_file_raw_next(file, raw);
}

/* Decodes a record for the caller, and takes in what it says of the recording. */
static inline int give(struct perfev_file *file, struct perfev_record *record, const void *bytes,
		       size_t length, __u64 offset)
{
	struct event *event = NULL, *like = NULL;
	const struct perfev_layout *layout = &file->plain;
	__u32 type = load32(bytes, file->swapped);
	int result;

	file->last_offset = offset;
	if (type < PERFEV_RECORD_ATTR) {
		event = event_of(&file->events, bytes, length, &like);
		if (like)
			layout = &like->shown.layout;
	}
	file->last_event = event;
	result = perfev_record_decode(record, bytes, length, layout);
	if (result < 0)
		return perfev_file_damaged(
			file, offset, length, -EBADMSG, "a malformed %s, at byte %u: %s",
			perfev_record_name(type) ? perfev_record_name(type) : "record",
			record->bad_offset, record->bad_field ? record->bad_field : "its size");
	file->summary.records++;
	if (type == PERF_RECORD_SAMPLE)
		return 1;
	result = perfev_file_take_in(file, record);
	return result < 0 ? result : 1;
}

/* Finds the time of a record of the kernel's. Returns 1, or 0 where it has none. */
static int time_of(struct perfev_file *file, const struct raw_record *raw, __u64 *time)
{
	struct event *event;
	size_t words = raw->size / 8, at;

	if (raw->type >= PERFEV_RECORD_ATTR)
		return 0;
	event_of(&file->events, raw->bytes, raw->size, &event);
	if (!event)
		return 0;
	if (raw->type == PERF_RECORD_SAMPLE) {
		at = event->time_from_start;
		if (!at || at >= words)
			return 0;
		*time = load64(raw->bytes + 8 * at, file->swapped);
	} else {
		at = event->time_from_end;
		if (!at || at >= words)
			return 0;
		*time = load64(raw->bytes + raw->size - 8 * at, file->swapped);
	}
	/* As linux-perf has it: what a recorder writes itself was there before. */
	return *time != 0 && *time != ~(__u64)0;
}

/* Passes a record at the next call; it is in the window until then. */
static inline void pass_later(struct perfev_file *file, const struct raw_record *raw)
{
	__u64 *bytes = &file->summary.record_bytes;

	raw_done(file, raw);
	if (!raw->consumes)
		return;
	*bytes += raw->size;
	*bytes += raw->follows < ~(__u64)0 - *bytes ? raw->follows : 0;
}

static int give_raw(struct perfev_file *file, struct perfev_record *record,
		    const struct raw_record *raw)
{
	pass_later(file, raw);
	if (raw->size != RECORD_HEADER_BYTES || !raw->follows)
		return give(file, record, raw->bytes, raw->size, raw->offset);
	/* simpleperf's longest: only its header is lent, and its size does not fit into it. */
	memset(record, 0, sizeof(*record));
	record->type = raw->type;
	record->size = RECORD_HEADER_BYTES;
	record->bytes = raw->bytes;
	record->layout = &file->plain;
	file->last_offset = raw->offset;
	file->last_event = NULL;
	file->summary.records++;
	return 1;
}

static int next_by_file(struct perfev_file *file, struct perfev_record *record)
{
	struct raw_record raw;
	int result;

	do {
		if (raw_at_hand(file, &raw)) {
			pass_later(file, &raw);
			return give(file, record, raw.bytes, raw.size, raw.offset);
		}
		result = perfev_file_raw_next(file, &raw);
	} while (result == 0 && perfev_folder_next(file));
	return result <= 0 ? result : give_raw(file, record, &raw);
}

/* Gives a record that has waited. Returns 1, 0 when none may go yet, or a negative errno. */
static int next_waiting(struct perfev_file *file, struct perfev_record *record)
{
	const struct waiting *waiting;
	int result;

	if (!perfev_order_take(&file->order, &waiting))
		return 0;
	result =
		give(file, record, perfev_waiting_bytes(waiting), waiting->length, waiting->offset);
	if (waiting->time < file->last_time)
		file->summary.late++;
	else
		file->last_time = waiting->time;
	return result;
}

static int next_by_time(struct perfev_file *file, struct perfev_record *record)
{
	for (;;) {
		struct raw_record raw;
		int result = next_waiting(file, record);
		__u64 time;

		if (result)
			return result;
		result = raw_next(file, &raw);
		if (result < 0)
			return result;
		if (result == 0 && !file->order.all_ripe && perfev_folder_over(file))
			continue;
		if (result == 0 && file->order.all_ripe)
			return 0;
		if (result == 0) {
			file->order.all_ripe = 1;
			continue;
		}
		if (!time_of(file, &raw, &time)) {
			/* The files of a folder have no rounds in common. */
			if (raw.type == PERFEV_RECORD_FINISHED_ROUND && !file->folder)
				perfev_order_round(&file->order);
			return give_raw(file, record, &raw);
		}
		result = perfev_order_put(&file->order, time, raw.bytes, raw.size, raw.offset);
		if (result < 0)
			return result;
		pass_later(file, &raw);
		if (file->order.held_bytes > file->summary.held_bytes)
			file->summary.held_bytes = file->order.held_bytes;
		if (file->folder)
			perfev_folder_seen(file, time);
	}
}

int perfev_file_next(struct perfev_file *file, struct perfev_record *record)
{
	return file->options.by_time ? next_by_time(file, record) : next_by_file(file, record);
}
