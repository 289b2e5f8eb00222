/* SPDX-License-Identifier: MIT */
/*
 * Reads an ELF file by pread(2), not through a mapping: a file that someone cuts short while it is
 * read must be an error, not a SIGBUS in the caller's program.
 */
#include "elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

__u64 perfev_elf_number(const struct elf_file *file, const unsigned char *bytes, size_t width)
{
	__u64 value = 0;

	for (size_t i = 0; i < width; i++)
		value = value << 8 | bytes[file->big ? i : width - 1 - i];
	return value;
}

static int malformed(struct elf_file *file, const char *wrong)
{
	file->wrong = wrong;
	return -EBADMSG;
}

static int read_at(struct elf_file *file, __u64 offset, void *bytes, size_t length)
{
	char *to = bytes;

	while (length) {
		ssize_t got = pread(file->fd, to, length, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return malformed(file, "ends early");
		to += got;
		offset += (__u64)got;
		length -= (size_t)got;
	}
	return 0;
}

/* Whether a part lies within the file. */
static int lies_inside(const struct elf_file *file, __u64 offset, __u64 size)
{
	return offset <= file->size && size <= file->size - offset;
}

int perfev_elf_part_read(struct elf_file *file, const struct elf_part *part, __u64 at, void *bytes,
			 size_t length)
{
	if (!lies_inside(file, part->offset, part->size))
		return malformed(file, "says that it has a table behind its end");
	if (at > part->size || length > part->size - at)
		return malformed(file, "has a table that is shorter than what points into it");
	return read_at(file, part->offset + at, bytes, length);
}

/* A table of count headers, each of entry bytes where size are expected. */
static int read_table(struct elf_file *file, struct elf_part *out, __u64 offset, __u64 count,
		      __u64 entry, size_t size)
{
	if (!count)
		return 0;
	if (entry != size)
		return malformed(file, "has headers of a size that no ELF file has");
	if (count > file->size / size || !lies_inside(file, offset, count * size))
		return malformed(file, "says that it has headers behind its end");
	out->offset = offset;
	out->size = count * size;
	return 0;
}

/*
 * Counts of 65,280 and more do not fit into the file's header: they are in the section header of
 * number 0, which is there for this.
 */
static int read_tables(struct elf_file *file, const unsigned char *header)
{
	__u64 sections = ELF_MEMBER(file, header, Ehdr, e_shoff);
	__u64 entry = ELF_MEMBER(file, header, Ehdr, e_shentsize);
	int result;

	file->section_count = ELF_MEMBER(file, header, Ehdr, e_shnum);
	file->segment_count = ELF_MEMBER(file, header, Ehdr, e_phnum);
	if (sections && (!file->section_count || file->segment_count == PN_XNUM)) {
		unsigned char zero[sizeof(Elf64_Shdr)];

		result =
			read_table(file, &file->sections, sections, 1, entry, ELF_SIZE(file, Shdr));
		if (result < 0)
			return result;
		result = read_at(file, sections, zero, ELF_SIZE(file, Shdr));
		if (result < 0)
			return result;
		if (!file->section_count)
			file->section_count = ELF_MEMBER(file, zero, Shdr, sh_size);
		if (file->segment_count == PN_XNUM)
			file->segment_count = ELF_MEMBER(file, zero, Shdr, sh_info);
	}
	result = read_table(file, &file->sections, sections, file->section_count, entry,
			    ELF_SIZE(file, Shdr));
	if (result < 0)
		return result;
	return read_table(file, &file->segments, ELF_MEMBER(file, header, Ehdr, e_phoff),
			  file->segment_count, ELF_MEMBER(file, header, Ehdr, e_phentsize),
			  ELF_SIZE(file, Phdr));
}

static int read_header(struct elf_file *file)
{
	unsigned char header[sizeof(Elf64_Ehdr)];
	int result = read_at(file, 0, header, EI_NIDENT);

	if (result == -EBADMSG || (!result && memcmp(header, ELFMAG, SELFMAG)))
		return malformed(file, "is no ELF file");
	if (result < 0)
		return result;
	file->wide = header[EI_CLASS] == ELFCLASS64;
	file->big = header[EI_DATA] == ELFDATA2MSB;
	if ((!file->wide && header[EI_CLASS] != ELFCLASS32) ||
	    (!file->big && header[EI_DATA] != ELFDATA2LSB))
		return malformed(file, "is of an unknown class or byte order");
	result = read_at(file, 0, header, ELF_SIZE(file, Ehdr));
	if (result < 0)
		return result;
	file->type = (unsigned int)ELF_MEMBER(file, header, Ehdr, e_type);
	file->machine = (unsigned int)ELF_MEMBER(file, header, Ehdr, e_machine);
	return read_tables(file, header);
}

int perfev_elf_file_open(struct elf_file *file, const char *path)
{
	struct stat status;
	int result;

	memset(file, 0, sizeof(*file));
	/* A fifo without a writer must not stop us here. */
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (file->fd < 0)
		return -errno;
	if (fstat(file->fd, &status) < 0) {
		result = -errno;
	} else if (!S_ISREG(status.st_mode)) {
		result = malformed(file, "is no regular file");
	} else {
		file->size = (__u64)status.st_size;
		result = read_header(file);
	}
	if (result < 0)
		perfev_elf_file_close(file);
	return result;
}

void perfev_elf_file_close(struct elf_file *file)
{
	close(file->fd);
	file->fd = -1;
}

int perfev_elf_section_read(struct elf_file *file, __u64 number, struct elf_section *out)
{
	unsigned char bytes[sizeof(Elf64_Shdr)];
	size_t size = ELF_SIZE(file, Shdr);
	int result;

	if (number >= file->section_count)
		return malformed(file, "names a section that it does not have");
	result = perfev_elf_part_read(file, &file->sections, number * size, bytes, size);
	if (result < 0)
		return result;
	out->type = (__u32)ELF_MEMBER(file, bytes, Shdr, sh_type);
	out->link = (__u32)ELF_MEMBER(file, bytes, Shdr, sh_link);
	out->info = (__u32)ELF_MEMBER(file, bytes, Shdr, sh_info);
	out->entry = ELF_MEMBER(file, bytes, Shdr, sh_entsize);
	out->part.offset = ELF_MEMBER(file, bytes, Shdr, sh_offset);
	out->part.size = ELF_MEMBER(file, bytes, Shdr, sh_size);
	/* Without contents, like .bss, and like everything else in a file of debug symbols. */
	if (out->type == SHT_NOBITS || out->type == SHT_NULL)
		out->part.offset = out->part.size = 0;
	return 0;
}

int perfev_elf_segment_read(struct elf_file *file, __u64 number, struct elf_segment *out)
{
	unsigned char bytes[sizeof(Elf64_Phdr)];
	size_t size = ELF_SIZE(file, Phdr);
	int result = perfev_elf_part_read(file, &file->segments, number * size, bytes, size);

	if (result < 0)
		return result;
	out->type = (__u32)ELF_MEMBER(file, bytes, Phdr, p_type);
	out->flags = (__u32)ELF_MEMBER(file, bytes, Phdr, p_flags);
	out->address = ELF_MEMBER(file, bytes, Phdr, p_vaddr);
	out->offset = ELF_MEMBER(file, bytes, Phdr, p_offset);
	out->size = ELF_MEMBER(file, bytes, Phdr, p_filesz);
	return 0;
}

void perfev_elf_strings_begin(struct elf_strings *strings, const struct elf_part *part)
{
	strings->part = *part;
	strings->start = strings->length = 0;
}

int perfev_elf_string(struct elf_file *file, struct elf_strings *strings, __u64 offset,
		      const char **out)
{
	const struct elf_part *part = &strings->part;

	/* Neighbours in the table of symbols are mostly neighbours here: one read gives many. */
	for (;;) {
		size_t room;
		int result;

		if (offset >= strings->start && offset - strings->start < strings->length) {
			size_t into = (size_t)(offset - strings->start);
			const char *string = strings->piece + into;
			const char *end = memchr(string, '\0', strings->length - into);

			*out = string;
			if (end)
				return (int)(end - string);
			if (!into && strings->length == sizeof(strings->piece))
				return ELF_STRING_LENGTH + 1;
			if (strings->start + strings->length == part->size)
				return malformed(file, "has a name without an end");
		}
		if (offset >= part->size)
			return malformed(file, "has a name outside its table of names");
		strings->length = 0;
		room = sizeof(strings->piece);
		if (part->size - offset < room)
			room = (size_t)(part->size - offset);
		result = perfev_elf_part_read(file, part, offset, strings->piece, room);
		if (result < 0)
			return result;
		strings->start = offset;
		strings->length = room;
	}
}
