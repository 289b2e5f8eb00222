/* SPDX-License-Identifier: MIT */
/* Samples this process, all its threads, while it works: where some of the samples fell. */
#include <perfev.h>

#include <stdio.h>
#include <unistd.h>

int main(void)
{
	struct perfev_sample_options options = { .size = sizeof(options), .frequency_hz = 999 };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_losses losses;
	struct perfev_sampler *s;
	struct perfev_why why;
	unsigned int samples = 0;

	if (perfev_sampler_open(&s, "cpu-clock:u", perfev_process(getpid()), &options, &why) < 0)
		return fprintf(stderr, "%s\n", why.text), 1;
	for (volatile unsigned int i = 0; i < 50000000; i++)
		;
	while (perfev_sampler_next(s, &record, 0) > 0)
		if (record.type == PERF_RECORD_SAMPLE && samples++ % 16 == 0)
			printf("thread %u at %#llx\n", record.tid, record.sample.ip);
	perfev_sampler_losses(s, &losses);
	printf("%u samples, %llu lost\n", samples, perfev_losses_records(&losses));
	perfev_sampler_close(s);
	return 0;
}
