/* SPDX-License-Identifier: MIT */
/*
 * The symbols of a file that are code: from its own table, that of its debug file, or what it
 * exports and the small table that is packed into it (MiniDebugInfo). elfutils finds and unpacks
 * them; the tables are gone through here, since that is most of the work.
 */
#include "elf_module.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../record/bytes.h"

#define MOST_TABLES 4
#define NOT_LAID UINT64_MAX /* a section that is not there while the module runs */

/* A table of symbols, and what is known of the sections that its symbols are in. */
struct table {
	struct elf_module *elf;
	struct symtab *symtab;
	struct elf_table raw;
	__u32 names; /* where in symtab->names its names are */
	const __u8 *is_code;
	__u64 *moves; /* of sections, of a file without addresses; or NULL */
	size_t section_count;
	/* Function descriptors of 64-bit POWER, which symbols are of instead of the code. */
	const unsigned char *descriptors;
	__u64 descriptors_at, descriptors_size;
};

/* Names of the assembler's, not of anybody's functions: "$x" where code begins, ".L12". */
static int is_mark(const struct elf_module *elf, const char *name)
{
	switch (elf->machine) {
	case EM_ARM:
	case EM_AARCH64:
		if (name[0] == '$' && name[1] && strchr("adtx", name[1]) &&
		    (!name[2] || name[2] == '.'))
			return 1;
		break;
	case EM_RISCV:
		if (name[0] == '$' && (name[1] == 'd' || name[1] == 'x'))
			return 1;
		break;
	}
	return !*name || (name[0] == '.' && name[1] == 'L');
}

static __u32 rank_of(unsigned int info)
{
	__u32 rank = ELF64_ST_TYPE(info) == STT_NOTYPE ? 0 : SYMTAB_FUNCTION;

	switch (ELF64_ST_BIND(info)) {
	case STB_LOCAL:
		return rank | SYMTAB_LOCAL;
	case STB_WEAK:
		return rank | SYMTAB_WEAK;
	default:
		return rank | SYMTAB_GLOBAL;
	}
}

/* Takes a symbol if it is code. Returns 0 or -ENOMEM. */
static int take(struct table *table, __u64 address, __u64 size, __u32 name, unsigned int info,
		unsigned int section)
{
	unsigned int type = ELF64_ST_TYPE(info);
	int is_known = section && section < table->section_count;

	if (type != STT_FUNC && type != STT_GNU_IFUNC &&
	    (type != STT_NOTYPE || !is_known || !table->is_code[section]))
		return 0;
	if (section == SHN_UNDEF || name >= table->raw.names_size ||
	    is_mark(table->elf, table->symtab->names + table->names + name))
		return 0;
	if (table->moves) {
		if (!is_known || table->moves[section] == NOT_LAID)
			return 0;
		address += table->moves[section];
	}
	if (address >= table->descriptors_at && table->descriptors_size >= 8 &&
	    address - table->descriptors_at <= table->descriptors_size - 8)
		address = load64(table->descriptors + (address - table->descriptors_at),
				 table->elf->is_swapped);
	/* The lowest bit says that it is Thumb code. */
	if (table->elf->machine == EM_ARM && type != STT_NOTYPE)
		address &= ~1ULL;
	return perfev_symtab_add_at(table->symtab, address, size, table->names + name,
				    rank_of(info));
}

static int go_through(struct table *table)
{
	const Elf64_Sym *wide = table->raw.symbols;
	const Elf32_Sym *narrow = table->raw.symbols;
	int result = 0;

	for (size_t i = 1; i < table->raw.count && !result; i++) {
		if (table->elf->is_wide)
			result = take(table, wide[i].st_value, wide[i].st_size, wide[i].st_name,
				      wide[i].st_info, wide[i].st_shndx);
		else
			result = take(table, narrow[i].st_value, narrow[i].st_size,
				      narrow[i].st_name, narrow[i].st_info, narrow[i].st_shndx);
	}
	return result;
}

