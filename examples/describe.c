/* SPDX-License-Identifier: MIT */
/*
 * Says in words what an attribute asks for and which kernel it needs, and takes flags from text:
 *
 *     describe "IP|TID|CALLCHAIN"
 */
#include <stdio.h>
#include <string.h>

#include <perfev.h>

int main(int argc, char **argv)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .freq = 1,
				 .sample_freq = 999, .sigtrap = 1, .remove_on_exec = 1);
	const char *flags = argc > 1 ? argv[1] : "ip|tid|time";
	char text[1024];
	size_t wrong;

	if (perfev_set_parse(PERFEV_SET_SAMPLE_TYPE, flags, &attr.sample_type, &wrong) < 0) {
		fprintf(stderr, "describe: no sample type: %s\n%*s^ here\n", flags,
			(int)(wrong + strlen("describe: no sample type: ")), "");
		return 1;
	}
	perfev_attr_format(text, sizeof(text), &attr);
	puts(text);
	return 0;
}
