/* SPDX-License-Identifier: MIT */
/*
 * Files that were mapped to be executed while a recording was made: their build-ids are read when
 * it ends, so that they cost nothing before.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "writer.h"

#define MOST_FILES 65536U

static size_t hash(const char *text)
{
	size_t value = 5381;

	while (*text)
		value = value * 33 + (unsigned char)*text++;
	return value;
}

static char **place_of(const struct mapped_files *files, const char *name)
{
	size_t at = hash(name) & (files->room - 1);

	while (files->names[at] && strcmp(files->names[at], name) != 0)
		at = (at + 1) & (files->room - 1);
	return &files->names[at];
}

static int grow(struct mapped_files *files)
{
	struct mapped_files bigger = *files;

	bigger.room = files->room ? 2 * files->room : 64;
	bigger.names = calloc(bigger.room, sizeof(*bigger.names));
	if (!bigger.names)
		return -ENOMEM;
	for (size_t i = 0; i < files->room; i++)
		if (files->names[i])
			*place_of(&bigger, files->names[i]) = files->names[i];
	free(files->names);
	*files = bigger;
	return 0;
}

int perfev_writer_mapped(struct perfev_writer *writer, const struct perfev_record *record)
{
	const struct perfev_record_mmap *mmap = &record->mmap;
	struct mapped_files *files = &writer->mapped;
	char **place;

	if ((record->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL) {
		files->has_kernel = 1;
		return 0;
	}
	if (record->misc & PERF_RECORD_MISC_MMAP_DATA ||
	    (record->type == PERF_RECORD_MMAP2 && !(mmap->prot & PROT_EXEC)))
		return 0;
	if (mmap->filename.text[0] != '/' || mmap->filename.length == mmap->filename.room ||
	    files->count == MOST_FILES)
		return 0;
	if (2 * files->count >= files->room && grow(files) < 0)
		return -ENOMEM;
	place = place_of(files, mmap->filename.text);
	if (*place)
		return 0;
	*place = strdup(mmap->filename.text);
	if (!*place)
		return -ENOMEM;
	files->count++;
	return 0;
}

int perfev_writer_find_build_ids(struct perfev_writer *writer)
{
	struct perfev_build_id build_id;
	int result = 0;

	if (writer->mapped.has_kernel && perfev_build_id_read(&build_id, "/sys/kernel/notes") == 1)
		result = perfev_writer_build_id(writer, PERF_RECORD_MISC_KERNEL,
						"[kernel.kallsyms]", &build_id);
	for (size_t i = 0; i < writer->mapped.room && result == 0; i++) {
		const char *name = writer->mapped.names[i];

		/* A file that is gone, or was none, has none. */
		if (!name || perfev_build_id_read(&build_id, name) != 1)
			continue;
		result = perfev_writer_build_id(writer, PERF_RECORD_MISC_USER, name, &build_id);
		if (result == -E2BIG)
			result = 0;
	}
	return result;
}

void perfev_writer_forget_files(struct perfev_writer *writer)
{
	for (size_t i = 0; i < writer->mapped.room; i++)
		free(writer->mapped.names[i]);
	free(writer->mapped.names);
}
