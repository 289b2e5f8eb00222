/* SPDX-License-Identifier: MIT */
/*
 * Words for what the search found: things that have to be left out, and events that are not there.
 * What must stay true: whose fault it is (the kernel's age, the machine, the value) is found by the
 * release that brought a thing and by asking for the same of an event that counts nothing.
 */
#include "search.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* "sample_type has PERF_SAMPLE_BRANCH_STACK", "precise_ip is 3", "flags has 0x10". */
static void describe(const struct inquiry *inquiry, const struct feature *feature, char *text,
		     size_t size)
{
	const struct request *asked = &inquiry->asked;
	enum perfev_set set = feature->field ? feature->field->set : PERFEV_SET_OPEN_FLAGS;
	const char *field = feature->field ? feature->field->name : "flags";
	const char *name = feature->bit ? perfev_set_name(set, feature->bit) : NULL;

	if (feature->argument == 'c')
		snprintf(text, size, "cpu is %d", asked->cpu);
	else if (feature->argument == 'p')
		snprintf(text, size, "pid is %d", asked->pid);
	else if (name)
		snprintf(text, size, "%s has %s", field, name);
	else if (feature->bit)
		snprintf(text, size, "%s has %#llx", field, (unsigned long long)feature->bit);
	else
		snprintf(text, size, "%s is %llu", field,
			 (unsigned long long)perfev_field_read(feature->field, &asked->attr));
}

static const char *feature_name(const struct feature *feature)
{
	switch (feature->argument) {
	case 'c':
		return "cpu";
	case 'p':
		return "pid";
	case 'f':
		return "flags";
	default:
		return feature->field->name;
	}
}

static __u64 feature_value(const struct inquiry *inquiry, const struct feature *feature)
{
	if (feature->argument == 'c')
		return (__u64)(__s64)inquiry->asked.cpu;
	if (feature->argument == 'p')
		return (__u64)(__s64)inquiry->asked.pid;
	return feature->bit ? feature->bit :
			      perfev_field_read(feature->field, &inquiry->asked.attr);
}

/* The release that brought it, PERFEV_NEED_UNKNOWN when none has, 0 for what was always there. */
static __u32 since(const struct feature *feature)
{
	struct perfev_name name;
	__u32 release;

	if (!feature->field)
		return 0;
	release = feature->field->since;
	if (feature->bit && feature->field->set != PERFEV_SET_NONE) {
		if (perfev_set_find_value(feature->field->set, feature->bit, &name) != 1)
			return PERFEV_NEED_UNKNOWN;
		if (name.since > release)
			release = name.since;
	}
	return release;
}

/* Whether the same is accepted of an event that counts nothing: then it is the PMU that refuses. */
static int is_the_pmus_refusal(struct inquiry *inquiry)
{
	struct request dummy = perfev_request_as_dummy(&inquiry->asked);

	dummy.group_fd = -1;
	if (inquiry->asked.attr.type == PERF_TYPE_SOFTWARE)
		return 0;
	return perfev_try(inquiry, &dummy) == 0;
}

static const char *pmu_name(const struct inquiry *inquiry)
{
	switch (inquiry->asked.attr.type) {
	case PERF_TYPE_HARDWARE:
	case PERF_TYPE_HW_CACHE:
	case PERF_TYPE_RAW:
		return "the PMU of the CPU";
	case PERF_TYPE_SOFTWARE:
		return "this software event";
	case PERF_TYPE_TRACEPOINT:
		return "a tracepoint";
	case PERF_TYPE_BREAKPOINT:
		return "a breakpoint";
	default:
		return inquiry->pmu.name[0] ? inquiry->pmu.name : "this PMU";
	}
}

static void blame_conflict(struct inquiry *inquiry, const struct feature *features,
			   int alternatives)
{
	char first[96], second[96];

	describe(inquiry, &features[0], first, sizeof(first));
	describe(inquiry, &features[1], second, sizeof(second));
	if (!alternatives && is_the_pmus_refusal(inquiry)) {
		perfev_why_begin(inquiry->why, PERFEV_CAUSE_MACHINE, inquiry->error,
				 feature_name(&features[0]), feature_value(inquiry, &features[0]));
		perfev_why_reason(inquiry->why, "%s and %s, neither of which %s takes", first,
				  second, pmu_name(inquiry));
		return;
	}
	perfev_why_begin(inquiry->why, PERFEV_CAUSE_CONFLICT, inquiry->error,
			 feature_name(&features[0]), feature_value(inquiry, &features[0]));
	perfev_why_reason(inquiry->why, "%s and %s, %s", first, second,
			  alternatives ? "which do not go together" :
					 "neither of which this kernel takes here");
}

