/* SPDX-License-Identifier: MIT */
/*
 * elfutils' unwinder on a sample of this process: one session for all of them, into which each
 * sample's registers and stack are put.
 */
#include "by_dwfl.h"

#include <elfutils/libdwfl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <perfev/regs.h>

struct by_dwfl {
	Dwfl *dwfl;
	const struct perfev_record *sample;
	__u64 stack_begin;
	__u64 *addresses;
	unsigned int room, count;
};

#if defined(__x86_64__)
#define SP PERF_REG_X86_SP
/* By DWARF's numbers; the last is the program counter. */
static const unsigned char order[] = {
	PERF_REG_X86_AX,  PERF_REG_X86_DX,  PERF_REG_X86_CX,  PERF_REG_X86_BX,  PERF_REG_X86_SI,
	PERF_REG_X86_DI,  PERF_REG_X86_BP,  PERF_REG_X86_SP,  PERF_REG_X86_R8,  PERF_REG_X86_R9,
	PERF_REG_X86_R10, PERF_REG_X86_R11, PERF_REG_X86_R12, PERF_REG_X86_R13, PERF_REG_X86_R14,
	PERF_REG_X86_R15, PERF_REG_X86_IP,
};
#elif defined(__aarch64__)
#define SP PERF_REG_ARM64_SP
#define PC_APART PERF_REG_ARM64_PC
static const unsigned char order[] = {
	0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
};
#endif

static char *no_folders = NULL;
static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.debuginfo_path = &no_folders,
};

#ifdef SP

__u64 by_dwfl_registers(void)
{
	__u64 mask = 0;

	for (unsigned int i = 0; i < sizeof(order); i++)
		mask |= 1ULL << order[i];
#ifdef PC_APART
	mask |= 1ULL << PC_APART;
#endif
	return mask;
}

static pid_t next_thread(Dwfl *dwfl, void *with, void **thread_with)
{
	(void)dwfl;
	if (*thread_with)
		return 0;
	*thread_with = with;
	return getpid();
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *with, void **thread_with)
{
	(void)dwfl;
	*thread_with = with;
	return tid == getpid();
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *value, void *with)
{
	struct by_dwfl *state = with;
	const struct perfev_stack *stack = &state->sample->sample.user_stack;
	__u64 into = address - state->stack_begin;

	(void)dwfl;
	if (address < state->stack_begin || stack->size < 8 || into > stack->size - 8)
		return false;
	memcpy(value, (const char *)stack->bytes.bytes + into, 8);
	return true;
}

static bool set_registers(Dwfl_Thread *thread, void *with)
{
	struct by_dwfl *state = with;
	Dwarf_Word values[sizeof(order)];
	__u64 value;

	for (unsigned int i = 0; i < sizeof(order); i++) {
		perfev_registers_get(&state->sample->sample.user_regs, order[i], &value);
		values[i] = value;
	}
#ifdef PC_APART
	perfev_registers_get(&state->sample->sample.user_regs, PC_APART, &value);
	dwfl_thread_state_register_pc(thread, value);
#endif
	return dwfl_thread_state_registers(thread, 0, sizeof(order), values);
}

static const Dwfl_Thread_Callbacks thread_callbacks = {
	.next_thread = next_thread,
	.get_thread = get_thread,
	.memory_read = read_memory,
	.set_initial_registers = set_registers,
};

struct by_dwfl *by_dwfl_open(void)
{
	struct by_dwfl *state = calloc(1, sizeof(*state));

	if (!state)
		return NULL;
	state->dwfl = dwfl_begin(&callbacks);
	if (state->dwfl && dwfl_linux_proc_report(state->dwfl, getpid()) == 0 &&
	    dwfl_report_end(state->dwfl, NULL, NULL) == 0 &&
	    dwfl_attach_state(state->dwfl, NULL, getpid(), &thread_callbacks, state))
		return state;
	by_dwfl_close(state);
	return NULL;
}

static int take_frame(Dwfl_Frame *frame, void *with)
{
	struct by_dwfl *state = with;
	Dwarf_Addr address;

	if (!dwfl_frame_pc(frame, &address, NULL) || state->count == state->room)
		return DWARF_CB_ABORT;
	state->addresses[state->count++] = address;
	return DWARF_CB_OK;
}

unsigned int by_dwfl_unwind(struct by_dwfl *state, const struct perfev_record *sample,
			    __u64 *addresses, unsigned int room)
{
	state->sample = sample;
	state->addresses = addresses;
	state->room = room;
	state->count = 0;
	perfev_registers_get(&sample->sample.user_regs, SP, &state->stack_begin);
	dwfl_getthread_frames(state->dwfl, getpid(), take_frame, state);
	return state->count;
}

#else

__u64 by_dwfl_registers(void)
{
	return 0;
}

struct by_dwfl *by_dwfl_open(void)
{
	return NULL;
}

unsigned int by_dwfl_unwind(struct by_dwfl *state, const struct perfev_record *sample,
			    __u64 *addresses, unsigned int room)
{
	(void)state;
	(void)sample;
	(void)addresses;
	(void)room;
	return 0;
}

#endif

void by_dwfl_close(struct by_dwfl *state)
{
	if (state && state->dwfl)
		dwfl_end(state->dwfl);
	free(state);
}