/* Finds a table and its names. Returns 1, or 0: it has none that can be read. */
static int read_table(struct table *table, Elf *file, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Scn *names_section = elf_getscn(file, header->sh_link);
	Elf_Data *symbols = elf_getdata(section, NULL);
	Elf_Data *names = names_section ? elf_getdata(names_section, NULL) : NULL;
	size_t size = table->elf->is_wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);

	if (!symbols || !symbols->d_buf || symbols->d_type != ELF_T_SYM || !names || !names->d_buf)
		return 0;
	table->raw.symbols = symbols->d_buf;
	table->raw.count = symbols->d_size / size;
	table->raw.names = names->d_buf;
	table->raw.names_size = names->d_size;
	return 1;
}

/* Takes the names of a table, then its symbols. Returns 0 or -ENOMEM. */
static int take_table(struct table *table)
{
	int result = perfev_symtab_add_names(table->symtab, table->raw.names, table->raw.names_size,
					     &table->names);

	return result < 0 ? result : go_through(table);
}

/* Finds which sections are code, and tells where they end. Returns it, to be freed, or NULL. */
static __u8 *find_code(struct table *table, Elf *file)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	__u8 *is_code;

	if (elf_getshdrnum(file, &table->section_count) < 0)
		table->section_count = 0;
	is_code = calloc(table->section_count + 1, 1);
	while (is_code && (section = elf_nextscn(file, section))) {
		size_t i = elf_ndxscn(section);

		if (i >= table->section_count || !gelf_getshdr(section, &header) ||
		    !(header.sh_flags & SHF_EXECINSTR) || !(header.sh_flags & SHF_ALLOC))
			continue;
		is_code[i] = 1;
		if (!table->moves &&
		    perfev_symtab_add_border(table->symtab, header.sh_addr + header.sh_size) < 0) {
			free(is_code);
			return NULL;
		}
	}
	return is_code;
}

/* The table of a file with all symbols, or else that with those it exports. */
static Elf_Scn *choose_table(Elf *file, GElf_Shdr *header)
{
	Elf_Scn *section = NULL, *chosen = NULL;
	GElf_Shdr other;

	while ((section = elf_nextscn(file, section))) {
		if (!gelf_getshdr(section, &other))
			continue;
		if (other.sh_type != SHT_SYMTAB && (other.sh_type != SHT_DYNSYM || chosen))
			continue;
		chosen = section;
		*header = other;
		if (other.sh_type == SHT_SYMTAB)
			break;
	}
	return chosen;
}

/* Adds the symbols of one file. Returns COLLECTED_* or -ENOMEM. */
static int collect_from(struct table *table, Elf *file)
{
	GElf_Shdr header;
	Elf_Scn *section = choose_table(file, &header);
	__u32 before = table->symtab->count;
	__u8 *is_code;
	int result;

	if (!section || !read_table(table, file, section, &header))
		return COLLECTED_NONE;
	is_code = find_code(table, file);
	if (!is_code)
		return -ENOMEM;
	table->is_code = is_code;
	result = take_table(table);
	free(is_code);
	if (result < 0 || table->symtab->count == before)
		return result;
	return header.sh_type == SHT_SYMTAB ? COLLECTED_ALL : COLLECTED_EXPORTS;
}

/* Of a file that has no headers of sections. Returns COLLECTED_* or -ENOMEM. */
static int collect_exports(struct elf_module *elf, struct symtab *symtab)
{
	struct table table = { .elf = elf, .symtab = symtab };
	int result;

	if (!perfev_elf_dynamic(elf, &table.raw))
		return COLLECTED_NONE;
	result = take_table(&table);
	if (result < 0)
		return result;
	return symtab->count ? COLLECTED_EXPORTS : COLLECTED_NONE;
}

/* The files that libdwfl has the symbols from: one, or the file and what is packed into it. */
static size_t files_of(struct elf_module *elf, int count, Elf *files[MOST_TABLES])
{
	int globals = dwfl_module_getsymtab_first_global(elf->dwfl_module);
	const int asked[MOST_TABLES] = { 0, 1, globals - 1, count - 1 };
	size_t have = 0;

	for (int i = 0; i < MOST_TABLES; i++) {
		GElf_Sym symbol;
		GElf_Addr address;
		Elf *file = NULL;
		size_t other = 0;

		if (asked[i] < 0 || asked[i] >= count)
			continue;
		dwfl_module_getsym_info(elf->dwfl_module, asked[i], &symbol, &address, NULL, &file,
					NULL);
		while (other < have && files[other] != file)
			other++;
		if (file && other == have)
			files[have++] = file;
	}
	return have;
}