void perfev_blame_features(struct inquiry *inquiry, const struct feature *features,
			   unsigned int count, int are_alternatives)
{
	struct perfev_why *why = inquiry->why;
	const struct feature *blamed = &features[0];
	enum perfev_cause cause = PERFEV_CAUSE_VALUE;
	char what[96], release[16];

	for (unsigned int i = count; i-- > 0;)
		if (since(&features[i]) > inquiry->machine.release)
			blamed = &features[i];
	if (count > 1 && since(blamed) <= inquiry->machine.release) {
		blame_conflict(inquiry, features, are_alternatives);
		return;
	}
	describe(inquiry, blamed, what, sizeof(what));
	if (since(blamed) > inquiry->machine.release && since(blamed) != PERFEV_NEED_UNKNOWN)
		cause = PERFEV_CAUSE_KERNEL;
	else if (inquiry->error == EOPNOTSUPP || is_the_pmus_refusal(inquiry))
		cause = PERFEV_CAUSE_MACHINE;
	perfev_why_begin(why, cause, inquiry->error, feature_name(blamed),
			 feature_value(inquiry, blamed));
	if (cause == PERFEV_CAUSE_KERNEL) {
		perfev_release_format(release, sizeof(release), since(blamed));
		perfev_why_reason(why, "%s, which needs Linux %s; this is %s", what, release,
				  inquiry->machine.release_text);
	} else if (cause == PERFEV_CAUSE_MACHINE) {
		perfev_why_reason(why, "%s, which %s does not take", what, pmu_name(inquiry));
	} else {
		perfev_why_reason(why, "%s, which this kernel (Linux %s) does not take here", what,
				  inquiry->machine.release_text);
	}
}

int perfev_explain_unknown(struct inquiry *inquiry)
{
	char name[24];

	perfev_why_begin(inquiry->why, PERFEV_CAUSE_UNKNOWN, inquiry->error, "", 0);
	perfev_why_reason(inquiry->why, "the kernel says %s, and why was not found",
			  perfev_error_name(inquiry->error, name));
	perfev_why_evidence(inquiry->why,
			    "%u requests, with each thing that is set left out, alone and "
			    "all together: none is accepted",
			    inquiry->tries);
	perfev_why_remedy(inquiry->why, "sudo dmesg may say more");
	return 0;
}

/* The same event with nothing else asked for: of this thread or a CPU, with the kernel or not. */
static int try_bare(struct inquiry *inquiry, struct request *bare, int is_of_cpu, int is_user_only)
{
	const struct perf_event_attr *attr = &inquiry->asked.attr;
	long cpu = 0;

	*bare = perfev_request_dummy();
	bare->attr.type = attr->type;
	bare->attr.size = attr->size;
	bare->attr.config = attr->config;
	bare->attr.config1 = attr->config1;
	bare->attr.config2 = attr->config2;
	bare->attr.config3 = attr->config3;
	bare->attr.config4 = attr->config4;
	bare->attr.bp_type = attr->type == PERF_TYPE_BREAKPOINT ? attr->bp_type : 0;
	bare->attr.exclude_kernel = is_user_only ? 1 : 0;
	bare->attr.exclude_hv = is_user_only ? 1 : 0;
	if (is_of_cpu) {
		while (inquiry->pmu.cpus[0] && cpu < 4096 &&
		       !perfev_machine_list_has(inquiry->pmu.cpus, cpu))
			cpu++;
		bare->pid = -1;
		bare->cpu = (int)cpu;
	}
	return perfev_try(inquiry, bare);
}

/* Whether the CPU has a PMU at all. What the caller may not count says nothing about that. */
static int has_pmu(struct inquiry *inquiry)
{
	static const __u64 configs[] = { PERF_COUNT_HW_CPU_CYCLES, PERF_COUNT_HW_INSTRUCTIONS,
					 PERF_COUNT_HW_BRANCH_INSTRUCTIONS };
	struct request request = perfev_request_dummy();
	int error;

	request.attr.type = PERF_TYPE_HARDWARE;
	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		for (int is_user_only = 0; is_user_only < 2; is_user_only++) {
			request.attr.config = configs[i];
			request.attr.exclude_kernel = is_user_only ? 1 : 0;
			error = perfev_try(inquiry, &request);
			if (error != ENOENT && error != EACCES && error != EPERM)
				return 1;
		}
	}
	return 0;
}

