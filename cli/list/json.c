/* SPDX-License-Identifier: MIT */
/*
 * perfev list as one JSON array, an element on a line. Each is written and forgotten before the
 * next is made, so that memory does not grow with the list. Keys are never left out.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../utf8.h"
#include "list.h"

/* Adds a member and hands it over. A NULL that json-c gave for lack of memory is caught here. */
static int add(struct json_object *to, const char *key, struct json_object *value)
{
	if (!value)
		return -ENOMEM;
	return json_object_object_add(to, key, value) < 0 ? -ENOMEM : 0;
}

/* Adds a text, or null for an empty one. */
static int add_text(struct json_object *to, const char *key, const char *text)
{
	char *mended;
	int result;

	if (!text[0])
		return json_object_object_add(to, key, NULL) < 0 ? -ENOMEM : 0;
	mended = utf8_mended(text);
	result = mended ? add(to, key, json_object_new_string(mended)) : -ENOMEM;
	free(mended);
	return result;
}

/* A mask's description goes on where its event's ends. */
static int add_description(struct json_object *to, const struct list_item *item)
{
	char *both = NULL;
	int result;

	if (!item->owner[0])
		return add_text(to, "description", item->description);
	if (asprintf(&both, "%s: %s", item->owner, item->description) < 0)
		return -ENOMEM;
	result = add_text(to, "description", both);
	free(both);
	return result;
}

static int add_attrs(struct json_object *to, const struct list_item *item)
{
	struct json_object *list = json_object_new_array();
	struct perfev_events *events;
	int result = add(to, "attrs", list);

	/* What cannot be read becomes nothing. */
	if (result < 0 || list_read(item, &events) < 0)
		return result;
	for (unsigned int i = 0; events && i < perfev_events_count(events) && !result; i++) {
		char text[512];

		perfev_attr_format(text, sizeof(text), &perfev_events_get(events, i)->attr);
		if (json_object_array_add(list, json_object_new_string(text)) < 0)
			result = -ENOMEM;
	}
	perfev_events_free(events);
	return result;
}

static int print(void *context, const struct list_item *item)
{
	const struct list *list = context;
	struct json_object *one = json_object_new_object();
	const char *text = NULL;
	int bad = 0, result = 0;

	if (!one)
		return -ENOMEM;
	bad |= add_text(one, "kind", list_kind_name(item->kind));
	bad |= add_text(one, "name", item->name);
	bad |= add_text(one, "alias", item->alias);
	bad |= add_text(one, "pmu", item->pmu);
	bad |= add(one, "type", json_object_new_uint64(item->type));
	bad |= add_text(one, "encoding", item->encoding);
	bad |= add_text(one, "unit", item->unit);
	bad |= add(one, "scale", json_object_new_double(item->scale));
	bad |= add_description(one, item);
	if (list->is_long)
		bad |= add_attrs(one, item);
	if (!bad)
		text = json_object_to_json_string_ext(
			one, JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text)
		result = -ENOMEM;
	else if (printf("%s%s", list->found > 1 ? ",\n " : "[\n ", text) < 0)
		result = -errno;
	json_object_put(one);
	return result;
}

int list_print_json(struct list *list)
{
	int result = list_walk(list, LIST_KIND_ALL, print, list);

	if (result == 0 && puts(list->found ? "\n]" : "[]") < 0)
		result = -errno;
	return result;
}
