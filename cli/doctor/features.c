/* SPDX-License-Identifier: MIT */
/* What of the kernel's interface this kernel does not take, by name. */
#include <string.h>

#include "doctor.h"

static void add_word(char *text, size_t size, const char *word)
{
	const size_t length = strlen(text);

	snprintf(text + length, size - length, "%s%s", length ? " " : "", word);
}

void doctor_lacking_fields(const struct doctor *doctor, char *text, size_t size)
{
	const struct perfev_field *field;

	text[0] = '\0';
	for (unsigned int number = 0; (field = perfev_field_get(number)); number++)
		if (field->name[0] != '_' && perfev_features_field(&doctor->features, field) == 0)
			add_word(text, size, field->name);
}

void doctor_lacking_bits(enum perfev_set set, __u64 taken, char *text, size_t size)
{
	struct perfev_name name;
	unsigned int position = 0;

	text[0] = '\0';
	while (perfev_set_next(set, &position, &name) == 1)
		if (name.value & (name.value - 1) ? 0 : name.value & ~taken)
			add_word(text, size, name.brief);
}
