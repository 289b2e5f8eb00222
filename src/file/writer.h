/* SPDX-License-Identifier: MIT */
/*
 * A recording that is written. At any moment the file's header counts exactly the records that are
 * in the file whole, so that a writer may be killed between any two calls of the kernel.
 */
#ifndef PERFEV_SRC_FILE_WRITER_H
#define PERFEV_SRC_FILE_WRITER_H

#include <perfev/file.h>

#include "bytes.h"
#include "events.h"

/* Records that are packed at once: what they become is no longer than a record. */
#define PACKED_AT_ONCE (56UL << 10)

struct perfev_writer {
	struct perfev_writer_options options;
	int fd, own_fd;
	int is_pipe, is_started;
	int is_of_here; /* of this machine, perfev_writer_machine() said */
	int error;      /* the first that there was */
	struct events events;
	size_t attr_bytes; /* of the longest attribute */
	unsigned char *buffer;
	size_t have, room;
	__u64 data_offset, data_size; /* in the file */
	struct bytes sections[PERFEV_FEATURES];
	__u8 set[PERFEV_FEATURES];
	__u64 first_time, last_time; /* of samples; first is ~0 before there is one */
	struct bytes traces;         /* rows of PERFEV_FEATURE_AUXTRACE */
	struct bytes build_ids;
	struct bytes groups; /* of PERFEV_FEATURE_GROUP_DESC, without their number */
	__u32 group_count;
	struct mapped_files {
		char **names;
		size_t count, room; /* places, most of them empty */
		int has_kernel;
	} mapped;
	struct perfev_record scratch;
	void *packing;
	unsigned char *packed;
	__u64 unpacked_bytes;
};

/* writer.c: writes to the end of what there is. Returns 0 or a negative errno, which is kept. */
int perfev_writer_put(struct perfev_writer *writer, const void *bytes, size_t length);
int perfev_writer_put_at(struct perfev_writer *writer, __u64 offset, const void *bytes,
			 size_t length);

/* writer_head.c: writes what stands before the records, and behind them. */
int perfev_writer_start(struct perfev_writer *writer);
int perfev_writer_count(struct perfev_writer *writer);
int perfev_writer_finish(struct perfev_writer *writer);

/* writer_records.c: takes note of whole records, whose bytes it returns, and packs them. */
long perfev_writer_walk(struct perfev_writer *writer, const unsigned char *from, size_t length);
int perfev_writer_pack(struct perfev_writer *writer, const unsigned char *from, size_t length);

/* writer_sections.c: sections that are made of what was written; set() takes its bytes over. */
int perfev_writer_make_sections(struct perfev_writer *writer, int at_end);
int perfev_writer_set(struct perfev_writer *writer, unsigned int feature, struct bytes *bytes);
size_t perfev_writer_attr_bytes(const struct perf_event_attr *attr);

/*
 * writer_machine.c: reads a small file without its newline, and says whether there is one; sets a
 * section of bytes, which are freed.
 */
#define SYSFS_TEXT_BYTES 4096
__attribute__((format(printf, 2, 3))) int perfev_writer_sysfs(char *text, const char *format, ...);
int perfev_writer_give(struct perfev_writer *writer, unsigned int feature, struct bytes *bytes);

/* writer_memory.c: sets the sections of caches, and of which memory a node has. */
int perfev_writer_set_caches(struct perfev_writer *writer, long cpus);
int perfev_writer_set_blocks(struct perfev_writer *writer, __u32 nodes);

/* writer_formats.c: the section of this machine's tracepoints. Returns 0 or -ENOMEM. */
int perfev_writer_describe_formats(struct perfev_writer *writer);

/* writer_files.c: which files were mapped to be executed, and their build-ids. */
int perfev_writer_mapped(struct perfev_writer *writer, const struct perfev_record *record);
int perfev_writer_find_build_ids(struct perfev_writer *writer);
void perfev_writer_forget_files(struct perfev_writer *writer);

#endif
