/* SPDX-License-Identifier: MIT */
/* The caches and the memory of this machine, as sections of the header have them. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "writer.h"

/* Blocks of memory that a node may have: 8 TiB of the smallest ones. */
#define MOST_BLOCKS 65536UL

#define CACHE "/sys/devices/system/cpu/cpu%ld/cache/index%u/"

static __u32 cache_number(long cpu, unsigned int index, const char *file)
{
	char text[SYSFS_TEXT_BYTES];

	return perfev_writer_sysfs(text, CACHE "%s", cpu, index, file) ?
		       (__u32)strtoul(text, NULL, 10) :
		       0;
}

/* Adds one cache of a CPU's, where this is the first CPU that has it. Returns -1: no such cache. */
static int add_cache(struct bytes *bytes, long cpu, unsigned int index, __u32 *count)
{
	char type[SYSFS_TEXT_BYTES], size[SYSFS_TEXT_BYTES], cpus[SYSFS_TEXT_BYTES];

	if (!perfev_writer_sysfs(type, CACHE "type", cpu, index))
		return -1;
	if (!perfev_writer_sysfs(size, CACHE "size", cpu, index) ||
	    !perfev_writer_sysfs(cpus, CACHE "shared_cpu_list", cpu, index) ||
	    strtol(cpus, NULL, 10) != cpu)
		return 0;
	perfev_bytes_add_u32(bytes, cache_number(cpu, index, "level"));
	perfev_bytes_add_u32(bytes, cache_number(cpu, index, "coherency_line_size"));
	perfev_bytes_add_u32(bytes, cache_number(cpu, index, "number_of_sets"));
	perfev_bytes_add_u32(bytes, cache_number(cpu, index, "ways_of_associativity"));
	perfev_bytes_add_text(bytes, type);
	perfev_bytes_add_text(bytes, size);
	perfev_bytes_add_text(bytes, cpus);
	++*count;
	return 0;
}

int perfev_writer_set_caches(struct perfev_writer *writer, long cpus)
{
	struct bytes bytes = { 0 };
	__u32 count = 0;

	perfev_bytes_add_u32(&bytes, 1); /* of the section's version */
	perfev_bytes_add_u32(&bytes, 0);
	for (long cpu = 0; cpu < cpus; cpu++)
		for (unsigned int index = 0; add_cache(&bytes, cpu, index, &count) == 0; index++)
			;
	if (!bytes.error)
		memcpy(bytes.bytes + 4, &count, sizeof(count));
	if (count)
		return perfev_writer_give(writer, PERFEV_FEATURE_CACHE, &bytes);
	perfev_bytes_free(&bytes);
	return 0;
}

/* The blocks of a node's memory, one bit each. Returns how many bits there are; 0: no such node. */
static __u64 find_blocks(__u32 node, __u64 *blocks)
{
	char path[64];
	const struct dirent *entry;
	__u64 bits = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%u", node);
	folder = opendir(path);
	memset(blocks, 0, MOST_BLOCKS / 8);
	while (folder && (entry = readdir(folder))) {
		unsigned long block;

		if (strncmp(entry->d_name, "memory", 6) != 0 ||
		    !isdigit((unsigned char)entry->d_name[6]))
			continue;
		block = strtoul(entry->d_name + 6, NULL, 10);
		if (block >= MOST_BLOCKS)
			continue;
		blocks[block / 64] |= 1ULL << block % 64;
		if (bits <= block)
			bits = block + 1;
	}
	if (folder)
		closedir(folder);
	return bits;
}

int perfev_writer_set_blocks(struct perfev_writer *writer, __u32 nodes)
{
	__u64 *blocks, bits, count = 0;
	struct bytes bytes = { 0 };
	char text[SYSFS_TEXT_BYTES];

	if (!perfev_writer_sysfs(text, "/sys/devices/system/memory/block_size_bytes"))
		return 0;
	blocks = malloc(MOST_BLOCKS / 8);
	if (!blocks)
		return -ENOMEM;
	perfev_bytes_add_u64(&bytes, 1); /* of the section's version */
	perfev_bytes_add_u64(&bytes, strtoull(text, NULL, 16));
	perfev_bytes_add_u64(&bytes, 0);
	for (__u32 node = 0; node < nodes; node++) {
		bits = find_blocks(node, blocks);
		if (!bits)
			continue;
		/* How many bits there are stands there twice. */
		perfev_bytes_add_u64(&bytes, node);
		perfev_bytes_add_u64(&bytes, bits);
		perfev_bytes_add_u64(&bytes, bits);
		for (__u64 i = 0; i < (bits + 63) / 64; i++)
			perfev_bytes_add_u64(&bytes, blocks[i]);
		count++;
	}
	free(blocks);
	if (!bytes.error)
		memcpy(bytes.bytes + 16, &count, sizeof(count));
	if (count)
		return perfev_writer_give(writer, PERFEV_FEATURE_MEM_TOPOLOGY, &bytes);
	perfev_bytes_free(&bytes);
	return 0;
}
