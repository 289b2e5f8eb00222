/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as compressed ones, in one piece and in many: what comes out is the same, and never
 * more than there is room for. And any bytes packed in pieces, each of which comes back whole at
 * once.
 */
#include "fuzz.h"

#include <perfev/zstd.h>

#include <errno.h>
#include <string.h>

#define MOST (1UL << 20) /* of what is unpacked: a few bytes may stand for a lot */

/* Bytes in a buffer of their very length, so that reading or writing one more is seen. */
static unsigned char *exactly(const uint8_t *data, size_t size)
{
	unsigned char *bytes = malloc(size);

	CHECK(bytes || !size);
	if (data && size)
		memcpy(bytes, data, size);
	return bytes;
}

/*
 * Unpacks pieces of so many bytes, with so much room for what comes out. Returns how much did, with
 * *hash of it; *error is what ended it, or 0.
 */
static size_t unpack(const uint8_t *data, size_t size, size_t piece, size_t room, uint64_t *hash,
		     long *error)
{
	const struct perfev_codec *codec = perfev_zstd_codec();
	unsigned char *out = exactly(NULL, room);
	size_t total = 0;
	void *state;

	*hash = 14695981039346656037ULL;
	*error = 0;
	CHECK(codec->unpack_open(&state) == 0);
	for (size_t at = 0; at < size && !*error && total < MOST; at += piece) {
		const size_t length = size - at < piece ? size - at : piece;
		unsigned char *bytes = exactly(data + at, length);
		size_t left = length;
		const void *in = bytes;
		long count = 1;

		while (count > 0 && total < MOST) {
			size_t before = left;

			count = codec->unpack(state, &in, &left, out, room);
			CHECK(count <= (long)room);
			if (count < 0)
				break;
			CHECK(left <= before);
			CHECK((const unsigned char *)in + left == bytes + length);
			for (long i = 0; i < count && total + (size_t)i < MOST; i++)
				*hash = (*hash ^ out[i]) * 1099511628211ULL;
			total += (size_t)count;
		}
		CHECK(count >= 0 || count == -EBADMSG);
		/* 0 is: all is used up. */
		CHECK(count || !left);
		*error = count < 0 ? count : 0;
		free(bytes);
	}
	codec->unpack_close(state);
	free(out);
	return total < MOST ? total : MOST;
}

/* Packs in pieces; each piece, unpacked, is what it was, without those that follow. */
static void round_trip(const uint8_t *data, size_t size, size_t piece, int level)
{
	const struct perfev_codec *codec = perfev_zstd_codec();
	const size_t room = piece + piece / 128 + 1024;
	unsigned char *packed = exactly(NULL, room), *back = exactly(NULL, piece + 1);
	void *packing, *unpacking;

	CHECK(codec->pack_open(&packing, level) == 0);
	CHECK(codec->unpack_open(&unpacking) == 0);
	for (size_t at = 0; at < size; at += piece) {
		size_t length = size - at < piece ? size - at : piece, have = 0, left;
		long count = codec->pack(packing, data + at, length, packed, room);
		const void *in = packed;

		CHECK(count > 0 && count <= (long)room);
		left = (size_t)count;
		while ((count = codec->unpack(unpacking, &in, &left, back + have,
					      piece + 1 - have)) > 0)
			have += (size_t)count;
		CHECK(count == 0 && left == 0);
		CHECK(have == length && memcmp(back, data + at, length) == 0);
	}
	codec->pack_close(packing);
	codec->unpack_close(unpacking);
	free(packed);
	free(back);
}

/* Too little room is told, and nothing is written past it. */
static void pack_into_too_little(const uint8_t *data, size_t size, size_t room)
{
	const struct perfev_codec *codec = perfev_zstd_codec();
	unsigned char *packed = exactly(NULL, room);
	void *packing;
	long count;

	CHECK(codec->pack_open(&packing, 0) == 0);
	count = codec->pack(packing, data, size, packed, room);
	CHECK(count == -ENOBUFS || (count >= 0 && count <= (long)room));
	codec->pack_close(packing);
	free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t whole_hash, cut_hash;
	long whole_error, cut_error;
	size_t whole, cut, piece;

	if (size < 1)
		return 0;
	/* The first byte says how all the others are cut. */
	piece = 1 + data[0] % 64U * (data[0] % 64U);
	data++;
	size--;
	whole = unpack(data, size, size + 1, 1 << 16, &whole_hash, &whole_error);
	cut = unpack(data, size, piece, piece + 7, &cut_hash, &cut_error);
	/* What is malformed may be seen before it is whole, or behind what there is. */
	if (!whole_error && !cut_error)
		CHECK(whole == cut && whole_hash == cut_hash);
	round_trip(data, size, piece, (int)(piece % 5));
	pack_into_too_little(data, size, piece);
	return 0;
}
