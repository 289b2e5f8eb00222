/* SPDX-License-Identifier: MIT */
/* The words of perfev record's arguments; see words.h. */
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <perfev.h>

struct unit {
	char letter;
	__u64 factor;
};

static int with_unit(const char *text, const struct unit *units, __u64 *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno || end == text || *text == '-')
		return -EINVAL;
	if (!*end)
		return units->letter ? -EINVAL : 0;
	for (; units->factor; units++) {
		if (*end != units->letter || end[1] || *value > ~0ULL / units->factor)
			continue;
		*value *= units->factor;
		return 0;
	}
	return -EINVAL;
}

int words_bytes(const char *text, __u64 *bytes)
{
	static const struct unit units[] = {
		{ 0, 1 },
		{ 'B', 1 },
		{ 'K', 1ULL << 10 },
		{ 'M', 1ULL << 20 },
		{ 'G', 1ULL << 30 },
		{ 'T', 1ULL << 40 },
		{ 0, 0 },
	};

	return with_unit(text, units, bytes);
}

int words_time(const char *text, __u64 *ns)
{
	static const struct unit units[] = {
		{ 's', 1000000000ULL },
		{ 'm', 60 * 1000000000ULL },
		{ 'h', 3600 * 1000000000ULL },
		{ 'd', 86400 * 1000000000ULL },
		{ 0, 0 },
	};

	return with_unit(text, units, ns);
}

int words_branches(char *list, __u64 *branch_type, const char **wrong)
{
	static const struct {
		const char *name;
		__u64 bits;
	} names[] = {
		{ "any", PERF_SAMPLE_BRANCH_ANY },
		{ "any_call", PERF_SAMPLE_BRANCH_ANY_CALL },
		{ "any_ret", PERF_SAMPLE_BRANCH_ANY_RETURN },
		{ "ind_call", PERF_SAMPLE_BRANCH_IND_CALL },
		{ "call", PERF_SAMPLE_BRANCH_CALL },
		{ "u", PERF_SAMPLE_BRANCH_USER },
		{ "k", PERF_SAMPLE_BRANCH_KERNEL },
		{ "hv", PERF_SAMPLE_BRANCH_HV },
		{ "in_tx", PERF_SAMPLE_BRANCH_IN_TX },
		{ "no_tx", PERF_SAMPLE_BRANCH_NO_TX },
		{ "abort_tx", PERF_SAMPLE_BRANCH_ABORT_TX },
		{ "cond", PERF_SAMPLE_BRANCH_COND },
		{ "ind_jmp", PERF_SAMPLE_BRANCH_IND_JUMP },
		{ "stack", PERF_SAMPLE_BRANCH_CALL_STACK },
		{ "no_flags", PERF_SAMPLE_BRANCH_NO_FLAGS },
		{ "no_cycles", PERF_SAMPLE_BRANCH_NO_CYCLES },
		{ "save_type", PERF_SAMPLE_BRANCH_TYPE_SAVE },
		{ "hw_index", PERF_SAMPLE_BRANCH_HW_INDEX },
		{ "priv", PERF_SAMPLE_BRANCH_PRIV_SAVE },
		{ "counter", PERF_SAMPLE_BRANCH_COUNTERS },
	};
	const __u64 modes =
		PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_KERNEL | PERF_SAMPLE_BRANCH_HV;

	*branch_type = 0;
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		size_t i = 0;

		while (i < sizeof(names) / sizeof(names[0]) && strcmp(names[i].name, word) != 0)
			i++;
		*wrong = word;
		if (i == sizeof(names) / sizeof(names[0]))
			return -EINVAL;
		*branch_type |= names[i].bits;
	}
	/* Modes alone mean all branches in them. */
	if (!(*branch_type & ~modes))
		*branch_type |= PERF_SAMPLE_BRANCH_ANY;
	return 0;
}

