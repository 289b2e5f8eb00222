/* SPDX-License-Identifier: MIT */
/*
 * What samples add up to; see profile.h. Lists grow by doubling; tables of numbers find what is
 * there already, by open addressing, and hold nothing but numbers into the lists.
 */
#include "profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

struct profile_table {
	__u32 mask, used;
	__u32 slots[]; /* a number and one, or 0 */
};

struct profile_text {
	struct profile_text *next;
	char text[];
};

/* Room for one more of a list. */
static int grow(void *list, __u32 count, __u32 *room, size_t size)
{
	__u32 more = *room ? 2 * *room : 64;
	void *bytes;

	if (count < *room)
		return 0;
	if (more <= *room)
		return -ENOMEM;
	memcpy(&bytes, list, sizeof(bytes));
	bytes = realloc(bytes, more * size);
	if (!bytes)
		return -ENOMEM;
	memcpy(list, &bytes, sizeof(bytes));
	*room = more;
	return 0;
}

static __u32 hash_frame(const struct profile *profile, __u32 number)
{
	const struct profile_frame *frame = &profile->frames[number];
	const __u64 where =
		(__u64)frame->line << 33 | (__u64)frame->is_inlined << 32 | frame->function;

	return (__u32)profile_hash(profile_hash(0, frame->address), where);
}

static __u32 hash_node(const struct profile *profile, __u32 number)
{
	const struct profile_node *node = &profile->nodes[number];

	return (__u32)profile_hash(0, (__u64)node->parent << 32 | node->frame);
}

static __u32 hash_who(const struct profile *profile, __u32 number)
{
	const struct profile_who *who = &profile->whos[number];
	__u64 hash = profile_hash(0, (__u64)who->pid << 32 | who->tid);

	hash = profile_hash(profile_hash(hash, who->cpu), who->cgroup);
	for (const char *at = who->comm; *at; at++)
		hash = profile_hash(hash, (unsigned char)*at);
	return (__u32)hash;
}

static __u32 hash_row(const struct profile *profile, __u32 number)
{
	const struct profile_row *row = &profile->rows[number];

	return (__u32)profile_hash(profile_hash(0, (__u64)row->who << 32 | row->node), row->event);
}

/* Makes room in a table, which then has at most one used slot in two. */
static int table_grow(const struct profile *profile, struct profile_table **table,
		      __u32 (*hash)(const struct profile *, __u32))
{
	struct profile_table *old = *table, *new;
	const __u32 slots = old ? 2 * (old->mask + 1) : 256;

	if (old && 2 * old->used <= old->mask)
		return 0;
	new = calloc(1, sizeof(*new) + slots * sizeof(new->slots[0]));
	if (!new || !slots) {
		free(new);
		return -ENOMEM;
	}
	new->mask = slots - 1;
	for (__u32 i = 0; old && i <= old->mask; i++) {
		__u32 at;

		if (!old->slots[i])
			continue;
		for (at = hash(profile, old->slots[i] - 1); new->slots[at & new->mask]; at++)
			;
		new->slots[at & new->mask] = old->slots[i];
		new->used++;
	}
	free(old);
	*table = new;
	return 0;
}

/*
 * Finds what the last of a list is equal to. Returns 1 with *number set, or 0 when it is new, and
 * then in the table.
 */
static int table_find(const struct profile *profile, struct profile_table *table, __u32 last,
		      __u32 (*hash)(const struct profile *, __u32),
		      int (*equal)(const struct profile *, __u32, __u32), __u32 *number)
{
	for (__u32 at = hash(profile, last);; at++) {
		__u32 *slot = &table->slots[at & table->mask];

		if (!*slot) {
			*slot = last + 1;
			table->used++;
			*number = last;
			return 0;
		}
		if (equal(profile, *slot - 1, last)) {
			*number = *slot - 1;
			return 1;
		}
	}
}

const char *profile_text_part(struct profile *profile, const char *text, size_t length)
{
	struct profile_text *copy = malloc(sizeof(*copy) + length + 1);

	if (!copy)
		return NULL;
	memcpy(copy->text, text, length);
	copy->text[length] = '\0';
	copy->next = profile->texts;
	profile->texts = copy;
	return copy->text;
}

const char *profile_text(struct profile *profile, const char *text)
{
	return profile_text_part(profile, text, strlen(text));
}

void profile_free(struct profile *profile)
{
	while (profile->texts) {
		struct profile_text *next = profile->texts->next;

		free(profile->texts);
		profile->texts = next;
	}
	free(profile->by_frame);
	free(profile->by_node);
	free(profile->by_who);
	free(profile->by_row);
	free(profile->events);
	free(profile->functions);
	free(profile->frames);
	free(profile->nodes);
	free(profile->whos);
	free(profile->rows);
	free(profile->samples);
	memset(profile, 0, sizeof(*profile));
}

int profile_add_event(struct profile *profile, const char *name, __u32 *number)
{
	struct profile_event event = { .name = profile_text(profile, name) };

	if (!event.name ||
	    grow(&profile->events, profile->event_count, &profile->event_room, sizeof(event)) < 0)
		return -ENOMEM;
	profile->events[profile->event_count] = event;
	*number = profile->event_count++;
	return 0;
}

int profile_add_function(struct profile *profile, const struct profile_function *function,
			 __u32 *number)
{
	struct profile_function copy = *function;

	copy.name = profile_text(profile, function->name);
	copy.module = profile_text(profile, function->module);
	if (function->build_id)
		copy.build_id = profile_text(profile, function->build_id);
	if (!copy.name || !copy.module || !copy.build_id != !function->build_id ||
	    grow(&profile->functions, profile->function_count, &profile->function_room,
		 sizeof(copy)) < 0)
		return -ENOMEM;
	profile->functions[profile->function_count] = copy;
	*number = profile->function_count++;
	return 0;
}

