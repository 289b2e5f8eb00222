/* SPDX-License-Identifier: MIT */
/* Sections of the header: those that callers set, and those that are made of what was written. */
#include <errno.h>
#include <string.h>

#include "file.h"
#include "writer.h"

/* The lengths that attributes had, so that a reader of that time takes one that needs no more. */
static const __u8 attr_sizes[] = { 64, 72, 80, 96, 104, 112, 120, 128, 136, 144 };

size_t perfev_writer_attr_bytes(const struct perf_event_attr *attr)
{
	const unsigned char *bytes = (const unsigned char *)attr;
	size_t used = sizeof(*attr), i = 0;

	while (used > PERF_ATTR_SIZE_VER0 && !bytes[used - 1])
		used--;
	while (i + 1 < sizeof(attr_sizes) && attr_sizes[i] < used)
		i++;
	return attr_sizes[i] < sizeof(*attr) ? attr_sizes[i] : sizeof(*attr);
}

int perfev_writer_set(struct perfev_writer *writer, unsigned int feature, struct bytes *bytes)
{
	int error = bytes->error;

	if (error) {
		perfev_bytes_free(bytes);
		return error;
	}
	perfev_bytes_free(&writer->sections[feature]);
	writer->sections[feature] = *bytes;
	writer->set[feature] = 1;
	return 0;
}

int perfev_writer_feature(struct perfev_writer *writer, unsigned int feature, const void *bytes,
			  size_t length)
{
	struct bytes copy = { 0 };

	if (!feature || feature >= PERFEV_FEATURES)
		return -EINVAL;
	if (writer->is_pipe && writer->is_started)
		return -EBUSY;
	/* Formats follow a record, however long they are. */
	if (writer->is_pipe && feature != PERFEV_FEATURE_TRACING_DATA &&
	    length > LONGEST_RECORD - RECORD_HEADER_BYTES - 16)
		return -E2BIG;
	perfev_bytes_add(&copy, bytes ? bytes : "", length);
	return perfev_writer_set(writer, feature, &copy);
}

int perfev_writer_text(struct perfev_writer *writer, unsigned int feature, const char *text)
{
	struct bytes bytes = { 0 };
	int result;

	perfev_bytes_add_text(&bytes, text);
	result = bytes.error ? bytes.error :
			       perfev_writer_feature(writer, feature, bytes.bytes, bytes.length);
	perfev_bytes_free(&bytes);
	return result;
}

int perfev_writer_cmdline(struct perfev_writer *writer, int argc, const char *const *argv)
{
	struct bytes bytes = { 0 };
	int result;

	perfev_bytes_add_u32(&bytes, (__u32)argc);
	for (int i = 0; i < argc; i++)
		perfev_bytes_add_text(&bytes, argv[i]);
	result = bytes.error ? bytes.error :
			       perfev_writer_feature(writer, PERFEV_FEATURE_CMDLINE, bytes.bytes,
						     bytes.length);
	perfev_bytes_free(&bytes);
	return result;
}

int perfev_writer_build_id(struct perfev_writer *writer, __u16 misc, const char *filename,
			   const struct perfev_build_id *build_id)
{
	struct perfev_record record = { .type = PERFEV_RECORD_BUILD_ID, .misc = misc };
	unsigned char bytes[8192];
	struct perfev_layout plain;
	int size;

	record.misc |= PERFEV_MISC_BUILD_ID_SIZE;
	record.build_id.pid = -1;
	record.build_id.build_id = *build_id;
	record.build_id.filename.text = filename;
	record.build_id.filename.length = (__u32)strlen(filename);
	perfev_layout_init(&plain, NULL, 0);
	size = perfev_record_encode(bytes, sizeof(bytes), &record, &plain);
	if (size < 0 || size > (int)sizeof(bytes))
		return -E2BIG;
	perfev_bytes_add(&writer->build_ids, bytes, (size_t)size);
	return writer->build_ids.error;
}

int perfev_writer_group(struct perfev_writer *writer, const char *name, __u32 leader, __u32 count)
{
	if (writer->is_started)
		return -EBUSY;
	if (count < 2 || leader >= writer->events.count || count > writer->events.count - leader)
		return -EINVAL;
	perfev_bytes_add_text(&writer->groups, name ? name : "{anon_group}");
	perfev_bytes_add_u32(&writer->groups, leader);
	perfev_bytes_add_u32(&writer->groups, count);
	writer->group_count++;
	return writer->groups.error;
}

