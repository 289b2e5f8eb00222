/* SPDX-License-Identifier: MIT */
/* Which core and which socket a CPU is in, as sysfs has it. */
#include "topology.h"

#include <stdio.h>

static int read_number(int cpu, const char *name)
{
	char path[96];
	int number = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/%s", cpu, name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%d", &number) != 1 || number < 0)
		number = 0;
	fclose(file);
	return number;
}

struct topology topology_of(int cpu)
{
	struct topology topology = { read_number(cpu, "physical_package_id"),
				     read_number(cpu, "core_id") };

	return topology;
}
