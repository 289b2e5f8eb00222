/* SPDX-License-Identifier: MIT */
/*
 * Writes a recording as lines of JSON: each record with the event that it belongs to, each damage,
 * and last what was read in all. It is what the test beside it compares with what others read.
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
	perfev_file_summary(file, &summary);
	printf("{\"records\":%llu,\"bytes\":%llu,\"unread\":%llu,\"events\":%u}\n", summary.records,
	       summary.record_bytes, summary.unread_bytes, perfev_file_event_count(file));
	perfev_file_close(file);
	return 0;
}