static int describe_groups(struct perfev_writer *writer)
{
	struct bytes bytes = { 0 };

	perfev_bytes_add_u32(&bytes, writer->group_count);
	perfev_bytes_add(&bytes, writer->groups.bytes, writer->groups.length);
	if (writer->groups.error)
		bytes.error = writer->groups.error;
	return perfev_writer_set(writer, PERFEV_FEATURE_GROUP_DESC, &bytes);
}

/* Events with the names that they were asked for by. */
static int describe_events(struct perfev_writer *writer)
{
	struct bytes bytes = { 0 };

	perfev_bytes_add_u32(&bytes, writer->events.count);
	perfev_bytes_add_u32(&bytes, (__u32)writer->attr_bytes);
	for (unsigned int i = 0; i < writer->events.count; i++) {
		const struct event *event = writer->events.list[i];
		struct perf_event_attr attr = event->shown.attr;

		attr.size = (__u32)writer->attr_bytes;
		perfev_bytes_add(&bytes, &attr, writer->attr_bytes);
		perfev_bytes_add_u32(&bytes, event->shown.id_count);
		perfev_bytes_add_text(&bytes, event->shown.name);
		perfev_bytes_add(&bytes, event->ids, 8UL * event->shown.id_count);
	}
	return perfev_writer_set(writer, PERFEV_FEATURE_EVENT_DESC, &bytes);
}

/*
 * linux-perf does not unpack without knowing how much comes out at once, and hotspot only what has
 * the version that linux-perf writes.
 */
static int describe_packing(struct perfev_writer *writer)
{
	struct bytes bytes = { 0 };
	__u64 packed = writer->data_size ? writer->data_size : 1;

	perfev_bytes_add_u32(&bytes, 0);
	perfev_bytes_add_u32(&bytes, writer->options.codec->type);
	perfev_bytes_add_u32(&bytes, (__u32)writer->options.level);
	perfev_bytes_add_u32(&bytes, (__u32)((writer->unpacked_bytes + packed / 2) / packed));
	perfev_bytes_add_u32(&bytes, 2 * PACKED_AT_ONCE);
	return perfev_writer_set(writer, PERFEV_FEATURE_COMPRESSED, &bytes);
}

static int describe_traces(struct perfev_writer *writer)
{
	struct bytes bytes = { 0 };

	perfev_bytes_add_u64(&bytes, writer->traces.length / 16);
	perfev_bytes_add(&bytes, writer->traces.bytes, writer->traces.length);
	if (writer->traces.error)
		bytes.error = writer->traces.error;
	return perfev_writer_set(writer, PERFEV_FEATURE_AUXTRACE, &bytes);
}

static int describe_times(struct perfev_writer *writer)
{
	struct bytes bytes = { 0 };

	perfev_bytes_add_u64(&bytes, writer->first_time);
	perfev_bytes_add_u64(&bytes, writer->last_time);
	return perfev_writer_set(writer, PERFEV_FEATURE_SAMPLE_TIME, &bytes);
}

static int describe_build_ids(struct perfev_writer *writer)
{
	struct bytes bytes = { 0 };
	int result = writer->options.build_ids ? perfev_writer_find_build_ids(writer) : 0;

	if (result < 0 || writer->build_ids.error)
		return result < 0 ? result : writer->build_ids.error;
	if (!writer->build_ids.length)
		return 0;
	perfev_bytes_add(&bytes, writer->build_ids.bytes, writer->build_ids.length);
	return perfev_writer_set(writer, PERFEV_FEATURE_BUILD_ID, &bytes);
}

int perfev_writer_make_sections(struct perfev_writer *writer, int at_end)
{
	int result = 0, branches = 0;

	for (unsigned int i = 0; i < writer->events.count; i++)
		if (writer->events.list[i]->shown.attr.sample_type & PERF_SAMPLE_BRANCH_STACK)
			branches = 1;
	if (branches)
		writer->set[PERFEV_FEATURE_BRANCH_STACK] = 1;
	if (!writer->set[PERFEV_FEATURE_EVENT_DESC] && writer->events.count)
		result = describe_events(writer);
	if (result == 0 && writer->group_count)
		result = describe_groups(writer);
	if (result == 0 && writer->packing)
		result = describe_packing(writer);
	if (result == 0 && !at_end && writer->is_of_here &&
	    !writer->set[PERFEV_FEATURE_TRACING_DATA])
		result = perfev_writer_describe_formats(writer);
	if (!at_end || result < 0)
		return result;
	if (writer->traces.length)
		result = describe_traces(writer);
	if (result == 0 && writer->last_time)
		result = describe_times(writer);
	return result < 0 ? result : describe_build_ids(writer);
}
