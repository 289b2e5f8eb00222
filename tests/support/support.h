/* SPDX-License-Identifier: MIT */
/*
 * What all tests share: cmocka, honest skips, and the few helpers that live tests open events with.
 *
 * A test that cannot run calls skip_without(), which names the thing that is missing. When that
 * thing, or the test's tier, stands in PERFEV_REQUIRE (a list with commas), the skip is a failure.
 */
#ifndef PERFEV_TESTS_SUPPORT_H
#define PERFEV_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * Skips the running test: feature is one word ("hardware", "kprobe", "root"), the rest says what
 * was found, as printf() does. Does not return.
 */
__attribute__((format(printf, 2, 3), noreturn)) void skip_without(const char *feature,
								  const char *why, ...);

#endif
