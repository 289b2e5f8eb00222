/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include "facts.h"

#include <sys/wait.h>
#include <unistd.h>

/* Names with blanks between them, each once. */
static char noted[800];

struct watch watch_with(struct perf_event_attr attr, pid_t pid, int cpu, unsigned int pages,
			const char *feature)
{
	struct watch watch;
	struct perfev_why why;

	watch.fd = open_at_or_skip(&attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC, feature);
	perfev_layout_init(&watch.layout, &attr, 0);
	if (perfev_ring_open(&watch.ring, watch.fd, pages, PERFEV_RING_SHRINK, &why) < 0)
		fail_msg("%s", why.text);
	return watch;
}

struct watch watch(struct perf_event_attr attr, pid_t pid, int cpu)
{
	return watch_with(attr, pid, cpu, 16, "software");
}

void end_watch(struct watch *watch)
{
	perfev_ring_close(watch->ring);
	close(watch->fd);
}

void note(const char *name)
{
	size_t length = strlen(noted), more = strlen(name);

	for (const char *at = noted; (at = strstr(at, name)); at += more)
		if ((at == noted || at[-1] == ' ') && (at[more] == ' ' || at[more] == '\0'))
			return;
	snprintf(noted + length, sizeof(noted) - length, "%s%s", length ? " " : "", name);
}

void print_noted(const char *question)
{
	print_fact(question, "%s", noted);
}

unsigned int look(struct watch *watch, __u32 type, looks *is_it, const void *made)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int found = 0;
	int result;

	while ((result = perfev_ring_next(watch->ring, &record, &watch->layout)) > 0) {
		assert_in_range(record.type, 1, PERF_RECORD_MAX - 1);
		assert_int_equal(record.tail.length, 0);
		note(perfev_record_name(record.type));
		found += record.type == type && is_it(&record, made);
	}
	assert_int_equal(result, 0);
	return found;
}

struct actor hire(void (*act)(void *argument), void *argument)
{
	struct actor actor;
	int ends[2];
	char word;

	assert_int_equal(pipe(ends), 0);
	actor.pid = fork();
	assert_true(actor.pid >= 0);
	if (actor.pid == 0) {
		close(ends[1]);
		if (read(ends[0], &word, 1) == 1)
			act(argument);
		_exit(0);
	}
	close(ends[0]);
	actor.wire = ends[1];
	return actor;
}

void let_act(struct actor actor)
{
	assert_int_equal(write(actor.wire, "", 1), 1);
	close(actor.wire);
	assert_int_equal(waitpid(actor.pid, NULL, 0), actor.pid);
}
