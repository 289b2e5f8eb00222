/* SPDX-License-Identifier: MIT */
/*
 * An ELF file's parts, read as they are asked for: of 32 or 64 bits, of either byte order, of any
 * size. No number of the file's is trusted: what it says lies in the file is read there or refused,
 * and nothing is allocated.
 */
#ifndef PERFEV_SRC_EVENT_ELF_FILE_H
#define PERFEV_SRC_EVENT_ELF_FILE_H

#include <elf.h>
#include <stddef.h>

#include <perfev/abi.h>

/* A stretch of a file, as the file says: whether it is there shows when it is read. */
struct elf_part {
	__u64 offset;
	__u64 size;
};

struct elf_file {
	int fd;
	int wide;          /* 64 bits */
	int big;           /* the most significant byte comes first */
	unsigned int type; /* ET_DYN */
	unsigned int machine;
	__u64 size; /* in bytes */
	__u64 section_count, segment_count;
	struct elf_part sections, segments; /* their headers */
	const char *wrong;                  /* behind "it": why -EBADMSG was returned */
};

struct elf_section {
	__u32 type, link, info;
	__u64 entry; /* sh_entsize */
	struct elf_part part;
};

struct elf_segment {
	__u32 type, flags;
	__u64 address;
	__u64 offset, size; /* in the file, as it says */
};

/* A member of one of <elf.h>'s structs out of a file's bytes, and how long that struct is there. */
#define ELF_MEMBER(file, bytes, name, member)                                                      \
	((file)->wide ? ELF_MEMBER_OF(file, bytes, Elf64_##name, member) :                         \
			ELF_MEMBER_OF(file, bytes, Elf32_##name, member))
#define ELF_MEMBER_OF(file, bytes, struct_name, member)                                            \
	perfev_elf_number(file, (bytes) + offsetof(struct_name, member),                           \
			  sizeof(((struct_name *)NULL)->member))
#define ELF_SIZE(file, name) ((file)->wide ? sizeof(Elf64_##name) : sizeof(Elf32_##name))

__u64 perfev_elf_number(const struct elf_file *file, const unsigned char *bytes, size_t width);

/*
 * Opens a file and reads its header. Returns 0, or a negative errno: open(2)'s, or -EBADMSG with
 * file->wrong set. close() is for what was opened.
 */
int perfev_elf_file_open(struct elf_file *file, const char *path);
void perfev_elf_file_close(struct elf_file *file);

/*
 * Reads length bytes at an offset within a part. Returns 0, -EBADMSG where part or file end before
 * that, or what pread(2) failed with.
 */
int perfev_elf_part_read(struct elf_file *file, const struct elf_part *part, __u64 at, void *bytes,
			 size_t length);

/* Reads one header, from 0 up to the count. Returns 0, or as perfev_elf_part_read(). */
int perfev_elf_section_read(struct elf_file *file, __u64 number, struct elf_section *out);
int perfev_elf_segment_read(struct elf_file *file, __u64 number, struct elf_segment *out);

/* The longest string that perfev_elf_string() gives whole. */
#define ELF_STRING_LENGTH 4095

/* A table of strings, of which a piece is at hand. */
struct elf_strings {
	struct elf_part part;
	__u64 start;   /* of the piece, within the part */
	size_t length; /* of the piece */
	char piece[ELF_STRING_LENGTH + 1];
};

void perfev_elf_strings_begin(struct elf_strings *strings, const struct elf_part *part);

/*
 * Lends the string at an offset, until the next call. Returns its length (ELF_STRING_LENGTH + 1
 * stands for any that is longer, and lends its beginning), -EBADMSG where it does not end within
 * the table, or what pread(2) failed with.
 */
int perfev_elf_string(struct elf_file *file, struct elf_strings *strings, __u64 offset,
		      const char **out);

#endif
