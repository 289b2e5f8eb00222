/* SPDX-License-Identifier: MIT */
/*
 * The first process of a guest: mounts what the tests need, loads the modules that lie in /modules,
 * runs every program of /tests and powers off. It changes the settings of the machine that it runs
 * on, so it refuses to be anything but process 1.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A test that takes longer hangs. Guests are slow, and none of ours takes a tenth of that. */
#define TEST_SECONDS 60

static void mount_one(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) < 0 && errno != EBUSY)
		printf("perfev-lab: mount %s: %s\n", where, strerror(errno));
}

static void mount_all(void)
{
	mount_one("proc", "/proc");
	mount_one("sysfs", "/sys");
	mount_one("devtmpfs", "/dev");
	mount_one("tracefs", "/sys/kernel/tracing");
	mount_one("debugfs", "/sys/kernel/debug");
	mount_one("cgroup2", "/sys/fs/cgroup");
	mkdir("/tmp", 0777);
	chmod("/tmp", 01777);
}

/*
 * Debian's kernels keep everything from everybody but root (level 3); the tests begin where the
 * kernel itself does. Those that are about the level set it.
 */
static void set_paranoid(void)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "w");

	if (file) {
		fputs("2", file);
		fclose(file);
	}
}

/* Sets a variable for each NAME=VALUE line of /environment. */
static void read_environment(void)
{
	char line[512];
	FILE *file = fopen("/environment", "r");

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		putenv(strdup(line));
	}
	if (file)
		fclose(file);
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0) < 0)
		printf("perfev-lab: %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* Waits for the test, up to TEST_SECONDS; whatever else ends meanwhile is reaped. */
static int wait_for(pid_t test)
{
	const struct timespec pause = { 0, 2000000 };
	time_t begin = time(NULL);
	int status;

	for (;;) {
		pid_t ended = waitpid(-1, &status, WNOHANG);

		if (ended == test)
			return status;
		if (ended > 0)
			continue;
		if (time(NULL) - begin > TEST_SECONDS) {
			printf("perfev-lab: the test takes more than %d seconds\n", TEST_SECONDS);
			kill(test, SIGKILL);
			waitpid(test, &status, 0);
			return status;
		}
		nanosleep(&pause, NULL);
	}
}

static void run_test(const char *name)
{
	char path[512];
	int status;
	pid_t child;

	snprintf(path, sizeof(path), "/tests/%s", name);
	printf("\nperfev-lab: begin %s\n", name);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	status = child < 0 ? 0xff00 : wait_for(child);
	printf("\nperfev-lab: end %s %d\n", name,
	       WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	fflush(stdout);
}

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Calls function for every file of a folder, by name. */
static void for_each(const char *folder, void (*function)(const char *name))
{
	struct dirent **names;
	int count = scandir(folder, &names, no_dots, alphasort);

	for (int i = 0; i < count; i++) {
		function(names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

static void load_one(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "/modules/%s", name);
	load_module(path);
}

int main(void)
{
	if (getpid() != 1) {
		fprintf(stderr, "this is the first process of a guest, and for nothing else\n");
		return 2;
	}
	mount_all();
	set_paranoid();
	read_environment();
	for_each("/modules", load_one);
	for_each("/tests", run_test);
	printf("\nperfev-lab: complete\n");
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
