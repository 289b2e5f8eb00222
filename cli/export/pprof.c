/* SPDX-License-Identifier: MIT */
/*
 * pprof's format, what is not its samples or its tables: what the values are, the recording, and
 * how the file is written.
 */
#include "pprof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../utf8.h"
#include "export.h"
#include "names.h"

int export_has_pprof(void)
{
	return 1;
}

void pprof_put(struct pprof *pprof, const Perfev__Pprof__Profile *part)
{
	const size_t size = perfev__pprof__profile__get_packed_size(part);

	if (size > pprof->packed_room) {
		free(pprof->packed);
		pprof->packed = malloc(2 * size);
		pprof->packed_room = pprof->packed ? 2 * size : 0;
		if (!pprof->packed) {
			gzip_fail(&pprof->gzip, -ENOMEM);
			return;
		}
	}
	gzip_write(&pprof->gzip, pprof->packed, perfev__pprof__profile__pack(part, pprof->packed));
}

int64_t pprof_text(struct pprof *pprof, const char *text)
{
	char *valid = utf8_mended(text);
	__u32 number = 0;

	if (!valid || intern_add(&pprof->texts, valid, &number) < 0)
		gzip_fail(&pprof->gzip, -ENOMEM);
	free(valid);
	return number;
}

static const char *unit_of(const struct profile_event *event)
{
	return export_is_clock(event->name) ? "nanoseconds" : "count";
}

static void put_value_type(struct pprof *pprof, const char *type, const char *unit)
{
	Perfev__Pprof__ValueType value = PERFEV__PPROF__VALUE_TYPE__INIT;
	Perfev__Pprof__ValueType *values[] = { &value };
	Perfev__Pprof__Profile part = PERFEV__PPROF__PROFILE__INIT;

	value.type = pprof_text(pprof, type);
	value.unit = pprof_text(pprof, unit);
	part.n_value_types = 1;
	part.value_types = values;
	pprof_put(pprof, &part);
}

static void put_value_types(struct pprof *pprof)
{
	const struct profile *profile = pprof->profile;

	for (__u32 i = 0; i < profile->event_count; i++) {
		const struct profile_event *event = &profile->events[i];
		char *samples = profile->event_count > 1 ?
					export_joined(event->name, "-", "samples") :
					strdup("samples");

		if (!samples) {
			gzip_fail(&pprof->gzip, -ENOMEM);
			return;
		}
		put_value_type(pprof, samples, "count");
		put_value_type(pprof, event->name, unit_of(event));
		free(samples);
	}
}

static void comment(struct pprof *pprof, const char *what, const char *text)
{
	Perfev__Pprof__Profile part = PERFEV__PPROF__PROFILE__INIT;
	int64_t number;
	char *line;

	if (!text || !text[0])
		return;
	line = export_joined(what, ": ", text);
	if (!line) {
		gzip_fail(&pprof->gzip, -ENOMEM);
		return;
	}
	number = pprof_text(pprof, line);
	free(line);
	part.n_comments = 1;
	part.comments = &number;
	pprof_put(pprof, &part);
}

static void comment_number(struct pprof *pprof, const char *what, __u64 number)
{
	char text[21];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	if (number)
		comment(pprof, what, text);
}

static void put_comments(struct pprof *pprof)
{
	const struct profile *profile = pprof->profile;

	comment(pprof, "command", profile->command);
	comment(pprof, "host", profile->hostname);
	comment(pprof, "kernel", profile->os_release);
	comment(pprof, "processor", profile->arch);
	for (__u32 i = 0; i < profile->event_count; i++)
		comment_number(pprof, "samples each second that were asked for",
			       profile->events[i].frequency_hz);
	comment_number(pprof, "lost records", profile->losses.lost);
	comment_number(pprof, "throttled", profile->losses.throttled);
	comment_number(pprof, "late records", profile->losses.late);
	comment_number(pprof, "unread bytes", profile->losses.unread_bytes);
	comment_number(pprof, "samples outside of any mapping", profile->losses.outside);
	comment_number(pprof, "samples whose callers are not all known", profile->losses.cut);
	comment_number(pprof, "samples that were not asked for", profile->losses.filtered);
}

static void put_period(struct pprof *pprof)
{
	const struct profile *profile = pprof->profile;
	const struct profile_event *event = profile->events;
	Perfev__Pprof__ValueType type = PERFEV__PPROF__VALUE_TYPE__INIT;
	Perfev__Pprof__Profile part = PERFEV__PPROF__PROFILE__INIT;

	if (!profile->event_count)
		return;
	part.default_value_type = type.type = pprof_text(pprof, event->name);
	type.unit = pprof_text(pprof, unit_of(event));
	part.period_type = &type;
	part.period = pprof_value(event->period);
	if (!event->period && event->frequency_hz && export_is_clock(event->name))
		part.period = 1000000000 / event->frequency_hz;
	part.duration_ns = pprof_value(profile->last_ns - profile->first_ns);
	pprof_put(pprof, &part);
}

/* Their numbers are where they stand among all of them. */
static void put_texts(struct pprof *pprof)
{
	for (__u32 i = 0; i < pprof->texts.count; i++) {
		Perfev__Pprof__Profile part = PERFEV__PPROF__PROFILE__INIT;

		part.n_texts = 1;
		part.texts = &pprof->texts.texts[i];
		pprof_put(pprof, &part);
	}
}

int export_pprof(const struct profile *profile, FILE *to)
{
	struct pprof pprof = { .profile = profile };
	int error = gzip_start(&pprof.gzip, to);

	if (error)
		return error;
	pprof_text(&pprof, "");
	put_value_types(&pprof);
	put_period(&pprof);
	put_comments(&pprof);
	error = pprof_put_samples(&pprof);
	if (!error)
		error = pprof_put_tables(&pprof);
	if (error)
		gzip_fail(&pprof.gzip, error);
	put_texts(&pprof);
	intern_free(&pprof.texts);
	profile_free(&pprof.places);
	free(pprof.is_used);
	free(pprof.packed);
	return gzip_end(&pprof.gzip);
}
