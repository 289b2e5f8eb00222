/* SPDX-License-Identifier: MIT */
/*
 * perfev doctor: what works on this machine for this user, what does not, why, and the command that
 * would change it. Everything is found out by trying, on this process and its own children.
 */
#include "doctor.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../arguments.h"
#include "../commands.h"

struct options {
	int json;
	int verbose;
};

static int help(void)
{
	fputs("usage: perfev doctor [--json] [--verbose]\n"
	      "\n"
	      "Tries what perf_event_open(2) can do here for this user, and says what works, what\n"
	      "does not, why, and which command would change it. It needs no rights, changes no\n"
	      "setting, and looks at no process but its own.\n"
	      "\n"
	      "  -j, --json     print one JSON object\n"
	      "  -v, --verbose  also print what was seen, every PMU, and what of the interface\n"
	      "                 this kernel does not take\n"
	      "  -h, --help     print this\n"
	      "\n"
	      "The exit status is 0 when counting and sampling work, 1 when one of them does not,\n"
	      "125 when perfev failed.\n"
	      "\n"
	      "  perfev doctor\n"
	      "  perfev doctor --json | jq -r '.checks[] | select(.remedy) | .remedy'\n",
	      stdout);
	return 0;
}

/* Returns -1 to go on, or an exit status. */
static int parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	char name[] = "perfev doctor";
	int option;

	argv[0] = name; /* for getopt's messages */
	while ((option = getopt_long(argc, argv, "jvh", names, NULL)) != -1) {
		switch (option) {
		case 'j':
			options->json = 1;
			break;
		case 'v':
			options->verbose = 1;
			break;
		case 'h':
			return help();
		default:
			goto wrong;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "perfev doctor: it takes no '%s'\n", argv[optind]);
wrong:
	return arguments_refused("doctor");
}

/* Prints it whole. Returns 0, or a negative errno. */
static int print(const struct doctor *doctor, const struct options *options)
{
	int result = 0;

	errno = 0;
	if (options->json)
		result = doctor_print_json(doctor, stdout);
	else
		doctor_print(doctor, options->verbose, stdout);
	if ((fflush(stdout) == EOF || ferror(stdout)) && result == 0)
		result = errno ? -errno : -EIO;
	return result;
}

int command_doctor(int argc, char **argv)
{
	struct options options = { 0 };
	struct doctor doctor = { 0 };
	int status = parse(argc, argv, &options);
	int result;

	if (status >= 0)
		return status;
	/* Whoever started perfev may have its children reaped unseen; these are waited for. */
	signal(SIGCHLD, SIG_DFL);
	doctor_machine_read(&doctor.machine);
	result = doctor_pmus_read(&doctor);
	if (result == 0) {
		doctor_checks_run(&doctor);
		result = print(&doctor, &options);
	}
	free(doctor.pmus);
	if (result < 0) {
		fprintf(stderr, "perfev doctor: %s\n", strerror(-result));
		return EXIT_PERFEV;
	}
	return doctor_exit_status(&doctor);
}
