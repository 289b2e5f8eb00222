/* SPDX-License-Identifier: MIT */
/*
 * Terms from bits. Formats may overlap, since a PMU gives the same bits several names; of those
 * that do, the one that says most of what is set is taken. Each says all of its bits as they are,
 * so that two that share some agree.
 */
#include "terms_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "glob.h"
#include "listing.h"
#include "terms.h"

/* A PMU has up to some fifty; of one that has more, the rest is written as config. */
#define MOST_FORMATS 128

struct named_format {
	const char *name;
	struct format format;
	int chosen;
};

static int by_bits(const void *a, const void *b)
{
	const struct named_format *first = a, *second = b;
	__u64 low = first->format.bits & -first->format.bits;
	__u64 other = second->format.bits & -second->format.bits;

	if (first->format.number != second->format.number)
		return first->format.number < second->format.number ? -1 : 1;
	if (low != other)
		return low < other ? -1 : 1;
	return strcmp(first->name, second->name);
}

/* Chooses the format that says most of what is left, the narrowest of several. */
static struct named_format *choose(struct named_format *formats, unsigned int count,
				   const __u64 left[CONFIGS])
{
	struct named_format *best = NULL;
	int most = 0;

	for (unsigned int i = 0; i < count; i++) {
		const struct format *format = &formats[i].format;
		int bits = __builtin_popcountll(left[format->number] & format->bits);

		if (!bits || bits < most)
			continue;
		if (bits > most ||
		    __builtin_popcountll(format->bits) < __builtin_popcountll(best->format.bits)) {
			best = &formats[i];
			most = bits;
		}
	}
	return best;
}

/* Marks formats that together say what attr has; what none says stays in left. */
static void choose_all(struct named_format *formats, unsigned int count, __u64 left[CONFIGS])
{
	struct named_format *format;

	while ((format = choose(formats, count, left))) {
		format->chosen = 1;
		left[format->format.number] &= ~format->format.bits;
	}
}

/* Reads the formats of a PMU into an array of MOST_FORMATS. Returns how many, or an errno. */
static int read_formats(struct named_format *formats, const struct pmu *pmu,
			const struct listing *names)
{
	int count = 0;

	for (unsigned int i = 0; i < names->count && count < MOST_FORMATS; i++) {
		struct named_format *format = &formats[count];
		struct slice name = { names->names[i], strlen(names->names[i]) };
		int result = perfev_pmu_format(pmu, name.at, name.length, &format->format);

		/* A name that means something else to the parser cannot be written. */
		if (result == -ENOENT || result == -EBADMSG || perfev_terms_is_common(name))
			continue;
		if (result < 0)
			return result;
		format->name = name.at;
		format->chosen = 0;
		count++;
	}
	if (count)
		qsort(formats, (size_t)count, sizeof(*formats), by_bits);
	return count;
}

static void write_term(struct text *text, const char *name, __u64 value, int *some)
{
	if (*some)
		perfev_text_add(text, ",");
	*some = 1;
	perfev_text_add(text, name);
	perfev_text_add(text, "=");
	perfev_text_add_hex(text, value);
}

static void write_terms(struct text *text, const struct perf_event_attr *attr,
			struct named_format *formats, unsigned int count)
{
	static const char *const configs[CONFIGS] = { "config", "config1", "config2", "config3",
						      "config4" };
	const __u64 all[CONFIGS] = { attr->config, attr->config1, attr->config2, attr->config3,
				     attr->config4 };
	__u64 left[CONFIGS];
	int some = 0;

	memcpy(left, all, sizeof(left));
	choose_all(formats, count, left);
	for (unsigned int i = 0; i < CONFIGS; i++)
		if (left[i])
			write_term(text, configs[i], left[i], &some);
	for (unsigned int i = 0; i < count; i++)
		if (formats[i].chosen)
			write_term(text, formats[i].name,
				   perfev_format_gather(formats[i].format.bits,
							all[formats[i].format.number]),
				   &some);
	if (!some)
		write_term(text, configs[0], 0, &some);
}

int perfev_terms_write(struct text *text, const struct pmu *pmu, const struct perf_event_attr *attr)
{
	struct named_format formats[MOST_FORMATS];
	char folder[NAME_MAX + sizeof("/format")];
	struct listing names;
	int count;

	strcpy(folder, pmu->name);
	strcat(folder, "/format");
	count = perfev_listing_read(&names, &pmu->machine->devices, folder, perfev_glob_match, "*",
				    1);
	if (count < 0 && count != -ENOENT)
		return count;
	if (count == 0)
		count = read_formats(formats, pmu, &names);
	else
		count = 0;
	if (count >= 0) {
		perfev_text_add(text, pmu->name);
		perfev_text_add(text, "/");
		write_terms(text, attr, formats, (unsigned int)count);
		perfev_text_add(text, "/");
	}
	perfev_listing_free(&names);
	return count < 0 ? count : 0;
}
