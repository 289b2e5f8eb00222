/* SPDX-License-Identifier: MIT */
/*
 * A recording as a profile; see read.h. Damage does not end the reading: what it is, the file tells
 * afterwards.
 */
#include "read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <perfev/event.h>

#include "../codec.h"
#include "../progress.h"
#include "../recorded.h"

#define NS 1000000000ULL
/* So many records between two looks at the clock, and how long the first line is waited for. */
#define RECORDS_BETWEEN 4096
#define PROGRESS_NS (NS / 4)

/* What is known of an event of the file. */
struct known_event {
	const struct perfev_file_event *event;
	__u32 number; /* the profile's */
	int is_chosen;
	__u64 period; /* of samples that do not say it */
};

struct progress {
	const char *path;
	__u64 size; /* of the file; 0: not known, or it is not shown */
	__u64 next_ns;
	unsigned int records;
	int is_shown;
};

struct making {
	struct profile_reading *reading;
	const struct profile_reading_options *options;
	struct profile_taking *taking;
	struct known_event *events;
	unsigned int event_count;
	struct progress progress;
};

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * NS + (__u64)now.tv_nsec;
}

static void begin_progress(struct making *making, const char *path)
{
	struct stat file;

	making->progress.path = path;
	if (making->options->show_progress &&
	    fstat(perfev_file_fd(making->reading->file), &file) == 0 && S_ISREG(file.st_mode))
		making->progress.size = (__u64)file.st_size;
	making->progress.next_ns = now_ns() + PROGRESS_NS;
}

static void show_progress(struct making *making)
{
	struct progress *progress = &making->progress;
	const __u64 now = now_ns(), offset = perfev_file_offset(making->reading->file);

	if (now < progress->next_ns || offset > progress->size)
		return;
	progress->next_ns = now + PROGRESS_NS;
	progress->is_shown = 1;
	progress_show("%s: %llu %% read", progress->path,
		      (unsigned long long)(100 * offset / progress->size));
}

/*
 * A name that people know, where the file says none: of events that are the same on any machine,
 * which need no folder of this one's.
 */
static const char *event_name(const struct perfev_file_event *event, char *text, size_t size)
{
	const __u32 type = event->attr.type;
	int length = 0;

	if (!event->name[0] && (type == PERF_TYPE_HARDWARE || type == PERF_TYPE_SOFTWARE ||
				type == PERF_TYPE_HW_CACHE))
		length = perfev_event_format(text, size, &event->attr, NULL);
	return length > 0 && (size_t)length < size ? text : recorded_name(event, text, size);
}

static int means(char *word, const struct perfev_file_event *event, unsigned int number)
{
	char *const list[] = { word, NULL };
	char text[64];

	return recorded_is(word, event, number) ||
	       choices_have_name(list, event_name(event, text, sizeof(text)));
}

static int is_chosen(const struct making *making, const struct perfev_file_event *event,
		     unsigned int number)
{
	char **words = making->options->filter.events;

	for (char **word = words; word && *word; word++)
		if (means(*word, event, number))
			return 1;
	return !words;
}

/* Of a pipe, events come in between. */
static int add_events(struct making *making)
{
	struct profile *profile = &making->reading->profile;
	const unsigned int count = perfev_file_event_count(making->reading->file);
	struct known_event *more;

	if (count <= making->event_count)
		return 0;
	more = realloc(making->events, count * sizeof(*more));
	if (!more)
		return -ENOMEM;
	making->events = more;
	for (; making->event_count < count; making->event_count++) {
		const struct perfev_file_event *event =
			perfev_file_event(making->reading->file, making->event_count);
		struct known_event *known = &more[making->event_count];
		char text[64];

		known->event = event;
		known->is_chosen = is_chosen(making, event, making->event_count);
		/* A frequency says nothing of a single sample. */
		known->period = event->attr.freq ? 1 : event->attr.sample_period;
		if (profile_add_event(profile, event_name(event, text, sizeof(text)),
				      &known->number) < 0)
			return -ENOMEM;
		if (event->attr.freq)
			profile->events[known->number].frequency_hz =
				(__u32)event->attr.sample_freq;
		else
			profile->events[known->number].period = event->attr.sample_period;
	}
	return 0;
}

/* Returns it, or NULL for a record of none or without memory. */
static const struct known_event *event_of(struct making *making)
{
	const struct perfev_file_event *event = perfev_file_record_event(making->reading->file);

	if (!event || add_events(making) < 0)
		return NULL;
	for (unsigned int i = 0; i < making->event_count; i++)
		if (making->events[i].event == event)
			return &making->events[i];
	return NULL;
}

static int take(struct making *making, const struct perfev_record *record)
{
	static const struct known_event none = { NULL, 0, 1, 0 };
	const struct known_event *event = &none;

	if (record->type == PERF_RECORD_SAMPLE) {
		event = event_of(making);
		if (!event)
			return making->event_count <
					       perfev_file_event_count(making->reading->file) ?
				       -ENOMEM :
				       0;
		if (!event->is_chosen) {
			making->reading->profile.losses.filtered++;
			return 0;
		}
	}
	return profile_take(making->taking, record, event->number, event->period);
}

