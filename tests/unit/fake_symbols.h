/* SPDX-License-Identifier: MIT */
/*
 * Symbols that are known beforehand, in the place of libperfev-symbol's: what reads records is
 * tested without files. In user space, functions f1, f2, ... of /bin/program lie at 0x401000,
 * 0x402000, ... up to 0x40f000, where g is inlined into the second half of f3; /lib/bare.so at
 * 0x500000 has no symbols; nothing else is mapped. The kernel has k1, k2, ... at any address.
 */
#ifndef PERFEV_TESTS_FAKE_SYMBOLS_H
#define PERFEV_TESTS_FAKE_SYMBOLS_H

#include <perfev/symbol.h>

/* How often lines were looked up, and addresses were asked for by themselves or in stacks. */
extern unsigned int fake_lines_asked, fake_found, fake_stacks;

#endif
