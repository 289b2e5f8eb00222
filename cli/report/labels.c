/* SPDX-License-Identifier: MIT */
/* What a key of a profile's is shown as; see labels.h. */
#include "labels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../profile/grow.h"
#include "../utf8.h"

static const char ellipsis[] = "\xe2\x80\xa6";

const char *report_without_folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	/* "//anon" is no file. */
	return slash && slash[1] && strncmp(file, "//", 2) != 0 ? slash + 1 : file;
}

static int add_file(struct report_labels *labels, const char *file)
{
	const __u32 before = labels->files.count, room = labels->count_room;
	__u32 number, name;

	if (profile_texts_number(&labels->files, file, &number) < 0 ||
	    profile_texts_number(&labels->names, report_without_folder(file), &name) < 0 ||
	    profile_grow(&labels->counts, &labels->count_room, name + (__u64)1,
			 sizeof(*labels->counts)) < 0)
		return -ENOMEM;
	memset(labels->counts + room, 0, (labels->count_room - room) * sizeof(*labels->counts));
	labels->counts[name] += number == before;
	return 0;
}

int report_labels_make(struct report_labels *labels, const struct profile *profile)
{
	memset(labels, 0, sizeof(*labels));
	labels->profile = profile;
	for (__u32 i = 0; i < profile->function_count; i++)
		if (add_file(labels, profile->functions[i].module) < 0)
			goto fail;
	for (__u32 i = 0; i < profile->frame_count; i++)
		if (profile->frames[i].file && add_file(labels, profile->frames[i].file) < 0)
			goto fail;
	return 0;
fail:
	report_labels_free(labels);
	return -ENOMEM;
}

void report_labels_free(struct report_labels *labels)
{
	profile_texts_free(&labels->files);
	profile_texts_free(&labels->names);
	free(labels->counts);
	memset(labels, 0, sizeof(*labels));
}

static const char *file_label(struct report_labels *labels, const char *file)
{
	const char *name = report_without_folder(file);
	__u32 number;

	/* All of them are there already, so nothing is added. */
	if (profile_texts_number(&labels->names, name, &number) < 0 || labels->counts[number] > 1)
		return file;
	return name;
}

/* As linux-perf marks them. */
static char mark_of(__u16 mode)
{
	switch (mode & PERF_RECORD_MISC_CPUMODE_MASK) {
	case PERF_RECORD_MISC_KERNEL:
		return 'k';
	case PERF_RECORD_MISC_HYPERVISOR:
		return 'H';
	case PERF_RECORD_MISC_GUEST_KERNEL:
		return 'g';
	case PERF_RECORD_MISC_GUEST_USER:
		return 'u';
	default:
		return '.';
	}
}

static void write_number(char text[LABEL_SIZE], __u32 number)
{
	if (number == PROFILE_NONE)
		snprintf(text, LABEL_SIZE, "-");
	else
		snprintf(text, LABEL_SIZE, "%d", (int)number);
}

static void write_cgroup(char text[LABEL_SIZE], const struct profile_who *who)
{
	if (who->cgroup_name && who->cgroup_name[0])
		snprintf(text, LABEL_SIZE, "%s", who->cgroup_name);
	else if (who->cgroup == ~0ULL)
		snprintf(text, LABEL_SIZE, "-");
	else
		snprintf(text, LABEL_SIZE, "%llu", (unsigned long long)who->cgroup);
}

static void write_who(char text[LABEL_SIZE], enum profile_key key, const struct profile_who *who)
{
	switch (key) {
	case PROFILE_KEY_COMM:
		snprintf(text, LABEL_SIZE, "%s", who->comm);
		break;
	case PROFILE_KEY_PID:
		write_number(text, who->pid);
		break;
	case PROFILE_KEY_TID:
		write_number(text, who->tid);
		break;
	case PROFILE_KEY_CPU:
		write_number(text, who->cpu);
		break;
	default:
		write_cgroup(text, who);
		break;
	}
}

