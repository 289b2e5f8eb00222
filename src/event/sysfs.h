/* SPDX-License-Identifier: MIT */
/*
 * Small files and folders of sysfs and tracefs, wherever the options say that these are. A file is
 * one open, one read and one close; nothing is kept.
 */
#ifndef PERFEV_SRC_EVENT_SYSFS_H
#define PERFEV_SRC_EVENT_SYSFS_H

#include <dirent.h>

#include <perfev/event.h>

/* The longest file that sysfs has: a page. */
#define SYSFS_TEXT 4096

/* A tree of files. It is under root at the first of these two places that has what is asked for. */
struct tree {
	const char *root;
	const char *below[2]; /* the second may be NULL */
};

/* What names are read by: the options, with what they leave out filled in. */
struct machine {
	struct tree devices; /* /sys/bus/event_source/devices: a folder for each PMU */
	struct tree tracefs;
	perfev_vendor_fn vendor; /* or NULL */
};

/*
 * Fills a machine from options (or NULL), whose strings it lends.
 * Returns 0, or -E2BIG when the options have something set that this library does not know.
 */
int perfev_machine_begin(struct machine *machine, const struct perfev_event_options *options);

/*
 * Reads a file, whose path below the tree is written as by printf(), and cuts the newline off.
 * Returns the length of its text, -EFBIG when that is size or more, or open(2)'s negative errno.
 */
__attribute__((format(printf, 4, 5))) int perfev_tree_read(const struct tree *tree, char *text,
							   size_t size, const char *format, ...);

/* Whether there is such a file or folder. */
__attribute__((format(printf, 2, 3))) int perfev_tree_has(const struct tree *tree,
							  const char *format, ...);

/* Reads a file that holds one number. Returns 0, -EBADMSG when it is none, or a negative errno. */
__attribute__((format(printf, 3, 4))) int perfev_tree_read_number(
	const struct tree *tree, __u64 *value, const char *format, ...);

/*
 * Looks for a file or folder, which need not be the caller's to read, and for the place of the two
 * that has it or hides it. Returns 0, -EACCES when a folder on the way is not the caller's to look
 * into, or another negative errno.
 */
__attribute__((format(printf, 3, 4))) int perfev_tree_look(const struct tree *tree, int *place,
							   const char *format, ...);

/*
 * Opens a folder of which many files are read: from there each costs the kernel one step, and not
 * one for every folder on the way. Returns a descriptor, or open(2)'s negative errno.
 */
__attribute__((format(printf, 2, 3))) int perfev_tree_open(const struct tree *tree,
							   const char *format, ...);

/* Reads a number as perfev_tree_read_number(), from below an open folder. */
int perfev_folder_read_number(int folder, __u64 *value, const char *path);

/* Returns 0 when there is such a file and it is ours to read, or a negative errno. */
int perfev_folder_may_read(int folder, const char *path);

/* Opens a folder for closedir(3). Returns 0, or open(2)'s negative errno with *out NULL. */
__attribute__((format(printf, 3, 4))) int perfev_tree_list(const struct tree *tree, DIR **out,
							   const char *format, ...);

/*
 * Lends a folder's next name that does not begin with ".", or NULL with errno set: to 0 past the
 * last.
 */
const char *perfev_tree_next(DIR *folder);

/* Whether a name may stand in a path: neither empty nor hidden, and no way elsewhere. */
int perfev_is_file_name(const char *name, size_t length);

#endif
