/* SPDX-License-Identifier: MIT */
/*
 * Names for entries of the procedure linkage table: no table of symbols has them. What an entry
 * jumps to is a slot that a relocation fills in, so the jump is decoded, and the slot's relocation
 * names the function. Linkers lay entries out in many ways; none of them is presumed.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "elf_module.h"
#include "plt.h"

#define NO_NAME UINT32_MAX

/* Slots of functions, by address. */
struct slot {
	__u64 address;
	const char *name; /* or NULL: of one that is chosen at the start */
	__u64 target;     /* which function chooses it; its name is among the symbols' */
	__u32 target_name;
};

struct slots {
	struct slot *list;
	size_t count, room;
	int have_targets;
};

/* The kinds of relocation that fill a slot with a function: of a call, of a pointer, chosen. */
static const struct kinds {
	__u16 machine;
	__u32 call, pointer, chosen;
} all_kinds[] = {
	{ EM_X86_64, R_X86_64_JUMP_SLOT, R_X86_64_GLOB_DAT, R_X86_64_IRELATIVE },
	{ EM_386, R_386_JMP_SLOT, R_386_GLOB_DAT, R_386_IRELATIVE },
	{ EM_AARCH64, R_AARCH64_JUMP_SLOT, R_AARCH64_GLOB_DAT, R_AARCH64_IRELATIVE },
	{ EM_ARM, R_ARM_JUMP_SLOT, R_ARM_GLOB_DAT, R_ARM_IRELATIVE },
	{ EM_RISCV, R_RISCV_JUMP_SLOT, R_RISCV_64, R_RISCV_IRELATIVE },
	{ EM_S390, R_390_JMP_SLOT, R_390_GLOB_DAT, R_390_IRELATIVE },
};

static const struct kinds *kinds_of(const struct elf_module *elf)
{
	for (size_t i = 0; i < sizeof(all_kinds) / sizeof(*all_kinds); i++)
		if (all_kinds[i].machine == elf->machine)
			return &all_kinds[i];
	return NULL;
}

static int add_slot(struct slots *slots, __u64 address, __u64 target, const char *name)
{
	if (slots->count == slots->room) {
		size_t room = slots->room ? 2 * slots->room : 64;
		struct slot *more = realloc(slots->list, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		slots->list = more;
		slots->room = room;
	}
	slots->list[slots->count++] =
		(struct slot){ .address = address, .target = target, .name = name };
	slots->have_targets |= !name;
	return 0;
}

/* A table of relocations with the symbols that it is about. */
struct relocations {
	struct elf_module *elf;
	const struct kinds *kinds;
	Elf_Data *entries, *symbols;
	size_t names; /* the section with the symbols' names */
	int has_addends;
};

/* What a relocation is: its number of a symbol and its kind lie differently in the two classes. */
static GElf_Rela entry_of(const struct relocations *table, size_t i)
{
	const void *entries = table->entries->d_buf;
	GElf_Rela entry = { 0 };

	if (table->elf->is_wide) {
		const Elf64_Rela *wide = (const Elf64_Rela *)entries + i;

		if (table->has_addends)
			return *wide;
		entry.r_offset = ((const Elf64_Rel *)entries)[i].r_offset;
		entry.r_info = ((const Elf64_Rel *)entries)[i].r_info;
	} else {
		const Elf32_Rela *narrow = (const Elf32_Rela *)entries + i;
		Elf32_Word info;

		if (table->has_addends) {
			entry.r_offset = narrow->r_offset;
			entry.r_addend = narrow->r_addend;
			info = narrow->r_info;
		} else {
			entry.r_offset = ((const Elf32_Rel *)entries)[i].r_offset;
			info = ((const Elf32_Rel *)entries)[i].r_info;
		}
		entry.r_info = GELF_R_INFO((GElf_Xword)ELF32_R_SYM(info), ELF32_R_TYPE(info));
	}
	return entry;
}

static size_t entry_size(const struct relocations *table)
{
	if (table->elf->is_wide)
		return table->has_addends ? sizeof(Elf64_Rela) : sizeof(Elf64_Rel);
	return table->has_addends ? sizeof(Elf32_Rela) : sizeof(Elf32_Rel);
}

static int add_slots(struct slots *slots, const struct relocations *table)
{
	size_t count = table->entries->d_size / entry_size(table);
	int result = 0;

	for (size_t i = 0; i < count && !result; i++) {
		GElf_Rela entry = entry_of(table, i);
		__u32 kind = (__u32)GELF_R_TYPE(entry.r_info);
		const char *name;
		GElf_Sym symbol;

		if (kind == table->kinds->chosen && table->has_addends) {
			result = add_slot(slots, entry.r_offset, (__u64)entry.r_addend, NULL);
			continue;
		}
		if (kind != table->kinds->call && kind != table->kinds->pointer)
			continue;
		if (!table->symbols ||
		    !gelf_getsym(table->symbols, (int)GELF_R_SYM(entry.r_info), &symbol))
			continue;
		name = elf_strptr(table->elf->elf, table->names, symbol.st_name);
		if (name && *name)
			result = add_slot(slots, entry.r_offset, 0, name);
	}
	return result;
}

static int compare_slots(const void *a, const void *b)
{
	__u64 left = ((const struct slot *)a)->address, right = ((const struct slot *)b)->address;

	return (left > right) - (left < right);
}

/* Finds all slots of a file. Returns 0 or -ENOMEM. */
static int find_slots(struct elf_module *elf, const struct kinds *kinds, struct slots *slots)
{
	Elf_Scn *section = NULL;
	int result = 0;

	while (!result && (section = elf_nextscn(elf->elf, section))) {
		struct relocations table = { .elf = elf, .kinds = kinds };
		GElf_Shdr header, symbols_header;
		Elf_Scn *symbols;

		if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_ALLOC) ||
		    (header.sh_type != SHT_RELA && header.sh_type != SHT_REL))
			continue;
		symbols = header.sh_link ? elf_getscn(elf->elf, header.sh_link) : NULL;
		table.entries = elf_getdata(section, NULL);
		table.has_addends = header.sh_type == SHT_RELA;
		if (!table.entries || !table.entries->d_buf)
			continue;
		if (symbols && gelf_getshdr(symbols, &symbols_header)) {
			table.symbols = elf_getdata(symbols, NULL);
			table.names = symbols_header.sh_link;
		}
		result = add_slots(slots, &table);
	}
	if (slots->count)
		qsort(slots->list, slots->count, sizeof(*slots->list), compare_slots);
	return result;
}

