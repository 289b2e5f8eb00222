/* SPDX-License-Identifier: MIT */
/* What this machine is, as sections of the header have it. What it does not say is left out. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../explain/machine.h"
#include "writer.h"

#define MOST_CPUS 65536L
#define MOST_NODES 1024U

int perfev_writer_sysfs(char *text, const char *format, ...)
{
	char path[256];
	va_list arguments;
	ssize_t count;
	int fd;

	va_start(arguments, format);
	vsnprintf(path, sizeof(path), format, arguments);
	va_end(arguments);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	count = read(fd, text, SYSFS_TEXT_BYTES - 1);
	close(fd);
	if (count < 0)
		return 0;
	text[count] = '\0';
	while (count && text[count - 1] == '\n')
		text[--count] = '\0';
	return 1;
}

/* Finds "KEY : value" in /proc/cpuinfo's first processor. Returns whether it is there. */
static int find_in_cpuinfo(const char *cpuinfo, const char *key, char *value, size_t size)
{
	const char *line = cpuinfo, *end;
	size_t length = strlen(key);

	while (line && (strncmp(line, key, length) != 0 || !strchr("\t :", line[length]))) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	line = line ? strchr(line, ':') : NULL;
	if (!line)
		return 0;
	line += strspn(line, ": \t");
	end = line + strcspn(line, "\n");
	snprintf(value, size, "%.*s", (int)(end - line), line);
	return 1;
}

static int set_processor(struct perfev_writer *writer)
{
	char cpuinfo[SYSFS_TEXT_BYTES], vendor[64], family[16], model[16], stepping[16], text[256];
	int result = 0;

	if (!perfev_writer_sysfs(cpuinfo, "/proc/cpuinfo"))
		return 0;
	if (find_in_cpuinfo(cpuinfo, "model name", text, sizeof(text)))
		result = perfev_writer_text(writer, PERFEV_FEATURE_CPUDESC, text);
	if (result == 0 && find_in_cpuinfo(cpuinfo, "vendor_id", vendor, sizeof(vendor)) &&
	    find_in_cpuinfo(cpuinfo, "cpu family", family, sizeof(family)) &&
	    find_in_cpuinfo(cpuinfo, "model", model, sizeof(model)) &&
	    find_in_cpuinfo(cpuinfo, "stepping", stepping, sizeof(stepping))) {
		snprintf(text, sizeof(text), "%s,%s,%s,%s", vendor, family, model, stepping);
		result = perfev_writer_text(writer, PERFEV_FEATURE_CPUID, text);
	}
	return result;
}

static int set_names(struct perfev_writer *writer)
{
	struct utsname names;
	int result;

	if (uname(&names) < 0)
		return 0;
	/* Without a version, linux-perf's data convert crashes. */
	result = writer->set[PERFEV_FEATURE_VERSION] ?
			 0 :
			 perfev_writer_text(writer, PERFEV_FEATURE_VERSION, "libperfev");
	if (result == 0)
		result = perfev_writer_text(writer, PERFEV_FEATURE_HOSTNAME, names.nodename);
	if (result == 0)
		result = perfev_writer_text(writer, PERFEV_FEATURE_OSRELEASE, names.release);
	return result < 0 ? result : perfev_writer_text(writer, PERFEV_FEATURE_ARCH, names.machine);
}

static int set_memory(struct perfev_writer *writer)
{
	char text[SYSFS_TEXT_BYTES];
	__u64 kib;

	if (!perfev_writer_sysfs(text, "/proc/meminfo") || strncmp(text, "MemTotal:", 9) != 0)
		return 0;
	kib = strtoull(text + 9, NULL, 10);
	return perfev_writer_feature(writer, PERFEV_FEATURE_TOTAL_MEM, &kib, sizeof(kib));
}

int perfev_writer_give(struct perfev_writer *writer, unsigned int feature, struct bytes *bytes)
{
	int result = bytes->error;

	if (result == 0)
		result = perfev_writer_feature(writer, feature, bytes->bytes, bytes->length);
	perfev_bytes_free(bytes);
	return result == -E2BIG ? 0 : result;
}

/* Adds a list of CPUs' siblings, each once: that of the first CPU in it. Returns how many. */
static __u32 add_siblings(struct bytes *bytes, const char *file, long cpus)
{
	__u32 count = 0;

	for (long cpu = 0; cpu < cpus; cpu++) {
		char text[SYSFS_TEXT_BYTES];

		if (!perfev_writer_sysfs(text, "/sys/devices/system/cpu/cpu%ld/topology/%s", cpu,
					 file) ||
		    strtol(text, NULL, 10) != cpu)
			continue;
		perfev_bytes_add_text(bytes, text);
		count++;
	}
	return count;
}

static __u32 read_id(long cpu, const char *file)
{
	char text[SYSFS_TEXT_BYTES];

	return perfev_writer_sysfs(text, "/sys/devices/system/cpu/cpu%ld/topology/%s", cpu, file) ?
		       (__u32)strtol(text, NULL, 10) :
		       ~0U;
}

