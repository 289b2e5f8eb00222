/* SPDX-License-Identifier: MIT */
/* The Firefox Profiler's format, to the letter. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../cli/export/export.h"
#include "exported.h"
#include "json.h"
#include "support.h"

/* Each of the parts stands in the text, in this order. */
static void check(const char *text, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *at = strstr(text, parts[i]);

		if (!at)
			fail_msg("%s is not in %s", parts[i], text);
		else
			text = at + strlen(parts[i]);
	}
}

#define CHECK(text, ...)                                                                           \
	check(text, (const char *const[]){ __VA_ARGS__ },                                          \
	      sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static char *export_valid(const struct profile *profile)
{
	size_t length;
	char *text = exported(profile, export_firefox, &length);

	assert_true(json_is_valid(text, length - 1));
	return text;
}

static void tables_are_shared_and_have_no_root(void **state)
{
	struct profile profile;
	char *text;

	(void)state;
	profile_make(&profile, 1, 1);
	text = export_valid(&profile);
	CHECK(text, "\"preprocessedProfileVersion\":60,",
	      "\"libs\":[{\"arch\":\"x86_64\",\"name\":\"program\",\"path\":\"/usr/bin/program\","
	      "\"debugName\":\"program\",\"debugPath\":\"/usr/bin/program\","
	      "\"breakpadId\":\"67452301AB89EFCD0123456789ABCDEF0\",\"codeId\":\"" MADE_BUILD_ID
	      "\"},"
	      "{\"arch\":\"x86_64\",\"name\":\"[kernel.kallsyms]\",",
	      "\"breakpadId\":\"\",\"codeId\":null}],",
	      "\"shared\":{\"stackTable\":{\"length\":9,\"frame\":[2,1,0,4,3,5,6,1,0],"
	      "\"prefix\":[null,0,1,0,3,null,0,2,7]},"
	      "\"frameTable\":{\"length\":7,\"address\":[4128,4128,4112,-1,8192,48,-1],"
	      "\"inlineDepth\":[1,0,0,0,0,0,0],\"category\":[2,2,2,1,2,2,0],"
	      "\"subcategory\":[0,0,0,0,0,0,0],\"func\":[2,1,0,3,4,6,5],"
	      "\"nativeSymbol\":[null,null,null,null,null,null,null],"
	      "\"innerWindowID\":[0,0,0,0,0,0,0],\"line\":[5,20,10,null,null,null,null],"
	      "\"column\":[null,null,null,null,null,null,null]},"
	      "\"funcTable\":{\"length\":7,\"name\":[0,1,2,3,4,5,6],"
	      "\"isJS\":[false,false,false,false,false,false,false],"
	      "\"relevantForJS\":[false,false,false,false,false,false,false],"
	      "\"resource\":[0,0,0,1,2,-1,3],\"source\":[2,1,0,null,null,null,null],"
	      "\"lineNumber\":[null,null,null,null,null,null,null],"
	      "\"columnNumber\":[null,null,null,null,null,null,null]},"
	      "\"resourceTable\":{\"length\":4,\"lib\":[0,1,2,3],\"name\":[7,8,9,10],"
	      "\"host\":[null,null,null,null],\"type\":[1,1,1,1]},"
	      "\"nativeSymbols\":{\"length\":0,\"libIndex\":[],\"address\":[],\"name\":[],"
	      "\"functionSize\":[]},"
	      "\"sources\":{\"length\":3,\"uuid\":[null,null,null],\"filename\":[11,12,13]},"
	      "\"stringArray\":[\"main\",\"sort<a;b>\",\"less\",\"page_fault\",\"[libc.so.6]\","
	      "\"[unknown]\",\"odd\xef\xbf\xbd \\\"\\\\_\xc3\xa4 12\",\"program\","
	      "\"[kernel.kallsyms]\",\"libc.so.6\",\"odd\xef\xbf\xbd\","
	      "\"less.h\",\"sort.h\",\"main.c\"]},\"threads\":[");
	free(text);
	profile_free(&profile);
}

static void threads_have_their_samples_in_the_order_of_time(void **state)
{
	struct profile profile;
	char *text;

	(void)state;
	profile_make(&profile, 1, 1);
	text = export_valid(&profile);
	CHECK(text,
	      "\"threads\":[{\"processType\":\"default\",\"processName\":\"program\","
	      "\"processStartupTime\":0,\"processShutdownTime\":null,\"registerTime\":0,"
	      "\"unregisterTime\":null,\"pausedRanges\":[],\"name\":\"program\","
	      "\"isMainThread\":true,\"pid\":\"10\",\"tid\":10,"
	      "\"samples\":{\"length\":5,\"stack\":[2,2,8,6,0],\"time\":[0,1.5,3,6,8],"
	      "\"weightType\":\"tracing-ms\",\"weight\":[1,1.000001,1,2,1],"
	      "\"threadCPUDelta\":[1000000,1000001,1000000,2000000,1000000]},"
	      "\"markers\":{\"length\":0,\"data\":[],\"name\":[],\"startTime\":[],\"endTime\":[],"
	      "\"phase\":[],\"category\":[]}},"
	      "{\"processType\":\"default\",\"processName\":\"program\",",
	      "\"registerTime\":2,",
	      "\"name\":\"worker;2\",\"isMainThread\":false,\"pid\":\"10\",\"tid\":11,"
	      "\"samples\":{\"length\":2,\"stack\":[4,5],\"time\":[2,7],"
	      "\"weightType\":\"tracing-ms\",\"weight\":[1,0.0005],"
	      "\"threadCPUDelta\":[1000000,500]},",
	      "}]}\n");
	free(text);
	profile_free(&profile);
}

static void each_event_has_tracks_and_what_is_no_time_counts_samples(void **state)
{
	struct profile profile;
	char *text;

	(void)state;
	profile_make(&profile, 2, 1);
	text = export_valid(&profile);
	CHECK(text, "\"name\":\"program (cpu-clock)\"", "\"name\":\"worker;2 (cpu-clock)\"",
	      "\"processName\":\"my program\"", "\"name\":\"my program (page-faults:u)\"",
	      "\"samples\":{\"length\":2,\"stack\":[2,9],\"time\":[0.500001,3],"
	      "\"weightType\":\"samples\",\"weight\":null},",
	      "\"name\":\"worker;2 (page-faults:u)\"",
	      "\"samples\":{\"length\":1,\"stack\":[4],\"time\":[9],"
	      "\"weightType\":\"samples\",\"weight\":null},");
	free(text);
	profile_free(&profile);
}

static void the_recording_and_its_losses_are_told(void **state)
{
	struct profile profile;
	char *text;

	(void)state;
	profile_make(&profile, 1, 1);
	profile.events[0].frequency_hz = 3;
	text = export_valid(&profile);
	CHECK(text, "\"interval\":333.333333,\"startTime\":0,\"endTime\":8,",
	      "\"product\":\"perfev record -g ./program\",", "\"oscpu\":\"Linux 6.1.0 x86_64\",",
	      "{\"label\":\"Host\",\"format\":\"string\",\"value\":\"machine\"},",
	      "{\"label\":\"Lost records\",\"format\":\"integer\",\"value\":3},"
	      "{\"label\":\"Samples whose callers are not all known\",\"format\":\"integer\","
	      "\"value\":2}]}]}");
	free(text);
	profile.events[0].frequency_hz = 0;
	profile.events[0].period = 250000;
	text = export_valid(&profile);
	CHECK(text, "\"interval\":0.25,");
	free(text);
	profile_free(&profile);
}

static void what_is_inlined_deeper_says_so_and_a_sample_may_have_no_stack(void **state)
{
	const struct profile_function function = { "f", "", "ab", NULL, PERF_RECORD_MISC_USER, 1 };
	const struct profile_who nobody = {
		PROFILE_NONE, PROFILE_NONE, PROFILE_NONE, ~0ULL, "x", ""
	};
	struct profile profile = { .keeps_samples = 1 };
	__u32 number, frames[3];
	char *text;

	(void)state;
	assert_int_equal(profile_add_event(&profile, "cycles", &number), 0);
	assert_int_equal(profile_add_function(&profile, &function, &number), 0);
	for (__u32 i = 0; i < 3; i++) {
		const struct profile_frame frame = { 0, 3 - i, NULL, 0, i < 2 };

		assert_int_equal(profile_frame(&profile, &frame, &frames[i]), 0);
	}
	assert_int_equal(profile_who(&profile, &nobody, &number), 0);
	assert_int_equal(profile_add_frames(&profile, 0, number, frames, 3, 1, 5), 0);
	assert_int_equal(profile_add(&profile, 0, number, 0, 1, 6), 0);
	text = export_valid(&profile);
	CHECK(text, "\"inlineDepth\":[2,1,0]", "\"isMainThread\":true,\"pid\":\"0\",\"tid\":0,",
	      "\"stack\":[2,null],\"time\":[0,0.000001],");
	free(text);
	profile_free(&profile);
}

static void without_samples_there_is_nothing_to_write(void **state)
{
	struct profile profile;
	FILE *to = tmpfile();

	(void)state;
	assert_non_null(to);
	profile_make(&profile, 1, 0);
	assert_int_equal(export_firefox(&profile, to), -EINVAL);
	assert_int_equal(ftell(to), 0);
	fclose(to);
	profile_free(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_shared_and_have_no_root),
		cmocka_unit_test(threads_have_their_samples_in_the_order_of_time),
		cmocka_unit_test(each_event_has_tracks_and_what_is_no_time_counts_samples),
		cmocka_unit_test(the_recording_and_its_losses_are_told),
		cmocka_unit_test(what_is_inlined_deeper_says_so_and_a_sample_may_have_no_stack),
		cmocka_unit_test(without_samples_there_is_nothing_to_write),
	};

	return cmocka_run_group_tests_name("the Firefox Profiler's format", tests, NULL, NULL);
}
