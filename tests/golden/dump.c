/* SPDX-License-Identifier: MIT */
/*
 * Writes a recording as lines of JSON: each record with the event that it belongs to, the events,
 * the formats of tracepoints, what simpleperf says, each damage, and last what was read in all. It
 * is what the test beside it compares with what others read.
 *
 * usage: dump FILE
 */
#include <perfev.h>
#ifdef HAVE_ZSTD
#include <perfev/zstd.h>
#endif
#include <stdio.h>
#include <string.h>

static void print(const struct perfev_file *file, const struct perfev_record *record)
{
	static char text[1 << 20];
	const struct perfev_file_event *event = perfev_file_record_event(file);

	perfev_record_format_json(text, sizeof(text), record);
	printf("{\"offset\":%llu,\"number\":%u,\"size\":%u,\"misc\":%u,\"event\":\"%s\",",
	       perfev_file_offset(file), record->type, record->size, record->misc,
	       event ? event->name : "");
	printf("\"record\":%s}\n", text);
}

static void print_hex(const struct perfev_bytes *bytes)
{
	for (__u64 i = 0; i < bytes->length; i++)
		printf("%02x", ((const unsigned char *)bytes->bytes)[i]);
}

static void print_sections(struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	struct perfev_meta_entry meta;
	struct perfev_bytes bytes;

	for (unsigned int i = 0; i < perfev_file_event_count(file); i++) {
		const struct perfev_file_event *event = perfev_file_event(file, i);

		printf("{\"attr\":\"%s\",\"type\":%u,\"config\":%llu}\n", event->name,
		       event->attr.type, (unsigned long long)event->attr.config);
	}
	if (perfev_file_feature(file, PERFEV_FEATURE_TRACING_DATA, &bytes) == 1) {
		printf("{\"formats\":\"");
		print_hex(&bytes);
		printf("\"}\n");
	}
	while (perfev_file_meta_next(file, &at, &meta) > 0) {
		const struct perfev_bytes value = { meta.value, strlen(meta.value) };

		printf("{\"meta\":\"%s\",\"value\":\"", meta.key);
		print_hex(&value);
		printf("\"}\n");
	}
}

int main(int argc, char **argv)
{
	struct perfev_file_options options = { .size = sizeof(options) };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file_summary summary;
	struct perfev_file_damage damage;
	struct perfev_file *file;
	struct perfev_why why;
	int result;

#ifdef HAVE_ZSTD
	options.codec = perfev_zstd_codec();
#endif
	if (argc != 2 || perfev_file_open(&file, argv[1], &options, &why) < 0)
		return fprintf(stderr, "%s\n", argc == 2 ? why.text : "usage: dump FILE"), 1;
	while ((result = perfev_file_next(file, &record)) != 0)
		if (result > 0)
			print(file, &record);
	for (unsigned int i = 0; perfev_file_damage(file, i, &damage); i++)
		printf("{\"damage\":\"%s\",\"offset\":%llu,\"bytes\":%llu}\n", damage.text,
		       damage.offset, damage.bytes);
	print_sections(file);
	perfev_file_summary(file, &summary);
	printf("{\"records\":%llu,\"bytes\":%llu,\"unread\":%llu,\"events\":%u}\n", summary.records,
	       summary.record_bytes, summary.unread_bytes, perfev_file_event_count(file));
	perfev_file_close(file);
	return 0;
}
