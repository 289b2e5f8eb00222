/* SPDX-License-Identifier: MIT */
/*
 * A fuzz target is one function that takes any bytes and never fails: what must hold is checked by
 * CHECK(), which aborts. libFuzzer calls it under make fuzz, replay.c with the corpus in the tests.
 */
#ifndef PERFEV_TESTS_FUZZ_H
#define PERFEV_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);         \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
