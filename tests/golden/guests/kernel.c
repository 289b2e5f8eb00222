/* SPDX-License-Identifier: MIT */
/*
 * A program without any library that has the kernel take samples, in a module's code, while it is
 * called from functions of known names: x86-64, and the lab's test PMU.
 */
#include <stddef.h>

#define HIT "/sys/bus/event_source/devices/perfev_test/hit"
#define OPEN 2
#define WRITE 1
#define WRITE_ONLY 1

__asm__(".globl _start\n_start:\n"
	".cfi_startproc\n.cfi_undefined rip\n"
	"xor %ebp, %ebp\ncall do_all\nmov $231, %eax\nxor %edi, %edi\nsyscall\n"
	".cfi_endproc\n");

/* By hand, as a compiler gives what calls nothing no frame. */
long call_kernel(long number, long first, long second, long third);
__asm__(".type call_kernel, @function\ncall_kernel:\n"
	"push %rbp\nmov %rsp, %rbp\n"
	"mov %rdi, %rax\nmov %rsi, %rdi\nmov %rdx, %rsi\nmov %rcx, %rdx\nsyscall\n"
	"pop %rbp\nret\n.size call_kernel, . - call_kernel\n");

/* Samples of the kernel at one return to this program, or of the program itself. */
__attribute__((noinline)) static long hit(const char *text, long length)
{
	long fd = call_kernel(OPEN, (long)HIT, WRITE_ONLY, 0);

	return call_kernel(WRITE, fd, (long)text, length);
}

__attribute__((noinline)) static long outer(void)
{
	return hit("1 3 0 0 k", 9) + 1;
}

__attribute__((noinline)) static long other(void)
{
	return hit("1 2 0 0 u", 9) + 2;
}

static volatile long sink;

void do_all(void);
void do_all(void)
{
	sink += outer();
	sink += other();
}