static int equal_frames(const struct profile *profile, __u32 a, __u32 b)
{
	const struct profile_frame *one = &profile->frames[a], *other = &profile->frames[b];

	return one->function == other->function && one->address == other->address &&
	       one->line == other->line && one->is_inlined == other->is_inlined;
}

int profile_frame(struct profile *profile, const struct profile_frame *frame, __u32 *number)
{
	struct profile_frame *new;

	if (grow(&profile->frames, profile->frame_count, &profile->frame_room, sizeof(*frame)) <
		    0 ||
	    table_grow(profile, &profile->by_frame, hash_frame) < 0)
		return -ENOMEM;
	new = &profile->frames[profile->frame_count];
	*new = *frame;
	if (table_find(profile, profile->by_frame, profile->frame_count, hash_frame, equal_frames,
		       number))
		return 0;
	profile->frame_count++;
	return 0;
}

static int equal_nodes(const struct profile *profile, __u32 a, __u32 b)
{
	const struct profile_node *one = &profile->nodes[a], *other = &profile->nodes[b];

	return one->parent == other->parent && one->frame == other->frame;
}

/* The root, and room for one more. */
static int grow_nodes(struct profile *profile)
{
	if (grow(&profile->nodes, profile->node_count + 1, &profile->node_room,
		 sizeof(*profile->nodes)) < 0)
		return -ENOMEM;
	if (!profile->node_count)
		profile->nodes[profile->node_count++] =
			(struct profile_node){ PROFILE_NONE, PROFILE_NONE };
	return 0;
}

int profile_node(struct profile *profile, __u32 parent, __u32 frame, __u32 *number)
{
	if (grow_nodes(profile) < 0 || table_grow(profile, &profile->by_node, hash_node) < 0)
		return -ENOMEM;
	profile->nodes[profile->node_count] = (struct profile_node){ parent, frame };
	if (!table_find(profile, profile->by_node, profile->node_count, hash_node, equal_nodes,
			number))
		profile->node_count++;
	return 0;
}

static int equal_whos(const struct profile *profile, __u32 a, __u32 b)
{
	const struct profile_who *one = &profile->whos[a], *other = &profile->whos[b];

	return one->pid == other->pid && one->tid == other->tid && one->cpu == other->cpu &&
	       one->cgroup == other->cgroup && strcmp(one->comm, other->comm) == 0;
}

int profile_who(struct profile *profile, const struct profile_who *who, __u32 *number)
{
	struct profile_who *new;

	if (grow(&profile->whos, profile->who_count, &profile->who_room, sizeof(*who)) < 0 ||
	    table_grow(profile, &profile->by_who, hash_who) < 0)
		return -ENOMEM;
	new = &profile->whos[profile->who_count];
	*new = *who;
	if (table_find(profile, profile->by_who, profile->who_count, hash_who, equal_whos, number))
		return 0;
	new->comm = profile_text(profile, who->comm);
	new->cgroup_name = profile_text(profile, who->cgroup_name ? who->cgroup_name : "");
	if (!new->comm || !new->cgroup_name) {
		new->comm = new->cgroup_name = "";
		profile->who_count++;
		return -ENOMEM;
	}
	profile->who_count++;
	return 0;
}

static int equal_rows(const struct profile *profile, __u32 a, __u32 b)
{
	const struct profile_row *one = &profile->rows[a], *other = &profile->rows[b];

	return one->event == other->event && one->who == other->who && one->node == other->node;
}

static int keep_sample(struct profile *profile, __u32 row, __u64 weight, __u64 time_ns)
{
	if (profile->sample_count == profile->sample_room) {
		const __u64 room = profile->sample_room ? 2 * profile->sample_room : 1024;
		struct profile_sample *more =
			realloc(profile->samples, (size_t)room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		profile->samples = more;
		profile->sample_room = room;
	}
	profile->samples[profile->sample_count++] = (struct profile_sample){ time_ns, weight, row };
	return 0;
}

int profile_add(struct profile *profile, __u32 event, __u32 who, __u32 node, __u64 weight,
		__u64 time_ns)
{
	const struct profile_row new = { event, who, node, 0, 0 };
	__u32 row = profile->last_row;

	/* Often it is where the one before was. */
	if (!profile->row_count || profile->rows[row].node != node ||
	    profile->rows[row].who != who || profile->rows[row].event != event) {
		if (grow_nodes(profile) < 0 ||
		    grow(&profile->rows, profile->row_count, &profile->row_room, sizeof(new)) < 0 ||
		    table_grow(profile, &profile->by_row, hash_row) < 0)
			return -ENOMEM;
		profile->rows[profile->row_count] = new;
		if (!table_find(profile, profile->by_row, profile->row_count, hash_row, equal_rows,
				&row))
			profile->row_count++;
		profile->last_row = row;
	}
	if (profile->keeps_samples && keep_sample(profile, row, weight, time_ns) < 0)
		return -ENOMEM;
	profile->rows[row].samples++;
	profile->rows[row].weight += weight;
	profile->events[event].samples++;
	profile->events[event].weight += weight;
	if (time_ns && (!profile->first_ns || time_ns < profile->first_ns))
		profile->first_ns = time_ns;
	if (time_ns > profile->last_ns)
		profile->last_ns = time_ns;
	return 0;
}

int profile_add_frames(struct profile *profile, __u32 event, __u32 who, const __u32 *frames,
		       size_t count, __u64 weight, __u64 time_ns)
{
	__u32 node = 0;

	while (count--)
		if (profile_node(profile, node, frames[count], &node) < 0)
			return -ENOMEM;
	return profile_add(profile, event, who, node, weight, time_ns);
}
