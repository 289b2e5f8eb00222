/* SPDX-License-Identifier: MIT */
/*
 * The table of exported symbols of a file that has no headers of sections: by what the loader goes
 * by. Nowhere does that say how many symbols there are; the tables to find them by name do.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../record/bytes.h"
#include "elf_module.h"

/* The file's bytes, and what its dynamic segment says: addresses, and a size. */
struct dynamic {
	const struct elf_module *elf;
	const unsigned char *file;
	size_t size;
	__u64 symbols, names, names_size, hash, gnu_hash;
};

/* The place in the file of so many bytes at an address, or NULL: they are not all there. */
static const unsigned char *place_of(const struct dynamic *dynamic, __u64 address, __u64 bytes)
{
	const struct elf_module *elf = dynamic->elf;

	for (size_t i = 0; i < elf->load_count; i++) {
		const struct load *load = &elf->loads[i];
		__u64 into = address - load->address;

		if (address < load->address || into > load->in_file ||
		    load->in_file - into < bytes || load->offset > dynamic->size ||
		    dynamic->size - load->offset < into + bytes)
			continue;
		return dynamic->file + load->offset + into;
	}
	return NULL;
}

static int word_at(const struct dynamic *dynamic, __u64 address, __u32 *value)
{
	const unsigned char *place = place_of(dynamic, address, sizeof(*value));

	if (place)
		*value = load32(place, dynamic->elf->is_swapped);
	return place != NULL;
}

/* Reads what the segment says. Returns 1, or 0: there is none. */
static int read_dynamic(struct dynamic *dynamic)
{
	const struct elf_module *elf = dynamic->elf;
	GElf_Phdr header = { 0 };
	GElf_Dyn entry;
	Elf_Data *data;
	size_t count;

	if (elf_getphdrnum(elf->elf, &count) < 0)
		return 0;
	for (size_t i = 0; i < count && header.p_type != PT_DYNAMIC; i++)
		if (!gelf_getphdr(elf->elf, (int)i, &header))
			return 0;
	if (header.p_type != PT_DYNAMIC || header.p_filesz > dynamic->size)
		return 0;
	data = elf_getdata_rawchunk(elf->elf, (int64_t)header.p_offset, header.p_filesz, ELF_T_DYN);
	for (int i = 0; data && gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++) {
		switch (entry.d_tag) {
		case DT_SYMTAB:
			dynamic->symbols = entry.d_un.d_ptr;
			break;
		case DT_STRTAB:
			dynamic->names = entry.d_un.d_ptr;
			break;
		case DT_STRSZ:
			dynamic->names_size = entry.d_un.d_val;
			break;
		case DT_HASH:
			dynamic->hash = entry.d_un.d_ptr;
			break;
		case DT_GNU_HASH:
			dynamic->gnu_hash = entry.d_un.d_ptr;
			break;
		}
	}
	return dynamic->symbols && dynamic->names;
}

/* Symbols are in chains; the one that begins last ends with the last symbol. */
static __u32 count_by_gnu_hash(const struct dynamic *dynamic)
{
	__u32 buckets, first, words, last = 0, value;
	__u64 at = dynamic->gnu_hash;

	if (!word_at(dynamic, at, &buckets) || !word_at(dynamic, at + 4, &first) ||
	    !word_at(dynamic, at + 8, &words))
		return 0;
	at += 16 + (__u64)words * (dynamic->elf->is_wide ? 8 : 4);
	for (__u32 i = 0; i < buckets && word_at(dynamic, at + 4ULL * i, &value); i++)
		last = value > last ? value : last;
	if (last < first)
		return 0;
	at += 4ULL * buckets;
	for (; word_at(dynamic, at + 4ULL * (last - first), &value); last++)
		if (value & 1)
			return last + 1;
	return 0;
}

static __u32 count_symbols(const struct dynamic *dynamic)
{
	__u32 count = 0;

	if (dynamic->gnu_hash)
		count = count_by_gnu_hash(dynamic);
	if (!count && dynamic->hash && !word_at(dynamic, dynamic->hash + 4, &count))
		count = 0;
	return count;
}

int perfev_elf_dynamic(const struct elf_module *elf, struct elf_table *out)
{
	struct dynamic dynamic = { .elf = elf };
	GElf_Xword size = gelf_fsize(elf->elf, ELF_T_SYM, 1, EV_CURRENT);
	const unsigned char *symbols;
	Elf_Data *data;

	dynamic.file = (const unsigned char *)elf_rawfile(elf->elf, &dynamic.size);
	if (!dynamic.file || !read_dynamic(&dynamic))
		return 0;
	out->count = count_symbols(&dynamic);
	out->names_size = dynamic.names_size;
	out->names = (const char *)place_of(&dynamic, dynamic.names, dynamic.names_size);
	symbols = place_of(&dynamic, dynamic.symbols, out->count * size);
	if (!out->count || !out->names || !symbols)
		return 0;
	data = elf_getdata_rawchunk(elf->elf, symbols - dynamic.file, out->count * size, ELF_T_SYM);
	out->symbols = data ? data->d_buf : NULL;
	return out->symbols != NULL;
}
