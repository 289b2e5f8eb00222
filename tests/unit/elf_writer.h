/* SPDX-License-Identifier: MIT */
/*
 * ELF files made by hand, in either class and byte order: a header, three segments, and the
 * sections that symbols and their versions are in. A test may change any byte of one before it is
 * read.
 */
#ifndef PERFEV_TESTS_ELF_WRITER_H
#define PERFEV_TESTS_ELF_WRITER_H

#include <elf.h>
#include <stddef.h>

#include <perfev/abi.h>

/* What a file has in memory and where: code, and data that is not executed. */
#define CODE_ADDRESS 0x401000
#define CODE_OFFSET 0x1000
#define CODE_SIZE 0x800
#define DATA_ADDRESS 0x605800
#define DATA_OFFSET 0x1800
#define DATA_SIZE 0x800

/* The sections by number. */
enum made_section {
	MADE_NONE,
	MADE_TEXT,
	MADE_SYMTAB,
	MADE_STRTAB,
	MADE_DYNSYM,
	MADE_DYNSTR,
	MADE_VERSYM,
	MADE_VERDEF,
	MADE_VERSTR,
	MADE_SECTIONS,
};

/* A symbol's version that a program linked today does not get. */
#define HIDDEN 0x8000

struct made_symbol {
	const char *name;
	__u64 address;
	unsigned int type;    /* STT_FUNC */
	unsigned int binding; /* STB_GLOBAL */
	unsigned int section; /* MADE_TEXT; SHN_UNDEF */
	unsigned int version; /* in .dynsym: HIDDEN too */
	unsigned int other;
};

struct made {
	int wide, big;
	size_t length, room;
	unsigned char *bytes;
	size_t headers; /* where the section headers begin, and where each section does */
	size_t at[MADE_SECTIONS];
};

/* The two lists end with a symbol without a name; versions with NULL. Any may be NULL. */
struct made_parts {
	int wide, big;
	unsigned int machine; /* 0: EM_X86_64 */
	const struct made_symbol *symbols, *dynamic;
	const char *const *versions; /* numbered from 1; the first is the file's own */
};

void make_elf(struct made *made, const struct made_parts *parts);
void free_elf(struct made *made);

/* Writes a number of width bytes in the file's byte order. */
void put_elf(struct made *made, size_t at, __u64 value, size_t width);

/* Changes a member of a struct of <elf.h>'s that begins at base. */
#define PUT(made, base, name, member, value)                                                       \
	put_elf(made,                                                                              \
		(base) + ((made)->wide ? offsetof(Elf64_##name, member) :                          \
					 offsetof(Elf32_##name, member)),                          \
		value,                                                                             \
		(made)->wide ? sizeof(((Elf64_##name *)NULL)->member) :                            \
			       sizeof(((Elf32_##name *)NULL)->member))
#define MADE_SIZE(made, name) ((made)->wide ? sizeof(Elf64_##name) : sizeof(Elf32_##name))

/* Changes a member of a section's header. */
#define PUT_SECTION(made, number, member, value)                                                   \
	PUT(made, (made)->headers + (number) * MADE_SIZE(made, Shdr), Shdr, member, value)

/* Writes length bytes into a file without a name. Returns a descriptor, and its path. */
int file_of(const void *bytes, size_t length, char path[32]);

#endif
