/* SPDX-License-Identifier: MIT */
/*
 * The Firefox Profiler's tables, of which each is a list for each column. Stacks, frames and
 * functions are the profile's, by its own numbers; only the root is left out of the stacks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "firefox.h"
#include "names.h"

#define LIBRARY 1 /* a resource's type */

struct tables {
	struct export_modules modules;
	struct intern files;
	__u32 *file_of;  /* by function, or PROFILE_NONE */
	__u32 *depth_of; /* by frame: how deep it is inlined */
};

/* As it is in the names of symbol files: the first four parts of an UUID, and an age of 0. */
static void put_breakpad_id(struct json *json, const char *build_id)
{
	static const char order[] = { 6, 7, 4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 14, 15, 12, 13 };
	char id[34] = "000000000000000000000000000000000";

	for (size_t i = 0; i < 32 && build_id[i]; i++) {
		const size_t at = i < sizeof(order) ? (size_t)order[i] : i;
		const char c = build_id[i];

		id[at] = (char)(c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
	}
	json_text(json, "breakpadId", build_id[0] ? id : "");
}

static void put_lib(struct json *json, const struct profile *profile, const char *path,
		    const char *build_id)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash && slash[1] ? slash + 1 : path;

	json_open(json, NULL, '{');
	json_text(json, "arch", profile->arch ? profile->arch : "");
	json_text(json, "name", name);
	json_text(json, "path", path);
	json_text(json, "debugName", name);
	json_text(json, "debugPath", path);
	put_breakpad_id(json, build_id);
	json_text(json, "codeId", build_id[0] ? build_id : NULL);
	json_close(json, '}');
}

static void put_libs(struct firefox *firefox, const struct tables *tables)
{
	json_open(&firefox->json, "libs", '[');
	for (__u32 i = 0; i < tables->modules.keys.count; i++) {
		char *build_id = export_module_build_id(&tables->modules, i);

		if (!build_id)
			output_fail(&firefox->json.output, -ENOMEM);
		put_lib(&firefox->json, firefox->profile, export_module_path(&tables->modules, i),
			build_id ? build_id : "");
		free(build_id);
	}
	json_close(&firefox->json, ']');
}

/* A column in which all is the same; text is valid JSON. */
static void put_same(struct json *json, const char *key, __u32 count, const char *text)
{
	json_open(json, key, '[');
	for (__u32 i = 0; i < count; i++) {
		if (i)
			output_text(&json->output, ",");
		output_text(&json->output, text);
	}
	json_close(json, ']');
}

static void put_stack_table(struct json *json, const struct profile *profile)
{
	const __u32 count = profile->node_count ? profile->node_count - 1 : 0;

	json_open(json, "stackTable", '{');
	json_number(json, "length", count);
	json_open(json, "frame", '[');
	for (__u32 i = 1; i <= count; i++)
		json_number(json, NULL, profile->nodes[i].frame);
	json_close(json, ']');
	json_open(json, "prefix", '[');
	for (__u32 i = 1; i <= count; i++) {
		const __u32 parent = profile->nodes[i].parent;

		json_optional(json, NULL, parent ? parent - 1 : PROFILE_NONE);
	}
	json_close(json, ']');
	json_close(json, '}');
}

/* Within the file, as 32 bits: what is more is the kernel's, which is at home where it runs. */
static long long address_of(const struct profile_frame *frame)
{
	return frame->address && frame->address <= 0xffffffffU ? (long long)frame->address : -1;
}

static void put_frame_table(struct json *json, const struct profile *profile,
			    const struct tables *tables)
{
	const struct profile_frame *frames = profile->frames;
	const __u32 count = profile->frame_count;

	json_open(json, "frameTable", '{');
	json_number(json, "length", count);
	json_open(json, "address", '[');
	for (__u32 i = 0; i < count; i++)
		json_signed(json, NULL, address_of(&frames[i]));
	json_close(json, ']');
	json_open(json, "inlineDepth", '[');
	for (__u32 i = 0; i < count; i++)
		json_number(json, NULL, tables->depth_of[i]);
	json_close(json, ']');
	json_open(json, "category", '[');
	for (__u32 i = 0; i < count; i++)
		json_number(json, NULL,
			    firefox_category(profile->functions[frames[i].function].mode));
	json_close(json, ']');
	put_same(json, "subcategory", count, "0");
	json_open(json, "func", '[');
	for (__u32 i = 0; i < count; i++)
		json_number(json, NULL, frames[i].function);
	json_close(json, ']');
	put_same(json, "nativeSymbol", count, "null");
	put_same(json, "innerWindowID", count, "0");
	json_open(json, "line", '[');
	for (__u32 i = 0; i < count; i++)
		json_optional(json, NULL, frames[i].line ? frames[i].line : PROFILE_NONE);
	json_close(json, ']');
	put_same(json, "column", count, "null");
	json_close(json, '}');
}

static void put_function_names(struct firefox *firefox)
{
	json_open(&firefox->json, "name", '[');
	for (__u32 i = 0; i < firefox->profile->function_count; i++) {
		char *name = export_function_name(&firefox->profile->functions[i]);

		if (!name)
			output_fail(&firefox->json.output, -ENOMEM);
		json_number(&firefox->json, NULL, firefox_text(firefox, name ? name : ""));
		free(name);
	}
	json_close(&firefox->json, ']');
}

