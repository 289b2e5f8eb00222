/* SPDX-License-Identifier: MIT */
/* The build-id of a program, library or kernel: a note that the linker left in it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../event/elf_file.h"
#include "../record/bytes.h"
#include <perfev/file.h>

#define BUILD_ID_TYPE 3 /* NT_GNU_BUILD_ID */
#define NOTE_HEADER 12
#define MOST_NOTES 1024
#define MOST_SEGMENTS 4096

/* Reads bytes of notes, wherever they are. Returns 0 or a negative errno. */
typedef int (*read_fn)(void *from, __u64 at, void *bytes, size_t length);

/* Looks for the note. Returns 1, 0, or a negative errno. */
static int find_note(read_fn read, void *from, __u64 size, int swapped, struct perfev_build_id *out)
{
	__u64 at = 0;

	for (int i = 0; i < MOST_NOTES && size - at > NOTE_HEADER; i++) {
		unsigned char header[NOTE_HEADER + 4] = { 0 };
		__u64 name, room, type;

		if (read(from, at, header,
			 size - at < sizeof(header) ? (size_t)(size - at) : sizeof(header)) < 0)
			return 0;
		name = load32(header, swapped);
		room = load32(header + 4, swapped);
		type = load32(header + 8, swapped);
		at += NOTE_HEADER + ((name + 3) & ~3ULL);
		if (at >= size || room > size - at)
			return 0;
		if (type == BUILD_ID_TYPE && name == 4 &&
		    memcmp(header + NOTE_HEADER, "GNU", 4) == 0 && room) {
			out->size = (__u8)(room < sizeof(out->bytes) ? room : sizeof(out->bytes));
			return read(from, at, out->bytes, out->size) < 0 ? 0 : 1;
		}
		at += (room + 3) & ~3ULL;
		if (at > size)
			return 0;
	}
	return 0;
}

struct elf_notes {
	struct elf_file *file;
	struct elf_part part;
};

static int read_elf(void *from, __u64 at, void *bytes, size_t length)
{
	struct elf_notes *notes = from;

	return perfev_elf_part_read(notes->file, &notes->part, at, bytes, length);
}

static int find_in(struct elf_file *file, const struct elf_part *part, struct perfev_build_id *out)
{
	struct elf_notes notes = { file, *part };

	return find_note(read_elf, &notes, part->size,
			 file->big != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__), out);
}

/* Programs and libraries have segments of notes, modules of the kernel sections alone. */
static int find_in_file(struct elf_file *file, struct perfev_build_id *out)
{
	int result = 0;

	for (__u64 i = 0; i < file->segment_count && i < MOST_SEGMENTS && result == 0; i++) {
		struct elf_segment segment;

		if (perfev_elf_segment_read(file, i, &segment) < 0)
			break;
		if (segment.type == PT_NOTE) {
			struct elf_part part = { segment.offset, segment.size };

			result = find_in(file, &part, out);
		}
	}
	for (__u64 i = 1; i < file->section_count && i < MOST_SEGMENTS && result == 0; i++) {
		struct elf_section section;

		if (perfev_elf_section_read(file, i, &section) < 0)
			break;
		if (section.type == SHT_NOTE)
			result = find_in(file, &section.part, out);
	}
	return result;
}

struct raw_notes {
	unsigned char bytes[4096];
	size_t length;
};

static int read_raw(void *from, __u64 at, void *bytes, size_t length)
{
	struct raw_notes *notes = from;

	if (at > notes->length || length > notes->length - at)
		return -EBADMSG;
	memcpy(bytes, notes->bytes + at, length);
	return 0;
}

/* The kernel gives its own notes and those of its modules as they are. */
static int find_in_notes(const char *path, struct perfev_build_id *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct raw_notes notes = { .length = 0 };
	ssize_t count;

	if (fd < 0)
		return -errno;
	while ((count = read(fd, notes.bytes + notes.length, sizeof(notes.bytes) - notes.length)) >
	       0)
		notes.length += (size_t)count;
	close(fd);
	return find_note(read_raw, &notes, notes.length, 0, out);
}

int perfev_build_id_read(struct perfev_build_id *out, const char *path)
{
	struct elf_file file;
	int result;

	memset(out, 0, sizeof(*out));
	if (strncmp(path, "/sys/", 5) == 0)
		return find_in_notes(path, out);
	result = perfev_elf_file_open(&file, path);
	if (result < 0)
		return result;
	result = find_in_file(&file, out);
	perfev_elf_file_close(&file);
	return result;
}
