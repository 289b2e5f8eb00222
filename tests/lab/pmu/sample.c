// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a sample of perfev_test holds: the same values each time, so that a test can compare all of
 * them. The address is attr.config2; the rest stands here and in README.md.
 */
#include "compat.h"
#include "perfev_pmu.h"

#define SAMPLE_WEIGHT 0x0123456789abcdefULL
#define SAMPLE_TRANSACTION (PERF_TXN_ELISION | PERF_TXN_CONFLICT | 0x5aULL << PERF_TXN_ABORT_SHIFT)
#define SAMPLE_SOURCE                                                                              \
	(PERF_MEM_S(OP, LOAD) | PERF_MEM_S(LVL, HIT) | PERF_MEM_S(LVL, L2) |                       \
	 PERF_MEM_S(SNOOP, NONE) | PERF_MEM_S(LOCK, LOCKED) | PERF_MEM_S(TLB, HIT) |               \
	 PERF_MEM_S(TLB, L1))
#define SAMPLE_HW_INDEX 5

/* Branches, the newest first. User space lies below 2^32, the kernel from KERNEL_SPACE on. */
#define KERNEL_SPACE 0xffff800000000000ULL

#define BRANCH(origin, target, what, whose, ...)                                                   \
	{ .from = (origin),                                                                        \
	  .to = (target),                                                                          \
	  .type = PERF_BR_##what,                                                                  \
	  .priv = PERF_BR_PRIV_##whose,                                                            \
	  __VA_ARGS__ }

static const struct perf_branch_entry branches[PERFEV_BRANCHES] = {
	BRANCH(0x400010, 0x400100, COND, USER, .predicted = 1, .cycles = 10),
	BRANCH(0x400120, 0x400200, COND, USER, .mispred = 1, .cycles = 21),
	BRANCH(0x400230, 0x400300, CALL, USER, .predicted = 1, .cycles = 32),
	BRANCH(0x400340, 0x400400, IND_CALL, USER, .mispred = 1, .cycles = 43),
	BRANCH(0x400450, 0x400500, RET, USER, .predicted = 1, .cycles = 54),
	BRANCH(0x400560, 0x400600, IND, USER, .predicted = 1, .in_tx = 1, .cycles = 65),
	BRANCH(0x400670, 0x400700, UNCOND, USER, .predicted = 1, .in_tx = 1, .abort = 1,
	       .cycles = 65535),
	BRANCH(KERNEL_SPACE + 0x80, KERNEL_SPACE + 0x800, CALL, KERNEL, .predicted = 1),
};

/* Which types of branches a bit of attr.branch_sample_type asks for. */
static const struct {
	u64 asked;
	u32 types;
} kinds[] = {
	{ PERF_SAMPLE_BRANCH_ANY, ~0U },
	{ PERF_SAMPLE_BRANCH_ANY_CALL, BIT(PERF_BR_CALL) | BIT(PERF_BR_IND_CALL) },
	{ PERF_SAMPLE_BRANCH_ANY_RETURN, BIT(PERF_BR_RET) },
	{ PERF_SAMPLE_BRANCH_IND_CALL, BIT(PERF_BR_IND_CALL) },
	{ PERF_SAMPLE_BRANCH_COND, BIT(PERF_BR_COND) },
	{ PERF_SAMPLE_BRANCH_IND_JUMP, BIT(PERF_BR_IND) },
	{ PERF_SAMPLE_BRANCH_CALL, BIT(PERF_BR_CALL) },
};

#define WHOSE (PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_KERNEL | PERF_SAMPLE_BRANCH_HV)
#define WHAT_OF_IT                                                                                 \
	(PERF_SAMPLE_BRANCH_NO_FLAGS | PERF_SAMPLE_BRANCH_NO_CYCLES |                              \
	 PERF_SAMPLE_BRANCH_TYPE_SAVE | PERF_SAMPLE_BRANCH_HW_INDEX |                              \
	 PERF_SAMPLE_BRANCH_PRIV_SAVE)

bool perfev_branches_supported(const struct perf_event *event)
{
	u64 known = WHOSE | WHAT_OF_IT;
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		known |= kinds[i].asked;
	return !(event->attr.branch_sample_type & ~known);
}

static bool is_asked_for(const struct perf_branch_entry *branch, u64 asked)
{
	u64 whose = branch->priv == PERF_BR_PRIV_KERNEL ? PERF_SAMPLE_BRANCH_KERNEL :
							  PERF_SAMPLE_BRANCH_USER;
	u32 types = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (asked & kinds[i].asked)
			types |= kinds[i].types;
	return asked & whose && types & BIT(branch->type);
}

/* Takes from a branch what the event does not want to know of it, or did not ask to. */
static void strip(struct perf_branch_entry *branch, u64 asked)
{
	if (asked & PERF_SAMPLE_BRANCH_NO_FLAGS) {
		branch->mispred = 0;
		branch->predicted = 0;
		branch->in_tx = 0;
		branch->abort = 0;
	}
	if (asked & PERF_SAMPLE_BRANCH_NO_CYCLES)
		branch->cycles = 0;
	if (!(asked & PERF_SAMPLE_BRANCH_TYPE_SAVE))
		branch->type = 0;
	if (!(asked & PERF_SAMPLE_BRANCH_PRIV_SAVE))
		branch->priv = 0;
}

struct branch_stack {
	struct perf_branch_stack head;
	struct perf_branch_entry entries[PERFEV_BRANCHES];
};

static void fill(struct branch_stack *stack, u64 asked)
{
	int i;

	stack->head.nr = 0;
	stack->head.hw_idx = SAMPLE_HW_INDEX;
	for (i = 0; i < PERFEV_BRANCHES; i++) {
		struct perf_branch_entry *entry = &stack->entries[stack->head.nr];

		if (!is_asked_for(&branches[i], asked))
			continue;
		*entry = branches[i];
		strip(entry, asked);
		stack->head.nr++;
	}
}

void perfev_sample(struct perf_event *event, struct pt_regs *regs)
{
	struct perf_sample_data data;
	struct branch_stack stack;

	perf_sample_data_init(&data, event->attr.config2, event->hw.last_period);
	data.weight.full = SAMPLE_WEIGHT;
	data.txn = SAMPLE_TRANSACTION;
	data.data_src.val = SAMPLE_SOURCE;
	data.sample_flags |=
		event->attr.sample_type &
		(PERF_SAMPLE_WEIGHT_TYPE | PERF_SAMPLE_TRANSACTION | PERF_SAMPLE_DATA_SRC);
	if (has_branch_stack(event)) {
		fill(&stack, event->attr.branch_sample_type);
		perfev_save_branches(&data, event, &stack.head);
	}
	if (perfev_event_overflow(event, &data, regs))
		event->pmu->stop(event, 0);
}
