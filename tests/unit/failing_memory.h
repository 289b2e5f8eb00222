/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out: the Nth allocation fails. The linker puts functions of this file in the
 * place of malloc(3) in tests that are made with it.
 */
#ifndef PERFEV_TESTS_FAILING_MEMORY_H
#define PERFEV_TESTS_FAILING_MEMORY_H

extern long allocations_left; /* before one fails; below 0, as at first: none does */
extern long allocations_held; /* not freed so far */

#endif