static void write_frame(char text[LABEL_SIZE], struct report_labels *labels, enum profile_key key,
			const struct profile_frame *frame)
{
	const struct profile_function *function = &labels->profile->functions[frame->function];

	if (key == PROFILE_KEY_DSO)
		snprintf(text, LABEL_SIZE, "%s",
			 function->module[0] ? file_label(labels, function->module) : "[unknown]");
	else if (key == PROFILE_KEY_SYMBOL)
		snprintf(text, LABEL_SIZE, "[%c] %s%s", mark_of(function->mode), function->name,
			 frame->is_inlined ? " (inlined)" : "");
	else if (frame->file)
		snprintf(text, LABEL_SIZE, "%s:%u", file_label(labels, frame->file), frame->line);
	else
		snprintf(text, LABEL_SIZE, "??");
}

const char *report_label(struct report_labels *labels, enum profile_key key, __u32 who, __u32 frame,
			 __u32 event, char text[LABEL_SIZE])
{
	const struct profile *profile = labels->profile;
	char dirty[LABEL_SIZE] = "-";

	if (1U << key & PROFILE_KEYS_OF_WHO && who != PROFILE_NONE)
		write_who(dirty, key, &profile->whos[who]);
	else if (1U << key & PROFILE_KEYS_OF_FRAME && frame != PROFILE_NONE)
		write_frame(dirty, labels, key, &profile->frames[frame]);
	else if (key == PROFILE_KEY_EVENT && event != PROFILE_NONE)
		snprintf(dirty, LABEL_SIZE, "%s", profile->events[event].name);
	return report_clean(dirty, text);
}

const char *report_label_title(enum profile_key key)
{
	static const char *const titles[PROFILE_KEYS] = {
		"Command", "PID",           "TID",    "CPU",  "Cgroup",
		"Event",   "Shared Object", "Symbol", "Line",
	};

	return titles[key];
}

/* Copies what is neither a control character nor more than ASCII. Returns 1, or 0: it is. */
static int copy_plain(const char *dirty, char text[LABEL_SIZE])
{
	size_t length = 0;

	for (; dirty[length]; length++) {
		const unsigned char byte = (unsigned char)dirty[length];

		if (length + 1 == LABEL_SIZE || byte < ' ' || byte >= 0x7f)
			return 0;
		text[length] = dirty[length];
	}
	text[length] = '\0';
	return 1;
}

const char *report_clean(const char *dirty, char text[LABEL_SIZE])
{
	size_t length;
	char *mended;

	if (copy_plain(dirty, text))
		return text;
	mended = utf8_mended(dirty);
	length = mended ? strlen(mended) : 0;
	if (length >= LABEL_SIZE) {
		/* Not within a character. */
		for (length = LABEL_SIZE - sizeof(ellipsis); (mended[length] & 0xc0) == 0x80;)
			length--;
		memcpy(mended + length, ellipsis, sizeof(ellipsis));
	}
	snprintf(text, LABEL_SIZE, "%s", mended ? mended : "?");
	free(mended);
	for (char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
		else if ((unsigned char)*at == 0xc2 && (unsigned char)at[1] < 0xa0)
			/* Control characters of Latin-1. */
			at[0] = at[1] = '?';
	return text;
}

int report_width(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

const char *report_cut(char *text, int columns)
{
	char *at = text;
	int width = 0;

	if (columns < 1 || report_width(text) <= columns)
		return text;
	/* Up to the character that the ellipsis replaces. */
	for (; *at; at++)
		if (((unsigned char)*at & 0xc0) != 0x80 && ++width == columns)
			break;
	if (at + sizeof(ellipsis) > text + LABEL_SIZE)
		at = text + LABEL_SIZE - sizeof(ellipsis);
	memcpy(at, ellipsis, sizeof(ellipsis));
	return text;
}
