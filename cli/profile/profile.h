/* SPDX-License-Identifier: MIT */
/*
 * What samples add up to: how often each stack was seen, by event and by whom. Its size is that of
 * the distinct stacks, not of the samples. Everything that is shown or exported is made from it,
 * and it knows nothing of recordings: read.h fills one from a file.
 *
 * Things are told by their number, from 0, in the order in which they were added. Functions that
 * add return 0, or -ENOMEM with nothing changed; texts are copied.
 */
#ifndef PERFEV_CLI_PROFILE_H
#define PERFEV_CLI_PROFILE_H

#include <stddef.h>

#include <perfev/abi.h>

/* A number of what is not there: no parent, no line, not told apart. */
#define PROFILE_NONE 0xffffffffU

struct profile_event {
	const char *name;
	__u64 samples, weight; /* of all its rows; a weight is the sum of periods */
	__u32 frequency_hz;    /* that was asked for, or 0 */
	__u64 period;          /* that was asked for, or 0 */
};

/* A function, or what stands for all that is unknown in a module. */
struct profile_function {
	const char *name;
	const char *module;   /* the file's path as it was mapped, "[kernel.kallsyms]", or "" */
	const char *build_id; /* the file's, as hexadecimal digits, or NULL */
	const void *symbol;   /* the reader's, or NULL */
	__u16 mode;           /* PERF_RECORD_MISC_KERNEL, _USER, ... */
	__u8 is_known;        /* 0: there is no symbol */
};

/* A place in a function: all of it, unless the profile tells addresses apart. */
struct profile_frame {
	__u32 function;
	__u32 line;       /* or 0 */
	const char *file; /* of the source, or NULL */
	__u64 address;    /* in the module's addresses, or 0 */
	__u8 is_inlined;  /* into the frame that calls it */
};

/* A stack: this frame, called by the parent's. Node 0 is the root, which has no frame. */
struct profile_node {
	__u32 parent, frame;
};

/* By whom. What is not told apart is PROFILE_NONE, or ~0 for a cgroup; comm is then "". */
struct profile_who {
	__u32 pid, tid, cpu;
	__u64 cgroup;
	const char *comm;
	const char *cgroup_name; /* its path, or "" */
};

/* So many samples of this stack: the node is that of its innermost frame. */
struct profile_row {
	__u32 event, who, node;
	__u64 samples, weight;
};

/* One sample, where they are kept. */
struct profile_sample {
	__u64 time_ns, weight;
	__u32 row;
};

/* What is missing, and why. */
struct profile_losses {
	__u64 lost;         /* records, that found no room */
	__u64 throttled;    /* how often an event was throttled */
	__u64 late;         /* records that came out of their order */
	__u64 unread_bytes; /* of the file */
	__u64 outside;      /* samples of addresses at which nothing was mapped */
	__u64 cut;          /* samples whose callers are not all known */
	__u64 strayed;      /* of these, whose callchain leads to what is no code */
	__u64 filtered;     /* samples that were not asked for */
};

struct profile_table; /* numbers of things by what they are; profile.c's */

struct profile {
	struct profile_event *events;
	struct profile_function *functions;
	struct profile_frame *frames;
	struct profile_node *nodes; /* a parent stands before its children */
	struct profile_who *whos;
	struct profile_row *rows;
	struct profile_sample *samples;
	__u32 event_count, function_count, frame_count, node_count, who_count, row_count;
	__u64 sample_count; /* that are kept */
	int keeps_samples;  /* set before the first is added, where all of them are wanted */
	__u64 first_ns, last_ns;
	struct profile_losses losses;
	/* The header's: what the recording says of itself, or "". */
	const char *hostname, *os_release, *arch, *command;
	/* profile.c's. */
	__u32 event_room, function_room, frame_room, node_room, who_room, row_room, last_row;
	__u64 sample_room;
	struct profile_table *by_frame, *by_node, *by_who, *by_row;
	struct profile_text *texts;
};

/* An empty profile is all zero. Frees what it has and leaves it so. */
void profile_free(struct profile *profile);

/* Adds an event. */
int profile_add_event(struct profile *profile, const char *name, __u32 *number);

/* Adds a function; whoever adds it knows that it is new. */
int profile_add_function(struct profile *profile, const struct profile_function *function,
			 __u32 *number);

/* Finds or adds a frame; inlined ones and their callers differ although their address does not. */
int profile_frame(struct profile *profile, const struct profile_frame *frame, __u32 *number);

/* Finds or adds the stack that is one frame on top of another. */
int profile_node(struct profile *profile, __u32 parent, __u32 frame, __u32 *number);

/* Finds or adds whom. */
int profile_who(struct profile *profile, const struct profile_who *who, __u32 *number);

/* Adds a sample of a stack. */
int profile_add(struct profile *profile, __u32 event, __u32 who, __u32 node, __u64 weight,
		__u64 time_ns);

/* Likewise, of its frames, the innermost first. */
int profile_add_frames(struct profile *profile, __u32 event, __u32 who, const __u32 *frames,
		       size_t count, __u64 weight, __u64 time_ns);

/* Copies a text that lives as long as the profile. Returns it, or NULL without memory. */
const char *profile_text(struct profile *profile, const char *text);

/* Likewise, of its first bytes. */
const char *profile_text_part(struct profile *profile, const char *text, size_t length);

#endif
