/* SPDX-License-Identifier: MIT */
/* Whether a text is one whole value of JSON, by its grammar (RFC 8259) alone. */
#ifndef PERFEV_TESTS_JSON_H
#define PERFEV_TESTS_JSON_H

#include <stddef.h>

int json_is_valid(const char *text, size_t length);

#endif
