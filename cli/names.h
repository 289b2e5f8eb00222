/* SPDX-License-Identifier: MIT */
/*
 * Event names as every subcommand reads them: the library's, and the processor makers' where
 * libperfev-pfm is installed. That is loaded when a name is first asked of it, since its tables
 * would double what perfev costs to start.
 */
#ifndef PERFEV_CLI_NAMES_H
#define PERFEV_CLI_NAMES_H

#include <perfev/event.h>
#include <perfev/pfm.h>

/* Returns the options for perfev_events_parse(); they last as long as the program does. */
const struct perfev_event_options *cli_event_options(void);

/* Steps through the makers' events as perfev_pfm_next() does; none without the library. */
int cli_vendor_next(struct perfev_pfm_item *item);

#endif
