/* SPDX-License-Identifier: MIT */
/* A sample's stack as elfutils' own unwinder has it, to compare with: of this process, now. */
#ifndef PERFEV_TESTS_BY_DWFL_H
#define PERFEV_TESTS_BY_DWFL_H

#include <perfev/record.h>

struct by_dwfl;

/* Opens all that this process has mapped. Returns NULL where the processor is not known here. */
struct by_dwfl *by_dwfl_open(void);
void by_dwfl_close(struct by_dwfl *dwfl);

/* Unwinds a sample of this process. Returns how many addresses, callers' where they go on. */
unsigned int by_dwfl_unwind(struct by_dwfl *dwfl, const struct perfev_record *sample,
			    __u64 *addresses, unsigned int room);

/* The registers that it wants, as attr.sample_regs_user has them; 0: not known. */
__u64 by_dwfl_registers(void);

#endif
