/* SPDX-License-Identifier: MIT */
/* speedscope's format, to the letter. */
#include <stdlib.h>

#include "../../cli/export/export.h"
#include "exported.h"
#include "json.h"
#include "support.h"

#define FILE_START                                                                                 \
	"{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\","                     \
	"\"exporter\":\"perfev\",\"name\":\"perfev record -g ./program\","                         \
	"\"activeProfileIndex\":0,\"shared\":{\"frames\":["                                        \
	"{\"name\":\"less\",\"file\":\"less.h\",\"line\":5},"                                      \
	"{\"name\":\"sort<a;b>\",\"file\":\"sort.h\",\"line\":20},"                                \
	"{\"name\":\"main\",\"file\":\"main.c\",\"line\":10},"                                     \
	"{\"name\":\"page_fault\",\"file\":\"[kernel.kallsyms]\"},"                                \
	"{\"name\":\"[libc.so.6]\",\"file\":\"/usr/lib/libc.so.6\"},"                              \
	"{\"name\":\"odd\xef\xbf\xbd \\\"\\\\_\xc3\xa4 12\",\"file\":\"/tmp/odd"                   \
	"\xef\xbf\xbd\"},{\"name\":\"[unknown]\"}]},\"profiles\":["

static void check(const struct profile *profile, const char *expected)
{
	size_t length;
	char *text = exported(profile, export_speedscope, &length);

	assert_string_equal(text, expected);
	assert_true(json_is_valid(text, length - 1));
	free(text);
}

static void samples_stand_in_the_order_of_time_by_event_and_whom(void **state)
{
	struct profile profile;

	(void)state;
	profile_make(&profile, 2, 1);
	check(&profile, FILE_START
	      "{\"type\":\"sampled\",\"name\":\"cpu-clock: my program (pid 10, tid 10)\","
	      "\"unit\":\"nanoseconds\",\"samples\":[[2,1,0],[2,1,0,1,0],[2,6]],"
	      "\"weights\":[2000001,1000000,2000000],\"startValue\":0,\"endValue\":5000001},"
	      "{\"type\":\"sampled\",\"name\":\"cpu-clock: program (pid 10, tid 10)\","
	      "\"unit\":\"nanoseconds\",\"samples\":[[2]],\"weights\":[1000000],"
	      "\"startValue\":0,\"endValue\":1000000},"
	      "{\"type\":\"sampled\",\"name\":\"cpu-clock: worker;2 (pid 10, tid 11)\","
	      "\"unit\":\"nanoseconds\",\"samples\":[[2,4,3],[5]],\"weights\":[1000000,500],"
	      "\"startValue\":0,\"endValue\":1000500},"
	      "{\"type\":\"sampled\",\"name\":\"page-faults:u: my program (pid 10, tid 10)\","
	      "\"unit\":\"none\",\"samples\":[[2,1,0],[2,3]],\"weights\":[2,1],"
	      "\"startValue\":0,\"endValue\":3},"
	      "{\"type\":\"sampled\",\"name\":\"page-faults:u: worker;2 (pid 10, tid 11)\","
	      "\"unit\":\"none\",\"samples\":[[2,4,3]],\"weights\":[3],"
	      "\"startValue\":0,\"endValue\":3}]}\n");
	profile_free(&profile);
}

static void sums_stand_in_where_samples_were_not_kept(void **state)
{
	struct profile profile;

	(void)state;
	profile_make(&profile, 1, 0);
	check(&profile, FILE_START
	      "{\"type\":\"sampled\",\"name\":\"cpu-clock: my program (pid 10, tid 10)\","
	      "\"unit\":\"nanoseconds\",\"samples\":[[2,1,0],[2,6],[2,1,0,1,0]],"
	      "\"weights\":[2000001,2000000,1000000],\"startValue\":0,\"endValue\":5000001},"
	      "{\"type\":\"sampled\",\"name\":\"cpu-clock: program (pid 10, tid 10)\","
	      "\"unit\":\"nanoseconds\",\"samples\":[[2]],\"weights\":[1000000],"
	      "\"startValue\":0,\"endValue\":1000000},"
	      "{\"type\":\"sampled\",\"name\":\"cpu-clock: worker;2 (pid 10, tid 11)\","
	      "\"unit\":\"nanoseconds\",\"samples\":[[2,4,3],[5]],\"weights\":[1000000,500],"
	      "\"startValue\":0,\"endValue\":1000500}]}\n");
	profile_free(&profile);
}

static void names_have_what_is_told_apart(void **state)
{
	static const struct profile_who whos[] = {
		{ PROFILE_NONE, PROFILE_NONE, PROFILE_NONE, ~0ULL, "", "" },
		{ PROFILE_NONE, PROFILE_NONE, 3, ~0ULL, "", "" },
		{ PROFILE_NONE, PROFILE_NONE, PROFILE_NONE, 5, "x", "/system.slice" },
	};
	struct profile profile = { .keeps_samples = 1 };
	__u32 number;

	(void)state;
	assert_int_equal(profile_add_event(&profile, "cycles", &number), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(profile_who(&profile, &whos[i], &number), 0);
		assert_int_equal(profile_add(&profile, 0, number, 0, 7, 1), 0);
	}
	check(&profile,
	      "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\","
	      "\"exporter\":\"perfev\",\"activeProfileIndex\":0,\"shared\":{\"frames\":[]},"
	      "\"profiles\":["
	      "{\"type\":\"sampled\",\"name\":\"cycles\",\"unit\":\"none\",\"samples\":[[]],"
	      "\"weights\":[7],\"startValue\":0,\"endValue\":7},"
	      "{\"type\":\"sampled\",\"name\":\"cycles (cpu 3)\",\"unit\":\"none\","
	      "\"samples\":[[]],\"weights\":[7],\"startValue\":0,\"endValue\":7},"
	      "{\"type\":\"sampled\",\"name\":\"cycles: x (/system.slice)\",\"unit\":\"none\","
	      "\"samples\":[[]],\"weights\":[7],\"startValue\":0,\"endValue\":7}]}\n");
	profile_free(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_stand_in_the_order_of_time_by_event_and_whom),
		cmocka_unit_test(sums_stand_in_where_samples_were_not_kept),
		cmocka_unit_test(names_have_what_is_told_apart),
	};

	return cmocka_run_group_tests_name("speedscope's format", tests, NULL, NULL);
}
