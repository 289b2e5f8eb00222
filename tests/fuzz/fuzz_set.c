/* SPDX-License-Identifier: MIT */
/* Any text as a value of any set: what is taken is written and read back as the same. */
#include "fuzz.h"

#include <perfev/names.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum perfev_set set = size ? (enum perfev_set)data[0] : PERFEV_SET_NONE;
	size_t length = size ? size - 1 : 0, wrong = ~(size_t)0;
	__u64 value = 0, back = 1;
	char *text = malloc(length + 1);
	char written[4096];
	int result;

	CHECK(text);
	if (length)
		memcpy(text, data + 1, length);
	text[length] = '\0';
	result = perfev_set_parse(set, text, &value, &wrong);
	if (result < 0) {
		CHECK(wrong <= strlen(text));
	} else {
		CHECK(perfev_set_format(written, sizeof(written), set, value) <
		      (int)sizeof(written));
		CHECK(perfev_set_parse(set, written, &back, NULL) == 0);
		CHECK(value == back);
	}
	free(text);
	return 0;
}
