/* SPDX-License-Identifier: MIT */
/*
 * From a function's name to its place in the file. A symbol's value is an address; the segment that
 * holds this address says where in the file the code is. What would be a place that no call goes
 * through, or code that no breakpoint may be put into, is refused: a probe there would count
 * nothing, or break the program.
 */
#include "elf.h"

#include <errno.h>
#include <string.h>

#include "elf_symbols.h"
#include "../explain/why.h"

/* The code's place in the file, where the segment that holds its address is. */
struct place {
	__u64 offset;
	unsigned int found : 1;
	unsigned int executable : 1;
};

static int find_place(struct elf_file *file, __u64 address, struct place *out)
{
	memset(out, 0, sizeof(*out));
	for (__u64 i = 0; i < file->segment_count; i++) {
		struct elf_segment segment;
		__u64 into;
		int result = perfev_elf_segment_read(file, i, &segment);

		if (result < 0)
			return result;
		into = address - segment.address;
		if (segment.type != PT_LOAD || address < segment.address || into >= segment.size)
			continue;
		out->found = 1;
		out->executable = (segment.flags & PF_X) != 0;
		out->offset = segment.offset + into;
		if (out->offset >= segment.offset && out->offset < file->size)
			return 0;
		file->wrong = "says that it has code behind its end";
		return -EBADMSG;
	}
	return 0;
}

/* The file could not be opened or read, or is malformed. */
static int not_read(const struct elf_file *file, const char *path, int error,
		    struct perfev_why *why)
{
	int result = perfev_why_begin(why, PERFEV_CAUSE_PROBE, error, "uprobe", 0);

	if (error == EBADMSG) {
		perfev_why_reason(why, "%s %s", path, file->wrong);
		perfev_why_remedy(why, "name a program or a library");
	} else if (error == ENOENT) {
		perfev_why_reason(why, "there is no file %s", path);
		if (!strchr(path, '/'))
			perfev_why_remedy(why, "write its whole path: PATH is not searched");
	} else if (error == EACCES) {
		perfev_why_reason(why, "%s is not yours to read", path);
	} else {
		perfev_why_reason(why, "%s cannot be read: error %d", path, error);
	}
	return result;
}

/* What a function's name is refused with: there is one, but no place for a probe. */
static int no_place(struct perfev_why *why, const char *path, const char *symbol, const char *what,
		    const char *remedy)
{
	int result = perfev_why_begin(why, PERFEV_CAUSE_PROBE, ENOENT, "uprobe", 0);

	perfev_why_reason(why, "'%s' in %s is no place for a probe: %s", symbol, path, what);
	perfev_why_remedy(why, "%s", remedy);
	return result;
}

/*
 * Calls within a library or program of 64-bit POWER go to a function's second entry, of which the
 * symbol says how far it is behind the first (ELFv2 ABI, "Local entry point"). The code at the
 * first goes on there, so that a probe on the second sees all calls.
 */
static __u64 behind_first_entry(const struct elf_search *search)
{
	if (search->file->machine != EM_PPC64)
		return 0;
	return (1U << (search->other >> 5 & 7)) >> 2 << 2;
}

/* The place of the symbol that was found, or why it is none. */
static int place_of(const struct elf_search *search, const char *path, const char *symbol,
		    __u64 *offset, struct perfev_why *why)
{
	struct place place;
	int result;

	if (search->file->machine == EM_ARM && search->address & 1)
		return no_place(why, path, symbol,
				"it is Thumb code, and the kernel probes ARM only",
				"build that file with -marm");
	result = find_place(search->file, search->address + behind_first_entry(search), &place);
	if (result < 0)
		return not_read(search->file, path, -result, why);
	if (!place.found)
		return no_place(why, path, symbol, "the file has its symbol, but not its code",
				"name the program or library that runs, not its object file or its "
				"debug symbols");
	if (!place.executable)
		return no_place(why, path, symbol, "its address is not in code that is executed",
				"give the offset of its code in the file: uprobe:FILE:0xOFFSET");
	*offset = place.offset;
	return 0;
}

/* Nothing has the name: what has one like it? */
static int unknown(struct elf_search *search, const char *path, const char *symbol,
		   struct perfev_why *why)
{
	int result = perfev_why_begin(why, PERFEV_CAUSE_PROBE, ENOENT, "uprobe", 0);
	char names[256] = "";
	struct closest closest;

	perfev_why_reason(why, "%s has no function '%s'", path, symbol);
	if (!why)
		return result;
	perfev_closest_begin(&closest, search->name, search->length);
	search->closest = &closest;
	if (perfev_elf_search(search) == 0)
		perfev_closest_format(&closest, names, sizeof(names));
	if (!search->has_all)
		perfev_why_evidence(why, "it is stripped: only what it exports has a name in it");
	if (names[0])
		perfev_why_remedy(why, "did you mean %s?", names);
	else
		perfev_why_remedy(why, "nm %s%s lists those that it has",
				  search->has_all ? "" : "-D ", path);
	return result;
}

static int several(const char *path, const char *symbol, struct perfev_why *why)
{
	int result = perfev_why_begin(why, PERFEV_CAUSE_PROBE, EINVAL, "uprobe", 0);

	perfev_why_reason(why, "%s has several functions of the name '%s'", path, symbol);
	perfev_why_remedy(
		why, "name one by its version, '%s@VERSION', or by its offset in the file", symbol);
	return result;
}

/* From what the search has found to an offset, or to words. */
static int decide(struct elf_search *search, const char *path, const char *symbol, __u64 *offset,
		  struct perfev_why *why)
{
	if (search->many)
		return several(path, symbol, why);
	if (search->chosen_late)
		return no_place(why, path, symbol,
				"its code is chosen when the program starts (an IFUNC), by a "
				"function that runs once",
				"give the offset of the chosen one: uprobe:FILE:0xOFFSET");
	if (search->rank)
		return place_of(search, path, symbol, offset, why);
	if (search->data)
		return no_place(why, path, symbol, "it is not a function",
				"what writes to a variable is found with mem:ADDRESS:w");
	if (search->undefined)
		return no_place(why, path, symbol,
				"its code is in a library, this file only calls it",
				"name the library instead; ldd lists them");
	return unknown(search, path, symbol, why);
}

int perfev_elf_symbol(const char *path, const char *symbol, __u64 *offset, struct perfev_why *why)
{
	struct elf_search search;
	struct elf_file file;
	int result = perfev_elf_file_open(&file, path);

	perfev_why_clear(why);
	if (result < 0)
		return not_read(&file, path, -result, why);
	perfev_elf_search_begin(&search, &file, symbol);
	result = perfev_elf_search(&search);
	if (result < 0)
		result = not_read(&file, path, -result, why);
	else
		result = decide(&search, path, symbol, offset, why);
	perfev_elf_file_close(&file);
	return result;
}
