/* SPDX-License-Identifier: MIT */
/* Writes ELF files from the end of what is there: a section is put behind the one before. */
#include "elf_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

void put_elf(struct made *made, size_t at, __u64 value, size_t width)
{
	assert_true(at + width <= made->room);
	for (size_t i = 0; i < width; i++)
		made->bytes[made->big ? at + width - 1 - i : at + i] =
			(unsigned char)(value >> (8 * i));
}

/* Makes room for size more bytes, and says where. */
static size_t grow(struct made *made, size_t size)
{
	size_t at = (made->length + 7) & ~(size_t)7;

	if (at + size > made->room) {
		size_t room = (at + size) * 2;

		made->bytes = realloc(made->bytes, room);
		assert_non_null(made->bytes);
		memset(made->bytes + made->room, 0, room - made->room);
		made->room = room;
	}
	made->length = at + size;
	return at;
}

static void put_segment(struct made *made, unsigned int number, __u32 type, __u32 flags,
			__u64 address, __u64 offset, __u64 size)
{
	size_t at = MADE_SIZE(made, Ehdr) + number * MADE_SIZE(made, Phdr);

	PUT(made, at, Phdr, p_type, type);
	PUT(made, at, Phdr, p_flags, flags);
	PUT(made, at, Phdr, p_vaddr, address);
	PUT(made, at, Phdr, p_offset, offset);
	PUT(made, at, Phdr, p_filesz, size);
	PUT(made, at, Phdr, p_memsz, size);
}

static void put_section(struct made *made, unsigned int number, __u32 type, size_t at, size_t size,
			__u32 link, __u32 info, __u64 entry)
{
	made->at[number] = at;
	PUT_SECTION(made, number, sh_type, type);
	PUT_SECTION(made, number, sh_offset, at);
	PUT_SECTION(made, number, sh_size, size);
	PUT_SECTION(made, number, sh_link, link);
	PUT_SECTION(made, number, sh_info, info);
	PUT_SECTION(made, number, sh_entsize, entry);
}

static size_t count_of(const struct made_symbol *symbols)
{
	size_t count = 0;

	while (symbols && symbols[count].name)
		count++;
	return count;
}

/* A table of symbols, the first of which is none, and behind it the table of their names. */
static void put_symbols(struct made *made, const struct made_symbol *symbols, unsigned int number,
			__u32 type)
{
	size_t count = count_of(symbols), size = MADE_SIZE(made, Sym), names = 1, at;

	at = grow(made, (count + 1) * size);
	put_section(made, number, type, at, (count + 1) * size, number + 1, 1, size);
	for (size_t i = 0; i < count; i++)
		names += strlen(symbols[i].name) + 1;
	put_section(made, number + 1, SHT_STRTAB, grow(made, names), names, 0, 0, 0);
	names = 1;
	for (size_t i = 0; i < count; i++) {
		at += size;
		PUT(made, at, Sym, st_name, names);
		PUT(made, at, Sym, st_value, symbols[i].address);
		PUT(made, at, Sym, st_info, ELF64_ST_INFO(symbols[i].binding, symbols[i].type));
		PUT(made, at, Sym, st_other, symbols[i].other);
		PUT(made, at, Sym, st_shndx, symbols[i].section);
		strcpy((char *)made->bytes + made->at[number + 1] + names, symbols[i].name);
		names += strlen(symbols[i].name) + 1;
	}
}

/* What says the version of each dynamic symbol, and what the versions are called. */
static void put_versions(struct made *made, const struct made_parts *parts)
{
	size_t symbols = count_of(parts->dynamic), count = 0, names = 0, strings, at;
	size_t size = sizeof(Elf64_Verdef) + sizeof(Elf64_Verdaux);

	at = grow(made, (symbols + 1) * 2);
	put_section(made, MADE_VERSYM, SHT_GNU_versym, at, (symbols + 1) * 2, MADE_DYNSYM, 0, 2);
	for (size_t i = 0; i < symbols; i++)
		put_elf(made, at + 2 * (i + 1), parts->dynamic[i].version, 2);
	for (; parts->versions[count]; count++)
		names += strlen(parts->versions[count]) + 1;
	strings = grow(made, names);
	put_section(made, MADE_VERSTR, SHT_STRTAB, strings, names, 0, 0, 0);
	at = grow(made, count * size);
	put_section(made, MADE_VERDEF, SHT_GNU_verdef, at, count * size, MADE_VERSTR, (__u32)count,
		    0);
	for (size_t i = 0, name = 0; i < count; i++, at += size) {
		PUT(made, at, Verdef, vd_version, 1);
		PUT(made, at, Verdef, vd_ndx, i + 1);
		PUT(made, at, Verdef, vd_cnt, 1);
		PUT(made, at, Verdef, vd_aux, sizeof(Elf64_Verdef));
		PUT(made, at, Verdef, vd_next, i + 1 < count ? size : 0);
		PUT(made, at + sizeof(Elf64_Verdef), Verdaux, vda_name, name);
		strcpy((char *)made->bytes + strings + name, parts->versions[i]);
		name += strlen(parts->versions[i]) + 1;
	}
}

void make_elf(struct made *made, const struct made_parts *parts)
{
	memset(made, 0, sizeof(*made));
	made->wide = parts->wide;
	made->big = parts->big;
	grow(made, DATA_OFFSET + DATA_SIZE);
	memcpy(made->bytes, ELFMAG, SELFMAG);
	made->bytes[EI_CLASS] = made->wide ? ELFCLASS64 : ELFCLASS32;
	made->bytes[EI_DATA] = made->big ? ELFDATA2MSB : ELFDATA2LSB;
	made->bytes[EI_VERSION] = EV_CURRENT;
	made->headers = grow(made, MADE_SECTIONS * MADE_SIZE(made, Shdr));
	PUT(made, 0, Ehdr, e_type, ET_DYN);
	PUT(made, 0, Ehdr, e_machine, parts->machine ? parts->machine : EM_X86_64);
	PUT(made, 0, Ehdr, e_version, EV_CURRENT);
	PUT(made, 0, Ehdr, e_phoff, MADE_SIZE(made, Ehdr));
	PUT(made, 0, Ehdr, e_phentsize, MADE_SIZE(made, Phdr));
	PUT(made, 0, Ehdr, e_phnum, 3);
	PUT(made, 0, Ehdr, e_shoff, made->headers);
	PUT(made, 0, Ehdr, e_shentsize, MADE_SIZE(made, Shdr));
	PUT(made, 0, Ehdr, e_shnum, MADE_SECTIONS);
	put_segment(made, 0, PT_NOTE, PF_R, CODE_ADDRESS, 0, DATA_SIZE);
	put_segment(made, 1, PT_LOAD, PF_R | PF_X, CODE_ADDRESS, CODE_OFFSET, CODE_SIZE);
	put_segment(made, 2, PT_LOAD, PF_R | PF_W, DATA_ADDRESS, DATA_OFFSET, DATA_SIZE);
	put_section(made, MADE_TEXT, SHT_PROGBITS, CODE_OFFSET, CODE_SIZE, 0, 0, 0);
	if (parts->symbols)
		put_symbols(made, parts->symbols, MADE_SYMTAB, SHT_SYMTAB);
	if (parts->dynamic)
		put_symbols(made, parts->dynamic, MADE_DYNSYM, SHT_DYNSYM);
	if (parts->versions)
		put_versions(made, parts);
}

void free_elf(struct made *made)
{
	free(made->bytes);
}

int file_of(const void *bytes, size_t length, char path[32])
{
	int fd = memfd_create("elf", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}
