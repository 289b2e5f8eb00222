/* SPDX-License-Identifier: MIT */
/*
 * Compressed records, as every subcommand reads and writes them: by libperfev-zstd, which is loaded
 * when it is first asked for, where it is installed.
 */
#ifndef PERFEV_CLI_CODEC_H
#define PERFEV_CLI_CODEC_H

#include <perfev/file.h>

/* Returns what packs and unpacks records, or NULL without the library. */
const struct perfev_codec *cli_codec(void);

#endif
