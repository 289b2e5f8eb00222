/* SPDX-License-Identifier: MIT */
/* Steps through sections of the header. */
#include "parts.h"

int perfev_part_begin(struct perfev_file *file, unsigned int feature,
		      const struct perfev_feature_at *at, struct cursor *cursor)
{
	struct perfev_bytes bytes;
	int result = perfev_file_feature(file, feature, &bytes);

	if (result <= 0)
		return result;
	if (at->offset > bytes.length)
		return 0;
	cursor->at = (const unsigned char *)bytes.bytes + at->offset;
	cursor->end = (const unsigned char *)bytes.bytes + bytes.length;
	cursor->swapped = file->swapped;
	return 1;
}

int perfev_part_end(struct perfev_feature_at *at, const struct cursor *begin,
		    const struct cursor *cursor, int result)
{
	if (result < 0)
		at->offset = ~(__u64)0;
	else
		at->offset += (__u64)(cursor->at - begin->at);
	return result < 0 ? -EBADMSG : result;
}

int perfev_part_text(struct cursor *cursor, const char **out)
{
	struct perfev_text text;
	__u32 length;

	if (take32(cursor, &length) < 0 || take_text(cursor, length, &text) < 0)
		return -EBADMSG;
	if (text.length == text.room)
		return -EBADMSG;
	*out = text.text;
	return 0;
}
