/* SPDX-License-Identifier: MIT */
/* What exports call the things of a profile: the same in every format. */
#ifndef PERFEV_CLI_EXPORT_NAMES_H
#define PERFEV_CLI_EXPORT_NAMES_H

#include "../profile/profile.h"
#include "intern.h"

/* Three texts as one, to be freed by the caller; NULL without memory. */
char *export_joined(const char *first, const char *second, const char *third);

/*
 * A function's name, or, where there is no symbol, what stackcollapse-perf writes: "[libc.so.6]",
 * "[kernel.kallsyms]", "[unknown]". UTF-8, without control characters; to be freed by the caller;
 * NULL without memory.
 */
char *export_function_name(const struct profile_function *function);

/* Whether an event's weights are nanoseconds. */
int export_is_clock(const char *event);

/* "user", "kernel", "guest user" and so on. */
const char *export_mode_name(__u16 mode);

/* The files that functions are in, told apart by their build id too. */
struct export_modules {
	struct intern keys; /* build id, blank, path */
	__u32 *of_function; /* a module's number, or PROFILE_NONE */
};

int export_modules(struct export_modules *modules, const struct profile *profile);

void export_modules_free(struct export_modules *modules);

/* A module's path, and its build id in *build_id: a copy to be freed, or NULL without memory. */
const char *export_module_path(const struct export_modules *modules, __u32 number);
char *export_module_build_id(const struct export_modules *modules, __u32 number);

#endif
