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
static int slice_ms(const struct perfev_sampler *sampler, const struct patience *patience)
{
	const __u64 now = patience->now;
	__u64 left = LOOK_MS * MS_NS;

	if (!patience->timeout_ms || !sampler->alive)
		return 0;
	if (sampler->turn_count) {
		const __u64 due = sampler->round_ns + ROUND_NS;

		left = sampler->is_crowded || due <= now ? 0 : due - now;
	}
	if (patience->timeout_ms > 0 && left > patience->end - now)
		left = patience->end - now;
	return (int)((left + MS_NS - 1) / MS_NS);
}

static int is_over(const struct perfev_sampler *sampler, const struct patience *patience)
{
	return !sampler->alive || (patience->timeout_ms >= 0 && patience->now >= patience->end);
}

/* Waits as long as the caller wants, or something has to be looked at. Returns 0 or an error. */
static int wait_slice(struct perfev_sampler *sampler, struct patience *patience)
{
	int result = wait_once(sampler, slice_ms(sampler, patience));

	patience->now = now_ns();
	return result;
}

static void begin(struct patience *patience)
{
	const int ms = patience->timeout_ms;

	patience->now = now_ns();
	patience->end = patience->now + (__u64)(ms > 0 ? ms : 0) * MS_NS;
}

int perfev_sampler_wait_more(struct perfev_sampler *sampler, struct patience *patience)
{
	const int unordered = sampler->options.unordered;
	const unsigned int round = patience->rounds++;
	int result = 0;

	if (!round)
		begin(patience);
	/* Of records in order, those that the first round sees may come after the second one. */
	else if ((unordered || round > 1) && is_over(sampler, patience))
		return 0;
	if (round || unordered)
		result = wait_slice(sampler, patience);
	if (result == 0 && !unordered) {
		sampler->round_ns = patience->now;
		result = perfev_sampler_round(sampler);
	}
	return result < 0 ? result : 1;
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
	struct patience patience = { .timeout_ms = timeout_ms };

	for (begin(&patience);;) {
		const int has = has_bytes(sampler);
		int result;

		if (!has && patience.rounds++ && is_over(sampler, &patience))
			return 0;
		/* Whose target has ended is noted even while rings of others are never empty. */
		result = has ? wait_once(sampler, 0) : wait_slice(sampler, &patience);
		if (result < 0 || has)
			return result < 0 ? result : 1;
	}
}

int perfev_sampler_ended(const struct perfev_sampler *sampler)
{
	return !sampler->alive && !has_bytes(sampler);
}
