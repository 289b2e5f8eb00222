/* SPDX-License-Identifier: MIT */
/*
 * A kernel that is not asked: the linker puts functions of this file in the place of the system
 * calls that a sampler makes. Every event opens, and rings are memory that a test fills.
 */
#ifndef PERFEV_TESTS_FAKE_KERNEL_H
#define PERFEV_TESTS_FAKE_KERNEL_H

#include <perfev/abi.h>

extern __u64 fake_last_id;          /* that an event was given */
extern unsigned int fake_maps_held; /* not unmapped so far */
extern unsigned int fake_maps_made; /* of which the first few are here: */
extern struct perf_event_mmap_page *fake_maps[4];
extern unsigned int fake_maps_refused; /* so many that come next, with the error */
extern int fake_map_error;
extern __u64 fake_position;      /* where the next rings begin */
extern unsigned int fake_waited; /* how many events are waited for: 0 forgets those closed */
extern unsigned int fake_ready;  /* what epoll_wait(2) tells of every event, or 0: nothing */

#endif