/* The set of this machine's registers, and those that unwinding needs: all general ones. */
#if defined(__x86_64__)
#define REGISTERS PERFEV_SET_REGS_X86
#define UNWINDING                                                                                  \
	(((1ULL << PERF_REG_X86_64_MAX) - 1) &                                                     \
	 ~(1ULL << PERF_REG_X86_DS | 1ULL << PERF_REG_X86_ES | 1ULL << PERF_REG_X86_FS |           \
	   1ULL << PERF_REG_X86_GS))
#elif defined(__i386__)
#define REGISTERS PERFEV_SET_REGS_X86
#define UNWINDING ((1ULL << PERF_REG_X86_32_MAX) - 1)
#elif defined(__aarch64__)
#define REGISTERS PERFEV_SET_REGS_ARM64
#define UNWINDING ((1ULL << PERF_REG_ARM64_MAX) - 1)
#elif defined(__arm__)
#define REGISTERS PERFEV_SET_REGS_ARM
#define UNWINDING ((1ULL << PERF_REG_ARM_MAX) - 1)
#elif defined(__riscv)
#define REGISTERS PERFEV_SET_REGS_RISCV
#define UNWINDING ((1ULL << PERF_REG_RISCV_MAX) - 1)
#elif defined(__powerpc__)
#define REGISTERS PERFEV_SET_REGS_POWERPC
#define UNWINDING ((1ULL << PERF_REG_POWERPC_DAR) - 1)
#elif defined(__s390__)
#define REGISTERS PERFEV_SET_REGS_S390
#define UNWINDING ((1ULL << PERF_REG_S390_MAX) - 1)
#elif defined(__loongarch__)
#define REGISTERS PERFEV_SET_REGS_LOONGARCH
#define UNWINDING ((1ULL << PERF_REG_LOONGARCH_MAX) - 1)
#elif defined(__mips__)
#define REGISTERS PERFEV_SET_REGS_MIPS
#define UNWINDING ((1ULL << PERF_REG_MIPS_MAX) - 1)
#else
#define REGISTERS PERFEV_SET_NONE
#define UNWINDING 0
#endif

int words_registers(char *list, __u64 *mask, const char **wrong)
{
	*mask = list ? 0 : UNWINDING;
	for (char *word = list ? strtok(list, ",") : NULL; word; word = strtok(NULL, ",")) {
		struct perfev_name name;

		*wrong = word;
		if (perfev_set_find_name(REGISTERS, word, &name) <= 0 || name.value > 63)
			return -EINVAL;
		*mask |= 1ULL << name.value;
	}
	return 0;
}

void words_list_registers(FILE *file)
{
	const char *between = "";

	for (unsigned int i = 0; i < 64; i++) {
		const char *name = (UNWINDING) >> i & 1 ? perfev_set_brief(REGISTERS, i) : NULL;

		if (!name)
			continue;
		fprintf(file, "%s%s", between, name);
		between = " ";
	}
	fputc('\n', file);
}

__u64 words_unwinding_registers(void)
{
	return UNWINDING;
}

int words_clock(const char *text, __s32 *clockid)
{
	static const struct {
		const char *name;
		__s32 clock;
	} clocks[] = {
		{ "monotonic", CLOCK_MONOTONIC }, { "monotonic_raw", CLOCK_MONOTONIC_RAW },
		{ "boottime", CLOCK_BOOTTIME },   { "tai", CLOCK_TAI },
		{ "realtime", CLOCK_REALTIME },   { "mono", CLOCK_MONOTONIC },
		{ "raw", CLOCK_MONOTONIC_RAW },   { "boot", CLOCK_BOOTTIME },
		{ "real", CLOCK_REALTIME },
	};
	char *end;

	if (strncasecmp(text, "CLOCK_", 6) == 0)
		text += 6;
	*clockid = (__s32)strtol(text, &end, 10);
	if (end != text && !*end)
		return 0;
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		if (strcasecmp(clocks[i].name, text) != 0)
			continue;
		*clockid = clocks[i].clock;
		return 0;
	}
	return -EINVAL;
}
