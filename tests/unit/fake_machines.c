/* SPDX-License-Identifier: MIT */
/* The files are those of real machines, cut down to what the tests name. */
#include "fake_machines.h"

#include <string.h>

#include "support.h"

static void begin(struct fake_machine *machine)
{
	memset(machine, 0, sizeof(*machine));
	fake_begin(&machine->fake);
	machine->options.size = sizeof(machine->options);
	machine->options.sysfs = machine->fake.root;
}

static void x86_formats(const struct fake *fake, const char *pmu)
{
	fake_pmu(fake, pmu, "format/event", "config:0-7\n");
	fake_pmu(fake, pmu, "format/umask", "config:8-15\n");
	fake_pmu(fake, pmu, "format/edge", "config:18\n");
	fake_pmu(fake, pmu, "format/inv", "config:23\n");
	fake_pmu(fake, pmu, "format/cmask", "config:24-31\n");
	fake_pmu(fake, pmu, "format/ldat", "config1:0-15\n");
	fake_pmu(fake, pmu, "format/offcore_rsp", "config1:0-63\n");
	fake_pmu(fake, pmu, "format/frontend", "config1:0-23\n");
}

static void tracepoint(const struct fake *fake, const char *name, const char *id)
{
	fake_file(fake, id, "kernel/tracing/events/%s/id", name);
}

static void memory_controller(const struct fake *fake, const char *name, const char *type)
{
	fake_pmu(fake, name, "type", type);
	fake_pmu(fake, name, "cpumask", "0,18\n");
	fake_pmu(fake, name, "format/event", "config:0-7,32-35\n");
	fake_pmu(fake, name, "format/umask", "config:8-15\n");
	fake_pmu(fake, name, "events/data_reads", "event=0xf04,umask=0x03\n");
	fake_pmu(fake, name, "events/data_reads.scale", "6.103515625e-5\n");
	fake_pmu(fake, name, "events/data_reads.unit", "MiB\n");
}

void fake_server(struct fake_machine *machine)
{
	const struct fake *fake = &machine->fake;

	begin(machine);
	fake_pmu(fake, "cpu", "type", "4\n");
	x86_formats(fake, "cpu");
	fake_pmu(fake, "cpu", "format/split", "config2:0-3,8-11,60\n");
	fake_pmu(fake, "cpu", "format/whole", "config3\n");
	fake_pmu(fake, "cpu", "format/lower", "config4:0-15\n");
	fake_pmu(fake, "cpu", "format/upper", "config4:8-31\n");
	fake_pmu(fake, "cpu", "events/mem-loads", "event=0xcd,umask=0x1,ldat=3\n");
	fake_pmu(fake, "cpu", "events/cpu-cycles", "event=0x3c\n");
	fake_pmu(fake, "cpu", "events/edges", "event=0x10,edge\n");
	fake_pmu(fake, "cpu", "events/of-core", "event=0x1,umask=?,config2=0x5\n");
	fake_pmu(fake, "cpu", "events/bad", "event=0x1,nothing=3\n");
	fake_pmu(fake, "msr", "type", "9\n");
	fake_pmu(fake, "msr", "format/event", "config:0-63\n");
	fake_pmu(fake, "msr", "events/tsc", "event=0x00\n");
	fake_pmu(fake, "power", "type", "20\n");
	fake_pmu(fake, "power", "cpumask", "0\n");
	fake_pmu(fake, "power", "format/event", "config:0-7\n");
	fake_pmu(fake, "power", "events/energy-pkg", "event=0x02\n");
	fake_pmu(fake, "power", "events/energy-pkg.scale", "2.3283064365386962890625e-10\n");
	fake_pmu(fake, "power", "events/energy-pkg.unit", "Joules\n");
	memory_controller(fake, "uncore_imc_0", "30\n");
	memory_controller(fake, "uncore_imc_2", "31\n");
	memory_controller(fake, "uncore_imc_10", "32\n");
	fake_pmu(fake, "uncore_imc_free_running", "type", "33\n");
	fake_pmu(fake, "kprobe", "type", "6\n");
	fake_pmu(fake, "kprobe", "format/retprobe", "config:0\n");
	fake_pmu(fake, "uprobe", "type", "7\n");
	fake_pmu(fake, "uprobe", "format/retprobe", "config:0\n");
	tracepoint(fake, "sched/sched_switch", "316\n");
	tracepoint(fake, "sched/sched_waking", "320\n");
	tracepoint(fake, "syscalls/sys_enter_read", "700\n");
	tracepoint(fake, "syscalls/sys_exit_read", "699\n");
	fake_file(fake, "0\n", "kernel/tracing/events/enable");
	fake_file(fake, "0\n", "kernel/tracing/events/sched/enable");
}

