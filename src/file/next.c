/* SPDX-License-Identifier: MIT */
/*
 * Records as they lie or by time. The order of the file is what comes by default: it costs nothing,
 * and nothing waits for anything. Most records are samples of one event, one behind the other: the
 * next is expected to be as the one before, and only what is not goes the long way.
 */
#include <errno.h>
#include <string.h>

#include "../record/alike.h"
#include "file.h"

/*
 * Lends what most records are: one of the kernel's that is whole in the window, and nothing else to
 * be done before it. Returns 1, or 0 for all others.
 */
static inline int raw_at_hand(struct perfev_file *file, struct raw_record *raw)
{
	const struct source *source = &file->source;
	const unsigned char *bytes = source_bytes(source);

	if (source->at + RECORD_HEADER_BYTES > source->ready)
		return 0;
	raw->size = load16(bytes + 6, file->swapped);
	raw->type = load32(bytes, file->swapped);
	if (raw->type >= PERFEV_RECORD_ATTR || raw->size < RECORD_HEADER_BYTES ||
	    source->at + raw->size > source->ready)
		return 0;
	raw->bytes = bytes;
	raw->offset = source_offset(source);
	raw->follows = 0;
	raw->consumes = raw->size;
	raw->unpacked = 0;
	return 1;
}

static inline int raw_next(struct perfev_file *file, struct raw_record *raw)
{
	return raw_at_hand(file, raw) ? 1 : perfev_file_raw_next(file, raw);
}

/* Notes that a record cannot be decoded. Returns the error. */
static __attribute__((noinline)) int refused(struct perfev_file *file, __u32 type,
					     const struct perfev_record *record, size_t length)
{
	const char *name = perfev_record_name(type);

	return perfev_file_damaged(
		file, file->last_offset, length, -EBADMSG, "a malformed %s, at byte %u: %s",
		name ? name : "record", record->bad_offset,
		record->bad_field ? record->bad_field : "its size");
}

/*
 * Expects that the next record is a sample of the same event. Of several events its id must be this
 * one's, among the words that any such sample has.
 */
static inline void expect(struct perfev_file *file, const struct event *event,
			  const struct perfev_layout *layout)
{
	const struct events *events = &file->events;
	size_t id_at = 0;

	file->next.layout = &file->plain;
	if (!event)
		return;
	if (events->count > 1)
		id_at = 8UL * events->list[0]->shown.layout.id_from_start;
	if (id_at && (event != events->last || id_at + 8 > layout->alike_bytes))
		return;
	file->next.layout = layout;
	file->next.event = event;
	file->next.id_at = id_at;
	file->next.id = events->last_id;
}

/* Whether a record that is there is what was expected; then it is not malformed. */
static inline int is_expected(const struct perfev_file *file, const struct perfev_record *record,
			      const unsigned char *bytes, size_t size)
{
	return is_alike(record, bytes, size, file->next.layout) &&
	       (!file->next.id_at || load64(bytes + file->next.id_at, 0) == file->next.id);
}

/*
 * Where all events are laid out alike: expects the one whose sample this is. Returns 1, or 0 where
 * that is not said by an id, or is no sample.
 */
static int expect_another(struct perfev_file *file, const unsigned char *bytes, size_t size)
{
	const size_t id_at = file->next.id_at;
	const struct event *event;
	__u64 id;

	if (!id_at || size < id_at + 8 || !file->events.same_layout ||
	    load32(bytes, 0) != PERF_RECORD_SAMPLE)
		return 0;
	id = load64(bytes + id_at, 0);
	event = id ? perfev_recorded_find(&file->events, id) : NULL;
	if (!event)
		return 0;
	file->next.event = event;
	file->next.id = id;
	return 1;
}

/*
 * Decodes a record for the caller, of an event that has it laid out like another, NULL where there
 * is none, and takes in what it says of the recording.
 */
static inline int give_of(struct perfev_file *file, struct perfev_record *record, const void *bytes,
			  size_t length, __u64 offset, const struct event *event,
			  const struct event *like)
{
	const struct perfev_layout *layout = like ? &like->shown.layout : &file->plain;
	__u32 type = load32(bytes, file->swapped);
	int result;

	file->last_offset = offset;
	file->last_event = event;
	result = perfev_record_decode(record, bytes, length, layout);
	if (result < 0)
		return refused(file, type, record, length);
	file->summary.records++;
	if (type == PERF_RECORD_SAMPLE) {
		expect(file, event, layout);
		return 1;
	}
	/* There may be another event after it. */
	if (type >= PERFEV_RECORD_ATTR)
		expect(file, NULL, NULL);
	result = perfev_file_take_in(file, record);
	return result < 0 ? result : 1;
}

