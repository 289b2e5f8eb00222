/* SPDX-License-Identifier: MIT */
/*
 * Stacks of samples: the kernel's part as its callchain has it, the user's part from whichever says
 * most. Callers are looked up at the call, one byte before the address where they go on.
 */
#include <errno.h>
#include <string.h>

#include "mapped.h"

/* No unwound stack is deeper than this. */
#define UNWOUND_MOST 1024U
/* Of a guest, whichever part. No cpumode has this value. */
#define GUEST_MODE 7U

struct walk {
	struct perfev_symbols *symbols;
	struct process *process; /* or NULL */
	const struct perfev_record *sample;
	struct perfev_frames *out;
	__u16 mode;      /* of what follows in the chain */
	__u8 is_exact;   /* the next address is no caller's */
	__u8 skips_user; /* the user's part comes from elsewhere */
	__u64 user;      /* its first address in the chain, or 0 */
	__u32 users;     /* how many addresses it has there */
};

static __u16 mode_of(const struct perfev_record *sample)
{
	return sample->misc & PERF_RECORD_MISC_CPUMODE_MASK;
}

/* Adds a frame, of the instruction so many bytes before an address. Returns 0 or -ENOMEM. */
static int add(struct walk *walk, __u16 mode, __u64 address, unsigned int before, int is_caller)
{
	struct perfev_frames *out = walk->out;
	struct perfev_frame *frame = out->list + out->count;

	if (!address)
		return 0;
	if (out->count >= out->room) {
		out->is_cut = 1;
		return 0;
	}
	if (mode == GUEST_MODE)
		mode = address >> 63 ? PERF_RECORD_MISC_GUEST_KERNEL : PERF_RECORD_MISC_GUEST_USER;
	if (perfev_frame_find(walk->symbols, walk->process, mode, address, before, frame) < 0)
		return -ENOMEM;
	frame->is_caller = (__u8)is_caller;
	out->count++;
	return 0;
}

/* What a mark in a chain says of those that follow. */
static __u16 mode_of_mark(__u64 mark)
{
	switch (mark) {
	case PERF_CONTEXT_HV:
		return PERF_RECORD_MISC_HYPERVISOR;
	case PERF_CONTEXT_KERNEL:
		return PERF_RECORD_MISC_KERNEL;
	case PERF_CONTEXT_USER:
	case PERF_CONTEXT_USER_DEFERRED:
		return PERF_RECORD_MISC_USER;
	case PERF_CONTEXT_GUEST:
		return GUEST_MODE;
	case PERF_CONTEXT_GUEST_KERNEL:
		return PERF_RECORD_MISC_GUEST_KERNEL;
	case PERF_CONTEXT_GUEST_USER:
		return PERF_RECORD_MISC_GUEST_USER;
	default:
		return PERF_RECORD_MISC_CPUMODE_UNKNOWN;
	}
}

/* Adds the address where the chain begins: the sample's own says it more exactly. */
static int add_first(struct walk *walk, __u64 address)
{
	const struct perfev_record *sample = walk->sample;
	const __u16 mode = mode_of(sample);
	int result;

	if (!(sample->have & PERF_SAMPLE_IP))
		return add(walk, walk->mode, address, 0, 0);
	if (mode == walk->mode || mode == PERF_RECORD_MISC_CPUMODE_UNKNOWN)
		return add(walk, walk->mode, sample->sample.ip, 0, 0);
	/* A chain that leaves the kernel out begins below where the sample was. */
	if (walk->mode == PERF_RECORD_MISC_USER) {
		result = add(walk, mode, sample->sample.ip, 0, 0);
		return result < 0 ? result : add(walk, walk->mode, address, 0, 1);
	}
	return add(walk, walk->mode, address, 0, 0);
}

/* Where no file is mapped, nobody called from: the chain followed what is no frame pointer. */
static int add_caller(struct walk *walk, __u64 address, int is_exact)
{
	struct perfev_frames *out = walk->out;
	const __u32 count = out->count;
	int result = add(walk, walk->mode, address, !is_exact, 1);

	if (result == 0 && walk->mode == PERF_RECORD_MISC_USER && out->count > count &&
	    !out->list[count].module && out->list[count - 1].module) {
		out->is_cut = 1;
		if (!out->reason)
			out->reason = "a caller is no code, as where frame pointers are not kept";
	}
	return result;
}

static int add_chained(struct walk *walk, __u64 address)
{
	const int is_exact = walk->is_exact;

	if (!address)
		return 0;
	walk->is_exact = 0;
	if (walk->mode == PERF_RECORD_MISC_USER) {
		walk->user = walk->users++ ? walk->user : address;
		if (walk->skips_user)
			return 0;
	}
	if (!walk->out->count)
		return add_first(walk, address);
	return add_caller(walk, address, is_exact);
}

static int add_chain(struct walk *walk, const struct perfev_words *chain)
{
	__u32 marks = 0;
	int result = 0;

	walk->is_exact = 1;
	for (__u32 i = 0; i < chain->count && result == 0; i++) {
		const __u64 address = perfev_words_get(chain, i);

		if (address < PERF_CONTEXT_MAX) {
			result = add_chained(walk, address);
			continue;
		}
		marks++;
		walk->mode = mode_of_mark(address);
		/* Where a context begins, it was interrupted, and did not call. */
		walk->is_exact = 1;
		if (address == PERF_CONTEXT_USER_DEFERRED) {
			walk->out->is_deferred = 1;
			walk->out->cookie = perfev_words_get(chain, ++i);
			marks++;
		}
	}
	if (chain->count - marks >= walk->symbols->registry->chain_most)
		walk->out->is_cut = 1;
	if (walk->out->count)
		walk->out->source = PERFEV_STACK_CALLCHAIN;
	return result;
}

