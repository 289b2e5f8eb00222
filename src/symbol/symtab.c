/* SPDX-License-Identifier: MIT */
/*
 * Symbols sorted by address. Time and memory are in proportion to what was added, whatever the
 * addresses are: files may be anybody's.
 */
#include "symtab.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 11
#define DIGITS (1U << DIGIT_BITS)
#define NO_OUTER UINT32_MAX

/* Makes room for one more element behind those that are there. Returns 0 or -ENOMEM. */
static int reserve(void **list, __u32 have, __u32 *room, size_t size)
{
	__u32 wanted = *room ? *room * 2 : 64;
	void *more;

	if (have < *room)
		return 0;
	if (wanted < *room)
		return -ENOMEM;
	more = realloc(*list, wanted * size);
	if (!more)
		return -ENOMEM;
	*list = more;
	*room = wanted;
	return 0;
}

/* Likewise for bytes of names: their places have 32 bits. */
static int reserve_names(struct symtab *symtab, size_t length)
{
	size_t wanted = symtab->names_room ? symtab->names_room : 1024;
	char *more;

	if (length > UINT32_MAX - symtab->names_bytes)
		return -ENOMEM;
	if (symtab->names_bytes + length <= symtab->names_room)
		return 0;
	/* A whole table that comes first is mostly all that comes. */
	if (!symtab->names_bytes && length > wanted)
		wanted = length;
	while (wanted < symtab->names_bytes + length)
		wanted *= 2;
	more = realloc(symtab->names, wanted);
	if (!more)
		return -ENOMEM;
	symtab->names = more;
	symtab->names_room = wanted;
	return 0;
}

int perfev_symtab_add_names(struct symtab *symtab, const char *names, size_t length, __u32 *base)
{
	int result = length < UINT32_MAX ? reserve_names(symtab, length + 1) : -ENOMEM;

	if (result < 0)
		return result;
	*base = (__u32)symtab->names_bytes;
	if (names && length)
		memcpy(symtab->names + symtab->names_bytes, names, length);
	symtab->names[symtab->names_bytes + length] = '\0';
	symtab->names_bytes += length + 1;
	return 0;
}

int perfev_symtab_add_at(struct symtab *symtab, __u64 address, __u64 size, __u32 name, __u32 rank)
{
	struct symtab_entry *entry;
	void *entries = symtab->entries;
	int result = reserve(&entries, symtab->count, &symtab->room, sizeof(*entry));

	if (result < 0)
		return result;
	symtab->entries = entries;
	symtab->is_sorted = 0;
	entry = &symtab->entries[symtab->count++];
	entry->address = address;
	entry->size = size;
	entry->name = name;
	entry->rank = rank;
	return 0;
}

int perfev_symtab_add(struct symtab *symtab, __u64 address, __u64 size, const char *name,
		      size_t length, __u32 rank)
{
	__u32 at;
	int result = perfev_symtab_add_names(symtab, name, length, &at);

	return result < 0 ? result : perfev_symtab_add_at(symtab, address, size, at, rank);
}

int perfev_symtab_add_border(struct symtab *symtab, __u64 address)
{
	void *borders = symtab->borders;
	int result = reserve(&borders, symtab->border_count, &symtab->border_room,
			     sizeof(*symtab->borders));

	if (result < 0)
		return result;
	symtab->borders = borders;
	symtab->borders[symtab->border_count++] = address;
	symtab->is_sorted = 0;
	return 0;
}

/* The bits in which addresses differ, or 0 when they are in order already. */
static __u64 bits_to_sort(const struct symtab_entry *entries, __u32 count)
{
	int in_order = 1;
	__u64 bits = 0;

	for (__u32 i = 1; i < count; i++) {
		bits |= entries[i].address ^ entries[0].address;
		in_order &= entries[i].address >= entries[i - 1].address;
	}
	return in_order ? 0 : bits;
}

/* Sorts by a few bits of the address; those that have the same stay in the order that they had. */
static void sort_by_digit(const struct symtab_entry *from, struct symtab_entry *to, __u32 count,
			  unsigned int shift)
{
	__u32 places[DIGITS] = { 0 }, place = 0;

	for (__u32 i = 0; i < count; i++)
		places[from[i].address >> shift & (DIGITS - 1)]++;
	for (unsigned int i = 0; i < DIGITS; i++) {
		__u32 here = places[i];

		places[i] = place;
		place += here;
	}
	for (__u32 i = 0; i < count; i++)
		to[places[from[i].address >> shift & (DIGITS - 1)]++] = from[i];
}

static int sort_by_address(struct symtab *symtab)
{
	__u64 bits = bits_to_sort(symtab->entries, symtab->count);
	struct symtab_entry *other;

	if (!bits)
		return 0;
	other = malloc(symtab->count * sizeof(*other));
	if (!other)
		return -ENOMEM;
	for (unsigned int shift = 0; shift < 64; shift += DIGIT_BITS) {
		struct symtab_entry *sorted = other;

		if (!(bits >> shift & (DIGITS - 1)))
			continue;
		sort_by_digit(symtab->entries, sorted, symtab->count, shift);
		other = symtab->entries;
		symtab->entries = sorted;
	}
	symtab->room = symtab->count;
	free(other);
	return 0;
}

static size_t underscores(const char *name)
{
	return strspn(name, "_");
}

