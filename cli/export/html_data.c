/* SPDX-License-Identifier: MIT */
/*
 * What the page shows; see html_data.h. Names come from programs that nobody vouches for, so only
 * write_text() writes them. Lists of numbers rather than objects: they are what makes a page large.
 */
#include "html_data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../utf8.h"
#include "html_tree.h"

/* One character that is not written as it is: all but printable ASCII. Returns how many bytes. */
static size_t write_escaped(const unsigned char *at, FILE *to)
{
	size_t length = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	unsigned int code = length == 1 ? at[0] : at[0] & (0x7fU >> length);

	for (size_t i = 1; i < length; i++)
		code = code << 6 | (at[i] & 0x3f);
	if (code > 0xffff) {
		code -= 0x10000;
		fprintf(to, "\\u%04x", 0xd800 | code >> 10);
		code = 0xdc00 | (code & 0x3ff);
	}
	fprintf(to, "\\u%04x", code);
	return length;
}

/* A string of JSON in which nothing can end a script or begin a comment. */
static int write_text(const char *text, FILE *to)
{
	char *mended = utf8_mended(text);

	if (!mended)
		return -ENOMEM;
	putc('"', to);
	for (const unsigned char *at = (unsigned char *)mended; *at;) {
		if (*at >= ' ' && *at < 0x7f && !strchr("\"\\<>&'", *at))
			putc(*at++, to);
		else
			at += write_escaped(at, to);
	}
	putc('"', to);
	free(mended);
	return 0;
}

static int write_member(const char *key, const char *text, FILE *to)
{
	fprintf(to, "\"%s\":", key);
	return write_text(text ? text : "", to);
}

static void write_number(int *begun, __u64 value, FILE *to)
{
	fprintf(to, "%s%llu", (*begun)++ ? "," : "", (unsigned long long)value);
}

/* A number, or null for what is not told apart. */
static void write_id(int *begun, __u32 id, FILE *to)
{
	if (id == PROFILE_NONE)
		fputs((*begun)++ ? ",null" : "null", to);
	else
		write_number(begun, id, to);
}

static int write_about(const struct profile *profile, FILE *to)
{
	const struct profile_losses *losses = &profile->losses;
	int result;

	fputs("\"about\":{", to);
	result = write_member("version", PERFEV_VERSION, to);
	putc(',', to);
	result |= write_member("host", profile->hostname, to);
	putc(',', to);
	result |= write_member("kernel", profile->os_release, to);
	putc(',', to);
	result |= write_member("arch", profile->arch, to);
	putc(',', to);
	result |= write_member("command", profile->command, to);
	fprintf(to, ",\"duration_ns\":%llu},\n",
		(unsigned long long)(profile->last_ns - profile->first_ns));
	fprintf(to,
		"\"losses\":{\"lost\":%llu,\"throttled\":%llu,\"late\":%llu,\"unread_bytes\":%llu,"
		"\"outside\":%llu,\"cut\":%llu,\"filtered\":%llu},\n",
		(unsigned long long)losses->lost, (unsigned long long)losses->throttled,
		(unsigned long long)losses->late, (unsigned long long)losses->unread_bytes,
		(unsigned long long)losses->outside, (unsigned long long)losses->cut,
		(unsigned long long)losses->filtered);
	return result;
}

static int write_events(const struct profile *profile, FILE *to)
{
	int result = 0;

	fputs("\"events\":[", to);
	for (__u32 i = 0; i < profile->event_count; i++) {
		const struct profile_event *event = &profile->events[i];

		fputs(i ? ",\n{" : "{", to);
		result |= write_member("name", event->name, to);
		fprintf(to, ",\"samples\":%llu,\"weight\":%llu,\"hz\":%u,\"period\":%llu}",
			(unsigned long long)event->samples, (unsigned long long)event->weight,
			event->frequency_hz, (unsigned long long)event->period);
	}
	fputs("],\n", to);
	return result;
}

static int compare_modules(const void *a, const void *b)
{
	const struct profile_function *const *one = a, *const *other = b;

	return strcmp((*one)->module, (*other)->module);
}