static int has_user_stack(const struct perfev_record *sample)
{
	return sample->have & PERF_SAMPLE_STACK_USER && sample->have & PERF_SAMPLE_REGS_USER &&
	       sample->sample.user_regs.abi != PERF_SAMPLE_REGS_ABI_NONE &&
	       sample->sample.user_stack.size;
}

static int has_call_stack(const struct perfev_record *sample)
{
	return sample->have & PERF_SAMPLE_BRANCH_STACK && sample->sample.branches.count &&
	       sample->layout && sample->layout->branch_sample_type & PERF_SAMPLE_BRANCH_CALL_STACK;
}

/* Where the user's part begins: where it was sampled, where it entered the kernel, or not known. */
static __u64 user_address(const struct walk *walk)
{
	const struct perfev_record *sample = walk->sample;

	if (mode_of(sample) == PERF_RECORD_MISC_USER && sample->have & PERF_SAMPLE_IP)
		return sample->sample.ip;
	return walk->user;
}

/* Returns 1: it was unwound, 0: the chain says more, or -ENOMEM. */
static int add_unwound(struct walk *walk)
{
	struct perfev_frames *out = walk->out;
	struct unwound list[UNWOUND_MOST];
	const char *reason = NULL;
	long count;

	if (!walk->process)
		return 0;
	count = perfev_unwind(walk->symbols, walk->process, walk->sample, list, UNWOUND_MOST,
			      &reason);
	if (count < 0)
		return (int)count;
	out->reason = reason;
	if (!count || (count == 1 && walk->users > 1))
		return 0;
	out->is_cut |= reason || count > (long)UNWOUND_MOST;
	if (user_address(walk))
		list[0].address = user_address(walk);
	for (long i = 0; i < count && i < (long)UNWOUND_MOST; i++)
		if (add(walk, PERF_RECORD_MISC_USER, list[i].address, !list[i].is_exact,
			out->count > 0) < 0)
			return -ENOMEM;
	out->source = PERFEV_STACK_UNWOUND;
	return 1;
}

/* The calls that were not returned from yet, the newest first: each is where the call itself is. */
static int add_calls(struct walk *walk)
{
	const struct perfev_branches *branches = &walk->sample->sample.branches;
	struct perfev_branch branch;
	__u64 address = user_address(walk);
	__u32 i = 0;

	/* Where in the function that was called last is not known, only which one it is. */
	if (!address && perfev_branches_get(branches, 0, &branch))
		address = branch.to;
	if (add(walk, PERF_RECORD_MISC_USER, address, 0, walk->out->count > 0) < 0)
		return -ENOMEM;
	for (; perfev_branches_get(branches, i, &branch); i++) {
		const __u16 mode =
			branch.from >> 63 ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER;

		if (add(walk, mode, branch.from, 0, 1) < 0)
			return -ENOMEM;
	}
	/* The processor remembers so many; of more, the oldest are gone. */
	walk->out->is_cut |= i == 8 || i == 16 || i == 32;
	walk->out->source = PERFEV_STACK_BRANCHES;
	return 1;
}

/* The user's part by its chain, now or later. */
static int add_user_chain(struct walk *walk, const struct perfev_record *deferred)
{
	if (walk->out->is_deferred) {
		if (!deferred || deferred->type != PERF_RECORD_CALLCHAIN_DEFERRED ||
		    deferred->callchain_deferred.cookie != walk->out->cookie)
			return 0;
		walk->out->is_deferred = 0;
		walk->mode = PERF_RECORD_MISC_USER;
		return add_chain(walk, &deferred->callchain_deferred.ips);
	}
	/* Once more, from where the user's part was skipped. */
	if (!walk->skips_user || !walk->users)
		return 0;
	walk->skips_user = 0;
	walk->out->count = 0;
	walk->users = 0;
	walk->mode = mode_of(walk->sample);
	return add_chain(walk, &walk->sample->sample.callchain);
}

int perfev_symbols_stack(struct perfev_symbols *symbols, const struct perfev_record *sample,
			 const struct perfev_record *deferred, struct perfev_frames *out)
{
	struct walk walk = { .symbols = symbols, .sample = sample, .out = out };
	const int has_stack = has_user_stack(sample), has_calls = has_call_stack(sample);
	int result;

	out->count = 0;
	out->source = PERFEV_STACK_ADDRESS;
	out->is_cut = out->is_deferred = 0;
	out->cookie = 0;
	out->reason = NULL;
	if (sample->type != PERF_RECORD_SAMPLE)
		return -EINVAL;
	walk.process = perfev_process_find(symbols, sample->pid);
	walk.mode = mode_of(sample);
	walk.skips_user = has_stack || has_calls;
	result = sample->have & PERF_SAMPLE_CALLCHAIN ?
			 add_chain(&walk, &sample->sample.callchain) :
			 0;
	if (result == 0 && !out->count && mode_of(sample) != PERF_RECORD_MISC_USER &&
	    walk.skips_user && sample->have & PERF_SAMPLE_IP)
		result = add(&walk, mode_of(sample), sample->sample.ip, 0, 0);
	if (result == 0 && has_stack)
		result = add_unwound(&walk);
	if (result == 0 && has_calls)
		result = add_calls(&walk);
	if (result == 0)
		result = add_user_chain(&walk, deferred);
	if (result < 0)
		return result;
	if (out->count || !out->room)
		return 0;
	out->is_cut |= out->reason != NULL;
	if (!(sample->have & PERF_SAMPLE_IP) || !sample->sample.ip)
		return -ENOENT;
	return add(&walk, mode_of(sample), sample->sample.ip, 0, 0);
}
