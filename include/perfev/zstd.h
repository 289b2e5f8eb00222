/* SPDX-License-Identifier: MIT */
/*
 * perfev/zstd.h: compressed recordings, by libzstd. A library of its own (-lperfev-zstd), since it
 * needs libzstd. See perfev_zstd(3).
 *
 *     struct perfev_file_options options = { .size = sizeof(options),
 *                                            .codec = perfev_zstd_codec() };
 *     perfev_file_open(&f, "perf.data", &options, &why);
 */
#ifndef PERFEV_ZSTD_H
#define PERFEV_ZSTD_H

#include <perfev/file.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Lends what packs and unpacks; it lives as long as the program. Any thread may use it. */
const struct perfev_codec *perfev_zstd_codec(void);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_ZSTD_H */