/* Writes each module once, and says which one each function is of. */
static int write_modules(const struct profile *profile, __u32 *module_of, FILE *to)
{
	const __u32 count = profile->function_count;
	const struct profile_function **sorted = calloc((size_t)count + 1, sizeof(*sorted));
	__u32 number = 0;
	int result = 0;

	if (!sorted)
		return -ENOMEM;
	for (__u32 i = 0; i < count; i++)
		sorted[i] = &profile->functions[i];
	if (count)
		qsort(sorted, count, sizeof(*sorted), compare_modules);
	fputs("\"modules\":[", to);
	for (__u32 i = 0; i < count; i++) {
		if (i == 0 || compare_modules(&sorted[i - 1], &sorted[i]) != 0) {
			fputs(i ? ",\n" : "", to);
			result |= write_text(sorted[i]->module, to);
			number += i > 0;
		}
		module_of[sorted[i] - profile->functions] = number;
	}
	fputs("],\n", to);
	free(sorted);
	return result;
}

static int write_functions(const struct profile *profile, FILE *to)
{
	const __u32 count = profile->function_count;
	__u32 *module_of = calloc((size_t)count + 1, sizeof(*module_of));
	int result = module_of ? write_modules(profile, module_of, to) : -ENOMEM;
	int begun = 0;

	if (result)
		goto out;
	fputs("\"functions\":{\"name\":[", to);
	for (__u32 i = 0; i < count; i++) {
		fputs(i ? ",\n" : "", to);
		result |= write_text(profile->functions[i].name, to);
	}
	fputs("],\n\"module\":[", to);
	for (__u32 i = 0; i < count; i++)
		write_number(&begun, module_of[i], to);
	fputs("],\n\"kind\":[", to);
	begun = 0;
	for (__u32 i = 0; i < count; i++)
		write_number(&begun, html_kind_of(&profile->functions[i]), to);
	fputs("],\n\"known\":[", to);
	begun = 0;
	for (__u32 i = 0; i < count; i++)
		write_number(&begun, profile->functions[i].is_known != 0, to);
	fputs("]},\n", to);
out:
	free(module_of);
	return result;
}

static int write_cgroup(const struct profile_who *who, FILE *to)
{
	char number[24];

	if (who->cgroup == ~0ULL) {
		fputs("null", to);
		return 0;
	}
	snprintf(number, sizeof(number), "%llu", (unsigned long long)who->cgroup);
	return write_text(who->cgroup_name && who->cgroup_name[0] ? who->cgroup_name : number, to);
}

static int write_whos(const struct profile *profile, FILE *to)
{
	static const char *const names[] = { "pid", "tid", "cpu" };
	int result = 0;

	fputs("\"whos\":{\"comm\":[", to);
	for (__u32 i = 0; i < profile->who_count; i++) {
		fputs(i ? "," : "", to);
		result |= write_text(profile->whos[i].comm, to);
	}
	for (int part = 0; part < 3; part++) {
		int begun = 0;

		fprintf(to, "],\n\"%s\":[", names[part]);
		for (__u32 i = 0; i < profile->who_count; i++) {
			const struct profile_who *who = &profile->whos[i];
			const __u32 parts[] = { who->pid, who->tid, who->cpu };

			write_id(&begun, parts[part], to);
		}
	}
	fputs("],\n\"cgroup\":[", to);
	for (__u32 i = 0; i < profile->who_count; i++) {
		fputs(i ? "," : "", to);
		result |= write_cgroup(&profile->whos[i], to);
	}
	fputs("]},\n", to);
	return result;
}

/*
 * How far each node's parent is behind it, which is a short number; and twice its function, and one
 * where that is inlined, or -N for what stands for N others.
 */
static void write_nodes(const struct html_tree *tree, FILE *to)
{
	int begun = 0;

	fputs("\"nodes\":{\"up\":[", to);
	for (__u32 i = 1; i < tree->node_count; i++)
		write_number(&begun, i - tree->nodes[i].parent, to);
	fputs("],\n\"frame\":[", to);
	for (__u32 i = 1; i < tree->node_count; i++) {
		const struct html_node *node = &tree->nodes[i];

		if (node->smaller)
			fprintf(to, "%s-%u", i > 1 ? "," : "", node->smaller);
		else
			fprintf(to, "%s%llu", i > 1 ? "," : "",
				2ULL * node->function + node->is_inlined);
	}
	fprintf(to, "],\n\"left_out\":%u,\"left_below\":%.9g},\n", tree->left_out,
		tree->left_below);
}

