/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as symbols, nine for each, which are found where going through all of them finds them;
 * or as a name that is demangled, if the first byte is odd.
 */
#include "fuzz.h"

#include <string.h>

#include "../../src/symbol/symbols.h"

#define ENTRY 9

static __u64 number(const uint8_t *bytes, size_t width)
{
	__u64 value = 0;

	for (size_t i = 0; i < width; i++)
		value = value << 8 | bytes[i];
	return value;
}

static long find_slowly(const struct symtab *symtab, __u64 address)
{
	long best = -1;

	for (__u32 i = 0; i < symtab->count; i++)
		if (address - symtab->entries[i].address < symtab->entries[i].size)
			best = (long)i;
	return best;
}

static void check(const struct symtab *symtab, __u64 address)
{
	CHECK(perfev_symtab_find(symtab, address) == find_slowly(symtab, address));
}

/* The last byte says what is added, and how far its address is shifted. */
static void add(struct symtab *symtab, const uint8_t *bytes)
{
	unsigned int how = bytes[8], shift = how >> 4 << 2;
	__u64 address = number(bytes, 2) << shift, size = number(bytes + 2, 2) << (bytes[4] % 61);

	if (how & 1)
		CHECK(perfev_symtab_add_border(symtab, address) == 0);
	else if (how & 2)
		CHECK(perfev_symtab_sort(symtab, address) == 0);
	else
		CHECK(perfev_symtab_add(symtab, address, size, (const char *)bytes + 4, 4,
					bytes[5] % 8) == 0);
}

static void go_through(const uint8_t *data, size_t size)
{
	struct symtab symtab = { 0 };

	for (size_t at = 0; size - at >= ENTRY && at < 200 * ENTRY; at += ENTRY)
		add(&symtab, data + at);
	CHECK(perfev_symtab_sort(&symtab, size >= 8 ? number(data, 8) : 0) == 0);
	for (__u32 i = 0; i < symtab.count; i++) {
		const struct symtab_entry *entry = &symtab.entries[i];

		CHECK(!i || entry->address > entry[-1].address);
		check(&symtab, entry->address);
		check(&symtab, entry->address - 1);
		check(&symtab, entry->address + entry->size);
		check(&symtab, entry->address + entry->size - 1);
	}
	perfev_symtab_free(&symtab);
}

static void demangle(const uint8_t *data, size_t size)
{
	char *name = malloc(size + 1), *shown;

	CHECK(name);
	memcpy(name, data, size);
	name[size] = '\0';
	shown = perfev_demangle(name);
	if (shown)
		CHECK(strlen(shown) <= 65536 + 16384);
	free(shown);
	free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	if (data[0] & 1)
		demangle(data + 1, size - 1);
	else
		go_through(data + 1, size - 1);
	return 0;
}
