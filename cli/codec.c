/* SPDX-License-Identifier: MIT */
/* Compressed records. The library stays loaded once it is; without it, nothing fails. */
#include "codec.h"

#include <dlfcn.h>

/* Of this ABI: with another soname, its structs would not be ours. */
#define LIBRARY "libperfev-zstd.so.0"

const struct perfev_codec *cli_codec(void)
{
	static int tried;
	static const struct perfev_codec *codec;
	const struct perfev_codec *(*get)(void);
	void *library;

	if (tried)
		return codec;
	tried = 1;
	library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
	if (!library)
		return NULL;
	/* ISO C has no conversion from an object's address to a function's. */
	*(void **)&get = dlsym(library, "perfev_zstd_codec");
	codec = get ? get() : NULL;
	return codec;
}
