/* SPDX-License-Identifier: MIT */
/*
 * Modifiers. What must stay true: without any, an event counts everywhere. linux-perf leaves guests
 * out where nobody asked for it; here nothing is hidden that was not said.
 */
#include "modifiers.h"

#include <errno.h>
#include <string.h>

#include "../explain/why.h"
#include "../text.h"

/* The order is that in which they are written. */
static const char letters[] = "ukhGHIpPSDWeb";

enum {
	USER = 1 << 0,
	KERNEL = 1 << 1,
	HYPERVISOR = 1 << 2,
	GUEST = 1 << 3,
	HOST = 1 << 4,
	NOT_IDLE = 1 << 5,
	PRECISE = 1 << 6,
	PRECISE_MAX = 1 << 7,
	SAMPLE_READ = 1 << 8,
	PINNED = 1 << 9,
	WEAK = 1 << 10,
	EXCLUSIVE = 1 << 11,
	BPF = 1 << 12,
	LEVELS = USER | KERNEL | HYPERVISOR,
	SIDES = GUEST | HOST,
};

#define MOST_PRECISE 3

int perfev_modifiers_are(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!strchr(letters, text.at[i]))
			return 0;
	return text.length > 0;
}

static int wrong_letter(struct parser *parser, const char *at)
{
	int result = perfev_parse_fail(parser, at, PERFEV_CAUSE_SYNTAX, EINVAL,
				       "'%c' is no modifier", *at);

	perfev_why_remedy(parser->why, "modifiers are u k h (levels), G H (guest, host), I, p to "
				       "ppp, P, S, D, W, e and b");
	return result;
}

/* Whether c may stand in a word, where the end of an event is not. */
static int is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

int perfev_modifiers_read(struct parser *parser, struct modifiers *out)
{
	const char *at = parser->at;

	memset(out, 0, sizeof(*out));
	out->text.at = at;
	for (; is_word(*at); at++) {
		const char *letter = strchr(letters, *at);
		unsigned int bit;

		if (!letter)
			return wrong_letter(parser, at);
		bit = 1U << (letter - letters);
		if (bit == PRECISE && out->precise++ == MOST_PRECISE)
			return perfev_parse_fail(parser, at, PERFEV_CAUSE_SYNTAX, EINVAL,
						 "ppp is the most precise");
		if (bit != PRECISE && out->given & bit)
			return perfev_parse_fail(parser, at, PERFEV_CAUSE_SYNTAX, EINVAL,
						 "the modifier %c is given twice", *at);
		out->given |= bit;
		if ((out->given & (PRECISE | PRECISE_MAX)) == (PRECISE | PRECISE_MAX))
			return perfev_parse_fail(parser, at, PERFEV_CAUSE_SYNTAX, EINVAL,
						 "p and P exclude each other");
	}
	out->text.length = (size_t)(at - out->text.at);
	parser->at = at;
	return 0;
}

/* Where the letter of that bit stands in the text of modifiers. */
static const char *where(const struct modifiers *modifiers, unsigned int bit)
{
	unsigned int i = 0;

	while (!(bit >> i & 1))
		i++;
	return memchr(modifiers->text.at, letters[i], modifiers->text.length);
}

/* Refuses what only a group, or only its leader, can be told. */
static int check_place(struct parser *parser, const struct modifiers *own,
		       const struct perfev_event *event)
{
	unsigned int wrong = own->given & (PINNED | EXCLUSIVE);

	if (own->given & WEAK)
		return perfev_parse_fail(parser, where(own, WEAK), PERFEV_CAUSE_SYNTAX, EINVAL,
					 "W is said of a group, behind its '}'");
	if (event->group == PERFEV_EVENT_ALONE || event->leads || !wrong)
		return 0;
	return perfev_parse_fail(parser, where(own, wrong), PERFEV_CAUSE_CONFLICT, EINVAL,
				 "only a group's leader can be %s",
				 wrong & PINNED ? "pinned" : "exclusive");
}

