/* SPDX-License-Identifier: MIT */
/*
 * Prints records of every type as JSON, a line each, with texts that no parser likes: for
 * tests/cli/record-json, which has another parser than ours read them.
 */
#include <stdio.h>

#include "record_maker.h"

static struct perfev_layout layout;

static void print(__u32 type)
{
	struct perfev_record record;
	static char line[600000];

	for (int i = 0; i < 20; i++) {
		record_make(&record, type, &layout);
		perfev_record_format_json(line, sizeof(line), &record);
		puts(line);
	}
}

int main(void)
{
	const struct perf_event_attr attr = attr_with(ALL_SAMPLE_BITS);

	random_begin(30);
	perfev_layout_init(&layout, &attr, 0);
	for_each_type(print);
	return 0;
}
