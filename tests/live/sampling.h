/* SPDX-License-Identifier: MIT */
/* What the tests of samplers share: opening one, or skipping, and counting what it hands out. */
#ifndef PERFEV_TESTS_SAMPLING_H
#define PERFEV_TESTS_SAMPLING_H

#include <errno.h>
#include <string.h>

#include <perfev/ring.h>

#include "faults.h"
#include "worker.h"

#define OPTIONS(...)                                                                               \
	(&(struct perfev_sample_options){                                                          \
		.size = sizeof(struct perfev_sample_options), __VA_ARGS__ })

static inline struct perfev_sampler *sampler_or_skip(
	const char *events, struct perfev_target target,
	const struct perfev_sample_options *options, const char *feature)
{
	struct perfev_sampler *sampler;
	struct perfev_why why;
	int result = perfev_sampler_open(&sampler, events, target, options, &why);

	switch (-result) {
	case 0:
		return sampler;
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
	case EACCES:
	case EPERM:
	case ENOSYS:
		skip_without(feature, "%s", why.text);
	case EINVAL:
		/* Some PMUs cannot tell user from kernel mode, or do not interrupt. */
		if (strncmp(why.field, "exclude_", 8) == 0 || strcmp(why.field, "sample_freq") == 0)
			skip_without("sampling", "%s", why.text);
		__attribute__((fallthrough));
	default:
		fail_msg("%s: %d: %s", events, result, why.text);
	}
	return NULL;
}

/* What came out of a sampler. */
struct tally {
	unsigned int samples, others;
	unsigned int of_type[32];
	unsigned int of_event[8];
	unsigned int of_self, of_others; /* samples of the thread given, and of others */
	unsigned int backwards;          /* times that went back */
	__u64 last;
};

static inline void tally_record(struct tally *tally, const struct perfev_sampler *sampler,
				const struct perfev_record *record, pid_t self)
{
	unsigned int event = 0;

	if (record->type == PERF_RECORD_SAMPLE) {
		tally->samples++;
		if (perfev_sampler_find(sampler, record->id, &event, NULL) && event < 8)
			tally->of_event[event]++;
		tally->of_self += (pid_t)record->tid == self;
		tally->of_others += (pid_t)record->tid != self;
	} else {
		tally->others++;
	}
	tally->of_type[record->type & 31]++;
	tally->backwards += record->time < tally->last;
	tally->last = record->time;
}

/* Takes all that there is, until none comes for so long or the target has ended. */
static inline int take_all(struct perfev_sampler *sampler, struct tally *tally, int timeout_ms,
			   pid_t self)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	int result;

	memset(tally, 0, sizeof(*tally));
	while ((result = perfev_sampler_next(sampler, &record, timeout_ms)) > 0)
		tally_record(tally, sampler, &record, self);
	return result;
}

/*
 * A round that is not measured: what a sampler uses for the first time it faults by the way, most
 * of all where a sanitizer shadows memory.
 */
static inline void warm_up(struct perfev_sampler *sampler)
{
	struct tally tally;

	fault_pages(PAGES);
	assert_int_equal(take_all(sampler, &tally, 0, 0), 0);
}

static inline struct perfev_losses sampler_losses(const struct perfev_sampler *sampler)
{
	struct perfev_losses losses;

	assert_int_equal(perfev_sampler_losses(sampler, &losses), 0);
	return losses;
}

#endif
