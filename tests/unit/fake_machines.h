/* SPDX-License-Identifier: MIT */
/* Machines that are not here, as their sysfs and tracefs show them; and reading events on them. */
#ifndef PERFEV_TESTS_FAKE_MACHINES_H
#define PERFEV_TESTS_FAKE_MACHINES_H

#include <perfev/event.h>

#include "fake_sysfs.h"

struct fake_machine {
	struct fake fake;
	struct perfev_event_options options;
	struct perfev_why why;
};

/* An x86 server: cpu, msr, power, three memory controllers, probes, tracepoints. */
void fake_server(struct fake_machine *machine);

/* An x86 processor with two kinds of core, cpu_core (4) and cpu_atom (10). */
void fake_hybrid(struct fake_machine *machine);

/* An Arm processor with two kinds of core, armv8_cortex_a53 (8) and armv8_cortex_a72 (9). */
void fake_arm(struct fake_machine *machine);

/* Nothing in sysfs. */
void fake_empty(struct fake_machine *machine);

void fake_machine_end(struct fake_machine *machine);

/* One of each, which a group of tests has between these two, its set-up and its tear-down. */
extern struct fake_machine server, hybrid, arm, empty;
int fake_machines_begin(void **state);
int fake_machines_end(void **state);

/* Reads a text that must be sound. The caller frees the events. */
struct perfev_events *parse(struct fake_machine *machine, const char *text);

/* Reads a text that must be one event, and checks its encoding. The caller frees the events. */
struct perfev_events *parse_one(struct fake_machine *machine, const char *text, __u32 type,
				__u64 config);

#endif
