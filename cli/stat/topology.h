/* SPDX-License-Identifier: MIT */
/* Which core and which socket a CPU is in. */
#ifndef PERFEV_CLI_STAT_TOPOLOGY_H
#define PERFEV_CLI_STAT_TOPOLOGY_H

/* Both are 0 where the system does not tell. */
struct topology {
	int socket;
	int core;
};

struct topology topology_of(int cpu);

#endif
