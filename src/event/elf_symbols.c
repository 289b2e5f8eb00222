/* SPDX-License-Identifier: MIT */
/*
 * Finds a name in .dynsym and .symtab. Versions stand in sections beside .dynsym, and behind an "@"
 * in .symtab itself. Everything is gone through once from its beginning to its end, so that no file
 * can make this take longer than its length allows.
 */
#include "elf_symbols.h"

#include <errno.h>
#include <string.h>

/* What .gnu.version holds for a symbol; <elf.h> has no names for these. */
#define VERSION_NUMBER 0x7fff
#define VERSION_HIDDEN 0x8000 /* not what a program linked today gets */

/* A table of symbols with what belongs to it. */
struct table {
	struct elf_section symbols;
	struct elf_strings names;
	struct elf_part versions;    /* two bytes for each symbol, or size 0 */
	unsigned int wanted_version; /* its number in this file, or 0 */
};

struct symbol {
	__u64 number, address;
	__u32 name;
	unsigned int type, binding, other, section;
};

/* "f", "f@V" or "f@@V" taken apart. Returns the length of f. */
static size_t split(const char *text, size_t length, const char **version, int *old)
{
	const char *at = memchr(text, '@', length);

	*version = NULL;
	*old = 0;
	if (!at || at == text)
		return length;
	*old = at + 1 == text + length || at[1] != '@';
	*version = at + (*old ? 1 : 2);
	return (size_t)(at - text);
}

/*
 * The number that the wanted version has in a file: .gnu.version_d is a chain of definitions, the
 * first name of each being its own. Returns 0 with *number set (0: no such version), or -errno.
 */
static int find_version(struct elf_search *search, const struct elf_section *definitions,
			unsigned int *number)
{
	struct elf_file *file = search->file;
	struct elf_section strings_section;
	struct elf_strings strings;
	__u64 at = 0, next = 1;
	int result = perfev_elf_section_read(file, definitions->link, &strings_section);

	if (result < 0)
		return result;
	perfev_elf_strings_begin(&strings, &strings_section.part);
	for (__u32 i = 0; i < definitions->info && i < VERSION_NUMBER && next; i++, at += next) {
		unsigned char bytes[sizeof(Elf64_Verdef)];
		const char *name;

		result = perfev_elf_part_read(file, &definitions->part, at, bytes,
					      ELF_SIZE(file, Verdef));
		if (result < 0)
			return result;
		next = ELF_MEMBER(file, bytes, Verdef, vd_next);
		*number = (unsigned int)ELF_MEMBER(file, bytes, Verdef, vd_ndx);
		result = perfev_elf_part_read(file, &definitions->part,
					      at + ELF_MEMBER(file, bytes, Verdef, vd_aux), bytes,
					      ELF_SIZE(file, Verdaux));
		if (result < 0)
			return result;
		result = perfev_elf_string(file, &strings,
					   ELF_MEMBER(file, bytes, Verdaux, vda_name), &name);
		if (result < 0)
			return result;
		if (!strcmp(name, search->version))
			return 0;
	}
	*number = 0;
	return 0;
}

/* Reads what belongs to the table of symbols that is the section of this number. */
static int table_begin(struct elf_search *search, struct table *table, __u64 number)
{
	struct elf_file *file = search->file;
	struct elf_section section;
	int result = perfev_elf_section_read(file, table->symbols.link, &section);

	if (result < 0)
		return result;
	perfev_elf_strings_begin(&table->names, &section.part);
	memset(&table->versions, 0, sizeof(table->versions));
	table->wanted_version = 0;
	if (table->symbols.entry != ELF_SIZE(file, Sym)) {
		file->wrong = "has symbols of a size that no ELF file has";
		return -EBADMSG;
	}
	for (__u64 i = 0; i < file->section_count && table->symbols.type == SHT_DYNSYM; i++) {
		result = perfev_elf_section_read(file, i, &section);
		if (result < 0)
			return result;
		if (section.type == SHT_GNU_versym && section.link == number)
			table->versions = section.part;
		if (section.type != SHT_GNU_verdef || !search->version || table->wanted_version)
			continue;
		result = find_version(search, &section, &table->wanted_version);
		if (result < 0)
			return result;
	}
	return 0;
}

/*
 * Whether a symbol's version is the wanted one; *old is for one that is not what programs linked
 * today get. Returns 1, 0 or a negative errno.
 */