/* The rows of one event and whom: how far each node is behind the one before, and what it has. */
static void write_part(const struct profile_row *rows, __u32 count, FILE *to)
{
	int begun = 0, is_counted = 1;
	__u32 last = 0;

	fprintf(to, "{\"event\":%u,\"who\":%u,\"step\":[", rows->event, rows->who);
	for (__u32 i = 0; i < count; last = rows[i++].node) {
		write_number(&begun, rows[i].node - last, to);
		is_counted &= rows[i].samples == rows[i].weight;
	}
	fputs("],\n\"samples\":[", to);
	begun = 0;
	for (__u32 i = 0; i < count; i++)
		write_number(&begun, rows[i].samples, to);
	if (!is_counted) {
		fputs("],\n\"weight\":[", to);
		begun = 0;
		for (__u32 i = 0; i < count; i++)
			write_number(&begun, rows[i].weight, to);
	}
	fputs("]}", to);
}

static void write_rows(const struct html_tree *tree, FILE *to)
{
	const struct profile_row *rows = tree->rows;
	__u32 first = 0;

	fputs("\"rows\":[", to);
	for (__u32 i = 1; i <= tree->row_count; i++) {
		if (i < tree->row_count && rows[i].event == rows[first].event &&
		    rows[i].who == rows[first].who)
			continue;
		fputs(first ? ",\n" : "", to);
		write_part(&rows[first], i - first, to);
		first = i;
	}
	fputs("]", to);
}

/* What the functions of one event have, each stack once however often a function is in it. */
static void add_up(const struct profile *profile, __u32 event, __u64 *self, __u64 *total,
		   __u32 *seen)
{
	for (__u32 i = 0; i < profile->row_count; i++) {
		const struct profile_row *row = &profile->rows[i];

		if (row->event != event)
			continue;
		for (__u32 at = row->node; at; at = profile->nodes[at].parent) {
			const __u32 function = profile->frames[profile->nodes[at].frame].function;

			if (at == row->node)
				self[function] += row->weight;
			if (seen[function] != i + 1)
				total[function] += row->weight;
			seen[function] = i + 1;
		}
	}
}

/* Where stacks are left out the page cannot add functions up by itself: here it has the sums. */
static int write_sums(const struct profile *profile, FILE *to)
{
	const __u32 count = profile->function_count;
	__u64 *sums = calloc(2 * (size_t)count + 1, sizeof(*sums));
	__u32 *seen = calloc((size_t)count + 1, sizeof(*seen));

	if (sums && seen)
		fputs(",\n\"sums\":[", to);
	for (__u32 event = 0; sums && seen && event < profile->event_count; event++) {
		fputs(event ? ",\n" : "", to);
		memset(sums, 0, 2 * (size_t)count * sizeof(*sums));
		add_up(profile, event, sums, sums + count, seen);
		for (int is_total = 0; is_total < 2; is_total++) {
			int begun = 0;

			fputs(is_total ? "],\n\"total\":[" : "{\"self\":[", to);
			for (__u32 i = 0; i < count; i++)
				write_number(&begun, sums[is_total * (size_t)count + i], to);
		}
		fputs("]}", to);
	}
	if (sums && seen)
		fputs("]", to);
	free(seen);
	free(sums);
	return sums && seen ? 0 : -ENOMEM;
}

int html_data_write(const struct profile *profile, __u32 most, FILE *to)
{
	struct html_tree tree;
	int result = html_tree_make(&tree, profile, most);

	if (result < 0)
		return result;
	fputs("{", to);
	result = write_about(profile, to);
	result |= write_events(profile, to);
	result |= write_functions(profile, to);
	result |= write_whos(profile, to);
	write_nodes(&tree, to);
	write_rows(&tree, to);
	if (tree.left_out)
		result |= write_sums(profile, to);
	fputs("}\n", to);
	html_tree_free(&tree);
	return result ? -ENOMEM : 0;
}
