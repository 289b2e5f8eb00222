/* SPDX-License-Identifier: MIT */
/*
 * Pieces of code in a balanced tree, tsearch(3)'s: pieces that overlap compare as equal, so that
 * none in it do, and a byte is found as a piece of its own would be.
 */
#define _GNU_SOURCE
#include "code.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct piece {
	__u64 begin, end;
	struct code *code;
};

static int compare(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;

	if (a->end <= b->begin)
		return -1;
	return a->begin >= b->end;
}

static void drop_code(struct code *code)
{
	if (--code->pieces == 0)
		free(code);
}

static int add_piece(struct codes *codes, __u64 begin, __u64 end, struct code *code)
{
	struct piece *piece = malloc(sizeof(*piece));

	if (!piece)
		return -ENOMEM;
	*piece = (struct piece){ begin, end, code };
	if (!tsearch(piece, &codes->root, compare)) {
		free(piece);
		return -ENOMEM;
	}
	code->pieces++;
	codes->count++;
	return 0;
}

int perfev_codes_remove(struct codes *codes, __u64 begin, __u64 end)
{
	const struct piece wanted = { begin, end, NULL };
	void *node;
	int result = 0;

	codes->last = NULL;
	while (begin < end && (node = tfind(&wanted, &codes->root, compare)) != NULL) {
		struct piece *piece = *(struct piece **)node;
		const struct piece old = *piece;

		tdelete(piece, &codes->root, compare);
		free(piece);
		codes->count--;
		if (old.begin < begin && add_piece(codes, old.begin, begin, old.code) < 0)
			result = -ENOMEM;
		if (old.end > end && add_piece(codes, end, old.end, old.code) < 0)
			result = -ENOMEM;
		drop_code(old.code);
	}
	return result;
}

int perfev_codes_add(struct codes *codes, __u64 address, __u64 size, const char *name,
		     size_t length, struct module *module)
{
	const __u64 end = size < ~0ULL - address ? address + size : ~0ULL;
	struct code *code;
	int result;

	/* It may be part of what is taken away: it is copied first. */
	if (address >= end || codes->count >= CODES_MOST)
		return 0;
	code = calloc(1, sizeof(*code) + length + 1);
	if (!code)
		return -ENOMEM;
	code->address = address;
	code->size = end - address;
	code->module = module;
	memcpy(code->name, name, length);
	result = perfev_codes_remove(codes, address, end);
	if (result == 0)
		result = add_piece(codes, address, end, code);
	if (result < 0) {
		if (!code->pieces)
			free(code);
		return result;
	}
	if (codes->begin == codes->end || address < codes->begin)
		codes->begin = address;
	if (end > codes->end)
		codes->end = end;
	return 1;
}

struct code *perfev_codes_search(struct codes *codes, __u64 address)
{
	const struct piece wanted = { address, address + 1, NULL };
	const struct piece *last = codes->last;
	void *node;

	if (last && address - last->begin < last->end - last->begin)
		return last->code;
	node = tfind(&wanted, &codes->root, compare);
	if (!node)
		return NULL;
	codes->last = *(struct piece **)node;
	return codes->last->code;
}

static void free_piece(void *memory)
{
	struct piece *piece = memory;

	drop_code(piece->code);
	free(piece);
}

void perfev_codes_free(struct codes *codes)
{
	tdestroy(codes->root, free_piece);
	memset(codes, 0, sizeof(*codes));
}
