/* SPDX-License-Identifier: MIT */
/* What exports call the things of a profile; see names.h. */
#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../utf8.h"

char *export_joined(const char *first, const char *second, const char *third)
{
	const size_t one = strlen(first), two = strlen(second), three = strlen(third);
	char *text = malloc(one + two + three + 1);

	if (!text)
		return NULL;
	memcpy(text, first, one);
	memcpy(text + one, second, two);
	memcpy(text + one + two, third, three + 1);
	return text;
}

/* What a function is called, as it came. */
static char *name_of(const struct profile_function *function)
{
	const char *module = function->module, *slash = strrchr(module, '/');

	if (function->is_known && function->name[0])
		return strdup(function->name);
	if (!module[0])
		return strdup("[unknown]");
	if (module[0] == '[')
		return strdup(module);
	return export_joined("[", slash && slash[1] ? slash + 1 : module, "]");
}

char *export_function_name(const struct profile_function *function)
{
	char *name = name_of(function), *mended = name ? utf8_mended(name) : NULL;

	free(name);
	for (char *at = mended; at && *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '_';
	return mended;
}

int export_is_clock(const char *event)
{
	const size_t length = strcspn(event, ":");

	return (length == 9 && memcmp(event, "cpu-clock", 9) == 0) ||
	       (length == 10 && memcmp(event, "task-clock", 10) == 0);
}

const char *export_mode_name(__u16 mode)
{
	switch (mode) {
	case PERF_RECORD_MISC_KERNEL:
		return "kernel";
	case PERF_RECORD_MISC_USER:
		return "user";
	case PERF_RECORD_MISC_HYPERVISOR:
		return "hypervisor";
	case PERF_RECORD_MISC_GUEST_KERNEL:
		return "guest kernel";
	case PERF_RECORD_MISC_GUEST_USER:
		return "guest user";
	default:
		return "unknown";
	}
}

static int add_module(struct export_modules *modules, const struct profile_function *function,
		      __u32 *number)
{
	char *key =
		export_joined(function->build_id ? function->build_id : "", " ", function->module);
	int error = key ? intern_add(&modules->keys, key, number) : -ENOMEM;

	free(key);
	return error;
}

int export_modules(struct export_modules *modules, const struct profile *profile)
{
	memset(modules, 0, sizeof(*modules));
	modules->of_function = malloc((profile->function_count + 1UL) * sizeof(__u32));
	if (!modules->of_function)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->function_count; i++) {
		const struct profile_function *function = &profile->functions[i];

		modules->of_function[i] = PROFILE_NONE;
		if (function->module[0] &&
		    add_module(modules, function, &modules->of_function[i]) < 0) {
			export_modules_free(modules);
			return -ENOMEM;
		}
	}
	return 0;
}

void export_modules_free(struct export_modules *modules)
{
	intern_free(&modules->keys);
	free(modules->of_function);
	modules->of_function = NULL;
}

const char *export_module_path(const struct export_modules *modules, __u32 number)
{
	return strchr(modules->keys.texts[number], ' ') + 1;
}

char *export_module_build_id(const struct export_modules *modules, __u32 number)
{
	char *id = strdup(modules->keys.texts[number]);

	if (id)
		id[strcspn(id, " ")] = '\0';
	return id;
}