/* Whether reading goes on behind this error: what it is, is told at the end. */
static int is_damage(int error)
{
	return error == -EBADMSG || error == -ENODATA || error == -ENOTSUP;
}

static int read_records(struct making *making)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	int next;

	while ((next = perfev_file_next(making->reading->file, &record)) != 0) {
		if (next > 0)
			next = take(making, &record);
		if (next < 0 && !is_damage(next))
			return next;
		if (making->progress.size && ++making->progress.records % RECORDS_BETWEEN == 0)
			show_progress(making);
	}
	return profile_taking_end(making->taking);
}

/* The words of a command, with blanks between them. */
static int read_command(struct profile_reading *reading)
{
	struct perfev_feature_at at = { .offset = 0 };
	const char *word;
	char *text = NULL;
	size_t length = 0;

	while (perfev_file_cmdline_next(reading->file, &at, &word) > 0) {
		const size_t more = strlen(word);
		char *longer = realloc(text, length + more + 1);

		if (!longer)
			goto fail;
		text = longer;
		memcpy(text + length, word, more);
		text[length + more] = ' ';
		length += more + 1;
	}
	/* The last blank ends nothing. */
	reading->profile.command =
		profile_text_part(&reading->profile, text ? text : "", text ? length - 1 : 0);
fail:
	free(text);
	return reading->profile.command ? 0 : -ENOMEM;
}

static int read_about(struct profile_reading *reading)
{
	struct profile *profile = &reading->profile;
	struct perfev_file_about about;

	if (perfev_file_about(reading->file, &about) < 0)
		return -ENOMEM;
	profile->hostname = profile_text(profile, about.hostname ? about.hostname : "");
	profile->os_release = profile_text(profile, about.os_release ? about.os_release : "");
	profile->arch = profile_text(profile, about.arch ? about.arch : "");
	if (!profile->hostname || !profile->os_release || !profile->arch)
		return -ENOMEM;
	return read_command(reading);
}

static void read_losses(struct profile_reading *reading)
{
	struct profile_losses *losses = &reading->profile.losses;

	perfev_file_summary(reading->file, &reading->summary);
	losses->lost = reading->summary.lost;
	losses->throttled = reading->summary.throttled;
	losses->late = reading->summary.late;
	losses->unread_bytes = reading->summary.unread_bytes;
}

/* Events without samples, as recorders add for themselves, are none of the profile's. */
static int drop_empty_events(struct profile *profile)
{
	__u32 *numbers = malloc((profile->event_count + (size_t)1) * sizeof(*numbers));
	__u32 count = 0;

	if (!numbers)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->event_count; i++) {
		numbers[i] = count;
		profile->events[count] = profile->events[i];
		count += profile->events[i].samples != 0;
	}
	profile->event_count = count;
	for (__u32 i = 0; i < profile->row_count; i++)
		profile->rows[i].event = numbers[profile->rows[i].event];
	free(numbers);
	return 0;
}

static const char *strange_event(const struct making *making)
{
	for (char **word = making->options->filter.events; word && *word; word++) {
		unsigned int i = 0;

		while (i < making->event_count && !means(*word, making->events[i].event, i))
			i++;
		if (i == making->event_count)
			return *word;
	}
	return NULL;
}

static int read_all(struct making *making)
{
	struct profile_reading *reading = making->reading;
	int result = perfev_symbols_recording(reading->symbols, reading->file);

	if (result >= 0)
		result = add_events(making);
	if (result >= 0)
		result = read_records(making);
	if (making->progress.is_shown)
		progress_clear();
	if (result >= 0)
		result = read_about(reading);
	if (result >= 0)
		result = add_events(making);
	if (result < 0)
		return result;
	read_losses(reading);
	reading->strange = strange_event(making);
	return drop_empty_events(&reading->profile);
}

int profile_read(struct profile_reading *out, const char *path,
		 const struct profile_reading_options *options, struct perfev_why *why)
{
	const struct perfev_file_options how = {
		.size = sizeof(how), .by_time = 1, .codec = cli_codec()
	};
	struct making making = { .reading = out, .options = options };
	int result;

	memset(out, 0, sizeof(*out));
	out->profile.keeps_samples = options->keep_samples;
	result = perfev_file_open(&out->file, path, &how, why);
	if (result < 0)
		return result;
	result = perfev_symbols_open(&out->symbols, &options->symbols, why);
	if (result < 0)
		goto fail;
	begin_progress(&making, path);
	result = profile_taking_open(&making.taking, &out->profile, out->symbols, &options->taking,
				     &options->filter);
	if (result == 0)
		result = read_all(&making);
	profile_taking_close(making.taking);
	free(making.events);
	if (result == 0)
		return 0;
	snprintf(why->text, sizeof(why->text), "'%s': %s", path, strerror(-result));
fail:
	profile_reading_close(out);
	return result;
}

void profile_reading_close(struct profile_reading *reading)
{
	profile_free(&reading->profile);
	perfev_symbols_close(reading->symbols);
	perfev_file_close(reading->file);
	memset(reading, 0, sizeof(*reading));
}
