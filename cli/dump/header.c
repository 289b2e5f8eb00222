/* SPDX-License-Identifier: MIT */
/*
 * What a recording says of itself: the machine, how it was made, its events, and which sections its
 * header has; its lists are in header_lists.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "../recorded.h"
#include "../utf8.h"
#include "header.h"

void header_put_text(struct header_out *out, const char *name, const char *value)
{
	char *mended;

	if (!value || !*value)
		return;
	mended = utf8_mended(value);
	if (!mended)
		out->bad = 1;
	else if (out->json)
		out->bad |= json_object_object_add(out->json, name,
						   json_object_new_string(mended)) != 0;
	else
		printf("%-20s %s\n", name, mended);
	free(mended);
}

void header_put_number(struct header_out *out, const char *name, __u64 value)
{
	if (!value)
		return;
	if (out->json)
		out->bad |=
			json_object_object_add(out->json, name, json_object_new_uint64(value)) != 0;
	else
		printf("%-20s %llu\n", name, (unsigned long long)value);
}

void header_put_item(struct header_out *out, const char *name, const char *value)
{
	struct json_object *array;
	char *mended;

	if (!out->json) {
		header_put_text(out, name, value);
		return;
	}
	if (!json_object_object_get_ex(out->json, name, &array)) {
		array = json_object_new_array();
		out->bad |= !array || json_object_object_add(out->json, name, array) != 0;
	}
	mended = utf8_mended(value);
	out->bad |= out->bad || !mended ||
		    json_object_array_add(array, json_object_new_string(mended)) != 0;
	free(mended);
}

static void put_about(struct header_out *out, const struct perfev_file_about *about)
{
	char clock[16];

	header_put_text(out, "hostname", about->hostname);
	header_put_text(out, "os_release", about->os_release);
	header_put_text(out, "version", about->version);
	header_put_text(out, "arch", about->arch);
	header_put_text(out, "cpu_description", about->cpu_description);
	header_put_text(out, "cpu_id", about->cpu_id);
	header_put_number(out, "cpus_online", about->cpus_online);
	header_put_number(out, "cpus_available", about->cpus_available);
	header_put_number(out, "memory_kib", about->memory_kib);
	header_put_number(out, "first_time_ns", about->first_time_ns);
	header_put_number(out, "last_time_ns", about->last_time_ns);
	header_put_number(out, "clock_resolution_ns", about->clock_resolution_ns);
	header_put_number(out, "compression_type", about->compression_type);
	header_put_number(out, "compression_level", about->compression_level);
	header_put_number(out, "compression_ratio", about->compression_ratio);
	header_put_number(out, "cache_line_bytes", about->cache_line_bytes);
	header_put_number(out, "memory_block_bytes", about->memory_block_bytes);
	header_put_number(out, "dir_format", about->dir_format);
	/* One moment on both clocks; clock 0 is the wall's, and is said too. */
	if (about->clock_wall_ns) {
		snprintf(clock, sizeof(clock), "%u", about->clockid);
		header_put_text(out, "clockid", clock);
	}
	header_put_number(out, "clock_wall_ns", about->clock_wall_ns);
	header_put_number(out, "clock_ns", about->clock_monotone_ns);
	header_put_number(out, "elf_machine", about->elf_machine);
	header_put_number(out, "elf_flags", about->elf_flags);
	header_put_number(out, "schedstat_version", about->schedstat_version);
}

static void put_cmdline(struct header_out *out, struct perfev_file *file)
{
	struct perfev_feature_at at = { 0 };
	const char *argument;
	char line[4096] = "";

	while (perfev_file_cmdline_next(file, &at, &argument) > 0)
		if (out->json)
			header_put_item(out, "cmdline", argument);
		else
			snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s%s",
				 line[0] ? " " : "", argument);
	header_put_text(out, "cmdline", line);
}

static void put_events(struct header_out *out, const struct perfev_file *file)
{
	for (unsigned int i = 0; i < perfev_file_event_count(file); i++) {
		const struct perfev_file_event *event = perfev_file_event(file, i);
		char text[64], attr[2048], line[2400];
		const char *name = recorded_name(event, text, sizeof(text));

		perfev_attr_format(attr, sizeof(attr), &event->attr);
		snprintf(line, sizeof(line), "%.255s: %u ids, %s", name, event->id_count, attr);
		header_put_item(out, "event", line);
	}
}