static int right_version(struct elf_search *search, const struct table *table,
			 const struct symbol *symbol, const char *version, int *old)
{
	struct elf_file *file = search->file;
	unsigned char bytes[2];
	__u64 number;
	int result;

	if (!table->versions.size) /* names have it in them, if any: .symtab */
		return !search->version || (version && !strcmp(version, search->version));
	result = perfev_elf_part_read(file, &table->versions, symbol->number * sizeof(bytes), bytes,
				      sizeof(bytes));
	if (result < 0)
		return result;
	number = perfev_elf_number(file, bytes, sizeof(bytes));
	*old = (number & VERSION_HIDDEN) != 0;
	return !search->version ||
	       (table->wanted_version && (number & VERSION_NUMBER) == table->wanted_version);
}

/* Takes a symbol of the wanted name and version into account. */
static void take(struct elf_search *search, const struct symbol *symbol, int old)
{
	enum elf_rank rank = old                          ? RANK_OLD_VERSION :
			     symbol->binding == STB_LOCAL ? RANK_LOCAL :
							    RANK_GLOBAL;

	if (symbol->section == SHN_UNDEF) {
		search->undefined = 1;
	} else if (symbol->type != STT_FUNC && symbol->type != STT_GNU_IFUNC) {
		search->data = 1;
	} else if (rank > search->rank) {
		search->rank = rank;
		search->address = symbol->address;
		search->other = symbol->other;
		search->chosen_late = symbol->type == STT_GNU_IFUNC;
		search->many = 0;
	} else if (rank == search->rank && symbol->address != search->address) {
		search->many = 1;
	}
}

static int look_at(struct elf_search *search, struct table *table, const struct symbol *symbol)
{
	const char *name, *version;
	size_t length;
	int old, result;

	if (!symbol->name)
		return 0;
	result = perfev_elf_string(search->file, &table->names, symbol->name, &name);
	if (result < 0 || result > ELF_STRING_LENGTH)
		return result < 0 ? result : 0;
	length = split(name, (size_t)result, &version, &old);
	if (search->closest) {
		if (symbol->type == STT_FUNC && symbol->section != SHN_UNDEF)
			perfev_closest_offer(search->closest, name, length);
		return 0;
	}
	if (length != search->length || memcmp(name, search->name, length) != 0)
		return 0;
	result = right_version(search, table, symbol, version, &old);
	if (result == 1)
		take(search, symbol, old && !search->version);
	return result < 0 ? result : 0;
}

/* Goes through a table of symbols, some hundred at a time. */
static int go_through(struct elf_search *search, struct table *table)
{
	struct elf_file *file = search->file;
	size_t size = ELF_SIZE(file, Sym);
	__u64 count = table->symbols.part.size / size;
	unsigned char bytes[200 * sizeof(Elf64_Sym)];
	int result = 0;

	for (__u64 i = 0; i < count && result >= 0; i++) {
		__u64 place = i % (sizeof(bytes) / size);
		const unsigned char *at = bytes + place * size;
		struct symbol symbol = { .number = i };
		unsigned int info;

		if (!place) {
			__u64 left = (count - i) * size;

			result = perfev_elf_part_read(
				file, &table->symbols.part, i * size, bytes,
				left < sizeof(bytes) ? (size_t)left : sizeof(bytes) / size * size);
			if (result < 0)
				break;
		}
		info = (unsigned int)ELF_MEMBER(file, at, Sym, st_info);
		symbol.name = (__u32)ELF_MEMBER(file, at, Sym, st_name);
		symbol.address = ELF_MEMBER(file, at, Sym, st_value);
		symbol.other = (unsigned int)ELF_MEMBER(file, at, Sym, st_other);
		symbol.section = (unsigned int)ELF_MEMBER(file, at, Sym, st_shndx);
		symbol.type = ELF64_ST_TYPE(info);
		symbol.binding = ELF64_ST_BIND(info);
		result = look_at(search, table, &symbol);
	}
	return result;
}

void perfev_elf_search_begin(struct elf_search *search, struct elf_file *file, const char *name)
{
	int old;

	memset(search, 0, sizeof(*search));
	search->file = file;
	search->name = name;
	search->length = split(name, strlen(name), &search->version, &old);
}

/* Goes through the table of this type, of which a file has one at most. */
static int search_table(struct elf_search *search, __u32 type)
{
	struct elf_file *file = search->file;
	struct table table;

	for (__u64 i = 0; i < file->section_count; i++) {
		int result = perfev_elf_section_read(file, i, &table.symbols);

		if (!result && table.symbols.type != type)
			continue;
		if (!result)
			result = table_begin(search, &table, i);
		if (!result)
			result = go_through(search, &table);
		search->has_all |= type == SHT_SYMTAB;
		return result;
	}
	return 0;
}

int perfev_elf_search(struct elf_search *search)
{
	int result = search_table(search, SHT_DYNSYM);

	/* What a library exports is what is meant, and is found without a look at the rest. */
	if (result < 0 || search->rank == RANK_GLOBAL)
		return result;
	return search_table(search, SHT_SYMTAB);
}