/* The slot at an address, or NULL. */
static const struct slot *slot_at(const struct slots *slots, __u64 address)
{
	struct slot key = { .address = address };

	return slots->count ? bsearch(&key, slots->list, slots->count, sizeof(key), compare_slots) :
			      NULL;
}

/* Finds the names of functions that choose others among the symbols. Returns 0 or -ENOMEM. */
static int name_targets(struct slots *slots, struct symtab *symtab, __u64 end)
{
	int result = slots->have_targets ? perfev_symtab_sort(symtab, end) : 0;

	for (size_t i = 0; i < slots->count && !result; i++) {
		struct slot *slot = &slots->list[i];
		long number = slot->name ? -1 : perfev_symtab_find(symtab, slot->target);

		slot->target_name = NO_NAME;
		if (number >= 0 && symtab->entries[number].address == slot->target)
			slot->target_name = symtab->entries[number].name;
	}
	return result;
}

/* Adds "NAME@plt". Returns 0 or -ENOMEM. */
static int add_entry(struct symtab *symtab, __u64 address, __u64 size, const struct slot *slot)
{
	static const char suffix[] = "@plt";
	const char *name = slot->name;
	size_t length;
	__u32 at;
	int result;

	if (!name && slot->target_name == NO_NAME)
		return 0;
	/* Without a version, which tables of all symbols have in the name. */
	length = strcspn(name ? name : symtab->names + slot->target_name, "@");
	result = perfev_symtab_add_names(symtab, NULL, length + strlen(suffix), &at);
	if (result < 0)
		return result;
	memcpy(symtab->names + at, name ? name : symtab->names + slot->target_name, length);
	memcpy(symtab->names + at + length, suffix, sizeof(suffix));
	return perfev_symtab_add_at(symtab, address, size, at, SYMTAB_LOCAL | SYMTAB_FUNCTION);
}

/* Goes through a section's entries. Returns 0 or -ENOMEM. */
static int add_entries(struct symtab *symtab, const struct slots *slots,
		       const struct plt_code *code)
{
	size_t at = 0, begin, next_begin;
	__u64 address, next_address;
	int result = 0, more = perfev_plt_next(code, &at, &begin, &address);

	while (more && !result) {
		const struct slot *slot = slot_at(slots, address);
		size_t size;

		more = perfev_plt_next(code, &at, &next_begin, &next_address);
		size = (more ? next_begin : code->size) - begin;
		if (size > perfev_plt_entry_size(code))
			size = perfev_plt_entry_size(code);
		if (slot)
			result = add_entry(symtab, code->address + begin, size, slot);
		begin = next_begin;
		address = next_address;
	}
	return result;
}

/* Which sections have entries, and what they count from on i386. */
static int go_through(struct elf_module *elf, struct symtab *symtab, const struct slots *slots)
{
	static const char *const has_entries[] = { ".plt", ".plt.sec", ".plt.got", ".iplt" };
	struct plt_code code = { .machine = elf->machine, .is_wide = elf->is_wide };
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;
	int result = 0;

	if (elf_getshdrstrndx(elf->elf, &names) < 0)
		return 0;
	for (int entries = 0; entries < 2; entries++) {
		while (!result && (section = elf_nextscn(elf->elf, section))) {
			const char *name = NULL;
			Elf_Data *data;
			unsigned int i = 0;

			if (gelf_getshdr(section, &header))
				name = elf_strptr(elf->elf, names, header.sh_name);
			if (!name || header.sh_type != SHT_PROGBITS)
				continue;
			if (!entries &&
			    (!strcmp(name, ".got.plt") || (!code.got && !strcmp(name, ".got"))))
				code.got = header.sh_addr;
			while (i < 4 && strcmp(name, has_entries[i]) != 0)
				i++;
			data = entries && i < 4 ? elf_rawdata(section, NULL) : NULL;
			if (!data || !data->d_buf)
				continue;
			code.bytes = data->d_buf;
			code.size = data->d_size;
			code.address = header.sh_addr;
			result = add_entries(symtab, slots, &code);
		}
	}
	return result;
}

int perfev_elf_collect_plt(struct elf_module *elf, struct symtab *symtab)
{
	const struct kinds *kinds = kinds_of(elf);
	struct slots slots = { 0 };
	int result;

	if (!kinds)
		return 0;
	result = find_slots(elf, kinds, &slots);
	if (!result)
		result = name_targets(&slots, symtab, elf->end);
	if (!result && slots.count)
		result = go_through(elf, symtab, &slots);
	free(slots.list);
	return result;
}