/* "PERF_COUNT_SW_DUMMY (9)", or the number alone. */
static void name_config(const struct perf_event_attr *attr, char *text, size_t size)
{
	enum perfev_set set = attr->type == PERF_TYPE_HARDWARE ? PERFEV_SET_HARDWARE :
			      attr->type == PERF_TYPE_SOFTWARE ? PERFEV_SET_SOFTWARE :
								 PERFEV_SET_NONE;
	const char *name = set == PERFEV_SET_NONE ? NULL : perfev_set_name(set, attr->config);

	if (name)
		snprintf(text, size, "%s (%llu)", name, (unsigned long long)attr->config);
	else
		snprintf(text, size, "%#llx", (unsigned long long)attr->config);
}

/* The cause when a software or hardware event has no such number: whose fault that is. */
static enum perfev_cause cause_of_config(const struct inquiry *inquiry, enum perfev_set set)
{
	struct perfev_name name;

	if (perfev_set_find_value(set, inquiry->asked.attr.config, &name) != 1)
		return PERFEV_CAUSE_VALUE;
	return name.since > inquiry->machine.release ? PERFEV_CAUSE_KERNEL : PERFEV_CAUSE_MACHINE;
}

/* Whether any breakpoint can be set: one of the usual kind, on memory of the caller's. */
static int has_breakpoints(struct inquiry *inquiry)
{
	struct request request = perfev_request_dummy();
	static const __u32 watched;

	request.attr.type = PERF_TYPE_BREAKPOINT;
	request.attr.config = 0;
	request.attr.bp_type = HW_BREAKPOINT_W;
	request.attr.bp_addr = (__u64)(size_t)&watched;
	request.attr.bp_len = HW_BREAKPOINT_LEN_4;
	request.attr.size = PERF_ATTR_SIZE_VER1;
	return perfev_try(inquiry, &request) == 0;
}

static void blame_breakpoint(struct inquiry *inquiry)
{
	const struct perf_event_attr *attr = &inquiry->asked.attr;
	struct perfev_why *why = inquiry->why;

	if (!has_breakpoints(inquiry)) {
		perfev_why_begin(why, PERFEV_CAUSE_MACHINE, inquiry->error, "type", attr->type);
		perfev_why_reason(
			why, "type is PERF_TYPE_BREAKPOINT (5), but this machine, or its kernel, "
			     "has no hardware breakpoints");
		perfev_why_remedy(
			why, "use a uprobe to watch code; what writes to data cannot be watched "
			     "here");
		return;
	}
	perfev_why_begin(why, PERFEV_CAUSE_MACHINE, inquiry->error, "bp_addr", attr->bp_addr);
	perfev_why_reason(
		why,
		"bp_addr is %#llx, where this processor can set no breakpoint of bp_type %u "
		"and bp_len %llu",
		(unsigned long long)attr->bp_addr, attr->bp_type, (unsigned long long)attr->bp_len);
	perfev_why_remedy(why, "watch another address");
}

