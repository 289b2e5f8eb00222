/* SPDX-License-Identifier: MIT */
/*
 * Evaluates the expressions of call frame information: a stack machine. Whatever an expression
 * says, it ends, and reads nothing but what it is given.
 */
#include <dwarf.h>
#include <limits.h>

#include "cfi.h"

#define MOST_STEPS 1000
#define MOST_VALUES 64

struct stack {
	__u64 values[MOST_VALUES];
	unsigned int count;
};

/* Operations that take two values and leave one. Returns 1, or 0: it is none, or cannot be. */
static int two_to_one(unsigned int atom, __u64 left, __u64 right, __u64 *out)
{
	__s64 a = (__s64)left, b = (__s64)right;

	switch (atom) {
	case DW_OP_and:
		*out = left & right;
		return 1;
	case DW_OP_or:
		*out = left | right;
		return 1;
	case DW_OP_xor:
		*out = left ^ right;
		return 1;
	case DW_OP_plus:
		*out = left + right;
		return 1;
	case DW_OP_minus:
		*out = left - right;
		return 1;
	case DW_OP_mul:
		*out = left * right;
		return 1;
	case DW_OP_shl:
		*out = right < 64 ? left << right : 0;
		return 1;
	case DW_OP_shr:
		*out = right < 64 ? left >> right : 0;
		return 1;
	case DW_OP_shra:
		*out = (__u64)(a >> (right < 64 ? right : 63));
		return 1;
	case DW_OP_eq:
		*out = a == b;
		return 1;
	case DW_OP_ne:
		*out = a != b;
		return 1;
	case DW_OP_lt:
		*out = a < b;
		return 1;
	case DW_OP_le:
		*out = a <= b;
		return 1;
	case DW_OP_gt:
		*out = a > b;
		return 1;
	case DW_OP_ge:
		*out = a >= b;
		return 1;
	case DW_OP_div:
		if (!b || (b == -1 && a == LLONG_MIN))
			return 0;
		*out = (__u64)(a / b);
		return 1;
	case DW_OP_mod:
		if (!right)
			return 0;
		*out = left % right;
		return 1;
	}
	return 0;
}

static int push(struct stack *stack, __u64 value)
{
	if (stack->count == MOST_VALUES)
		return 0;
	stack->values[stack->count++] = value;
	return 1;
}

static int pop(struct stack *stack, __u64 *value)
{
	if (!stack->count)
		return 0;
	*value = stack->values[--stack->count];
	return 1;
}

/* Pushes a copy of the value that lies so deep. */
static int pick(struct stack *stack, __u64 depth)
{
	return depth < stack->count && push(stack, stack->values[stack->count - 1 - depth]);
}

/* Changes the order of the uppermost two or three: the uppermost goes below the others. */
static int turn(struct stack *stack, unsigned int count)
{
	__u64 top;

	if (stack->count < count)
		return 0;
	top = stack->values[stack->count - 1];
	for (unsigned int i = 1; i < count; i++)
		stack->values[stack->count - i] = stack->values[stack->count - 1 - i];
	stack->values[stack->count - count] = top;
	return 1;
}

static int push_register(struct stack *stack, const struct cfi_state *state,
			 const struct unwind_machine *machine, __u64 number, __u64 offset)
{
	__u8 reg = perfev_cfi_register(machine, number);

	return reg != NO_REGISTER && state->known >> reg & 1 &&
	       push(stack, state->registers[reg] + offset);
}

/* Operations on the uppermost value alone. */
static int change_top(struct stack *stack, const Dwarf_Op *op, const struct cfi_state *state)
{
	__u64 value;

	if (!pop(stack, &value))
		return 0;
	switch (op->atom) {
	case DW_OP_abs:
		return push(stack, (__s64)value < 0 ? -value : value);
	case DW_OP_neg:
		return push(stack, -value);
	case DW_OP_not:
		return push(stack, ~value);
	case DW_OP_plus_uconst:
		return push(stack, value + op->number);
	case DW_OP_deref:
		return state->read(state->with, value, state->word, &value) && push(stack, value);
	case DW_OP_deref_size:
		return op->number <= 8 &&
		       state->read(state->with, value, (unsigned int)op->number, &value) &&
		       push(stack, value);
	}
	return 0;
}

/* Does one operation that does not jump. Returns 1, or 0: it cannot be done. */
static int step(struct stack *stack, const Dwarf_Op *op, const struct cfi_state *state,
		const struct unwind_machine *machine)
{
	__u64 left, right, value;

	if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31)
		return push(stack, op->atom - DW_OP_lit0);
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31)
		return push_register(stack, state, machine, op->atom - DW_OP_breg0, op->number);
	if (op->atom >= DW_OP_const1u && op->atom <= DW_OP_consts)
		return push(stack, op->number);
	switch (op->atom) {
	case DW_OP_bregx:
		return push_register(stack, state, machine, op->number, op->number2);
	case DW_OP_call_frame_cfa:
		return push(stack, state->cfa);
	case DW_OP_nop:
		return 1;
	case DW_OP_drop:
		return pop(stack, &value);
	case DW_OP_dup:
		return pick(stack, 0);
	case DW_OP_over:
		return pick(stack, 1);
	case DW_OP_pick:
		return pick(stack, op->number);
	case DW_OP_swap:
		return turn(stack, 2);
	case DW_OP_rot:
		return turn(stack, 3);
	case DW_OP_abs:
	case DW_OP_neg:
	case DW_OP_not:
	case DW_OP_plus_uconst:
	case DW_OP_deref:
	case DW_OP_deref_size:
		return change_top(stack, op, state);
	}
	return pop(stack, &right) && pop(stack, &left) &&
	       two_to_one(op->atom, left, right, &value) && push(stack, value);
}

/* Where a jump goes: the operation at that offset. Returns its number, or count: there is none. */
static size_t target_of(const struct cfi_expression *expression, const Dwarf_Op *jump)
{
	__u64 offset = jump->offset + 3 + jump->number;
	size_t i = 0;

	while (i < expression->count && expression->list[i].offset != offset)
		i++;
	return i;
}

int perfev_cfi_eval(const struct cfi *cfi, __u16 number, const struct cfi_state *state,
		    const struct unwind_machine *machine, __u64 *value)
{
	const struct cfi_expression *expression = &cfi->expressions[number];
	struct stack stack = { .count = 0 };
	size_t at = 0;

	for (int steps = 0; at < expression->count; steps++) {
		const Dwarf_Op *op = &expression->list[at++];
		__u64 condition = 1;

		if (steps == MOST_STEPS)
			return 0;
		if (op->atom == DW_OP_bra && !pop(&stack, &condition))
			return 0;
		if (op->atom == DW_OP_bra || op->atom == DW_OP_skip) {
			at = condition ? target_of(expression, op) : at;
			if (condition && at == expression->count)
				return 0;
			continue;
		}
		if (!step(&stack, op, state, machine))
			return 0;
	}
	return pop(&stack, value);
}
