/* SPDX-License-Identifier: MIT */
/* A profile as JSON, to the letter: its keys are promised. */
#include <stdlib.h>

#include "../../cli/export/export.h"
#include "exported.h"
#include "json.h"
#include "support.h"

static void check(const struct profile *profile, const char *expected)
{
	size_t length;
	char *text = exported(profile, export_json, &length);

	assert_string_equal(text, expected);
	assert_true(json_is_valid(text, length - 1));
	free(text);
}

static void a_function_counts_once_in_a_stack_that_has_it_twice(void **state)
{
	struct profile profile;

	(void)state;
	profile_make(&profile, 1, 0);
	check(&profile,
	      "{\"format\":\"perfev report\",\"version\":1,"
	      "\"recording\":{\"command\":\"perfev record -g ./program\",\"hostname\":\"machine\","
	      "\"os_release\":\"6.1.0\",\"arch\":\"x86_64\","
	      "\"first_ns\":5000000000,\"last_ns\":5008000000},"
	      "\"losses\":{\"lost\":3,\"throttled\":0,\"late\":0,\"unread_bytes\":0,\"outside\":0,"
	      "\"cut\":2,\"strayed\":0,\"filtered\":0},"
	      "\"events\":[{\"name\":\"cpu-clock\",\"unit\":\"ns\",\"samples\":7,"
	      "\"weight\":7000501,\"frequency_hz\":1000,\"period\":null}],"
	      "\"functions\":["
	      "{\"name\":\"main\",\"module\":\"/usr/bin/program\",\"build_id\":\"" MADE_BUILD_ID
	      "\",\"mode\":\"user\",\"counts\":[{\"self_samples\":1,\"self_weight\":1000000,"
	      "\"total_samples\":6,\"total_weight\":7000001}]},"
	      "{\"name\":\"sort<a;b>\",\"module\":\"/usr/bin/program\","
	      "\"build_id\":\"" MADE_BUILD_ID
	      "\",\"mode\":\"user\",\"counts\":[{\"self_samples\":0,\"self_weight\":0,"
	      "\"total_samples\":3,\"total_weight\":3000001}]},"
	      "{\"name\":\"less\",\"module\":\"/usr/bin/program\",\"build_id\":\"" MADE_BUILD_ID
	      "\",\"mode\":\"user\",\"counts\":[{\"self_samples\":3,\"self_weight\":3000001,"
	      "\"total_samples\":3,\"total_weight\":3000001}]},"
	      "{\"name\":\"page_fault\",\"module\":\"[kernel.kallsyms]\",\"build_id\":null,"
	      "\"mode\":\"kernel\",\"counts\":[{\"self_samples\":1,\"self_weight\":1000000,"
	      "\"total_samples\":1,\"total_weight\":1000000}]},"
	      "{\"name\":null,\"module\":\"/usr/lib/libc.so.6\",\"build_id\":null,"
	      "\"mode\":\"user\",\"counts\":[{\"self_samples\":0,\"self_weight\":0,"
	      "\"total_samples\":1,\"total_weight\":1000000}]},"
	      "{\"name\":null,\"module\":null,\"build_id\":null,"
	      "\"mode\":\"unknown\",\"counts\":[{\"self_samples\":1,\"self_weight\":2000000,"
	      "\"total_samples\":1,\"total_weight\":2000000}]},"
	      "{\"name\":\"odd\xef\xbf\xbd \\\"\\\\\\u000a\xc3\xa4 12\","
	      "\"module\":\"/tmp/odd\xef\xbf\xbd\",\"build_id\":null,"
	      "\"mode\":\"user\",\"counts\":[{\"self_samples\":1,\"self_weight\":500,"
	      "\"total_samples\":1,\"total_weight\":500}]}],"
	      "\"frames\":["
	      "{\"function\":2,\"address\":4128,\"file\":\"less.h\",\"line\":5,\"inlined\":true},"
	      "{\"function\":1,\"address\":4128,\"file\":\"sort.h\",\"line\":20,\"inlined\":false},"
	      "{\"function\":0,\"address\":4112,\"file\":\"main.c\",\"line\":10,\"inlined\":false},"
	      "{\"function\":3,\"address\":18446744071578845200,\"file\":null,\"line\":null,"
	      "\"inlined\":false},"
	      "{\"function\":4,\"address\":8192,\"file\":null,\"line\":null,\"inlined\":false},"
	      "{\"function\":6,\"address\":48,\"file\":null,\"line\":null,\"inlined\":false},"
	      "{\"function\":5,\"address\":null,\"file\":null,\"line\":null,\"inlined\":false}],"
	      "\"whos\":["
	      "{\"comm\":\"my program\",\"pid\":10,\"tid\":10,\"cpu\":null,\"cgroup\":null},"
	      "{\"comm\":\"worker;2\",\"pid\":10,\"tid\":11,\"cpu\":null,\"cgroup\":null},"
	      "{\"comm\":\"program\",\"pid\":10,\"tid\":10,\"cpu\":null,\"cgroup\":null}],"
	      "\"stacks\":["
	      "{\"event\":0,\"who\":0,\"samples\":2,\"weight\":2000001,\"frames\":[0,1,2]},"
	      "{\"event\":0,\"who\":1,\"samples\":1,\"weight\":1000000,\"frames\":[3,4,2]},"
	      "{\"event\":0,\"who\":1,\"samples\":1,\"weight\":500,\"frames\":[5]},"
	      "{\"event\":0,\"who\":0,\"samples\":1,\"weight\":2000000,\"frames\":[6,2]},"
	      "{\"event\":0,\"who\":0,\"samples\":1,\"weight\":1000000,\"frames\":[0,1,0,1,2]},"
	      "{\"event\":0,\"who\":2,\"samples\":1,\"weight\":1000000,\"frames\":[2]}]}\n");
	profile_free(&profile);
}

static void no_key_is_left_out_of_an_empty_profile(void **state)
{
	const struct profile profile = { 0 };

	(void)state;
	check(&profile,
	      "{\"format\":\"perfev report\",\"version\":1,"
	      "\"recording\":{\"command\":null,\"hostname\":null,\"os_release\":null,\"arch\":null,"
	      "\"first_ns\":null,\"last_ns\":null},"
	      "\"losses\":{\"lost\":0,\"throttled\":0,\"late\":0,\"unread_bytes\":0,\"outside\":0,"
	      "\"cut\":0,\"strayed\":0,\"filtered\":0},"
	      "\"events\":[],\"functions\":[],\"frames\":[],\"whos\":[],\"stacks\":[]}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_counts_once_in_a_stack_that_has_it_twice),
		cmocka_unit_test(no_key_is_left_out_of_an_empty_profile),
	};

	return cmocka_run_group_tests_name("profiles as JSON", tests, NULL, NULL);
}
