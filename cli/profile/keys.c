/* SPDX-License-Identifier: MIT */
/* What a profile is told apart by; see keys.h. What is compared of a thing is a row of numbers. */
#include "keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "texts.h"

static const char *const names[PROFILE_KEYS] = {
	"comm", "pid", "tid", "cpu", "cgroup", "event", "dso", "symbol", "line",
};

const char *profile_key_name(enum profile_key key)
{
	return names[key];
}

static int find_key(const char *word, size_t length)
{
	if (length == 3 && memcmp(word, "sym", 3) == 0)
		return PROFILE_KEY_SYMBOL;
	for (int i = 0; i < PROFILE_KEYS; i++)
		if (strlen(names[i]) == length && memcmp(word, names[i], length) == 0)
			return i;
	return -1;
}

int profile_keys_read(struct profile_keys *keys, const char *text, char strange[32])
{
	memset(keys, 0, sizeof(*keys));
	for (;; text++) {
		const size_t length = strcspn(text, ",");
		const int key = find_key(text, length);

		if (key < 0 || keys->mask >> key & 1) {
			snprintf(strange, 32, "%.*s", (int)length, text);
			return -EINVAL;
		}
		keys->list[keys->count++] = (unsigned char)key;
		keys->mask |= 1U << key;
		text += length;
		if (!*text)
			return 0;
	}
}

/* All that is compared; what is not among the keys is 0. */
struct row {
	__u32 values[6];
};

static __u32 hash(const struct row *row)
{
	__u64 value = 0;

	for (unsigned int i = 0; i < 6; i += 2)
		value = profile_hash(value, (__u64)row->values[i] << 32 | row->values[i + 1]);
	return (__u32)value;
}

/* Numbers rows; *first of each group is the first that is in it. Returns 0 or -ENOMEM. */
static int number_rows(const struct row *rows, __u32 count, __u32 *numbers, __u32 *first,
		       __u32 *groups)
{
	__u32 mask = 63, *slots;

	while (mask < 2 * (__u64)count && mask < 0x7fffffff)
		mask = 2 * mask + 1;
	slots = calloc((size_t)mask + 1, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	*groups = 0;
	for (__u32 i = 0; i < count; i++) {
		__u32 at = hash(&rows[i]);
		__u32 *slot;

		for (slot = &slots[at & mask];
		     *slot && memcmp(&rows[first[*slot - 1]], &rows[i], sizeof(rows[i])) != 0;
		     slot = &slots[++at & mask])
			;
		if (!*slot) {
			first[(*groups)++] = i;
			*slot = *groups;
		}
		numbers[i] = *slot - 1;
	}
	free(slots);
	return 0;
}

/* The numbers of names and modules, by function. */
struct functions {
	struct profile_texts texts;
	__u32 *name, *module;
};

static int number_functions(struct functions *functions, const struct profile *profile)
{
	const size_t count = profile->function_count;

	functions->name = calloc(count + 1, sizeof(__u32));
	functions->module = calloc(count + 1, sizeof(__u32));
	if (!functions->name || !functions->module)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (profile_texts_number(&functions->texts, profile->functions[i].name,
					 &functions->name[i]) < 0 ||
		    profile_texts_number(&functions->texts, profile->functions[i].module,
					 &functions->module[i]) < 0)
			return -ENOMEM;
	return 0;
}

static int fill_frames(struct row *rows, struct functions *functions, const struct profile *profile,
		       unsigned int mask)
{
	for (__u32 i = 0; i < profile->frame_count; i++) {
		const struct profile_frame *frame = &profile->frames[i];
		__u32 *values = rows[i].values, file;

		if (mask >> PROFILE_KEY_DSO & 1)
			values[0] = functions->module[frame->function];
		if (mask >> PROFILE_KEY_SYMBOL & 1)
			values[1] = 2 * functions->name[frame->function] + frame->is_inlined;
		if (!(mask >> PROFILE_KEY_LINE & 1) || !frame->file)
			continue;
		if (profile_texts_number(&functions->texts, frame->file, &file) < 0)
			return -ENOMEM;
		values[2] = file + 1;
		values[3] = frame->line;
	}
	return 0;
}

static int fill_whos(struct row *rows, struct profile_texts *texts, const struct profile *profile,
		     unsigned int mask)
{
	for (__u32 i = 0; i < profile->who_count; i++) {
		const struct profile_who *who = &profile->whos[i];
		__u32 *values = rows[i].values;

		if (mask >> PROFILE_KEY_COMM & 1 &&
		    profile_texts_number(texts, who->comm, &values[0]) < 0)
			return -ENOMEM;
		if (mask >> PROFILE_KEY_PID & 1)
			values[1] = who->pid;
		if (mask >> PROFILE_KEY_TID & 1)
			values[2] = who->tid;
		if (mask >> PROFILE_KEY_CPU & 1)
			values[3] = who->cpu;
		if (mask >> PROFILE_KEY_CGROUP & 1) {
			values[4] = (__u32)who->cgroup;
			values[5] = (__u32)(who->cgroup >> 32);
		}
	}
	return 0;
}

static int group_frames(struct profile_groups *groups, const struct profile *profile,
			unsigned int mask)
{
	const size_t count = profile->frame_count + (size_t)1;
	struct functions functions = { .name = NULL };
	struct row *rows = calloc(count, sizeof(*rows));
	int result = -ENOMEM;

	groups->frames = calloc(count, sizeof(__u32));
	groups->first_frames = calloc(count, sizeof(__u32));
	if (rows && groups->frames && groups->first_frames &&
	    number_functions(&functions, profile) == 0 &&
	    fill_frames(rows, &functions, profile, mask) == 0)
		result = number_rows(rows, profile->frame_count, groups->frames,
				     groups->first_frames, &groups->frame_groups);
	profile_texts_free(&functions.texts);
	free(functions.name);
	free(functions.module);
	free(rows);
	return result;
}

static int group_whos(struct profile_groups *groups, const struct profile *profile,
		      unsigned int mask)
{
	const size_t count = profile->who_count + (size_t)1;
	struct profile_texts texts = { .list = NULL };
	struct row *rows = calloc(count, sizeof(*rows));
	int result = -ENOMEM;

	groups->whos = calloc(count, sizeof(__u32));
	groups->first_whos = calloc(count, sizeof(__u32));
	if (rows && groups->whos && groups->first_whos &&
	    fill_whos(rows, &texts, profile, mask) == 0)
		result = number_rows(rows, profile->who_count, groups->whos, groups->first_whos,
				     &groups->who_groups);
	profile_texts_free(&texts);
	free(rows);
	return result;
}

int profile_groups_make(struct profile_groups *groups, const struct profile *profile,
			unsigned int mask)
{
	memset(groups, 0, sizeof(*groups));
	if (group_frames(groups, profile, mask) == 0 && group_whos(groups, profile, mask) == 0)
		return 0;
	profile_groups_free(groups);
	return -ENOMEM;
}

void profile_groups_free(struct profile_groups *groups)
{
	free(groups->frames);
	free(groups->whos);
	free(groups->first_frames);
	free(groups->first_whos);
	memset(groups, 0, sizeof(*groups));
}
