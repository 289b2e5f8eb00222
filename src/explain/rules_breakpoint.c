/* SPDX-License-Identifier: MIT */
/*
 * Rules about breakpoints: what can be watched, at which lengths and addresses. Processors differ
 * (x86 cannot watch reads alone, powerpc no execution), so each holds only where its mend helps.
 */
#include "rules.h"

static int is_breakpoint(const struct request *request)
{
	return request->attr.type == PERF_TYPE_BREAKPOINT;
}

static int kind_known(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u32 kind = work->attr.bp_type;

	if (!is_breakpoint(work) || (kind >= HW_BREAKPOINT_R && kind <= HW_BREAKPOINT_X))
		return 0;
	work->attr.bp_type = HW_BREAKPOINT_W;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_VALUE, "bp_type", kind);
	perfev_why_reason(why,
			  "bp_type is %u, but what can be watched is HW_BREAKPOINT_R (1), W (2), "
			  "RW (3) or X (4)",
			  kind);
	return 1;
}

static int length_of_code(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u64 length = work->attr.bp_len;

	if (!is_breakpoint(work) || !(work->attr.bp_type & HW_BREAKPOINT_X) ||
	    length == sizeof(long))
		return 0;
	work->attr.bp_len = sizeof(long);
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_VALUE, "bp_len", length);
	perfev_why_reason(why,
			  "bp_len is %llu, but of a breakpoint on execution it has to be "
			  "sizeof(long), %zu",
			  (unsigned long long)length, sizeof(long));
	return 1;
}

static int length_of_data(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u64 length = work->attr.bp_len;

	if (!is_breakpoint(work) || (work->attr.bp_type & HW_BREAKPOINT_X) || length == 1 ||
	    length == 2 || length == 4 || length == 8)
		return 0;
	work->attr.bp_len = length > 8 ? 8 : length > 4 ? 4 : length > 2 ? 2 : 1;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_VALUE, "bp_len", length);
	perfev_why_reason(why, "bp_len is %llu, but a breakpoint watches 1, 2, 4 or 8 bytes",
			  (unsigned long long)length);
	return 1;
}

static int address_aligned(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u64 length = work->attr.bp_len;
	const __u64 address = work->attr.bp_addr;

	if (!is_breakpoint(work) || !length || (length & (length - 1)) || !(address & (length - 1)))
		return 0;
	work->attr.bp_addr = address & ~(length - 1);
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CONFLICT, "bp_addr", address);
	perfev_why_reason(why, "bp_addr is %#llx, which is no multiple of bp_len, %llu",
			  (unsigned long long)address, (unsigned long long)length);
	perfev_why_remedy(why, "watch with a smaller bp_len");
	return 1;
}

static int reads_alone(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!is_breakpoint(work) || work->attr.bp_type != HW_BREAKPOINT_R)
		return 0;
	work->attr.bp_type = HW_BREAKPOINT_RW;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_MACHINE, "bp_type", HW_BREAKPOINT_R);
	perfev_why_reason(why,
			  "bp_type is HW_BREAKPOINT_R (1), but this processor cannot watch reads "
			  "without writes");
	return 1;
}

static int execution(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u32 kind = work->attr.bp_type;

	if (!is_breakpoint(work) || kind != HW_BREAKPOINT_X)
		return 0;
	work->attr.bp_type = HW_BREAKPOINT_RW;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_MACHINE, "bp_type", kind);
	perfev_why_reason(
		why, "bp_type is HW_BREAKPOINT_X (4), but this processor has no breakpoints on "
		     "execution");
	perfev_why_remedy(why, "use a uprobe");
	return 1;
}

/* The kernel's half of the addresses. */
static int address_of_user(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u64 address = work->attr.bp_addr;

	if (!is_breakpoint(work) || !work->attr.exclude_kernel || !(address >> 63))
		return 0;
	work->attr.exclude_kernel = 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CONFLICT, "exclude_kernel", 1);
	perfev_why_reason(why,
			  "exclude_kernel is 1, but bp_addr, %#llx, is an address of the kernel",
			  (unsigned long long)address);
	return 1;
}

perfev_rule *const perfev_rules_breakpoint[] = {
	kind_known,      reads_alone,     length_of_code, length_of_data,
	address_aligned, address_of_user, execution,      NULL,
};
