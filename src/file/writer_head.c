/* SPDX-License-Identifier: MIT */
/*
 * What stands before the records of a file or pipe, and the sections behind those of a file. The
 * header names no sections until they all are there; until then its only number that changes is
 * that of the records' bytes.
 */
#include <errno.h>
#include <string.h>

#include "../record/bytes.h"
#include "file.h"
#include "writer.h"

#define SIZE_AT 48 /* of the records' bytes, in the header */

static void add_header(struct perfev_writer *writer, struct bytes *head, const __u64 *features)
{
	const __u64 each = writer->attr_bytes + 16;
	__u64 ids = 0;

	for (unsigned int i = 0; i < writer->events.count; i++)
		ids += 8ULL * writer->events.list[i]->shown.id_count;
	perfev_bytes_add(head, "PERFILE2", 8);
	/* The same letters on any machine; as a number, they tell its byte order. */
	if (!head->error && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		store64(head->bytes, load64(head->bytes, 1), 0);
	perfev_bytes_add_u64(head, FILE_HEADER_BYTES);
	perfev_bytes_add_u64(head, each);
	perfev_bytes_add_u64(head, FILE_HEADER_BYTES + ids);
	perfev_bytes_add_u64(head, each * writer->events.count);
	perfev_bytes_add_u64(head, writer->data_offset);
	perfev_bytes_add_u64(head, writer->data_size);
	perfev_bytes_add_zeros(head, 16);
	for (int i = 0; i < 4; i++)
		perfev_bytes_add_u64(head, features ? features[i] : 0);
}

/* An attribute as it is written: of one length for all, which is also what it says of itself. */
static void add_attr(struct perfev_writer *writer, struct bytes *head, const struct event *event)
{
	struct perf_event_attr attr = event->shown.attr;

	attr.size = (__u32)writer->attr_bytes;
	perfev_bytes_add(head, &attr, writer->attr_bytes);
}

static int start_file(struct perfev_writer *writer)
{
	struct bytes head = { 0 };
	__u64 ids_at = FILE_HEADER_BYTES;
	int result;

	add_header(writer, &head, NULL);
	for (unsigned int i = 0; i < writer->events.count; i++)
		perfev_bytes_add(&head, writer->events.list[i]->ids,
				 8UL * writer->events.list[i]->shown.id_count);
	for (unsigned int i = 0; i < writer->events.count; i++) {
		const struct event *event = writer->events.list[i];

		add_attr(writer, &head, event);
		perfev_bytes_add_u64(&head, ids_at);
		perfev_bytes_add_u64(&head, 8ULL * event->shown.id_count);
		ids_at += 8ULL * event->shown.id_count;
	}
	writer->data_offset = head.length;
	if (!head.error)
		store64(head.bytes + SIZE_AT - 8, writer->data_offset, 0);
	result = head.error ? head.error : perfev_writer_put_at(writer, 0, head.bytes, head.length);
	perfev_bytes_free(&head);
	return result;
}

/* Adds a record of a header and the bytes behind it. */
static void add_record(struct bytes *out, __u32 type, const struct bytes *body)
{
	const __u16 misc = 0, size = (__u16)(RECORD_HEADER_BYTES + body->length);

	perfev_bytes_add_u32(out, type);
	perfev_bytes_add(out, &misc, sizeof(misc));
	perfev_bytes_add(out, &size, sizeof(size));
	perfev_bytes_add(out, body->bytes, body->length);
	if (body->error)
		out->error = body->error;
}

static int add_attr_record(struct perfev_writer *writer, struct bytes *out,
			   const struct event *event)
{
	struct bytes body = { 0 };
	int result = 0;

	add_attr(writer, &body, event);
	perfev_bytes_add(&body, event->ids, 8UL * event->shown.id_count);
	if (body.length > LONGEST_RECORD - RECORD_HEADER_BYTES)
		result = -E2BIG;
	else
		add_record(out, PERFEV_RECORD_ATTR, &body);
	perfev_bytes_free(&body);
	return result;
}

/* The name that an event was asked for by. */
static void add_name_record(struct bytes *out, const struct event *event)
{
	size_t length = event->name ? strlen(event->name) : 0;
	struct bytes body = { 0 };

	if (!length || length > 4096 || !event->shown.id_count)
		return;
	perfev_bytes_add_u64(&body, 2);
	perfev_bytes_add_u64(&body, event->ids[0]);
	perfev_bytes_add(&body, event->name, length);
	perfev_bytes_add_zeros(&body, 8 - length % 8);
	add_record(out, PERFEV_RECORD_EVENT_UPDATE, &body);
	perfev_bytes_free(&body);
}

/*
 * Sections as records: what is longer than one is left out. In a pipe they are as long as
 * linux-perf has them: quipper takes what fills a record up to 8 bytes for part of the section.
 */
static void add_feature_records(struct perfev_writer *writer, struct bytes *out)
{
	for (unsigned int i = 0; i < PERFEV_FEATURES; i++) {
		const struct bytes *section = &writer->sections[i];
		struct bytes body = { 0 };

		/* linux-perf would read formats from where they are not. */
		if (!writer->set[i] || !section->length || i == PERFEV_FEATURE_TRACING_DATA ||
		    section->length > LONGEST_RECORD - RECORD_HEADER_BYTES - 16)
			continue;
		perfev_bytes_add_u64(&body, i);
		perfev_bytes_add(&body, section->bytes, section->length);
		if (!writer->is_pipe)
			perfev_bytes_add_zeros(&body, -section->length & 7);
		add_record(out, PERFEV_RECORD_FEATURE, &body);
		perfev_bytes_free(&body);
	}
}

/* The formats of tracepoints follow their record, whose size counts their padding. */
static void add_formats(struct perfev_writer *writer, struct bytes *out)
{
	const struct bytes *section = &writer->sections[PERFEV_FEATURE_TRACING_DATA];
	const size_t padding = -section->length & 7;
	struct bytes body = { 0 };

	if (!section->length)
		return;
	perfev_bytes_add_u32(&body, (__u32)(section->length + padding));
	perfev_bytes_add_u32(&body, 0);
	add_record(out, PERFEV_RECORD_TRACING_DATA, &body);
	perfev_bytes_add(out, section->bytes, section->length);
	perfev_bytes_add_zeros(out, padding);
	perfev_bytes_free(&body);
}

static int start_pipe(struct perfev_writer *writer)
{
	struct bytes out = { 0 };
	int result = 0;

	perfev_bytes_add(&out, "PERFILE2", 8);
	if (!out.error && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		store64(out.bytes, load64(out.bytes, 1), 0);
	perfev_bytes_add_u64(&out, PIPE_HEADER_BYTES);
	for (unsigned int i = 0; i < writer->events.count && result == 0; i++)
		result = add_attr_record(writer, &out, writer->events.list[i]);
	for (unsigned int i = 0; i < writer->events.count; i++)
		add_name_record(&out, writer->events.list[i]);
	add_feature_records(writer, &out);
	add_formats(writer, &out);
	if (result == 0)
		result = out.error;
	if (result == 0)
		result = perfev_writer_put(writer, out.bytes, out.length);
	perfev_bytes_free(&out);
	return result;
}

/* In a file, too, what is known is a record as well: a killed recorder leaves no sections. */
static int start_sections(struct perfev_writer *writer)
{
	struct bytes out = { 0 };
	int result;

	for (unsigned int i = 0; i < writer->events.count; i++)
		add_name_record(&out, writer->events.list[i]);
	add_feature_records(writer, &out);
	result = out.error;
	if (result == 0 && out.length)
		result = perfev_writer_put(writer, out.bytes, out.length);
	perfev_bytes_free(&out);
	return result;
}

int perfev_writer_start(struct perfev_writer *writer)
{
	int result = perfev_writer_make_sections(writer, 0);

	writer->is_started = 1;
	if (result < 0)
		return result;
	if (writer->is_pipe)
		return start_pipe(writer);
	result = start_file(writer);
	return result < 0 ? result : start_sections(writer);
}

int perfev_writer_count(struct perfev_writer *writer)
{
	return writer->is_pipe ? 0 :
				 perfev_writer_put_at(writer, SIZE_AT, &writer->data_size,
						      sizeof(writer->data_size));
}

/* Build-ids as records of their own: what a pipe has of them. */
static int finish_pipe(struct perfev_writer *writer)
{
	return writer->build_ids.length ? perfev_writer_put(writer, writer->build_ids.bytes,
							    writer->build_ids.length) :
					  0;
}

static int finish_file(struct perfev_writer *writer)
{
	__u64 table_at = writer->data_offset + writer->data_size, at = table_at;
	struct bytes table = { 0 }, head = { 0 };
	__u64 features[4] = { 0 };
	int result = 0;

	for (unsigned int i = 0; i < PERFEV_FEATURES; i++) {
		features[i / 64] |= (__u64)(writer->set[i] != 0) << (i % 64);
		at += writer->set[i] ? 16 : 0;
	}
	for (unsigned int i = 0; i < PERFEV_FEATURES && result == 0; i++) {
		const struct bytes *section = &writer->sections[i];

		if (!writer->set[i])
			continue;
		perfev_bytes_add_u64(&table, at);
		perfev_bytes_add_u64(&table, section->length);
		result = perfev_writer_put_at(writer, at, section->bytes, section->length);
		at += section->length;
	}
	add_header(writer, &head, features);
	if (result == 0)
		result = table.error ? table.error : head.error;
	if (result == 0)
		result = perfev_writer_put_at(writer, table_at, table.bytes, table.length);
	if (result == 0)
		result = perfev_writer_put_at(writer, 0, head.bytes, head.length);
	perfev_bytes_free(&table);
	perfev_bytes_free(&head);
	return result;
}

int perfev_writer_finish(struct perfev_writer *writer)
{
	int result = perfev_writer_make_sections(writer, 1);

	if (result < 0)
		return result;
	return writer->is_pipe ? finish_pipe(writer) : finish_file(writer);
}
