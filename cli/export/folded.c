/* SPDX-License-Identifier: MIT */
/*
 * Folded stacks, "comm;outer;inner COUNT". Whatever a name holds, each line is read as it was
 * meant: no semicolon, control character or number of its own may stand where readers split.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "../utf8.h"
#include "names.h"
#include "output.h"
#include "stacks.h"

/* What is the same once it is written: names by function, stacks by node, names by whom. */
struct folding {
	const struct profile *profile;
	struct intern names;
	__u32 *name_of;      /* a number in names */
	__u32 *node_of;      /* the first that has the same names */
	__u32 *who_of;       /* a number in sums */
	struct profile sums; /* rows of the profile's nodes */
};

static void free_folding(struct folding *folding)
{
	profile_free(&folding->sums);
	intern_free(&folding->names);
	free(folding->name_of);
	free(folding->node_of);
	free(folding->who_of);
}

/* flamegraph.pl takes a number before the count for another count. */
static void join_last_number(char *name)
{
	char *blank = strrchr(name, ' ');

	if (blank && blank[1] && strspn(blank + 1, "0123456789.") == strlen(blank + 1))
		*blank = '_';
}

static void make_safe(char *name)
{
	for (char *at = name; *at; at++)
		if (*at == ';')
			*at = ':';
		else if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '_';
	join_last_number(name);
}

static int is_kernels(const struct profile_function *function)
{
	return function->mode == PERF_RECORD_MISC_KERNEL ||
	       function->mode == PERF_RECORD_MISC_GUEST_KERNEL;
}

static int add_name(struct folding *folding, const struct profile_function *function,
		    unsigned int flags, __u32 *number)
{
	const int has_suffix = flags & EXPORT_KERNEL_SUFFIX && is_kernels(function);
	char *name = export_function_name(function), *text = NULL;
	int error = -ENOMEM;

	if (name) {
		make_safe(name);
		text = export_joined(name, has_suffix ? "_[k]" : "", "");
	}
	if (text)
		error = intern_add(&folding->names, text, number);
	free(text);
	free(name);
	return error;
}

static int fold_names(struct folding *folding, unsigned int flags)
{
	const struct profile *profile = folding->profile;

	folding->name_of = calloc(profile->function_count + 1UL, sizeof(__u32));
	if (!folding->name_of)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->function_count; i++)
		if (add_name(folding, &profile->functions[i], flags, &folding->name_of[i]) < 0)
			return -ENOMEM;
	return 0;
}

/* A blank in a thread's name becomes _, as stackcollapse-perf has it. */
static int fold_whos(struct folding *folding)
{
	const struct profile *profile = folding->profile;
	struct profile_who who = { PROFILE_NONE, PROFILE_NONE, PROFILE_NONE, ~0ULL, "", "" };
	int error = 0;

	folding->who_of = calloc(profile->who_count + 1UL, sizeof(__u32));
	if (!folding->who_of)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->who_count && !error; i++) {
		char *comm = utf8_mended(profile->whos[i].comm);

		if (!comm)
			return -ENOMEM;
		make_safe(comm);
		for (char *at = comm; *at; at++)
			if (*at == ' ')
				*at = '_';
		who.comm = comm;
		error = profile_who(&folding->sums, &who, &folding->who_of[i]);
		free(comm);
	}
	return error;
}

static __u32 name_of_node(const struct folding *folding, __u32 node)
{
	const struct profile *profile = folding->profile;

	return folding->name_of[profile->frames[profile->nodes[node].frame].function];
}

/* The first node that has the same name on top of the same names. */
static __u32 same_node(const struct folding *folding, __u32 node, __u32 *slots, __u32 mask)
{
	const struct profile_node *nodes = folding->profile->nodes;
	const __u32 parent = folding->node_of[nodes[node].parent];
	const __u32 name = name_of_node(folding, node);
	__u32 at = (parent * 0x9e3779b1U) ^ (name * 0x85ebca6bU);

	for (at ^= at >> 15;; at++) {
		const __u32 other = slots[at & mask];

		if (!other)
			return slots[at & mask] = node;
		if (folding->node_of[nodes[other].parent] == parent &&
		    name_of_node(folding, other) == name)
			return other;
	}
}

/* Stacks differ by addresses and files too, of which nothing is written. */
static int fold_nodes(struct folding *folding)
{
	const __u32 count = folding->profile->node_count;
	size_t room = 256;
	__u32 *slots;

	while (room < 2UL * count)
		room *= 2;
	slots = calloc(room, sizeof(*slots));
	folding->node_of = calloc(count + 1UL, sizeof(__u32));
	if (!slots || !folding->node_of) {
		free(slots);
		return -ENOMEM;
	}
	for (__u32 i = 1; i < count; i++)
		folding->node_of[i] = same_node(folding, i, slots, (__u32)(room - 1));
	free(slots);
	return 0;
}

static int fold_rows(struct folding *folding, __u32 event, unsigned int flags)
{
	__u32 only;
	int error = profile_add_event(&folding->sums, "", &only);

	for (__u32 i = 0; i < folding->profile->row_count && !error; i++) {
		const struct profile_row *row = &folding->profile->rows[i];

		if (row->event == event)
			error = profile_add(&folding->sums, only, folding->who_of[row->who],
					    folding->node_of[row->node],
					    flags & EXPORT_WEIGHTS ? row->weight : row->samples, 0);
	}
	return error;
}

static void put_row(struct output *output, const struct folding *folding,
		    const struct profile_row *row, __u32 *stack)
{
	const struct profile *profile = folding->profile;
	const char *comm = folding->sums.whos[row->who].comm;
	const __u32 depth = export_stack(profile, row->node, stack);

	output_text(output, comm[0] || depth ? comm : "[unknown]");
	for (__u32 i = depth; i--;) {
		const __u32 function = profile->frames[stack[i]].function;

		if (i < depth - 1 || comm[0])
			output_text(output, ";");
		output_text(output, folding->names.texts[folding->name_of[function]]);
	}
	output_text(output, " ");
	output_number(output, row->weight);
	output_text(output, "\n");
}

static int fold(struct folding *folding, __u32 event, unsigned int flags)
{
	if (fold_names(folding, flags) < 0 || fold_whos(folding) < 0 || fold_nodes(folding) < 0)
		return -ENOMEM;
	return fold_rows(folding, event, flags);
}

int export_folded(const struct profile *profile, __u32 event, unsigned int flags, FILE *to)
{
	struct folding folding = { .profile = profile };
	__u32 *stack = NULL, deepest;
	struct output output;

	output_start(&output, to);
	if (fold(&folding, event, flags) == 0)
		stack = export_stack_room(profile, &deepest);
	if (!stack)
		output_fail(&output, -ENOMEM);
	for (__u32 i = 0; i < folding.sums.row_count && stack; i++)
		put_row(&output, &folding, &folding.sums.rows[i], stack);
	free(stack);
	free_folding(&folding);
	return output_end(&output);
}
