/* SPDX-License-Identifier: MIT */
/*
 * Rounds of a sampler, and waiting for the next one. A record is handed out when it was there a
 * round before, see lanes.c: so between two rounds there is time for what is on its way, unless a
 * ring fills or the caller does not wait.
 */
#include "sampler.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>

/* Between two rounds, at least. */
#define ROUND_NS 1000000ULL

/* Few bytes wake nobody before the watermark: so often they are looked for. */
#define LOOK_MS 100

#define MS_NS 1000000ULL

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1000000000ULL * (__u64)now.tv_sec + (__u64)now.tv_nsec;
}

/* The next record of the rings that are there, one behind the other. */
static int take_unordered(struct perfev_sampler *sampler, struct perfev_record *record)
{
	for (unsigned int i = 0; i < sampler->ring_count; i++) {
		const void *bytes;
		size_t size;
		int result = perfev_ring_next_raw(sampler->rings[sampler->at_ring], &bytes, &size);

		if (result > 0)
			result = perfev_record_decode(
				record, bytes, size,
				perfev_sampler_layout_of(sampler, bytes, size));
		if (result)
			return result < 0 ? result : 1;
		sampler->at_ring = (sampler->at_ring + 1) % sampler->ring_count;
	}
	return 0;
}

/* Waiting */

/* Waits so long at most, and notes whose target has ended. Returns 0 or a negative errno. */
static int wait_once(struct perfev_sampler *sampler, int ms)
{
	struct epoll_event ready[32];
	int count = epoll_wait(sampler->epoll, ready, sizeof(ready) / sizeof(ready[0]), ms);

	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		/* Bytes and the end may be told of together. */
		if (!(ready[i].events & (EPOLLHUP | EPOLLERR)))
			continue;
		if (epoll_ctl(sampler->epoll, EPOLL_CTL_DEL, ready[i].data.fd, NULL) == 0)
			sampler->alive--;
	}
	return 0;
}

/* How long to wait for what: the caller's time, and what is to be looked at before. */
static int slice_ms(const struct perfev_sampler *sampler, __u64 now, __u64 end, int timeout_ms)
{
	__u64 left = LOOK_MS * MS_NS;

	if (!timeout_ms || !sampler->alive)
		return 0;
	if (sampler->turn_count) {
		const __u64 due = sampler->round_ns + ROUND_NS;

		left = sampler->is_crowded || due <= now ? 0 : due - now;
	}
	if (timeout_ms > 0 && left > end - now)
		left = end - now;
	return (int)((left + MS_NS - 1) / MS_NS);
}

static int next_ordered(struct perfev_sampler *sampler, struct perfev_record *record,
			int timeout_ms)
{
	__u64 now = 0, end = 0;

	for (int round = 0;; round++) {
		int result = perfev_sampler_take(sampler, record);

		if (result)
			return result;
		if (!now) {
			now = now_ns();
			end = now + (__u64)(timeout_ms > 0 ? timeout_ms : 0) * MS_NS;
		}
		/* Those that the first round sees may be handed out after the second one. */
		if (round > 1 && (!sampler->alive || (timeout_ms >= 0 && now >= end)))
			return 0;
		if (round) {
			result = wait_once(sampler, slice_ms(sampler, now, end, timeout_ms));
			if (result < 0)
				return result;
			now = now_ns();
		}
		sampler->round_ns = now;
		result = perfev_sampler_round(sampler);
		if (result < 0)
			return result;
	}
}

static int next_unordered(struct perfev_sampler *sampler, struct perfev_record *record,
			  int timeout_ms)
{
	__u64 end = 0, now = 0;

	for (int round = 0;; round++) {
		int result = take_unordered(sampler, record);

		if (result)
			return result;
		now = now_ns();
		if (!round)
			end = now + (__u64)(timeout_ms > 0 ? timeout_ms : 0) * MS_NS;
		if (round && (!sampler->alive || (timeout_ms >= 0 && now >= end)))
			return 0;
		result = wait_once(sampler, slice_ms(sampler, now, end, timeout_ms));
		if (result < 0)
			return result;
	}
}

int perfev_sampler_next(struct perfev_sampler *sampler, struct perfev_record *record,
			int timeout_ms)
{
	if (sampler->options.unordered)
		return next_unordered(sampler, record, timeout_ms);
	return next_ordered(sampler, record, timeout_ms);
}

static int has_bytes(const struct perfev_sampler *sampler)
{
	for (unsigned int i = 0; i < sampler->ring_count; i++)
		if (perfev_ring_filled(sampler->rings[i]))
			return 1;
	return 0;
}

int perfev_sampler_wait(struct perfev_sampler *sampler, int timeout_ms)
{
	__u64 now = now_ns(), end = now + (__u64)(timeout_ms > 0 ? timeout_ms : 0) * MS_NS;

	for (int round = 0; !has_bytes(sampler); round++) {
		int result;

		if (round && (!sampler->alive || (timeout_ms >= 0 && now >= end)))
			return 0;
		result = wait_once(sampler, slice_ms(sampler, now, end, timeout_ms));
		if (result < 0)
			return result;
		now = now_ns();
	}
	return 1;
}

int perfev_sampler_ended(const struct perfev_sampler *sampler)
{
	return !sampler->alive && !has_bytes(sampler);
}