/* What an attribute excludes already. */
static unsigned int excluded_by(const struct perf_event_attr *attr)
{
	return (attr->exclude_user ? USER : 0) | (attr->exclude_kernel ? KERNEL : 0) |
	       (attr->exclude_hv ? HYPERVISOR : 0) | (attr->exclude_guest ? GUEST : 0) |
	       (attr->exclude_host ? HOST : 0);
}

/* What was chosen so far among levels or sides: all that is not excluded, if anything is. */
static unsigned int chosen(unsigned int excluded, unsigned int among)
{
	return excluded & among ? among & ~excluded : 0;
}

int perfev_modifiers_apply(struct parser *parser, const struct modifiers *modifiers, int of_group,
			   struct perfev_event *event)
{
	struct perf_event_attr *attr = &event->attr;
	unsigned int precise = modifiers->precise + attr->precise_ip;
	unsigned int given = modifiers->given, excluded = excluded_by(attr);
	int result = of_group ? 0 : check_place(parser, modifiers, event);

	if (result < 0)
		return result;
	if (modifiers->precise && precise > MOST_PRECISE)
		return perfev_parse_fail(parser, where(modifiers, PRECISE), PERFEV_CAUSE_SYNTAX,
					 EINVAL, "with the event's own, this is more than ppp");
	if (given & LEVELS) {
		given |= chosen(excluded, LEVELS);
		attr->exclude_user = !(given & USER);
		attr->exclude_kernel = !(given & KERNEL);
		attr->exclude_hv = !(given & HYPERVISOR);
	}
	if (given & SIDES) {
		given |= chosen(excluded, SIDES);
		attr->exclude_guest = !(given & GUEST);
		attr->exclude_host = !(given & HOST);
	}
	attr->exclude_idle |= !!(given & NOT_IDLE);
	attr->precise_ip = precise & MOST_PRECISE;
	if (!of_group || event->leads) {
		attr->pinned |= !!(given & PINNED);
		attr->exclusive |= !!(given & EXCLUSIVE);
	}
	event->precise_max |= !!(given & PRECISE_MAX);
	event->sample_read |= !!(given & SAMPLE_READ);
	event->weak |= !!(given & WEAK);
	event->bpf |= !!(given & BPF);
	return 0;
}

int perfev_modifiers_name(struct parser *parser, const struct modifiers *modifiers,
			  const char **name)
{
	size_t length = strlen(*name);
	char *whole;

	if (!modifiers->text.length)
		return 0;
	whole = perfev_events_room(parser->events, length + modifiers->text.length + 2);
	if (!whole)
		return perfev_why_no_memory(parser->why, "events");
	memcpy(whole, *name, length);
	whole[length] = ':';
	memcpy(whole + length + 1, modifiers->text.at, modifiers->text.length);
	whole[length + 1 + modifiers->text.length] = '\0';
	*name = whole;
	return 0;
}

int perfev_modifiers_write(struct text *text, const struct perf_event_attr *attr,
			   const char *before)
{
	unsigned int excluded = excluded_by(attr);
	unsigned int given = (attr->exclude_idle ? NOT_IDLE : 0) | (attr->pinned ? PINNED : 0) |
			     (attr->exclusive ? EXCLUSIVE : 0);

	if ((excluded & LEVELS) == LEVELS || (excluded & SIDES) == SIDES)
		return -EINVAL;
	given |= chosen(excluded, LEVELS) | chosen(excluded, SIDES);
	if (given || attr->precise_ip)
		perfev_text_add(text, before);
	for (unsigned int i = 0; letters[i]; i++) {
		const char letter[] = { letters[i], '\0' };
		unsigned int times = 1U << i == PRECISE ? attr->precise_ip : given >> i & 1;

		while (times--)
			perfev_text_add(text, letter);
	}
	return 0;
}
