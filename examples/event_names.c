/* SPDX-License-Identifier: MIT */
/* What an event's name stands for: each attribute that it becomes, and where it is to be opened. */
#include <stdio.h>

#include <perfev.h>

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "cycles:u,page-faults,{task-clock,cs}:S";
	const struct perfev_event *event;
	struct perfev_events *events;
	struct perfev_why why;
	char attr[512];

	if (perfev_events_parse(&events, text, NULL, &why) < 0) {
		fprintf(stderr, "%s\n%*s\n%s\n", text, (int)why.position + 1, "^", why.text);
		return 1;
	}
	for (unsigned int i = 0; (event = perfev_events_get(events, i)); i++) {
		perfev_attr_format(attr, sizeof(attr), &event->attr);
		printf("%s (%s): %s\n", event->name, event->pmu, attr);
		if (event->unit[0])
			printf("\tcounts %s, times %g\n", event->unit, event->scale);
		if (event->cpu_count)
			printf("\tonly on %u CPUs, from %d\n", event->cpu_count, event->cpus[0]);
	}
	perfev_events_free(events);
	return 0;
}
