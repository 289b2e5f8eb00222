/* SPDX-License-Identifier: MIT */
/*
 * perfev/file.h: perf.data, read and written: files and pipes of any machine, whole or cut off.
 *
 *     struct perfev_record r = PERFEV_RECORD_INIT;
 *
 *     perfev_file_open(&f, "perf.data", NULL, &why);
 *     while ((n = perfev_file_next(f, &r)) > 0)
 *             ...
 *     perfev_file_close(f);
 *
 * Memory does not grow with the file, and no number in a file decides how much is allocated. What
 * is lent by a file lives until it is closed, unless said otherwise. An object belongs to one
 * thread at a time, and none of these functions may be called in a signal handler.
 * See perfev_file(3).
 */
#ifndef PERFEV_FILE_H
#define PERFEV_FILE_H

#include <stddef.h>

#include <perfev/abi.h>
#include <perfev/explain.h>
#include <perfev/file_sections.h>
#include <perfev/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sections of a file's header, as linux-perf numbers them; simpleperf's begin at 128. */
enum perfev_feature {
	PERFEV_FEATURE_TRACING_DATA = 1, /* formats of tracepoints */
	PERFEV_FEATURE_BUILD_ID = 2,
	PERFEV_FEATURE_HOSTNAME = 3,
	PERFEV_FEATURE_OSRELEASE = 4,
	PERFEV_FEATURE_VERSION = 5, /* of the recorder */
	PERFEV_FEATURE_ARCH = 6,
	PERFEV_FEATURE_NRCPUS = 7,
	PERFEV_FEATURE_CPUDESC = 8,
	PERFEV_FEATURE_CPUID = 9,
	PERFEV_FEATURE_TOTAL_MEM = 10,
	PERFEV_FEATURE_CMDLINE = 11,
	PERFEV_FEATURE_EVENT_DESC = 12,
	PERFEV_FEATURE_CPU_TOPOLOGY = 13,
	PERFEV_FEATURE_NUMA_TOPOLOGY = 14,
	PERFEV_FEATURE_BRANCH_STACK = 15, /* branch stacks were recorded; no bytes */
	PERFEV_FEATURE_PMU_MAPPINGS = 16,
	PERFEV_FEATURE_GROUP_DESC = 17,
	PERFEV_FEATURE_AUXTRACE = 18,
	PERFEV_FEATURE_STAT = 19, /* counts, of perf stat record; no bytes */
	PERFEV_FEATURE_CACHE = 20,
	PERFEV_FEATURE_SAMPLE_TIME = 21,
	PERFEV_FEATURE_MEM_TOPOLOGY = 22,
	PERFEV_FEATURE_CLOCKID = 23,
	PERFEV_FEATURE_DIR_FORMAT = 24,
	PERFEV_FEATURE_BPF_PROG_INFO = 25,
	PERFEV_FEATURE_BPF_BTF = 26,
	PERFEV_FEATURE_COMPRESSED = 27,
	PERFEV_FEATURE_CPU_PMU_CAPS = 28,
	PERFEV_FEATURE_CLOCK_DATA = 29,
	PERFEV_FEATURE_HYBRID_TOPOLOGY = 30,
	PERFEV_FEATURE_PMU_CAPS = 31,
	PERFEV_FEATURE_CPU_DOMAIN_INFO = 32,
	PERFEV_FEATURE_E_MACHINE = 33,
	PERFEV_FEATURE_CLN_SIZE = 34,
	PERFEV_FEATURE_SIMPLEPERF = 128, /* symbols of files; more of its own follow */
	PERFEV_FEATURE_SIMPLEPERF_META_INFO = 129,
};

#define PERFEV_FEATURES 256 /* a header has bits for so many */

/*
 * What packs and unpacks records, which libperfev itself cannot: perfev_zstd_codec() of
 * perfev/zstd.h. Functions return a negative errno when they fail.
 */
struct perfev_codec {
	size_t size;                    /* sizeof(struct perfev_codec) */
	__u32 type;                     /* as PERFEV_FEATURE_COMPRESSED has it: 1 is zstd */
	int (*unpack_open)(void **out); /* begins a stream */
	void (*unpack_close)(void *state);
	/* Takes from *in what it needs. Returns how many bytes came out; 0: *in is used up. */
	long (*unpack)(void *state, const void **in, size_t *in_length, void *out, size_t room);
	int (*pack_open)(void **out, int level); /* level 0 is the usual one */
	void (*pack_close)(void *state);
	/* Packs all of it, so that it can be unpacked without what follows. Returns its length. */
	long (*pack)(void *state, const void *in, size_t in_length, void *out, size_t room);
};

