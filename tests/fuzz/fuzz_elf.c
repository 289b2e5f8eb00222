/* SPDX-License-Identifier: MIT */
/* Any bytes as an ELF file: an offset is given within it, or words why there is none. */
#define _GNU_SOURCE /* memfd_create() */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../src/event/elf.h"

static void look_up(const char *path, const char *symbol, size_t size)
{
	struct perfev_why why;
	__u64 offset = ~0ULL;
	int result = perfev_elf_symbol(path, symbol, &offset, &why);

	CHECK(result <= 0);
	CHECK(why.error == -result);
	if (result == 0)
		CHECK(offset < size && why.cause == PERFEV_CAUSE_NONE);
	else
		CHECK(why.cause == PERFEV_CAUSE_PROBE && why.reason[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("elf", MFD_CLOEXEC);
		CHECK(fd >= 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	CHECK(ftruncate(fd, 0) == 0);
	CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
	look_up(path, "f", size);
	look_up(path, "f@V", size);
	look_up(path, "nothing", size);
	return 0;
}
