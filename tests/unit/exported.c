/* SPDX-License-Identifier: MIT */
/* What an export writes, as text; see exported.h. */
#include "exported.h"

#include "../../cli/export/export.h"
#include "support.h"

char *exported(const struct profile *profile, int (*export)(const struct profile *, FILE *),
	       size_t *length)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, length);

	assert_non_null(to);
	assert_int_equal(export(profile, to), 0);
	assert_int_equal(fclose(to), 0);
	return text;
}

char *exported_folded(const struct profile *profile, __u32 event, unsigned int flags)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	assert_non_null(to);
	assert_int_equal(export_folded(profile, event, flags, to), 0);
	assert_int_equal(fclose(to), 0);
	return text;
}
