/* SPDX-License-Identifier: MIT */
/*
 * Delta debugging of a request: leaves out one thing at a time, and when that is not enough, all of
 * them, to put back what is not at fault. What must stay true: the number of tries is at most twice
 * that of the things that are set, and few where few are at fault.
 */
#include "search.h"

#include "../names/tables.h"

#include <string.h>

/* Sets of flags, of which each bit may be at fault by itself. */
static int has_bits(const struct perfev_field *field)
{
	return field->width > 1 && ((field->set != PERFEV_SET_NONE &&
				     perfev_set_kind(field->set) == PERFEV_SET_KIND_FLAGS) ||
				    strncmp(field->name, "sample_regs_", 12) == 0);
}

/* What makes an event another one, or is set by every try. Of a breakpoint, all says what it is. */
static int is_kept(const struct perfev_field *field, const struct perf_event_attr *attr)
{
	static const char *const kept[] = { "type", "size", "config", "disabled" };

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strcmp(field->name, kept[i]) == 0)
			return 1;
	return attr->type == PERF_TYPE_BREAKPOINT && strncmp(field->name, "bp_", 3) == 0;
}

static unsigned int add(struct feature *features, unsigned int count,
			const struct perfev_field *field, __u64 bit, char argument)
{
	if (count < FEATURES) {
		features[count].field = field;
		features[count].bit = bit;
		features[count].argument = argument;
		count++;
	}
	return count;
}

/* More bits than this are looked at by eights. */
#define SINGLE_BITS 16

/* Flags one by one, those without a name together; of register masks that are full, by eights. */
static unsigned int add_bits(struct feature *features, unsigned int count,
			     const struct perfev_field *field, __u64 value)
{
	const int is_mask = field->set == PERFEV_SET_NONE;
	const int is_full = is_mask && __builtin_popcountll(value) > SINGLE_BITS;
	__u64 unnamed = 0;

	for (unsigned int number = 0; number < 64; number += is_full ? 8 : 1) {
		const __u64 bits = value & (is_full ? 0xffULL : 1ULL) << number;

		if (!bits)
			continue;
		if (is_mask || perfev_set_name(field->set, bits))
			count = add(features, count, field, bits, 0);
		else
			unnamed |= bits;
	}
	return unnamed ? add(features, count, field, unnamed, 0) : count;
}

/* Takes a request apart. The arguments come last: it is attr that people get wrong. */
static unsigned int take_apart(const struct request *request, struct feature *features)
{
	const struct perfev_field *field;
	unsigned int number = 0;
	unsigned int count = 0;

	while ((field = perfev_attr_next(&request->attr, &number))) {
		__u64 value = perfev_field_read(field, &request->attr);

		if (!value || is_kept(field, &request->attr))
			continue;
		if (!has_bits(field)) {
			count = add(features, count, field, 0, 0);
			continue;
		}
		count = add_bits(features, count, field, value);
	}
	if (request->flags & ~(unsigned long)PERF_FLAG_FD_CLOEXEC)
		count = add(features, count, NULL,
			    request->flags & ~(unsigned long)PERF_FLAG_FD_CLOEXEC, 'f');
	if (request->cpu != -1)
		count = add(features, count, NULL, 0, 'c');
	if (request->pid != 0)
		count = add(features, count, NULL, 0, 'p');
	return count;
}

void perfev_feature_leave_out(struct request *work, const struct feature *feature)
{
	switch (feature->argument) {
	case 'f':
		work->flags &= ~(unsigned long)feature->bit;
		break;
	case 'c':
		work->cpu = work->pid == -1 ? 0 : -1;
		break;
	case 'p':
		work->pid = 0;
		break;
	default:
		perfev_field_write(feature->field, &work->attr,
				   feature->bit ? perfev_field_read(feature->field, &work->attr) &
							  ~feature->bit :
						  0);
	}
}

static struct request without(const struct request *request, const struct feature *features,
			      const unsigned char *is_out, unsigned int count)
{
	struct request work = *request;

	for (unsigned int i = 0; i < count; i++)
		if (is_out[i])
			perfev_feature_leave_out(&work, &features[i]);
	return work;
}

/* Tries to leave out each alone. Returns how many are enough by themselves. */
static unsigned int try_singles(struct inquiry *inquiry, const struct request *request,
				const struct feature *features, unsigned int count,
				struct feature *enough, unsigned int room)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < count && found < room; i++) {
		struct request work = *request;

		perfev_feature_leave_out(&work, &features[i]);
		if (perfev_try(inquiry, &work) == 0)
			enough[found++] = features[i];
	}
	return found;
}