/* How a file is read; all zero for records as they lie in it. */
struct perfev_file_options {
	size_t size;                      /* sizeof(struct perfev_file_options) */
	int by_time;                      /* records with a time come by it, across rings */
	size_t most_bytes;                /* of records that by_time holds back; 0: 32 MiB */
	const struct perfev_codec *codec; /* for compressed records; NULL: they stay so */
};

struct perfev_file;

/*
 * Opens a recording: a file, a folder as perf record --threads makes, or "-" for standard input.
 * Options may be NULL. Of a folder, the file "data" is read, then data.0, data.1 and so on; by
 * time, all at once. Places, as perfev_file_offset() has them, are in the one that is read.
 * Returns 0, or a negative errno with *out NULL, and *why (which may be NULL) filled:
 *   -EBADMSG  it is no perf.data
 *   -ENODATA  it ends within its header
 *   -EISDIR   a folder without a recording in it
 *   -E2BIG    options from a newer caller
 *   -ENOMEM
 *   others    as open(2) and read(2)
 */
int perfev_file_open(struct perfev_file **out, const char *path,
		     const struct perfev_file_options *options, struct perfev_why *why);

/* Likewise, from a file, pipe or socket that is open, and stays so when the recording is closed. */
int perfev_file_open_fd(struct perfev_file **out, int fd, const struct perfev_file_options *options,
			struct perfev_why *why);

/* Closes it. NULL is fine. */
void perfev_file_close(struct perfev_file *file);

/* Returns the file descriptor that is read from. */
int perfev_file_fd(const struct perfev_file *file);

/*
 * Gives the next record, lent until the next call; compressed ones come unpacked. *record must have
 * been PERFEV_RECORD_INIT at first. What cannot be read is told once, with its place in
 * perfev_file_damage(), and the next call goes on behind it: at the end that is 0.
 * Returns 1, 0 at the end, or a negative errno:
 *   -EBADMSG  a record that is not as its kind has to be, or bytes that are no record
 *   -ENODATA  the file ends within a record
 *   -ENOTSUP  compressed records, and no codec for them: given as they are by the next call
 *   -EAGAIN   nothing to read now, where the descriptor does not block: call again
 *   others    as read(2)
 */
int perfev_file_next(struct perfev_file *file, struct perfev_record *record);

/* Returns where the last record begins in the file; of one that was compressed, what held it. */
__u64 perfev_file_offset(const struct perfev_file *file);

/*
 * Lends the next piece of what follows the last record, AUXTRACE or TRACING_DATA, until the next
 * call; what is not asked for is skipped.
 * Returns 1, 0 when none is left, or a negative errno as perfev_file_next().
 */
int perfev_file_payload(struct perfev_file *file, struct perfev_bytes *piece);

/* Says where that lies. Returns 1 with *offset and *length set, or 0 where nothing follows. */
int perfev_file_payload_place(const struct perfev_file *file, __u64 *offset, __u64 *length);

/*
 * Reads bytes of the file, wherever they are: of a trace, or of a feature too large to be lent.
 * Returns how many, or a negative errno: -ESPIPE for a pipe, or as read(2).
 */
long perfev_file_read(const struct perfev_file *file, __u64 offset, void *bytes, size_t length);

/* An event that was recorded. */
struct perfev_file_event {
	struct perf_event_attr attr; /* .size is the recorded one */
	const char *name;            /* as it was asked for, or "": the file does not say */
	const char *unit;            /* of its counts, or "" */
	double scale;                /* of its counts; 1.0 */
	const __u64 *ids;
	__u32 id_count;
	struct perfev_layout layout; /* of its records */
};

/* Returns how many events there are; in a pipe they come with the records. */
unsigned int perfev_file_event_count(const struct perfev_file *file);

/* Lends one of them, from 0, or NULL past the last. */
const struct perfev_file_event *perfev_file_event(const struct perfev_file *file,
						  unsigned int number);

/* Finds the event of an id: of several that claim it, the first. Returns 1 with *number, or 0. */
int perfev_file_find_id(const struct perfev_file *file, __u64 id, unsigned int *number);

/* Lends the event that the last record belongs to, or NULL: it has none, or an unknown one. */
const struct perfev_file_event *perfev_file_record_event(const struct perfev_file *file);

