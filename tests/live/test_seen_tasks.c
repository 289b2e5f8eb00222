/* SPDX-License-Identifier: MIT */
/*
 * Each kind of record that tells of tasks, made to come by one, decoded by perfev/record.h, and
 * held against what it did. What must stay true: what is asserted of a field is known from
 * elsewhere, not from the record.
 */
#include "facts.h"
#include "watch.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child does between its beginning and its end, in memory that both see. */
struct story {
	struct actor actor;
	pid_t child;
	void *mapped;
	ino_t uts;
	int done;
};

static struct story *new_story(void)
{
	struct story *story = mmap(NULL, sizeof(*story), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(story, MAP_FAILED);
	return story;
}

static void rename_itself(void *argument)
{
	(void)argument;
	prctl(PR_SET_NAME, "a new name");
}

static int is_renamed(const struct perfev_record *record, const void *made)
{
	const struct story *story = made;

	if (strcmp(record->comm.comm.text, "a new name") != 0)
		return 0;
	assert_int_equal(record->comm.comm.length, 10);
	assert_int_equal(record->comm.pid, story->actor.pid);
	assert_int_equal(record->comm.tid, story->actor.pid);
	assert_int_equal(record->pid, story->actor.pid);
	assert_true(record->time != 0);
	return 1;
}

static void a_COMM_has_the_new_name(void **state)
{
	struct story *story = new_story();
	struct watch watched;

	(void)state;
	story->actor = hire(rename_itself, story);
	watched = watch(DUMMY(.comm = 1), story->actor.pid, -1);
	let_act(story->actor);
	assert_int_equal(look(&watched, PERF_RECORD_COMM, is_renamed, story), 1);
	end_watch(&watched);
}

#define MAPPED_PAGES 3

static void map_itself(void *argument)
{
	struct story *story = argument;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	story->mapped = mmap(NULL, MAPPED_PAGES * (size_t)getpagesize(), PROT_READ | PROT_EXEC,
			     MAP_PRIVATE, fd, getpagesize());
}

static int is_mapped(const struct perfev_record *record, const void *made)
{
	const struct story *story = made;
	struct stat file;
	char path[300] = "";

	if (record->mmap.addr != (uintptr_t)story->mapped)
		return 0;
	assert_int_equal(stat("/proc/self/exe", &file), 0);
	assert_true(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
	assert_int_equal(record->mmap.pid, story->actor.pid);
	assert_int_equal(record->mmap.len, MAPPED_PAGES * getpagesize());
	assert_int_equal(record->mmap.pgoff, getpagesize());
	/* By another path where the root is not the machine's. */
	assert_non_null(strstr(record->mmap.filename.text, strrchr(path, '/')));
	if (record->type == PERF_RECORD_MMAP)
		return 1;
	assert_int_equal(record->mmap.prot, PROT_READ | PROT_EXEC);
	assert_int_equal(record->mmap.flags & MAP_TYPE, MAP_PRIVATE);
	if (record->misc & PERF_RECORD_MISC_MMAP_BUILD_ID)
		assert_in_range(record->mmap.build_id.size, 8, 20);
	else
		assert_int_equal(record->mmap.ino, file.st_ino);
	return 1;
}

static void check_mapping(struct perf_event_attr attr, __u32 type)
{
	struct story *story = new_story();
	struct watch watched;

	story->actor = hire(map_itself, story);
	watched = watch(attr, story->actor.pid, -1);
	let_act(story->actor);
	assert_ptr_not_equal(story->mapped, MAP_FAILED);
	assert_int_equal(look(&watched, type, is_mapped, story), 1);
	end_watch(&watched);
}

static void an_MMAP_has_the_place_and_the_file(void **state)
{
	(void)state;
	check_mapping(DUMMY(.mmap = 1), PERF_RECORD_MMAP);
}

static void an_MMAP2_has_the_inode_and_the_rights_too(void **state)
{
	(void)state;
	check_mapping(DUMMY(.mmap = 1, .mmap2 = 1), PERF_RECORD_MMAP2);
}

static void beget(void *argument)
{
	struct story *story = argument;

	pid_t child = fork();

	if (child == 0)
		_exit(0);
	story->child = child;
	waitpid(child, NULL, 0);
}

static int is_birth(const struct perfev_record *record, const void *made)
{
	const struct story *story = made;

	if ((pid_t)record->task.pid != story->child)
		return 0;
	assert_int_equal(record->task.tid, story->child);
	assert_int_equal(record->task.ppid, story->actor.pid);
	assert_int_equal(record->task.ptid, story->actor.pid);
	return 1;
}

static int is_end(const struct perfev_record *record, const void *made)
{
	const struct story *story = made;

	return (pid_t)record->task.pid == story->actor.pid &&
	       (pid_t)record->task.tid == story->actor.pid && record->task.time != 0;
}

static void FORK_and_EXIT_say_who_and_whose(void **state)
{
	struct story *story = new_story();
	struct watch watched, other;

	(void)state;
	story->actor = hire(beget, story);
	watched = watch(DUMMY(.task = 1), story->actor.pid, -1);
	other = watch(DUMMY(.task = 1), story->actor.pid, -1);
	let_act(story->actor);
	assert_int_equal(look(&watched, PERF_RECORD_FORK, is_birth, story), 1);
	assert_int_equal(look(&other, PERF_RECORD_EXIT, is_end, story), 1);
	end_watch(&other);
	end_watch(&watched);
}

static void sleep_a_little(void *argument)
{
	(void)argument;
	for (int i = 0; i < 5; i++)
		usleep(1000);
}

static int is_out(const struct perfev_record *record, const void *made)
{
	(void)made;
	return (record->misc & PERF_RECORD_MISC_SWITCH_OUT) != 0;
}

static void a_SWITCH_says_whether_out_or_in(void **state)
{
	struct story *story = new_story();
	struct watch watched;

	(void)state;
	story->actor = hire(sleep_a_little, story);
	watched = watch(DUMMY(.context_switch = 1), story->actor.pid, -1);
	let_act(story->actor);
	assert_in_range(look(&watched, PERF_RECORD_SWITCH, is_out, story), 5, 100);
	end_watch(&watched);
}

static int is_switch_of(const struct perfev_record *record, const void *made)
{
	const struct story *story = made;

	return (pid_t)record->context_switch.next_prev_pid == story->actor.pid;
}

static void a_SWITCH_of_a_CPU_says_to_whom(void **state)
{
	struct story *story = new_story();
	struct watch watched;
	cpu_set_t first;

	(void)state;
	if (!getenv("PERFEV_LAB"))
		skip_without("lab", "a CPU's switches are those of all processes");
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	story->actor = hire(sleep_a_little, story);
	assert_int_equal(sched_setaffinity(story->actor.pid, sizeof(first), &first), 0);
	watched = watch(DUMMY(.context_switch = 1), -1, 0);
	let_act(story->actor);
	assert_in_range(look(&watched, PERF_RECORD_SWITCH_CPU_WIDE, is_switch_of, story), 5, 1000);
	end_watch(&watched);
}

static void leave_its_names(void *argument)
{
	struct story *story = argument;
	struct stat file;

	story->done = unshare(CLONE_NEWUTS) == 0 && stat("/proc/self/ns/uts", &file) == 0;
	story->uts = file.st_ino;
}

static int is_unshared(const struct perfev_record *record, const void *made)
{
	const struct story *story = made;
	struct perfev_namespace link;

	assert_int_equal(record->namespaces.pid, story->actor.pid);
	assert_in_range(record->namespaces.links.count, USER_NS_INDEX + 1, 64);
	assert_int_equal(perfev_namespace_get(&record->namespaces.links, UTS_NS_INDEX, &link), 1);
	return link.ino == story->uts;
}

static void NAMESPACES_has_the_inode_of_each(void **state)
{
	struct story *story = new_story();
	struct watch watched;

	(void)state;
	story->actor = hire(leave_its_names, story);
	watched = watch(DUMMY(.namespaces = 1), story->actor.pid, -1);
	let_act(story->actor);
	if (!story->done)
		skip_without("root", "no namespace may be made");
	assert_in_range(look(&watched, PERF_RECORD_NAMESPACES, is_unshared, story), 1, 2);
	end_watch(&watched);
}

static void which_records_of_tasks_come(void **state)
{
	(void)state;
	print_noted(__func__);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_COMM_has_the_new_name),
		cmocka_unit_test(an_MMAP_has_the_place_and_the_file),
		cmocka_unit_test(an_MMAP2_has_the_inode_and_the_rights_too),
		cmocka_unit_test(FORK_and_EXIT_say_who_and_whose),
		cmocka_unit_test(a_SWITCH_says_whether_out_or_in),
		cmocka_unit_test(a_SWITCH_of_a_CPU_says_to_whom),
		cmocka_unit_test(NAMESPACES_has_the_inode_of_each),
		cmocka_unit_test(which_records_of_tasks_come),
	};

	return cmocka_run_group_tests_name("records of tasks", tests, NULL, NULL);
}
