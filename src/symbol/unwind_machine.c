/* SPDX-License-Identifier: MIT */
/*
 * The registers of processors: the kernel's numbers, which samples have, beside DWARF's, which
 * files have. Nothing depends on which processor this runs on.
 */
#include <perfev/regs.h>

#include "unwind.h"

#define NONE NO_REGISTER

static const __u8 x86_64[] = {
	[PERF_REG_X86_AX] = 0,       [PERF_REG_X86_BX] = 3,    [PERF_REG_X86_CX] = 2,
	[PERF_REG_X86_DX] = 1,       [PERF_REG_X86_SI] = 4,    [PERF_REG_X86_DI] = 5,
	[PERF_REG_X86_BP] = 6,       [PERF_REG_X86_SP] = 7,    [PERF_REG_X86_IP] = 16,
	[PERF_REG_X86_FLAGS] = NONE, [PERF_REG_X86_CS] = NONE, [PERF_REG_X86_SS] = NONE,
	[PERF_REG_X86_DS] = NONE,    [PERF_REG_X86_ES] = NONE, [PERF_REG_X86_FS] = NONE,
	[PERF_REG_X86_GS] = NONE,    [PERF_REG_X86_R8] = 8,    [PERF_REG_X86_R9] = 9,
	[PERF_REG_X86_R10] = 10,     [PERF_REG_X86_R11] = 11,  [PERF_REG_X86_R12] = 12,
	[PERF_REG_X86_R13] = 13,     [PERF_REG_X86_R14] = 14,  [PERF_REG_X86_R15] = 15,
};

static const __u8 i386[] = {
	[PERF_REG_X86_AX] = 0, [PERF_REG_X86_BX] = 3, [PERF_REG_X86_CX] = 1,
	[PERF_REG_X86_DX] = 2, [PERF_REG_X86_SI] = 6, [PERF_REG_X86_DI] = 7,
	[PERF_REG_X86_BP] = 5, [PERF_REG_X86_SP] = 4, [PERF_REG_X86_IP] = 8,
};

/* 31 general registers and the stack pointer, numbered alike; the last is the program counter. */
static const __u8 arm64[] = {
	0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,   16,
	17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, NONE,
};

static const __u8 arm[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

/* The program counter has the number of the register that is always zero. */
static const __u8 pc_and_31[] = {
	NONE, 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
	16,   17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
};

/* DWARF has 65 for the link register, which is followed as 63. */
static const __u8 powerpc[] = {
	0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13,   14,   15,   16,   17, 18,
	19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, NONE, NONE, NONE, NONE, 63,
};

/* DWARF has the floating-point registers in another order; compilers save others in them. */
static const __u8 s390[] = {
	0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,   16,
	20, 17, 21, 18, 22, 19, 23, 24, 28, 25, 29, 26, 30, 27, 31, NONE, NONE,
};

#define LIST(name) .dwarf = name, .count = sizeof(name)

static const struct unwind_machine machines[] = {
	{ EM_X86_64, 8, PERF_REG_X86_IP, 7, 6, 0, 1, 0, 0, 0, LIST(x86_64) },
	{ EM_386, 4, PERF_REG_X86_IP, 4, 5, 0, 1, 0, 0, 0, LIST(i386) },
	{ EM_AARCH64, 8, PERF_REG_ARM64_PC, 31, 29, 0, 1, 0, 0, 48, LIST(arm64) },
	{ EM_ARM, 4, PERF_REG_ARM_PC, 13, 11, 0, 0, 0, 0, 0, LIST(arm) },
	{ EM_RISCV, 8, PERF_REG_RISCV_PC, 2, 8, -2, -1, 0, 0, 0, LIST(pc_and_31) },
	{ EM_PPC64, 8, PERF_REG_POWERPC_NIP, 1, 31, 0, 0, 65, 63, 0, LIST(powerpc) },
	{ EM_S390, 8, PERF_REG_S390_PC, 15, 11, 0, 0, 0, 0, 0, LIST(s390) },
	{ EM_LOONGARCH, 8, PERF_REG_LOONGARCH_PC, 3, 22, -2, -1, 0, 0, 0, LIST(pc_and_31) },
};

const struct unwind_machine *perfev_unwind_machine(__u16 elf_machine, __u64 abi)
{
	__u16 wanted = elf_machine;

	if (abi == PERF_SAMPLE_REGS_ABI_32 && elf_machine == EM_X86_64)
		wanted = EM_386;
	else if (abi == PERF_SAMPLE_REGS_ABI_32 && elf_machine == EM_AARCH64)
		wanted = EM_ARM;
	else if (abi == PERF_SAMPLE_REGS_ABI_32 && elf_machine != EM_386 && elf_machine != EM_ARM)
		return NULL;
	for (unsigned int i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (machines[i].elf == wanted)
			return &machines[i];
	return NULL;
}
