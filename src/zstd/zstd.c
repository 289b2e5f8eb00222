/* SPDX-License-Identifier: MIT */
/* libzstd as what packs and unpacks the records of a recording: one stream over all of them. */
#include <perfev/zstd.h>

#include <errno.h>
#include <zstd.h>
#include <zstd_errors.h>

/* linux-perf writes windows of 2 MiB and less; what asks for more memory than this is refused. */
#define MOST_WINDOW_LOG 23

static int unpack_open(void **out)
{
	ZSTD_DStream *stream = ZSTD_createDStream();

	*out = stream;
	if (!stream)
		return -ENOMEM;
	ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, MOST_WINDOW_LOG);
	return 0;
}

static void unpack_close(void *state)
{
	ZSTD_freeDStream(state);
}

static long unpack(void *state, const void **in, size_t *in_length, void *out, size_t room)
{
	ZSTD_inBuffer from = { *in, *in_length, 0 };
	ZSTD_outBuffer to = { out, room, 0 };

	do {
		size_t before = from.pos;
		size_t result = ZSTD_decompressStream(state, &to, &from);

		if (ZSTD_isError(result))
			return ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation ?
				       -ENOMEM :
				       -EBADMSG;
		if (to.pos || from.pos == before)
			break;
	} while (from.pos < from.size);
	*in = (const char *)*in + from.pos;
	*in_length -= from.pos;
	return (long)to.pos;
}

static int pack_open(void **out, int level)
{
	ZSTD_CStream *stream = ZSTD_createCStream();

	*out = stream;
	if (!stream)
		return -ENOMEM;
	ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, level ? level : 1);
	/* Readers hold as much; the records of one flush are alike with those shortly before. */
	ZSTD_CCtx_setParameter(stream, ZSTD_c_windowLog, 19);
	return 0;
}

static void pack_close(void *state)
{
	ZSTD_freeCStream(state);
}

static long pack(void *state, const void *in, size_t in_length, void *out, size_t room)
{
	ZSTD_inBuffer from = { in, in_length, 0 };
	ZSTD_outBuffer to = { out, room, 0 };
	size_t left = ZSTD_compressStream2(state, &to, &from, ZSTD_e_flush);

	if (ZSTD_isError(left))
		return ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation ? -ENOMEM : -EINVAL;
	return left || from.pos < from.size ? -ENOBUFS : (long)to.pos;
}

const struct perfev_codec *perfev_zstd_codec(void)
{
	static const struct perfev_codec codec = {
		.size = sizeof(codec),
		.type = 1,
		.unpack_open = unpack_open,
		.unpack_close = unpack_close,
		.unpack = unpack,
		.pack_open = pack_open,
		.pack_close = pack_close,
		.pack = pack,
	};

	return &codec;
}