/* Finds the descriptors, which are in the file itself wherever the symbols are from. */
static void find_descriptors(struct table *table)
{
	Elf *file = table->elf->elf;
	Elf_Scn *section = NULL;
	GElf_Ehdr header;
	GElf_Shdr descriptors;
	size_t names;

	/* The second version of this processor's rules has none. */
	if (table->elf->machine != EM_PPC64 || !gelf_getehdr(file, &header) ||
	    (header.e_flags & 3) == 2 || elf_getshdrstrndx(file, &names) < 0)
		return;
	while ((section = elf_nextscn(file, section))) {
		const char *name = gelf_getshdr(section, &descriptors) ?
					   elf_strptr(file, names, descriptors.sh_name) :
					   NULL;
		Elf_Data *data = name && !strcmp(name, ".opd") ? elf_rawdata(section, NULL) : NULL;

		if (!data || !data->d_buf)
			continue;
		table->descriptors = data->d_buf;
		table->descriptors_size = data->d_size;
		table->descriptors_at = descriptors.sh_addr;
	}
}

static int collect_loaded(struct elf_module *elf, struct symtab *symtab)
{
	int count = dwfl_module_getsymtab(elf->dwfl_module), best = COLLECTED_NONE;
	Elf *files[MOST_TABLES];
	size_t have;

	if (elf->is_out_of_memory)
		return -ENOMEM;
	have = count > 0 ? files_of(elf, count, files) : 0;
	for (size_t i = 0; i < have; i++) {
		struct table table = { .elf = elf, .symtab = symtab };
		int result;

		find_descriptors(&table);
		result = collect_from(&table, files[i]);
		if (result < 0)
			return result;
		if (result > best)
			best = result;
	}
	return best ? best : collect_exports(elf, symtab);
}

/*
 * A kernel's module: its sections of code are laid one behind the other, as the kernel does it,
 * those that are freed after its start elsewhere.
 */
static int collect_relocatable(struct elf_module *elf, struct symtab *symtab)
{
	struct table table = { .elf = elf, .symtab = symtab };
	Elf_Scn *section = NULL;
	size_t names, count;
	GElf_Shdr header;
	__u64 at = 0;
	int result;

	if (elf_getshdrnum(elf->elf, &count) < 0 || elf_getshdrstrndx(elf->elf, &names) < 0)
		return COLLECTED_NONE;
	table.moves = calloc(count + 1, sizeof(*table.moves));
	if (!table.moves)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		table.moves[i] = NOT_LAID;
	while ((section = elf_nextscn(elf->elf, section))) {
		const char *name;

		if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_EXECINSTR) ||
		    !(header.sh_flags & SHF_ALLOC))
			continue;
		name = elf_strptr(elf->elf, names, header.sh_name);
		if (!name || !strncmp(name, ".init", 5) || header.sh_addralign > 1 << 20)
			continue;
		if (header.sh_addralign)
			at = (at + header.sh_addralign - 1) & ~(header.sh_addralign - 1);
		table.moves[elf_ndxscn(section)] = at;
		at += header.sh_size;
	}
	elf->end = at;
	result = collect_from(&table, elf->elf);
	free(table.moves);
	return result;
}

int perfev_elf_collect(struct elf_module *elf, struct symtab *symtab)
{
	int result, which;

	if (elf->is_relocatable)
		which = collect_relocatable(elf, symtab);
	else
		which = collect_loaded(elf, symtab);
	if (which >= 0 && !elf->is_relocatable && !elf->is_debug_only) {
		result = perfev_elf_collect_plt(elf, symtab);
		if (result < 0)
			return result;
	}
	if (which < 0)
		return which;
	result = perfev_symtab_sort(symtab, elf->end);
	return result < 0 ? result : which;
}
