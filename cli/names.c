/* SPDX-License-Identifier: MIT */
/* Event names. The library of vendors' names stays loaded once it is; without it, nothing fails. */
#include "names.h"

#include <dlfcn.h>

/* Of this ABI: with another soname, its structs would not be ours. */
#define LIBRARY "libperfev-pfm.so.0"

static struct {
	int tried;
	int (*encode)(const char *name, size_t length, struct perf_event_attr *attr);
	int (*next)(struct perfev_pfm_item *item);
} vendor;

/* Returns whether the library is there. */
static int load(void)
{
	void *library;

	if (!vendor.tried) {
		vendor.tried = 1;
		library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
		if (library) {
			/* ISO C has no conversion from an object's address to a function's. */
			*(void **)&vendor.encode = dlsym(library, "perfev_pfm_encode");
			*(void **)&vendor.next = dlsym(library, "perfev_pfm_next");
		}
	}
	return vendor.encode && vendor.next;
}

static int encode(const char *name, size_t length, struct perf_event_attr *attr)
{
	return load() ? vendor.encode(name, length, attr) : 0;
}

const struct perfev_event_options *cli_event_options(void)
{
	static const struct perfev_event_options options = { .size = sizeof(options),
							     .vendor = encode };

	return &options;
}

int cli_vendor_next(struct perfev_pfm_item *item)
{
	return load() ? vendor.next(item) : 0;
}
