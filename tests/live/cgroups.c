/* SPDX-License-Identifier: MIT */
/* A cgroup to test with; see cgroups.h. */
#include "cgroups.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "attempt.h"

struct cgroups cgroups;

static int is_lab(void)
{
	const char *lab = getenv("PERFEV_LAB");

	return lab && strcmp(lab, "1") == 0;
}

int write_word(const char *folder, const char *name, const char *word)
{
	char path[256];
	ssize_t written;
	int fd, error;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	written = write(fd, word, strlen(word));
	error = errno;
	close(fd);
	errno = error;
	return written < 0 ? -1 : 0;
}

/* Finds the first cgroup2 that is mounted. */
static int find_root(void)
{
	FILE *mounts = fopen("/proc/self/mounts", "re");
	char line[1024], type[32];
	int found = 0;

	while (mounts && !found && fgets(line, sizeof(line), mounts))
		found = sscanf(line, "%*s %127s %31s", cgroups.root, type) == 2 &&
			strcmp(type, "cgroup2") == 0;
	if (mounts)
		fclose(mounts);
	return found;
}

static int mount_root(void)
{
	snprintf(cgroups.root, sizeof(cgroups.root), "/perfev-cgroup-XXXXXX");
	if (!mkdtemp(cgroups.root))
		return 0;
	cgroups.is_mounted = mount("none", cgroups.root, "cgroup2", 0, NULL) == 0;
	if (!cgroups.is_mounted)
		rmdir(cgroups.root);
	return cgroups.is_mounted;
}

/* Only when some controller is enabled do groups get perf_event's, which cannot be by itself. */
static void enable_controller(void)
{
	char path[256], line[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", cgroups.root);
	file = fopen(path, "re");
	if (file) {
		if (!fgets(line, sizeof(line), file))
			line[0] = '\0';
		fclose(file);
	}
	if (!strstr(line, "pids"))
		cgroups.is_enabled =
			write_word(cgroups.root, "cgroup.subtree_control", "+pids") == 0;
}

int open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* Why events of the group cannot be opened, or NULL. */
static const char *lack_of_events(void)
{
	struct attempt attempt = { DUMMY(.disabled = 1), open_folder(cgroups.group), allowed_cpu(0),
				   -1, PERF_FLAG_PID_CGROUP };
	int error = error_of(&attempt);

	close(attempt.pid);
	switch (error) {
	case 0:
		return NULL;
	case EINVAL:
		return "the kernel has no events of cgroups";
	case ENOENT:
		return "the groups of this hierarchy have no perf_event controller";
	default:
		return strerror(error);
	}
}

int make_group(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		cgroups.lack = "only root makes groups";
		return 0;
	}
	if (!find_root() && (!is_lab() || !mount_root())) {
		cgroups.lack = "no cgroup2 is mounted";
		return 0;
	}
	if (is_lab())
		enable_controller();
	snprintf(cgroups.group, sizeof(cgroups.group), "%s/" NAME "-%d", cgroups.root, getpid());
	if (mkdir(cgroups.group, 0755) < 0) {
		cgroups.lack = "no group can be made";
		return 0;
	}
	cgroups.is_made = 1;
	cgroups.lack = lack_of_events();
	return 0;
}

/* Removes a group that a test may have left, with what is in it. Returns as rmdir() does. */
static int remove_group(const char *group)
{
	char path[256], number[16];
	FILE *tasks;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	tasks = fopen(path, "re");
	while (tasks && fscanf(tasks, "%15s", number) == 1)
		write_word(cgroups.root, "cgroup.procs", number);
	if (tasks)
		fclose(tasks);
	return rmdir(group);
}

int take_all_back(void **state)
{
	char below[200];
	int failed = 0;

	(void)state;
	snprintf(below, sizeof(below), "%s/" BELOW, cgroups.group);
	if (cgroups.is_made) {
		remove_group(below);
		failed |= remove_group(cgroups.group);
	}
	if (cgroups.is_enabled)
		failed |= write_word(cgroups.root, "cgroup.subtree_control", "-pids");
	if (cgroups.is_mounted) {
		failed |= umount(cgroups.root);
		failed |= rmdir(cgroups.root);
	}
	return failed;
}

void cgroup_or_skip(void)
{
	if (cgroups.lack)
		skip_without("cgroup", "%s", cgroups.lack);
}

void move_into(const char *group, struct worker worker)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", worker.pid);
	assert_int_equal(write_word(group, "cgroup.procs", number), 0);
}

struct worker start_worker_on(int cpu)
{
	struct worker worker = start_worker();

	pin(worker.pid, cpu);
	return worker;
}
