/* SPDX-License-Identifier: MIT */
/*
 * Explains a refused event: asks for one that no kernel grants, and prints why, what to do, and
 * what a program may decide by.
 */
#include <errno.h>
#include <stdio.h>

#include <perfev.h>

int main(void)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS,
				 .exclude_kernel = 1, .inherit_thread = 1, .sample_period = 1);
	struct perfev_why why;
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd >= 0) {
		fprintf(stderr, "explain: accepted, against all rules\n");
		return 1;
	}
	perfev_explain(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC, errno, &why);
	printf("reason:   %s\n", why.reason);
	printf("evidence: %s\n", why.evidence);
	printf("remedy:   %s\n", why.remedy);
	printf("cause:    %s, field %s\n", perfev_cause_name(why.cause), why.field);
	return 0;
}