/* Whether of two at one address the second is the better one. */
static int is_better(const struct symtab *symtab, const struct symtab_entry *have,
		     const struct symtab_entry *other)
{
	const char *name = symtab->names + have->name, *other_name = symtab->names + other->name;
	size_t under = underscores(name), other_under = underscores(other_name);

	if (!have->size != !other->size)
		return other->size != 0;
	if (have->rank != other->rank)
		return other->rank > have->rank;
	if (under != other_under)
		return other_under < under;
	return strlen(other_name) > strlen(name);
}

static __u64 end_of(const struct symtab_entry *entry)
{
	return entry->address + entry->size;
}

/* Keeps one at each address, and no labels within functions. Returns whether some lie in others. */
static int thin_out(struct symtab *symtab)
{
	struct symtab_entry *kept = symtab->entries;
	__u32 count = 0;
	__u64 reach = 0; /* the furthest end until here */
	int nested = 0;

	for (__u32 i = 0; i < symtab->count;) {
		struct symtab_entry best = symtab->entries[i];

		for (i++; i < symtab->count && symtab->entries[i].address == best.address; i++)
			if (is_better(symtab, &best, &symtab->entries[i]))
				best = symtab->entries[i];
		if (best.size > UINT64_MAX - best.address)
			best.size = UINT64_MAX - best.address;
		if (!best.size && !(best.rank & SYMTAB_FUNCTION) && best.address < reach)
			continue;
		nested |= best.address < reach && end_of(&best) < reach;
		if (end_of(&best) > reach)
			reach = end_of(&best);
		kept[count++] = best;
	}
	symtab->count = count;
	return nested;
}

static int compare_borders(const void *a, const void *b)
{
	__u64 left = *(const __u64 *)a, right = *(const __u64 *)b;

	return (left > right) - (left < right);
}

static void give_sizes(struct symtab *symtab, __u64 end)
{
	__u32 border = 0;

	if (symtab->border_count)
		qsort(symtab->borders, symtab->border_count, sizeof(*symtab->borders),
		      compare_borders);
	for (__u32 i = 0; i < symtab->count; i++) {
		struct symtab_entry *entry = &symtab->entries[i];
		__u64 next = i + 1 < symtab->count ? entry[1].address : end;

		if (entry->size)
			continue;
		while (border < symtab->border_count && symtab->borders[border] <= entry->address)
			border++;
		if (border < symtab->border_count &&
		    (symtab->borders[border] < next || next <= entry->address))
			next = symtab->borders[border];
		if (next > entry->address)
			entry->size = next - entry->address;
	}
}

/*
 * For each the nearest one before it that goes on behind its end: an address that this one does not
 * cover can only be in that one, in the one of that one, and so on.
 */
static int find_outer(struct symtab *symtab)
{
	symtab->outer = malloc(symtab->count * sizeof(*symtab->outer));
	if (!symtab->outer)
		return -ENOMEM;
	for (__u32 i = 0; i < symtab->count; i++) {
		__u32 outer = i ? i - 1 : NO_OUTER;

		while (outer != NO_OUTER &&
		       end_of(&symtab->entries[outer]) <= end_of(&symtab->entries[i]))
			outer = symtab->outer[outer];
		symtab->outer[i] = outer;
	}
	return 0;
}

/* Gives back what was reserved for more. */
static void trim(struct symtab *symtab)
{
	void *less = realloc(symtab->entries, symtab->count * sizeof(*symtab->entries));

	if (less) {
		symtab->entries = less;
		symtab->room = symtab->count;
	}
	less = realloc(symtab->names, symtab->names_bytes);
	if (less) {
		symtab->names = less;
		symtab->names_room = symtab->names_bytes;
	}
}

int perfev_symtab_sort(struct symtab *symtab, __u64 end)
{
	int result, nested;

	free(symtab->found);
	free(symtab->outer);
	symtab->found = NULL;
	symtab->outer = NULL;
	symtab->is_sorted = 1;
	if (!symtab->count)
		return 0;
	result = sort_by_address(symtab);
	if (result < 0)
		return result;
	nested = thin_out(symtab);
	give_sizes(symtab, end);
	trim(symtab);
	symtab->found = calloc(symtab->count, sizeof(*symtab->found));
	if (!symtab->found)
		return -ENOMEM;
	return nested ? find_outer(symtab) : 0;
}

long perfev_symtab_find(const struct symtab *symtab, __u64 address)
{
	const struct symtab_entry *entries = symtab->entries;
	__u32 first = 0, left = symtab->count;

	if (!left || address < entries[0].address)
		return -1;
	while (left > 1) {
		__u32 half = left / 2;

		/* No branch: which way it goes cannot be foretold. */
		first += entries[first + half].address <= address ? half : 0;
		left -= half;
	}
	while (address - entries[first].address >= entries[first].size) {
		if (!symtab->outer || symtab->outer[first] == NO_OUTER)
			return -1;
		first = symtab->outer[first];
	}
	return (long)first;
}

const char *perfev_symtab_name(const struct symtab *symtab, __u32 number)
{
	return symtab->names + symtab->entries[number].name;
}

void perfev_symtab_free(struct symtab *symtab)
{
	free(symtab->entries);
	free(symtab->found);
	free(symtab->outer);
	free(symtab->names);
	free(symtab->borders);
	memset(symtab, 0, sizeof(*symtab));
}
