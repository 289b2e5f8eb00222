/* SPDX-License-Identifier: MIT */
/*
 * Reads a recording and writes it anew: every record, the events, and this machine.
 *
 * usage: copy FROM TO [pipe] [packed] [killed]
 */
#define _GNU_SOURCE
#include <perfev.h>
#ifdef HAVE_ZSTD
#include <perfev/zstd.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <string.h>

static int write_record(struct perfev_writer *writer, struct perfev_file *file,
			const struct perfev_record *record)
{
	switch (record->type) {
	case PERFEV_RECORD_ATTR:
	case PERFEV_RECORD_FEATURE:
		return 0; /* the writer has its own */
	case PERFEV_RECORD_FINISHED_ROUND:
		return perfev_writer_round(writer);
	case PERFEV_RECORD_AUXTRACE: {
		struct perfev_record_auxtrace trace = record->auxtrace;
		struct perfev_bytes piece;

		/* A trace in several pieces is several records. */
		while (perfev_file_payload(file, &piece) > 0) {
			int result = perfev_writer_auxtrace(writer, &trace, &piece, 1);

			if (result < 0)
				return result;
			trace.offset += piece.length;
		}
		return 0;
	}
	default:
		return perfev_writer_write(writer, record->bytes, record->size);
	}
}

static int copy(struct perfev_writer *writer, struct perfev_file *file)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	int result;

	for (unsigned int i = 0; i < perfev_file_event_count(file); i++) {
		const struct perfev_file_event *event = perfev_file_event(file, i);

		result = perfev_writer_event(writer, &event->attr, event->name, event->ids,
					     event->id_count);
		if (result < 0)
			return result;
	}
	result = perfev_writer_machine(writer);
	while (result >= 0 && (result = perfev_file_next(file, &record)) != 0)
		if (result > 0)
			result = write_record(writer, file, &record);
	return result;
}

int main(int argc, char **argv)
{
	struct perfev_file_options from = { .size = sizeof(from) };
	struct perfev_writer_options to = { .size = sizeof(to), .build_ids = 1 };
	int result, killed = 0;
	struct perfev_writer *writer;
	struct perfev_file *file;
	struct perfev_why why;

	for (int i = 3; i < argc; i++) {
		to.pipe |= strcmp(argv[i], "pipe") == 0;
		killed |= strcmp(argv[i], "killed") == 0;
#ifdef HAVE_ZSTD
		from.codec = perfev_zstd_codec();
		if (strcmp(argv[i], "packed") == 0)
			to.codec = perfev_zstd_codec();
#else
		if (strcmp(argv[i], "packed") == 0)
			return 77;
#endif
	}
	if (argc < 3 || perfev_file_open(&file, argv[1], &from, &why) < 0 ||
	    perfev_writer_open(&writer, argv[2], &to, &why) < 0)
		return fprintf(stderr, "%s\n", argc < 3 ? "usage: copy FROM TO" : why.text), 1;
	result = copy(writer, file);
	if (killed && result == 0 && perfev_writer_flush(writer) == 0)
		raise(SIGKILL);
	if (result == 0)
		result = perfev_writer_close(writer);
	perfev_file_close(file);
	if (result < 0)
		fprintf(stderr, "copy: %s\n", strerror(-result));
	return result < 0;
}