/* What was read so far, and what was lost. */
struct perfev_file_summary {
	__u64 records;       /* that were given */
	__u64 record_bytes;  /* of records and what follows them, in the file */
	__u64 unread_bytes;  /* in the file, that were no records or could not be reached */
	__u64 damages;       /* perfev_file_damage() */
	__u64 lost;          /* records, by PERF_RECORD_LOST and LOST_SAMPLES */
	__u64 throttled;     /* how often the kernel throttled an event */
	__u64 aux_lost;      /* PERF_RECORD_AUX that say that bytes are missing */
	__u64 late;          /* records given by time, yet older than one before them */
	__u64 unpacked;      /* compressed records that were unpacked */
	__u64 held_bytes;    /* most that by_time held back at once */
	__u32 is_pipe;       /* the recording has a pipe's form */
	__u32 is_swapped;    /* it is of the other byte order */
	__u32 is_unfinished; /* its recorder never came to finish it: there are no features */
	__u32 version;       /* 2, or 1: PERFFILE, before Linux 3.4 or so */
	__u64 reserved[8];
};

void perfev_file_summary(const struct perfev_file *file, struct perfev_file_summary *out);

/* Something that could not be read. */
struct perfev_file_damage {
	__u64 offset; /* in the file */
	__u64 bytes;  /* not read because of it; 0: not known */
	int error;    /* negative, as it was returned */
	char text[116];
};

/* Gives one of the first 64, from 0, in the order of finding. Returns 1 with *out filled, or 0. */
int perfev_file_damage(const struct perfev_file *file, unsigned int number,
		       struct perfev_file_damage *out);

/* Says whether a section is there. Returns 1 or 0. In a pipe they come with the records. */
int perfev_file_has(const struct perfev_file *file, unsigned int feature);

/*
 * Lends a section's bytes, in the recording's byte order.
 * Returns 1, 0 when there is none, or a negative errno: -EFBIG for more than 256 MiB (see
 * perfev_file_feature_place()), -ENODATA (the file ends before it does), -ENOMEM, or as read(2).
 */
int perfev_file_feature(struct perfev_file *file, unsigned int feature, struct perfev_bytes *out);

/* Says where a section lies in a file. Returns 1, or 0: there is none, or the file is a pipe. */
int perfev_file_feature_place(const struct perfev_file *file, unsigned int feature, __u64 *offset,
			      __u64 *length);

/* What a recording says of itself once for all of it. Texts that are not said are NULL. */
struct perfev_file_about {
	const char *hostname, *os_release, *version, *arch, *cpu_description, *cpu_id;
	__u32 cpus_available, cpus_online;
	__u64 memory_kib;
	__u64 first_time_ns, last_time_ns; /* of samples */
	__u64 clock_resolution_ns;         /* of the clock that was asked for */
	__u64 dir_format;
	__u32 compression_version, compression_type, compression_level, compression_ratio;
	__u32 compression_bytes; /* that records are unpacked to at once */
	__u32 clockid;           /* with the next two: one moment on both clocks */
	__u64 clock_wall_ns, clock_monotone_ns;
	__u32 elf_machine, elf_flags;
	__u32 cache_line_bytes;
	__u32 schedstat_version;
	__u64 memory_block_bytes; /* of perfev_file_memory_next() */
	__u64 reserved[8];
};

/* Fills it with what is there; sections that are malformed are left out. Returns 0 or -ENOMEM. */
int perfev_file_about(struct perfev_file *file, struct perfev_file_about *out);

/* How a recording is written; all zero for a file as linux-perf writes them. */
struct perfev_writer_options {
	size_t size;         /* sizeof(struct perfev_writer_options) */
	int pipe;            /* in a pipe's form; what cannot seek has it without being asked */
	int build_ids;       /* find the build-ids of what was mapped to be executed */
	size_t buffer_bytes; /* written at once; 0: 256 KiB */
	const struct perfev_codec *codec; /* to compress records; NULL: they are not */
	int level;                        /* of compressing, the codec's; 0: its usual one */
};

struct perfev_writer;

/*
 * Begins a recording in a file, which is made anew, or on "-", standard output, as a pipe whatever
 * that is. Once events are added and records are written, whatever was flushed can be read, even if
 * the program is killed.
 * Options may be NULL. Returns 0, or a negative errno with *out NULL: open(2)'s, -E2BIG, -ENOMEM.
 */