void fake_hybrid(struct fake_machine *machine)
{
	const struct fake *fake = &machine->fake;

	begin(machine);
	fake_pmu(fake, "cpu_core", "type", "4\n");
	fake_pmu(fake, "cpu_core", "cpus", "0-3\n");
	x86_formats(fake, "cpu_core");
	fake_pmu(fake, "cpu_core", "events/mem-loads", "event=0xcd,umask=0x1,ldat=3\n");
	fake_pmu(fake, "cpu_core", "events/slots", "event=0x00,umask=0x4\n");
	fake_pmu(fake, "cpu_atom", "type", "10\n");
	fake_pmu(fake, "cpu_atom", "cpus", "4-7,9\n");
	x86_formats(fake, "cpu_atom");
	fake_pmu(fake, "cpu_atom", "events/mem-loads", "event=0xd0,umask=0x5,ldat=3\n");
}

void fake_arm(struct fake_machine *machine)
{
	const struct fake *fake = &machine->fake;

	begin(machine);
	fake_pmu(fake, "armv8_cortex_a72", "type", "9\n");
	fake_pmu(fake, "armv8_cortex_a72", "cpus", "4-5\n");
	fake_pmu(fake, "armv8_cortex_a72", "format/event", "config:0-15\n");
	fake_pmu(fake, "armv8_cortex_a53", "type", "8\n");
	fake_pmu(fake, "armv8_cortex_a53", "cpus", "0-3\n");
	fake_pmu(fake, "armv8_cortex_a53", "format/event", "config:0-15\n");
	fake_pmu(fake, "arm_spe_0", "type", "12\n");
	fake_pmu(fake, "arm_spe_0", "cpumask", "0-5\n");
	fake_pmu(fake, "arm_spe_0", "format/min_latency", "config2:0-11\n");
}

void fake_empty(struct fake_machine *machine)
{
	begin(machine);
}

void fake_machine_end(struct fake_machine *machine)
{
	fake_end(&machine->fake);
}

struct fake_machine server, hybrid, arm, empty;

int fake_machines_begin(void **state)
{
	(void)state;
	fake_server(&server);
	fake_hybrid(&hybrid);
	fake_arm(&arm);
	fake_empty(&empty);
	return 0;
}

int fake_machines_end(void **state)
{
	(void)state;
	fake_machine_end(&server);
	fake_machine_end(&hybrid);
	fake_machine_end(&arm);
	fake_machine_end(&empty);
	return 0;
}

struct perfev_events *parse(struct fake_machine *machine, const char *text)
{
	struct perfev_events *events;

	if (perfev_events_parse(&events, text, &machine->options, &machine->why) < 0)
		fail_msg("%s: byte %ld: %s", text, machine->why.position, machine->why.text);
	assert_int_equal(machine->why.cause, PERFEV_CAUSE_NONE);
	return events;
}

struct perfev_events *parse_one(struct fake_machine *machine, const char *text, __u32 type,
				__u64 config)
{
	struct perfev_events *events = parse(machine, text);
	const struct perfev_event *event = perfev_events_get(events, 0);

	assert_int_equal(perfev_events_count(events), 1);
	assert_int_equal(perfev_events_logical_count(events), 1);
	assert_null(perfev_events_get(events, 1));
	assert_int_equal(event->attr.size, sizeof(event->attr));
	if (event->attr.type != type || event->attr.config != config)
		fail_msg("%s is %u 0x%llx, not %u 0x%llx", text, event->attr.type,
			 (unsigned long long)event->attr.config, type, (unsigned long long)config);
	return events;
}
