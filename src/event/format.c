/* SPDX-License-Identifier: MIT */
/*
 * Attributes as text. What must stay true: perfev_events_parse() makes the same attribute of the
 * text, one event and no other; what no text stands for is refused rather than told nearly.
 */
#include <errno.h>
#include <string.h>

#include "breakpoint.h"
#include "cores.h"
#include "modifiers.h"
#include "names.h"
#include "probe.h"
#include "terms_write.h"
#include "tracepoint.h"
#include "../text.h"

/* The attribute as far as its own size says that it goes. */
static void copy_attr(struct perf_event_attr *copy, const struct perf_event_attr *attr)
{
	size_t size = attr->size ? attr->size : PERF_ATTR_SIZE_VER0;

	memset(copy, 0, sizeof(*copy));
	memcpy(copy, attr, size < sizeof(*copy) ? size : sizeof(*copy));
}

/* Writes "TYPE:CONFIG", the form for what has no name. Returns 1, or -EINVAL. */
static int write_numbers(struct text *text, const struct perf_event_attr *attr)
{
	if (attr->config1 || attr->config2 || attr->config3 || attr->config4)
		return -EINVAL;
	perfev_text_add_number(text, attr->type);
	perfev_text_add(text, ":");
	perfev_text_add_hex(text, attr->config);
	return 1;
}

/* Writes the generic name of what the processor counts, by its config without a PMU's number. */
static int write_generic_name(struct text *text, __u32 type, __u64 config)
{
	const struct generic_name *generic = perfev_generic_find_config(type, config);
	char name[CACHE_NAME];

	if (generic)
		perfev_text_add(text, generic->name);
	else if (type == PERF_TYPE_HW_CACHE && perfev_cache_write(config, name))
		perfev_text_add(text, name);
	else
		return 0;
	return 1;
}

/* Whether an event of this type and config has a name that stands for it. */
static int has_name(__u32 type, __u64 config)
{
	struct text nothing;

	perfev_text_begin(&nothing, NULL, 0);
	return write_generic_name(&nothing, type, config);
}

/*
 * Writes a hardware or cache event: "cycles", or "cpu_atom/cycles/" for that of one kind of core,
 * since on a hybrid processor the name alone stands for all of them.
 */
static int write_hardware(struct text *text, const struct machine *machine,
			  const struct perf_event_attr *attr)
{
	__u32 extended = (__u32)(attr->config >> PERF_PMU_TYPE_SHIFT);
	__u64 config = attr->config & PERF_HW_EVENT_MASK;
	struct cores cores = { .found = 0 };
	int result = perfev_cores_find(&cores, machine);

	if (result < 0)
		return result;
	if (attr->config1 || attr->config2 || attr->config3 || attr->config4)
		return -EINVAL;
	if (!has_name(attr->type, config) || cores.hybrid != (extended != 0))
		return write_numbers(text, attr);
	if (!extended) {
		write_generic_name(text, attr->type, config);
		return 1;
	}
	for (unsigned int i = 0; i < cores.count; i++) {
		if (cores.list[i].type != extended)
			continue;
		perfev_text_add(text, cores.list[i].name);
		perfev_text_add(text, "/");
		write_generic_name(text, attr->type, config);
		perfev_text_add(text, "/");
		return 0;
	}
	return -ENOENT;
}

static int write_software(struct text *text, const struct perf_event_attr *attr)
{
	if (attr->config1 || attr->config2 || attr->config3 || attr->config4 ||
	    !write_generic_name(text, attr->type, attr->config))
		return write_numbers(text, attr);
	return 1;
}

static int write_breakpoint(struct text *text, const struct perf_event_attr *attr)
{
	static const char *const access[] = {
		[HW_BREAKPOINT_R] = "r",
		[HW_BREAKPOINT_W] = "w",
		[HW_BREAKPOINT_RW] = "rw",
		[HW_BREAKPOINT_X] = "x",
	};

	if (!attr->bp_type || attr->bp_type > HW_BREAKPOINT_X || !attr->bp_len || attr->config ||
	    attr->config3 || attr->config4)
		return -EINVAL;
	perfev_text_add(text, "mem:");
	perfev_text_add_hex(text, attr->bp_addr);
	perfev_text_add(text, "/");
	perfev_text_add_number(text, attr->bp_len);
	perfev_text_add(text, ":");
	perfev_text_add(text, access[attr->bp_type]);
	return 1;
}

static int write_tracepoint(struct text *text, const struct machine *machine,
			    const struct perf_event_attr *attr)
{
	int result = 0;

	if (!attr->config1 && !attr->config2 && !attr->config3 && !attr->config4)
		result = perfev_tracepoint_write(text, machine, attr->config);
	return result ? result : write_numbers(text, attr);
}

/* Writes an event of the PMU that has this number. */
static int write_of_pmu(struct text *text, const struct machine *machine,
			const struct perf_event_attr *attr)
{
	struct pmu pmu;
	int result = perfev_pmu_find_type(&pmu, machine, attr->type);

	/* Raw codes are read without a PMU in sysfs: there may be none that has their number. */
	if (result == -ENOENT && attr->type == PERF_TYPE_RAW)
		return write_numbers(text, attr);
	if (result < 0)
		return result;
	if (!strcmp(pmu.name, "kprobe") || !strcmp(pmu.name, "uprobe"))
		return perfev_probe_write(text, &pmu, attr);
	return perfev_terms_write(text, &pmu, attr);
}

/* Returns 1 when a colon is to stand before modifiers, 0 when not, or a negative errno. */
static int write_event(struct text *text, const struct machine *machine,
		       const struct perf_event_attr *attr)
{
	switch (attr->type) {
	case PERF_TYPE_HARDWARE:
	case PERF_TYPE_HW_CACHE:
		return write_hardware(text, machine, attr);
	case PERF_TYPE_SOFTWARE:
		return write_software(text, attr);
	case PERF_TYPE_TRACEPOINT:
		return write_tracepoint(text, machine, attr);
	case PERF_TYPE_BREAKPOINT:
		return write_breakpoint(text, attr);
	default:
		return write_of_pmu(text, machine, attr);
	}
}

int perfev_event_format(char *buffer, size_t size, const struct perf_event_attr *given,
			const struct perfev_event_options *options)
{
	struct perf_event_attr attr;
	struct machine machine;
	struct text text;
	int result = perfev_machine_begin(&machine, options);

	perfev_text_begin(&text, buffer, size);
	if (result == 0) {
		copy_attr(&attr, given);
		result = write_event(&text, &machine, &attr);
	}
	if (result >= 0)
		result = perfev_modifiers_write(&text, &attr, result ? ":" : "");
	if (result < 0) {
		/* What was begun is no event. */
		perfev_text_begin(&text, buffer, size);
		perfev_text_end(&text);
		return result;
	}
	return perfev_text_end(&text);
}
