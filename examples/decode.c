/* SPDX-License-Identifier: MIT */
/*
 * Decodes records that somebody recorded elsewhere: bytes, and the attribute of their event, are
 * all that it takes. Here they are a process that starts a program and a sample of it, as a
 * big-endian machine wrote them. Run: ./decode
 */
#include <perfev/record.h>

#include <stdio.h>

static const unsigned char bytes[] = {
	/* COMM: pid 1000, tid 1000, "gzip"; and its sample_id: pid, tid, time */
	0, 0, 0, 3, 0x20, 0, 0, 40, 0, 0, 3, 0xe8, 0, 0, 3, 0xe8, 'g', 'z', 'i', 'p', 0, 0, 0,
	0, /**/
	0, 0, 3, 0xe8, 0, 0, 3, 0xe8, 0, 0, 0, 0, 0, 0, 0, 77,
	/* SAMPLE: ip, pid, tid, time, and a callchain of two */
	0, 0, 0, 9, 0, 2, 0, 56, 0, 0, 0, 0, 0, 0x40, 0x10, 0, 0, 0, 3, 0xe8, 0, 0, 3, 0xe8, /**/
	0, 0, 0, 0, 0, 0, 0, 78, 0, 0, 0, 0, 0, 0, 0, 2,                                     /**/
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 0
};

int main(void)
{
	const struct perf_event_attr attr = {
		.size = sizeof(attr),
		.sample_type =
			PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN,
		.sample_id_all = 1,
	};
	const int here_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_layout layout;
	char line[256];
	size_t at = 0;
	int size;

	perfev_layout_init(&layout, &attr, here_big ? 0 : PERFEV_LAYOUT_SWAPPED);
	while ((size = perfev_record_decode(&record, bytes + at, sizeof(bytes) - at, &layout)) >
	       0) {
		perfev_record_format(line, sizeof(line), &record);
		puts(line);
		if (record.type == PERF_RECORD_SAMPLE)
			printf("%llu ns: thread %u at %#llx, %u entries in its callchain\n",
			       (unsigned long long)record.time, record.tid,
			       (unsigned long long)record.sample.ip, record.sample.callchain.count);
		at += (size_t)size;
	}
	return at != sizeof(bytes);
}