int perfev_writer_open(struct perfev_writer **out, const char *path,
		       const struct perfev_writer_options *options, struct perfev_why *why);

/* Likewise, to what is open, which stays open; a file is written from its beginning. */
int perfev_writer_open_fd(struct perfev_writer **out, int fd,
			  const struct perfev_writer_options *options, struct perfev_why *why);

/*
 * Adds an event, before any record. name may be NULL; ids are those that its records say, one for
 * each place where it is open, or none. The attribute is written no longer than it has to be, so
 * that older readers take it.
 * Returns 0, or a negative errno: -EBUSY (records were written), -E2BIG, -ENOMEM.
 */
int perfev_writer_event(struct perfev_writer *writer, const struct perf_event_attr *attr,
			const char *name, const __u64 *ids, __u32 id_count);

/*
 * Says that events which were added were one group: leader is the first one's number, count how
 * many there are, with it, one behind the other. name may be NULL.
 * Returns 0, or a negative errno: -EINVAL (fewer than two, or there are no such events), -EBUSY
 * (records were written), -ENOMEM.
 */
int perfev_writer_group(struct perfev_writer *writer, const char *name, __u32 leader, __u32 count);

/*
 * Sets a section of the header, bytes in this machine's order, or a text of which a section is
 * made. It replaces one that was set; in a pipe only before the first record.
 * Returns 0, or a negative errno: -EINVAL (no such section), -EBUSY, -E2BIG (in a pipe, more than a
 * record holds; TRACING_DATA follows one), -ENOMEM.
 */
int perfev_writer_feature(struct perfev_writer *writer, unsigned int feature, const void *bytes,
			  size_t length);
int perfev_writer_text(struct perfev_writer *writer, unsigned int feature, const char *text);

/* Sets PERFEV_FEATURE_CMDLINE. Returns 0 or a negative errno, likewise. */
int perfev_writer_cmdline(struct perfev_writer *writer, int argc, const char *const *argv);

/*
 * Sets what this machine is: its name, kernel, processor, caches, memory, topology, PMUs, the
 * formats of the tracepoints among the events, and "libperfev" as the version where none is set.
 * What it does not say is left out. Returns 0 or a negative errno, likewise.
 */
int perfev_writer_machine(struct perfev_writer *writer);

/*
 * Adds the build-id of a file; misc is PERF_RECORD_MISC_USER or _KERNEL. A file has one.
 * Returns 0 or -ENOMEM.
 */
int perfev_writer_build_id(struct perfev_writer *writer, __u16 misc, const char *filename,
			   const struct perfev_build_id *build_id);

/*
 * Writes bytes of records, as a ring has them: they may begin and end within one.
 * Returns 0, or a negative errno, which every later call and closing repeat: -EBADMSG (no records:
 * a size of fewer than 8), -ENOMEM, or as write(2).
 */
int perfev_writer_write(struct perfev_writer *writer, const void *bytes, size_t length);

/* Encodes a record by a layout, which may be NULL, and writes it. Returns 0, or as both do. */
int perfev_writer_record(struct perfev_writer *writer, const struct perfev_record *record,
			 const struct perfev_layout *layout);

/* Writes PERFEV_RECORD_AUXTRACE and the bytes of the trace, in pieces. Returns 0, likewise. */
int perfev_writer_auxtrace(struct perfev_writer *writer,
			   const struct perfev_record_auxtrace *auxtrace,
			   const struct perfev_bytes *pieces, unsigned int count);

/* Ends a round: every ring was emptied once since the last. Returns 0, likewise. */
int perfev_writer_round(struct perfev_writer *writer);

/* Hands all whole records to the kernel: what was, a reader finds. Returns 0, likewise. */
int perfev_writer_flush(struct perfev_writer *writer);

/* Returns how many bytes of records were written, compressed as they are. */
__u64 perfev_writer_bytes(const struct perfev_writer *writer);

/*
 * Finishes a recording and frees it, whatever happens. NULL is fine.
 * Returns 0, or the first error: then the file is as one of a program that was killed.
 */
int perfev_writer_close(struct perfev_writer *writer);

/*
 * Reads the build-id of an ELF file, or of the running kernel ("/sys/kernel/notes").
 * Returns 1, 0 where it has none, or a negative errno: -EBADMSG (no ELF file), or as open(2).
 */
int perfev_build_id_read(struct perfev_build_id *out, const char *path);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_FILE_H */
