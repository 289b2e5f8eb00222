/* SPDX-License-Identifier: MIT */
/*
 * perfev/pfm.h: the processor makers' own event names, by libpfm4, whose tables know some hundred
 * PMUs. A library of its own (-lperfev-pfm), since it needs libpfm. See perfev_pfm(3).
 *
 *     struct perfev_event_options options = { .size = sizeof(options),
 *                                             .vendor = perfev_pfm_encode };
 *     perfev_events_parse(&events, "RETIRED_SSE_AVX_FLOPS", &options, &why);
 *
 * Any thread may call these: libpfm is set up once, and used by one thread at a time.
 */
#ifndef PERFEV_PFM_H
#define PERFEV_PFM_H

#include <stddef.h>

#include <perfev/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Finds an event of the PMUs that libpfm finds on this machine, in libpfm's own words: "EVENT",
 * "EVENT:MASK:MASK", "EVENT:MODIFIER=1", "pmu::EVENT". name is length bytes. attr takes type,
 * config, config1, config2 and precise_ip, and with the modifiers u, k and h what they exclude; the
 * rest of it stays. It is the perfev_vendor_fn of perfev/event.h.
 * Returns 1 when it is found, 0 when there is no such event, or a negative errno:
 *   -ENOENT   the processor has the event's PMU, but this kernel does not, as in many guests
 *   -EINVAL   the event has no such mask or modifier, or needs one, or they exclude each other
 *   -ENOMEM
 */
int perfev_pfm_encode(const char *name, size_t length, struct perf_event_attr *attr);

/* One event, or one mask of an event. Strings live as long as the program, but for name. */
struct perfev_pfm_item {
	char name[256];              /* what perfev_pfm_encode() takes: "pmu::EVENT:MASK" */
	const char *pmu;             /* as libpfm calls it: "amd64_fam19h_zen3" */
	const char *pmu_description; /* "AMD64 Fam19h Zen3" */
	const char *event;           /* "RETIRED_SSE_AVX_FLOPS" */
	const char *mask;            /* "ADD_SUB_FLOPS", or "" for the event itself */
	const char *description;     /* of the mask or the event */
	unsigned int masks;          /* how many the event has: items that follow it */
	int position[3];             /* where the listing is */
};

/*
 * Steps through the events of the PMUs that libpfm finds on this machine, each before its masks.
 * *item is all zero before the first call, and what the last call made of it after that.
 * Returns 1 with *item filled, 0 when none is left.
 */
int perfev_pfm_next(struct perfev_pfm_item *item);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_PFM_H */
