/* SPDX-License-Identifier: MIT */
/* What a recording says once for all of it: sections of a text or of a few numbers. */
#include <string.h>

#include "parts.h"

/* Where a section's numbers go; wide ones are of 64 bits in the file and in the struct. */
static const struct {
	__u16 feature, at;
	__u8 before; /* bytes that are passed */
	__u8 wide;
} numbers[] = {
#define NUMBER(feature, member, before, wide)                                                      \
	{ PERFEV_FEATURE_##feature, offsetof(struct perfev_file_about, member), before, wide }
	NUMBER(NRCPUS, cpus_available, 0, 0),
	NUMBER(NRCPUS, cpus_online, 4, 0),
	NUMBER(TOTAL_MEM, memory_kib, 0, 1),
	NUMBER(SAMPLE_TIME, first_time_ns, 0, 1),
	NUMBER(SAMPLE_TIME, last_time_ns, 8, 1),
	NUMBER(CLOCKID, clock_resolution_ns, 0, 1),
	NUMBER(DIR_FORMAT, dir_format, 0, 1),
	NUMBER(COMPRESSED, compression_version, 0, 0),
	NUMBER(COMPRESSED, compression_type, 4, 0),
	NUMBER(COMPRESSED, compression_level, 8, 0),
	NUMBER(COMPRESSED, compression_ratio, 12, 0),
	NUMBER(COMPRESSED, compression_bytes, 16, 0),
	NUMBER(CLOCK_DATA, clockid, 4, 0),
	NUMBER(CLOCK_DATA, clock_wall_ns, 8, 1),
	NUMBER(CLOCK_DATA, clock_monotone_ns, 16, 1),
	NUMBER(E_MACHINE, elf_machine, 0, 0),
	NUMBER(E_MACHINE, elf_flags, 4, 0),
	NUMBER(CLN_SIZE, cache_line_bytes, 0, 0),
	NUMBER(CPU_DOMAIN_INFO, schedstat_version, 0, 0),
	NUMBER(MEM_TOPOLOGY, memory_block_bytes, 8, 1),
};

static const struct {
	__u16 feature, at;
} texts[] = {
#define TEXT(feature, member)                                                                      \
	{ PERFEV_FEATURE_##feature, offsetof(struct perfev_file_about, member) }
	TEXT(HOSTNAME, hostname), TEXT(OSRELEASE, os_release),    TEXT(VERSION, version),
	TEXT(ARCH, arch),         TEXT(CPUDESC, cpu_description), TEXT(CPUID, cpu_id),
};

/* Stands at a section's bytes. Returns 1, 0 where it cannot be read, or -ENOMEM. */
static int begin(struct perfev_file *file, unsigned int feature, struct cursor *cursor)
{
	const struct perfev_feature_at at = { 0, 0, 0, 0, 0, NULL };
	int result = perfev_part_begin(file, feature, &at, cursor);

	return result == -ENOMEM ? result : result > 0;
}

int perfev_file_about(struct perfev_file *file, struct perfev_file_about *out)
{
	struct cursor cursor;
	int result;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		void *to = (char *)out + numbers[i].at;

		result = begin(file, numbers[i].feature, &cursor);
		if (result < 0)
			return result;
		if (!result || !take(&cursor, numbers[i].before))
			continue;
		if (numbers[i].wide)
			take64(&cursor, to);
		else
			take32(&cursor, to);
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text = NULL;

		result = begin(file, texts[i].feature, &cursor);
		if (result < 0)
			return result;
		if (result && perfev_part_text(&cursor, &text) == 0)
			memcpy((char *)out + texts[i].at, &text, sizeof(text));
	}
	return 0;
}

__u32 perfev_part_cpus(struct perfev_file *file)
{
	struct cursor cursor;
	__u32 cpus = 0;

	if (begin(file, PERFEV_FEATURE_NRCPUS, &cursor) == 1)
		take32(&cursor, &cpus);
	return cpus;
}