static inline int give(struct perfev_file *file, struct perfev_record *record, const void *bytes,
		       size_t length, __u64 offset)
{
	struct event *event = NULL, *like = NULL;

	if (load32(bytes, file->swapped) < PERFEV_RECORD_ATTR)
		event = event_of(&file->events, bytes, length, &like);
	return give_of(file, record, bytes, length, offset, event, like);
}

/* Gives what most records are: the sample that is expected, at hand. Returns 1, or 0: another. */
static inline int next_expected(struct perfev_file *file, struct perfev_record *record)
{
	struct source *source = &file->source;
	const unsigned char *bytes = source_bytes(source);
	/* Of what is not all there, it is 0 or too much. */
	const size_t size = load16(bytes + 6, 0);

	if (source->at + size > source->ready || !is_expected(file, record, bytes, size))
		return 0;
	take_alike(record, bytes, size, file->next.layout);
	file->last_offset = source_offset(source);
	file->last_event = file->next.event;
	file->summary.records++;
	file->summary.record_bytes += size;
	source->at += size;
	return 1;
}

/* Likewise, the sample of another event. */
static int next_of_another(struct perfev_file *file, struct perfev_record *record)
{
	const struct source *source = &file->source;
	const unsigned char *bytes = source_bytes(source);
	const size_t size = load16(bytes + 6, 0);

	return source->at + size <= source->ready && expect_another(file, bytes, size) &&
	       next_expected(file, record);
}

/* Finds the event and the time of a record of the kernel's. Returns 1, or 0 where it has none. */
static int can_wait(struct perfev_file *file, const struct raw_record *raw, struct waiting *out)
{
	size_t words = raw->size / 8, at;

	if (raw->type >= PERFEV_RECORD_ATTR)
		return 0;
	out->event = event_of(&file->events, raw->bytes, raw->size, &out->like);
	if (!out->like)
		return 0;
	if (raw->type == PERF_RECORD_SAMPLE) {
		at = out->like->time_from_start;
		if (!at || at >= words)
			return 0;
		out->time = load64(raw->bytes + 8 * at, file->swapped);
	} else {
		at = out->like->time_from_end;
		if (!at || at >= words)
			return 0;
		out->time = load64(raw->bytes + raw->size - 8 * at, file->swapped);
	}
	out->offset = raw->offset;
	out->length = (__u32)raw->size;
	/* As linux-perf has it: what a recorder writes itself was there before. */
	return out->time != 0 && out->time != ~(__u64)0;
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

static __attribute__((noinline)) int next_by_file(struct perfev_file *file,
						  struct perfev_record *record)
{
	struct raw_record raw;
	int result;

	if (file->next.id_at && next_of_another(file, record))
		return 1;
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
	const struct perfev_layout *layout;
	const struct waiting *waiting;
	const unsigned char *bytes;
	int result = 1;

	/* Without a call, for most that is read is read while nothing may go. */
	if (!file->order.given && !order_is_due(&file->order))
		return 0;
	if (!perfev_order_take(&file->order, &waiting))
		return 0;
	bytes = perfev_waiting_bytes(waiting);
	layout = &waiting->like->shown.layout;
	if (is_alike(record, bytes, waiting->length, layout)) {
		take_alike(record, bytes, waiting->length, layout);
		file->last_offset = waiting->offset;
		file->last_event = waiting->event;
		file->summary.records++;
	} else {
		result = give_of(file, record, bytes, waiting->length, waiting->offset,
				 waiting->event, waiting->like);
	}
	if (waiting->time < file->last_time)
		file->summary.late++;
	else
		file->last_time = waiting->time;
	return result;
}

static __attribute__((noinline)) int next_by_time(struct perfev_file *file,
						  struct perfev_record *record)
{
	for (;;) {
		struct raw_record raw;
		struct waiting what;
		int result = next_waiting(file, record);

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
		if (!can_wait(file, &raw, &what)) {
			/* The files of a folder have no rounds in common. */
			if (raw.type == PERFEV_RECORD_FINISHED_ROUND && !file->folder)
				perfev_order_round(&file->order);
			return give_raw(file, record, &raw);
		}
		result = perfev_order_put(&file->order, &what, raw.bytes);
		if (result < 0)
			return result;
		pass_later(file, &raw);
		if (file->order.held_bytes > file->summary.held_bytes)
			file->summary.held_bytes = file->order.held_bytes;
		if (file->folder)
			perfev_folder_seen(file, what.time);
	}
}

int perfev_file_next(struct perfev_file *file, struct perfev_record *record)
{
	if (file->options.by_time)
		return next_by_time(file, record);
	return next_expected(file, record) ? 1 : next_by_file(file, record);
}