static const char *const features[] = {
	[PERFEV_FEATURE_TRACING_DATA] = "TRACING_DATA",
	[PERFEV_FEATURE_BUILD_ID] = "BUILD_ID",
	[PERFEV_FEATURE_HOSTNAME] = "HOSTNAME",
	[PERFEV_FEATURE_OSRELEASE] = "OSRELEASE",
	[PERFEV_FEATURE_VERSION] = "VERSION",
	[PERFEV_FEATURE_ARCH] = "ARCH",
	[PERFEV_FEATURE_NRCPUS] = "NRCPUS",
	[PERFEV_FEATURE_CPUDESC] = "CPUDESC",
	[PERFEV_FEATURE_CPUID] = "CPUID",
	[PERFEV_FEATURE_TOTAL_MEM] = "TOTAL_MEM",
	[PERFEV_FEATURE_CMDLINE] = "CMDLINE",
	[PERFEV_FEATURE_EVENT_DESC] = "EVENT_DESC",
	[PERFEV_FEATURE_CPU_TOPOLOGY] = "CPU_TOPOLOGY",
	[PERFEV_FEATURE_NUMA_TOPOLOGY] = "NUMA_TOPOLOGY",
	[PERFEV_FEATURE_BRANCH_STACK] = "BRANCH_STACK",
	[PERFEV_FEATURE_PMU_MAPPINGS] = "PMU_MAPPINGS",
	[PERFEV_FEATURE_GROUP_DESC] = "GROUP_DESC",
	[PERFEV_FEATURE_AUXTRACE] = "AUXTRACE",
	[PERFEV_FEATURE_STAT] = "STAT",
	[PERFEV_FEATURE_CACHE] = "CACHE",
	[PERFEV_FEATURE_SAMPLE_TIME] = "SAMPLE_TIME",
	[PERFEV_FEATURE_MEM_TOPOLOGY] = "MEM_TOPOLOGY",
	[PERFEV_FEATURE_CLOCKID] = "CLOCKID",
	[PERFEV_FEATURE_DIR_FORMAT] = "DIR_FORMAT",
	[PERFEV_FEATURE_BPF_PROG_INFO] = "BPF_PROG_INFO",
	[PERFEV_FEATURE_BPF_BTF] = "BPF_BTF",
	[PERFEV_FEATURE_COMPRESSED] = "COMPRESSED",
	[PERFEV_FEATURE_CPU_PMU_CAPS] = "CPU_PMU_CAPS",
	[PERFEV_FEATURE_CLOCK_DATA] = "CLOCK_DATA",
	[PERFEV_FEATURE_HYBRID_TOPOLOGY] = "HYBRID_TOPOLOGY",
	[PERFEV_FEATURE_PMU_CAPS] = "PMU_CAPS",
	[PERFEV_FEATURE_CPU_DOMAIN_INFO] = "CPU_DOMAIN_INFO",
	[PERFEV_FEATURE_E_MACHINE] = "E_MACHINE",
	[PERFEV_FEATURE_CLN_SIZE] = "CLN_SIZE",
	[PERFEV_FEATURE_SIMPLEPERF] = "SIMPLEPERF_FILE",
	"SIMPLEPERF_META_INFO",
	"SIMPLEPERF_DEBUG_UNWIND",
	"SIMPLEPERF_DEBUG_UNWIND_FILE",
	"SIMPLEPERF_FILE2",
	"SIMPLEPERF_ETM_BRANCH_LIST",
	"SIMPLEPERF_INIT_MAP",
};

static void put_features(struct header_out *out, const struct perfev_file *file)
{
	for (unsigned int i = 0; i < PERFEV_FEATURES; i++) {
		const char *name = i < sizeof(features) / sizeof(features[0]) ? features[i] : NULL;
		__u64 offset, length;
		char line[128];

		if (!perfev_file_has(file, i))
			continue;
		snprintf(line, sizeof(line), "%u", i);
		if (name)
			snprintf(line, sizeof(line), "%s", name);
		/* Of others' sections, that is all there is to say. */
		if (i >= PERFEV_FEATURE_SIMPLEPERF &&
		    perfev_file_feature_place(file, i, &offset, &length))
			snprintf(line + strlen(line), sizeof(line) - strlen(line), ": %llu bytes",
				 (unsigned long long)length);
		header_put_item(out, "section", line);
	}
}

int dump_header_print(struct perfev_file *file, int json)
{
	struct header_out out = { json ? json_object_new_object() : NULL, 0 };
	struct perfev_file_summary summary;
	struct perfev_file_about about;
	int result = perfev_file_about(file, &about);

	out.bad = (json && !out.json) || result < 0;
	if (!out.bad) {
		perfev_file_summary(file, &summary);
		header_put_text(&out, "form",
				summary.is_pipe       ? "pipe" :
				summary.is_unfinished ? "unfinished file" :
							"file");
		header_put_text(&out, "byte_order",
				summary.is_swapped ? "not this machine's" : NULL);
		put_about(&out, &about);
		put_cmdline(&out, file);
		put_events(&out, file);
		header_put_lists(&out, file);
		put_features(&out, file);
	}
	if (out.json && !out.bad)
		printf("%s\n", json_object_to_json_string_ext(out.json, JSON_C_TO_STRING_PLAIN));
	json_object_put(out.json);
	return out.bad ? -ENOMEM : 0;
}