static void put_function_table(struct firefox *firefox, const struct tables *tables)
{
	const __u32 count = firefox->profile->function_count;
	struct json *json = &firefox->json;

	json_open(json, "funcTable", '{');
	json_number(json, "length", count);
	put_function_names(firefox);
	put_same(json, "isJS", count, "false");
	put_same(json, "relevantForJS", count, "false");
	json_open(json, "resource", '[');
	for (__u32 i = 0; i < count; i++)
		json_signed(json, NULL, (int)tables->modules.of_function[i]); /* -1 for none */
	json_close(json, ']');
	json_open(json, "source", '[');
	for (__u32 i = 0; i < count; i++)
		json_optional(json, NULL, tables->file_of[i]);
	json_close(json, ']');
	put_same(json, "lineNumber", count, "null");
	put_same(json, "columnNumber", count, "null");
	json_close(json, '}');
}

static void put_resource_table(struct firefox *firefox, const struct tables *tables)
{
	const __u32 count = tables->modules.keys.count;
	struct json *json = &firefox->json;

	json_open(json, "resourceTable", '{');
	json_number(json, "length", count);
	json_open(json, "lib", '[');
	for (__u32 i = 0; i < count; i++)
		json_number(json, NULL, i);
	json_close(json, ']');
	json_open(json, "name", '[');
	for (__u32 i = 0; i < count; i++) {
		const char *path = export_module_path(&tables->modules, i);
		const char *slash = strrchr(path, '/');

		json_number(json, NULL,
			    firefox_text(firefox, slash && slash[1] ? slash + 1 : path));
	}
	json_close(json, ']');
	put_same(json, "host", count, "null");
	json_open(json, "type", '[');
	for (__u32 i = 0; i < count; i++)
		json_number(json, NULL, LIBRARY);
	json_close(json, ']');
	json_close(json, '}');
}

static void put_sources(struct firefox *firefox, const struct tables *tables)
{
	struct json *json = &firefox->json;

	json_open(json, "sources", '{');
	json_number(json, "length", tables->files.count);
	put_same(json, "uuid", tables->files.count, "null");
	json_open(json, "filename", '[');
	for (__u32 i = 0; i < tables->files.count; i++)
		json_number(json, NULL, firefox_text(firefox, tables->files.texts[i]));
	json_close(json, ']');
	json_close(json, '}');
}

/* Symbols of files, which are there for those who look for more than functions: there are none. */
static void put_native_symbols(struct json *json)
{
	json_open(json, "nativeSymbols", '{');
	json_number(json, "length", 0);
	put_same(json, "libIndex", 0, "");
	put_same(json, "address", 0, "");
	put_same(json, "name", 0, "");
	put_same(json, "functionSize", 0, "");
	json_close(json, '}');
}

static int find_files(struct tables *tables, const struct profile *profile)
{
	tables->file_of = malloc((profile->function_count + 1UL) * sizeof(__u32));
	if (!tables->file_of)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->function_count; i++)
		tables->file_of[i] = PROFILE_NONE;
	for (__u32 i = 0; i < profile->frame_count; i++) {
		const struct profile_frame *frame = &profile->frames[i];

		if (frame->file && tables->file_of[frame->function] == PROFILE_NONE &&
		    intern_add(&tables->files, frame->file, &tables->file_of[frame->function]) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int find_depths(struct tables *tables, const struct profile *profile)
{
	tables->depth_of = calloc(profile->frame_count + 1UL, sizeof(__u32));
	if (!tables->depth_of)
		return -ENOMEM;
	for (__u32 i = 1; i < profile->node_count; i++) {
		const struct profile_node *node = &profile->nodes[i];

		if (profile->frames[node->frame].is_inlined && node->parent)
			tables->depth_of[node->frame] =
				tables->depth_of[profile->nodes[node->parent].frame] + 1;
	}
	return 0;
}

void firefox_put_tables(struct firefox *firefox)
{
	const struct profile *profile = firefox->profile;
	struct json *json = &firefox->json;
	struct tables tables = { 0 };

	if (export_modules(&tables.modules, profile) < 0 || find_files(&tables, profile) < 0 ||
	    find_depths(&tables, profile) < 0) {
		output_fail(&json->output, -ENOMEM);
		goto free_tables;
	}
	put_libs(firefox, &tables);
	json_open(json, "shared", '{');
	put_stack_table(json, profile);
	put_frame_table(json, profile, &tables);
	put_function_table(firefox, &tables);
	put_resource_table(firefox, &tables);
	put_native_symbols(json);
	put_sources(firefox, &tables);
	json_open(json, "stringArray", '[');
	for (__u32 i = 0; i < firefox->texts.count; i++)
		json_text(json, NULL, firefox->texts.texts[i]);
	json_close(json, ']');
	json_close(json, '}');

free_tables:
	export_modules_free(&tables.modules);
	intern_free(&tables.files);
	free(tables.file_of);
	free(tables.depth_of);
}