/* No request with this type and config is accepted: says what there is no such thing of. */
static void blame_type_or_config(struct inquiry *inquiry)
{
	const struct perf_event_attr *attr = &inquiry->asked.attr;
	struct perfev_why *why = inquiry->why;
	const int error = inquiry->error;
	char config[64];

	name_config(attr, config, sizeof(config));
	switch (attr->type) {
	case PERF_TYPE_HARDWARE:
	case PERF_TYPE_HW_CACHE:
	case PERF_TYPE_RAW:
		if (!has_pmu(inquiry)) {
			perfev_why_begin(why, PERFEV_CAUSE_NO_PMU, error, "type", attr->type);
			perfev_why_reason(why,
					  "type is %u, an event of the CPU's hardware counters, "
					  "but there are none here",
					  attr->type);
			perfev_why_evidence(why,
					    "cycles, instructions and branches give ENOENT, as in "
					    "most virtual machines and containers of such");
			perfev_why_remedy(why,
					  "give the guest a PMU (QEMU: -cpu host,pmu=on), or count "
					  "PERF_TYPE_SOFTWARE events");
			return;
		}
		perfev_why_begin(why,
				 attr->type == PERF_TYPE_HARDWARE ?
					 cause_of_config(inquiry, PERFEV_SET_HARDWARE) :
					 PERFEV_CAUSE_MACHINE,
				 error, "config", attr->config);
		perfev_why_reason(why,
				  "config is %s, an event that the PMU of this CPU does not have",
				  config);
		perfev_why_remedy(why,
				  "'perfev list', or /sys/bus/event_source/devices/*/events, shows "
				  "what there is");
		return;
	case PERF_TYPE_SOFTWARE:
		perfev_why_begin(why, cause_of_config(inquiry, PERFEV_SET_SOFTWARE), error,
				 "config", attr->config);
		perfev_why_reason(why,
				  "config is %s, which is no software event of this kernel (Linux "
				  "%s)",
				  config, inquiry->machine.release_text);
		perfev_why_remedy(why, "one of PERF_COUNT_SW_*");
		return;
	case PERF_TYPE_TRACEPOINT:
		perfev_why_begin(why, PERFEV_CAUSE_NAME, error, "config", attr->config);
		perfev_why_reason(
			why, "config is %llu, but no tracepoint of this kernel has that number",
			(unsigned long long)attr->config);
		perfev_why_remedy(why,
				  "cat /sys/kernel/tracing/events/GROUP/NAME/id gives it, for this "
				  "boot only");
		return;
	case PERF_TYPE_BREAKPOINT:
		blame_breakpoint(inquiry);
		return;
	default:
		perfev_why_begin(why, PERFEV_CAUSE_MACHINE, error,
				 inquiry->pmu.name[0] ? "config" : "type",
				 inquiry->pmu.name[0] ? attr->config : attr->type);
		if (inquiry->pmu.name[0])
			perfev_why_reason(
				why,
				"config is %s, config1 %#llx, config2 %#llx, an event that "
				"the PMU %s does not have",
				config, (unsigned long long)attr->config1,
				(unsigned long long)attr->config2, inquiry->pmu.name);
		else
			perfev_why_reason(
				why, "type is %u, but this machine has no PMU with that number",
				attr->type);
		perfev_why_remedy(why,
				  "cat /sys/bus/event_source/devices/*/type shows the numbers, "
				  "/sys/bus/event_source/devices/*/format the fields of config");
	}
}

int perfev_blame_event(struct inquiry *inquiry, struct request *accepted)
{
	struct request bare;

	/*
	 * A probe is not tried, and without tries, or without the right to any, nothing is known.
	 */
	if (inquiry->is_probe || inquiry->tries >= PERFEV_EXPLAIN_TRIES - 12 ||
	    inquiry->error == EACCES || inquiry->error == EPERM)
		return perfev_explain_unknown(inquiry);
	for (int way = 0; way < 4; way++) {
		const int is_of_cpu = way & 1;
		const int is_user_only = way < 2;

		if (try_bare(inquiry, &bare, is_of_cpu, is_user_only) != 0)
			continue;
		*accepted = bare;
		perfev_why_begin(inquiry->why, PERFEV_CAUSE_CONFLICT, inquiry->error,
				 is_of_cpu ? "pid" : "exclude_kernel",
				 is_of_cpu ? (__u64)(__s64)inquiry->asked.pid : !is_user_only);
		if (is_of_cpu && inquiry->asked.attr.type == PERF_TYPE_BREAKPOINT)
			perfev_why_reason(
				inquiry->why,
				"pid is %d, but at bp_addr %#llx, in the kernel, this processor "
				"watches for all threads of a CPU only",
				inquiry->asked.pid,
				(unsigned long long)inquiry->asked.attr.bp_addr);
		else if (is_of_cpu)
			perfev_why_reason(inquiry->why,
					  "pid is %d, but %s counts all threads of a CPU "
					  "alike: pid has to be -1",
					  inquiry->asked.pid, pmu_name(inquiry));
		else
			perfev_why_reason(inquiry->why,
					  "exclude_kernel is %d, but %s is only to be had "
					  "with %d",
					  !is_user_only, pmu_name(inquiry), is_user_only);
		return 1;
	}
	blame_type_or_config(inquiry);
	return 1;
}
