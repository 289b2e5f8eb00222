/* SPDX-License-Identifier: MIT */
/* What an event is, in the line above what is shown of it. */
#include "../number.h"
#include "labels.h"
#include "report.h"

void report_heading(const struct report_page *page, const struct profile *profile, __u32 event)
{
	const struct profile_event *of = &profile->events[event];
	char samples[NUMBER_SIZE], count[NUMBER_SIZE], name[LABEL_SIZE];

	fprintf(page->to, "%s%s%s: %s sample%s, event count %s", page->bold,
		report_clean(of->name, name), page->plain, number_grouped(samples, of->samples),
		of->samples == 1 ? "" : "s", number_grouped(count, of->weight));
	if (profile->last_ns > profile->first_ns)
		fprintf(page->to, ", within %s s",
			number_seconds(count, profile->last_ns - profile->first_ns));
	fputs("\n", page->to);
}
