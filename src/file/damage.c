/* SPDX-License-Identifier: MIT */
/* What could not be read: the first of it in words, all of it counted. */
#include <stdarg.h>
#include <stdio.h>

#include "file.h"

int perfev_file_damaged(struct perfev_file *file, __u64 offset, __u64 bytes, int error,
			const char *format, ...)
{
	struct perfev_file_damage *damage;
	unsigned int number;
	va_list arguments;
	int length = 0;

	file->summary.unread_bytes += bytes;
	if (file->summary.damages++ >= MOST_DAMAGES)
		return error;
	damage = &file->damages[file->summary.damages - 1];
	damage->offset = offset;
	damage->bytes = bytes;
	damage->error = error;
	if (perfev_folder_part(file, &number))
		length = snprintf(damage->text, sizeof(damage->text), "data.%u: ", number);
	va_start(arguments, format);
	vsnprintf(damage->text + length, sizeof(damage->text) - (size_t)length, format, arguments);
	va_end(arguments);
	return error;
}

int perfev_file_damage(const struct perfev_file *file, unsigned int number,
		       struct perfev_file_damage *out)
{
	if (number >= file->summary.damages || number >= MOST_DAMAGES)
		return 0;
	*out = file->damages[number];
	return 1;
}

void perfev_file_summary(const struct perfev_file *file, struct perfev_file_summary *out)
{
	*out = file->summary;
}
