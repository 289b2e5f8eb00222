/* SPDX-License-Identifier: MIT */
/*
 * Sections of the header: read when they are asked for, a piece at a time, so that memory is taken
 * only for bytes that came.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

/* What is larger is read in place, by perfev_file_read(). */
#define MOST_BYTES (256UL << 20)
#define FIRST_PIECE (64UL << 10)

int perfev_file_section_keep(struct perfev_file *file, unsigned int feature, const void *bytes,
			     size_t length)
{
	struct section *section;
	unsigned char *copy;

	if (feature >= PERFEV_FEATURES)
		return 0;
	section = &file->sections[feature];
	/* Texts were lent of the one that is there. */
	if (section->there)
		return 0;
	copy = malloc(length + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, bytes, length);
	section->bytes = copy;
	section->length = length;
	section->there = section->loaded = 1;
	return 0;
}

void perfev_file_sections_free(struct perfev_file *file)
{
	for (unsigned int i = 0; i < PERFEV_FEATURES; i++)
		free(file->sections[i].bytes);
}

int perfev_file_has(const struct perfev_file *file, unsigned int feature)
{
	return feature < PERFEV_FEATURES && file->sections[feature].there;
}

int perfev_file_feature_place(const struct perfev_file *file, unsigned int feature, __u64 *offset,
			      __u64 *length)
{
	if (!perfev_file_has(file, feature) || !file->sections[feature].offset)
		return 0;
	*offset = file->sections[feature].offset;
	*length = file->sections[feature].size;
	return 1;
}

static int load(struct perfev_file *file, unsigned int feature)
{
	struct section *section = &file->sections[feature];
	size_t room = 0, have = 0;
	unsigned char *bytes = NULL;

	if (section->size > MOST_BYTES)
		return -EFBIG;
	while (have < section->size || !bytes) {
		unsigned char *more;
		size_t wanted;
		long count;

		room = room ? 2 * room : FIRST_PIECE;
		if (room > section->size)
			room = (size_t)section->size;
		more = realloc(bytes, room + 1);
		if (!more) {
			free(bytes);
			return -ENOMEM;
		}
		bytes = more;
		wanted = room - have;
		count = perfev_source_read_at(perfev_folder_first(file), section->offset + have,
					      bytes + have, wanted);
		if (count < 0) {
			free(bytes);
			return (int)count;
		}
		have += (size_t)count;
		if ((size_t)count < wanted)
			break;
	}
	section->bytes = bytes;
	section->length = have;
	section->loaded = 1;
	if (have == section->size)
		return 0;
	section->is_damaged = 1;
	return perfev_file_damaged(file, section->offset + have, 0, -ENODATA,
				   "the file ends within feature %u", feature);
}

int perfev_file_feature(struct perfev_file *file, unsigned int feature, struct perfev_bytes *out)
{
	struct section *section;
	int result;

	out->bytes = NULL;
	out->length = 0;
	if (!perfev_file_has(file, feature))
		return 0;
	section = &file->sections[feature];
	if (!section->loaded) {
		result = load(file, feature);
		if (result < 0)
			return result;
	}
	out->bytes = section->bytes;
	out->length = section->length;
	return section->is_damaged ? -ENODATA : 1;
}

long perfev_file_read(const struct perfev_file *file, __u64 offset, void *bytes, size_t length)
{
	if (!perfev_folder_first(file)->seekable)
		return -ESPIPE;
	return perfev_source_read_at(perfev_folder_first(file), offset, bytes, length);
}
