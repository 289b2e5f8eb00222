/* SPDX-License-Identifier: MIT */
/* A profile in the formats of others: which there are, what each needs, and into which file. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../commands.h"
#include "../export/export.h"
#include "report.h"

#define COMM (1U << PROFILE_KEY_COMM)
#define THREAD (COMM | 1U << PROFILE_KEY_PID | 1U << PROFILE_KEY_TID)

/* Flame graph tools sum up all that they read, so it is one event's. */
static int write_folded(const struct profile *profile, FILE *to)
{
	if (profile->event_count > 1)
		fprintf(stderr,
			"perfev report: --folded is of one event, '%s': -e chooses another.\n",
			profile->events[0].name);
	return export_folded(profile, 0, 0, to);
}

static const struct format {
	int (*write)(const struct profile *profile, FILE *to);
	unsigned int keys;       /* of whom: what it tells apart */
	unsigned char addresses; /* frames are places in functions */
	unsigned char samples;   /* each of them, with its time */
	unsigned char is_bytes;  /* nothing for a terminal */
} formats[REPORT_FORMATS] = {
	[REPORT_JSON] = { export_json, THREAD, 0, 0, 0 },
	[REPORT_FOLDED] = { write_folded, COMM, 0, 0, 0 },
	[REPORT_PPROF] = { export_pprof, THREAD, 1, 0, 1 },
	[REPORT_FIREFOX] = { export_firefox, THREAD, 1, 1, 0 },
	[REPORT_SPEEDSCOPE] = { export_speedscope, THREAD, 0, 1, 0 },
	[REPORT_HTML] = { export_html, THREAD, 0, 0, 0 },
};

int report_has_format(enum report_format format)
{
	switch (format) {
	case REPORT_HTML:
		return export_html_is_there();
	case REPORT_PPROF:
		return export_has_pprof();
	default:
		return 1;
	}
}

int report_wants_exports(struct report_options *options)
{
	struct profile_reading_options *reading = &options->reading;
	int wants = 0;

	for (int i = 0; i < REPORT_FORMATS; i++) {
		if (!options->files[i])
			continue;
		wants = 1;
		reading->taking.callers = 1;
		reading->taking.keys |= formats[i].keys;
		reading->taking.addresses |= formats[i].addresses;
		reading->keep_samples |= formats[i].samples;
	}
	return wants;
}

/* Says what failed. Returns the exit status. */
static int fail(const char *path, int error)
{
	/* Who closed the pipe has seen enough. */
	if (error == -EPIPE)
		return 128 + SIGPIPE;
	fprintf(stderr, "perfev report: '%s': cannot write: %s.\n", path, strerror(-error));
	return EXIT_PERFEV;
}

static int write_to(const struct format *format, const struct profile *profile, const char *path)
{
	FILE *to = stdout;
	int result;

	if (strcmp(path, "-") != 0) {
		to = fopen(path, "we");
		if (!to)
			return fail(path, -errno);
	} else if (format->is_bytes && isatty(STDOUT_FILENO)) {
		fputs("perfev report: what it makes are bytes, not for a terminal: name a file.\n",
		      stderr);
		return EXIT_PERFEV;
	}
	errno = 0;
	result = format->write(profile, to);
	if (result == 0 && (fflush(to) != 0 || ferror(to)))
		result = errno ? -errno : -EIO;
	if (to != stdout && fclose(to) != 0 && result == 0)
		result = -errno;
	return result < 0 ? fail(path, result) : 0;
}

int report_exports(const struct report_options *options, const struct profile *profile)
{
	int status = 0;

	for (int i = 0; i < REPORT_FORMATS && status == 0; i++)
		if (options->files[i])
			status = write_to(&formats[i], profile, options->files[i]);
	return status;
}