/* Flags that have another field looked at, by their own bit (0: the whole field). */
static const struct {
	const char *flag;
	__u64 bit;
	const char *field;
} enablers[] = {
	{ "sample_type", PERF_SAMPLE_REGS_USER, "sample_regs_user" },
	{ "sample_type", PERF_SAMPLE_REGS_INTR, "sample_regs_intr" },
	{ "sample_type", PERF_SAMPLE_STACK_USER, "sample_stack_user" },
	{ "sample_type", PERF_SAMPLE_BRANCH_STACK, "branch_sample_type" },
	{ "sample_type", PERF_SAMPLE_CALLCHAIN, "sample_max_stack" },
	{ "use_clockid", 0, "clockid" },
};

static int enables(const struct feature *flag, const struct feature *feature)
{
	if (!flag->field || !feature->field)
		return 0;
	for (size_t i = 0; i < sizeof(enablers) / sizeof(enablers[0]); i++)
		if (strcmp(enablers[i].flag, flag->field->name) == 0 &&
		    enablers[i].bit == flag->bit &&
		    strcmp(enablers[i].field, feature->field->name) == 0)
			return 1;
	return 0;
}

/* Of two that are each enough, the value is at fault, and not what has it looked at. */
static unsigned int drop_enablers(struct feature *enough, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int j = 0; j < count; j++) {
			if (!enables(&enough[i], &enough[j]))
				continue;
			memmove(&enough[i], &enough[i + 1], (count - i - 1) * sizeof(*enough));
			return count - 1;
		}
	}
	return count;
}

/*
 * Leaves out all. exclude_kernel stays at first: without it an event asks for more, not for less.
 * Returns 1 with is_out marking what was left out, 0 when the kernel refuses even that.
 */
static int try_all(struct inquiry *inquiry, const struct request *request,
		   const struct feature *features, unsigned char *is_out, unsigned int count)
{
	struct request work;

	for (unsigned int i = 0; i < count; i++)
		is_out[i] = !features[i].field ||
			    strcmp(features[i].field->name, "exclude_kernel") != 0;
	work = without(request, features, is_out, count);
	if (perfev_try(inquiry, &work) == 0)
		return 1;
	memset(is_out, 1, count);
	work = without(request, features, is_out, count);
	return perfev_try(inquiry, &work) == 0;
}

/* A request that was taken apart. */
struct parts {
	struct inquiry *inquiry;
	const struct request *request;
	const struct feature *features;
	unsigned char *is_out;
	unsigned int count;
};

/* Of more things than this, so many are set at once that one alone is hardly at fault. */
#define SINGLES 48

/* Puts back what of these is not at fault, by halves. */
static void put_back(struct parts *parts, unsigned int from, unsigned int to)
{
	struct request work;

	memset(parts->is_out + from, 0, to - from);
	work = without(parts->request, parts->features, parts->is_out, parts->count);
	if (perfev_try(parts->inquiry, &work) == 0)
		return;
	memset(parts->is_out + from, 1, to - from);
	if (to - from == 1)
		return;
	put_back(parts, from + (to - from) / 2, to);
	put_back(parts, from, from + (to - from) / 2);
}

unsigned int perfev_leave_out(struct inquiry *inquiry, struct request *work,
			      struct feature *left_out, unsigned int room,
			      unsigned int *alternatives)
{
	struct feature features[FEATURES];
	unsigned char is_out[FEATURES];
	const unsigned int count = take_apart(work, features);
	const struct request whole = *work;
	struct parts parts = { inquiry, &whole, features, is_out, count };
	unsigned int out = 0;

	*alternatives = 0;
	if (count <= SINGLES) {
		*alternatives = try_singles(inquiry, work, features, count, left_out, room);
		*alternatives = drop_enablers(left_out, *alternatives);
	}
	if (*alternatives) {
		perfev_feature_leave_out(work, &left_out[0]);
		return 1;
	}
	if (!count || !try_all(inquiry, &whole, features, is_out, count))
		return 0;
	put_back(&parts, 0, count);
	*work = without(&whole, features, is_out, count);
	for (unsigned int i = 0; i < count && out < room; i++)
		if (is_out[i])
			left_out[out++] = features[i];
	return out;
}
