/* SPDX-License-Identifier: MIT */
/* What a function's code is of: told by the mode that it ran in and the name of its module. */
#include <string.h>

#include "html_data.h"

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static int ends(const char *text, const char *with)
{
	const size_t length = strlen(text), end = strlen(with);

	return length >= end && strcmp(text + length - end, with) == 0;
}

/* Code made at run time: perf's map files, jitdump's, and memory that no file stands behind. */
static int is_jit(const char *module)
{
	const char *base = base_of(module);

	return begins(module, "[JIT]") || begins(module, "//anon") || begins(module, "[anon") ||
	       begins(module, "/memfd:") || begins(module, "/dev/zero") ||
	       begins(base, "jitted-") || (begins(base, "perf-") && ends(base, ".map"));
}

/* libc.so.6, ld-linux-x86-64.so.2, and the kernel's own for programs. */
static int is_library(const char *module)
{
	const char *so = strstr(base_of(module), ".so");

	return begins(module, "[vdso") || begins(module, "[vsyscall]") ||
	       (so && (!so[3] || so[3] == '.'));
}

enum html_kind html_kind_of(const struct profile_function *function)
{
	switch (function->mode) {
	case PERF_RECORD_MISC_KERNEL:
	case PERF_RECORD_MISC_HYPERVISOR:
	case PERF_RECORD_MISC_GUEST_KERNEL:
		return HTML_KERNEL;
	}
	if (!function->module[0] || strcmp(function->module, "[unknown]") == 0)
		return HTML_UNKNOWN;
	if (is_jit(function->module))
		return HTML_JIT;
	return is_library(function->module) ? HTML_LIBRARY : HTML_PROGRAM;
}
