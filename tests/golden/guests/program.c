/* SPDX-License-Identifier: MIT */
/*
 * A program without any library, so that it is small, whose stacks are recorded in guests of the
 * lab. It keeps frame pointers besides what unwinding needs; record, beside it, makes it.
 */
#include <stddef.h>

static volatile long sink;

#if defined(__aarch64__)
__asm__(".globl _start\n_start:\n"
	".cfi_startproc\n.cfi_undefined x30\n"
	"mov x29, #0\nbl do_all\nmov x0, #0\nmov x8, #94\nsvc #0\n"
	".cfi_endproc\n");
#elif defined(__riscv)
__asm__(".globl _start\n_start:\n"
	".cfi_startproc\n.cfi_undefined ra\n"
	"li s0, 0\ncall do_all\nli a0, 0\nli a7, 94\necall\n"
	".cfi_endproc\n");
#elif defined(__powerpc64__)
__asm__(".globl _start\n.type _start, @function\n_start:\n"
	".cfi_startproc\n.cfi_undefined lr\n"
	"addis 2, 12, .TOC.-_start@ha\naddi 2, 2, .TOC.-_start@l\n"
	"li 0, 0\nstdu 0, -64(1)\nbl do_all\nnop\nli 0, 234\nli 3, 0\nsc\n"
	".cfi_endproc\n");
#elif defined(__x86_64__)
__asm__(".globl _start\n_start:\n"
	".cfi_startproc\n.cfi_undefined rip\n"
	"xor %ebp, %ebp\ncall do_all\nmov $231, %eax\nxor %edi, %edi\nsyscall\n"
	".cfi_endproc\n");
#else
#error "no beginning for this processor"
#endif

__attribute__((noinline)) static long work(long rounds)
{
	volatile long value = sink;

	for (long i = 0; i < rounds; i++)
		value = value * 1103515245 + (i ^ value >> 7);
	return value;
}

__attribute__((noinline)) static long recurse(unsigned int depth, long rounds)
{
	volatile char room[48];

	room[depth % sizeof(room)] = (char)depth;
	if (!depth)
		return work(rounds);
	return recurse(depth - 1, rounds) + room[depth % sizeof(room)];
}

/* Its frame's size is known only when it runs. */
__attribute__((noinline)) static long with_room(unsigned int size, long rounds)
{
	volatile char *room = __builtin_alloca(size);

	for (unsigned int i = 0; i < size; i++)
		room[i] = (char)size;
	return recurse(size % 7, rounds) + room[size / 2];
}

/* Many arguments, and registers that are saved: rows of another kind than the others have. */
__attribute__((noinline)) static long busy(long a, long b, long c, long d, long e, long f, long g,
					   long h, long i)
{
	long first = work(a), second = work(b), third = work(c);

	return first * d + second * e + third * f + g + h + i + recurse(2, b);
}

void do_all(void);
void do_all(void)
{
	for (int round = 0; round < 6; round++) {
		sink += recurse(9, 60000);
		sink += with_room(200, 40000);
		sink += with_room(17, 40000);
		sink += busy(9000, 9000, 9000, 1, 2, 3, 4, 5, 6);
	}
}