static int set_topology(struct perfev_writer *writer, long cpus)
{
	static const char *const lists[] = { "core_siblings_list", "thread_siblings_list",
					     "die_cpus_list" };
	struct bytes bytes = { 0 };

	for (int i = 0; i < 3; i++) {
		struct bytes list = { 0 };
		__u32 count = add_siblings(&list, lists[i], cpus);

		/* The CPUs stand between the threads and the dies. */
		for (long cpu = 0; i == 2 && cpu < cpus; cpu++) {
			perfev_bytes_add_u32(&bytes, read_id(cpu, "core_id"));
			perfev_bytes_add_u32(&bytes, read_id(cpu, "physical_package_id"));
		}
		if (i < 2 || count) {
			perfev_bytes_add_u32(&bytes, count);
			perfev_bytes_add(&bytes, list.bytes, list.length);
		}
		for (long cpu = 0; i == 2 && count && cpu < cpus; cpu++)
			perfev_bytes_add_u32(&bytes, read_id(cpu, "die_id"));
		if (list.error)
			bytes.error = list.error;
		perfev_bytes_free(&list);
	}
	return perfev_writer_give(writer, PERFEV_FEATURE_CPU_TOPOLOGY, &bytes);
}

/* The last number of a list such as 0-3,8. */
static long last_of(const char *list)
{
	const char *at = list + strlen(list);

	while (at > list && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return strtol(at, NULL, 10);
}

static int set_cpus(struct perfev_writer *writer)
{
	char present[SYSFS_TEXT_BYTES], online[SYSFS_TEXT_BYTES];
	__u32 counts[2];
	long last;
	int result;

	if (!perfev_writer_sysfs(present, "/sys/devices/system/cpu/present") ||
	    !perfev_writer_sysfs(online, "/sys/devices/system/cpu/online"))
		return 0;
	/* Rows are there for each number up to the last, present or not. */
	last = last_of(present);
	if (last < 0 || last >= MOST_CPUS)
		return 0;
	counts[0] = (__u32)last + 1;
	counts[1] = (__u32)perfev_machine_list_count(online);
	result = perfev_writer_feature(writer, PERFEV_FEATURE_NRCPUS, counts, sizeof(counts));
	if (result == 0)
		result = set_topology(writer, last + 1);
	return result < 0 ? result : perfev_writer_set_caches(writer, last + 1);
}

/* A node's "MemTotal: N kB", or 0. */
static __u64 node_kib(const char *meminfo, const char *key)
{
	const char *line = strstr(meminfo, key);

	return line ? strtoull(line + strlen(key), NULL, 10) : 0;
}

static int set_nodes(struct perfev_writer *writer)
{
	struct bytes bytes = { 0 };
	__u32 count = 0, nodes;
	int result;
	char text[SYSFS_TEXT_BYTES], cpus[SYSFS_TEXT_BYTES];

	if (!perfev_writer_sysfs(text, "/sys/devices/system/node/possible"))
		return 0;
	nodes = (__u32)last_of(text) + 1;
	if (nodes > MOST_NODES)
		nodes = MOST_NODES;
	perfev_bytes_add_u32(&bytes, 0);
	for (__u32 node = 0; node < nodes; node++) {
		if (!perfev_writer_sysfs(text, "/sys/devices/system/node/node%u/meminfo", node) ||
		    !perfev_writer_sysfs(cpus, "/sys/devices/system/node/node%u/cpulist", node))
			continue;
		perfev_bytes_add_u32(&bytes, node);
		perfev_bytes_add_u64(&bytes, node_kib(text, "MemTotal:"));
		perfev_bytes_add_u64(&bytes, node_kib(text, "MemFree:"));
		perfev_bytes_add_text(&bytes, cpus);
		count++;
	}
	if (!count || bytes.error) {
		perfev_bytes_free(&bytes);
		return count ? -ENOMEM : 0;
	}
	memcpy(bytes.bytes, &count, sizeof(count));
	result = perfev_writer_give(writer, PERFEV_FEATURE_NUMA_TOPOLOGY, &bytes);
	return result < 0 ? result : perfev_writer_set_blocks(writer, nodes);
}

static int set_pmus(struct perfev_writer *writer)
{
	DIR *folder = opendir("/sys/bus/event_source/devices");
	const struct dirent *entry;
	struct bytes bytes = { 0 };
	__u32 count = 0;

	if (!folder)
		return 0;
	perfev_bytes_add_u32(&bytes, 0);
	while ((entry = readdir(folder))) {
		char text[SYSFS_TEXT_BYTES];

		if (entry->d_name[0] == '.' || strlen(entry->d_name) > 128 ||
		    !perfev_writer_sysfs(text, "/sys/bus/event_source/devices/%.128s/type",
					 entry->d_name))
			continue;
		perfev_bytes_add_u32(&bytes, (__u32)strtoul(text, NULL, 10));
		perfev_bytes_add_text(&bytes, entry->d_name);
		count++;
	}
	closedir(folder);
	if (!bytes.error)
		memcpy(bytes.bytes, &count, sizeof(count));
	return perfev_writer_give(writer, PERFEV_FEATURE_PMU_MAPPINGS, &bytes);
}

int perfev_writer_machine(struct perfev_writer *writer)
{
	static int (*const parts[])(struct perfev_writer *) = {
		set_names, set_processor, set_memory, set_cpus, set_nodes, set_pmus,
	};
	int result = 0;

	writer->is_of_here = 1;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && result == 0; i++)
		result = parts[i](writer);
	return result;
}
