/* SPDX-License-Identifier: MIT */
/*
 * A profile as one page with an interactive flame graph. The page is the same for every profile but
 * for the data in its middle; a build that has no page says so when it is asked.
 */
#include <errno.h>

#include "export.h"

#ifdef PERFEV_HTML
#include "html_data.h"
#include "html_page.h"

int export_html_is_there(void)
{
	return 1;
}

int export_html(const struct profile *profile, FILE *to)
{
	int result;

	errno = 0;
	fwrite(html_page_head, 1, html_page_head_size, to);
	result = html_data_write(profile, HTML_MOST_NODES, to);
	if (result < 0)
		return result;
	fwrite(html_page_tail, 1, html_page_tail_size, to);
	if (fflush(to) != 0 || ferror(to))
		return errno ? -errno : -EIO;
	return 0;
}
#else
int export_html_is_there(void)
{
	return 0;
}

int export_html(const struct profile *profile, FILE *to)
{
	(void)profile;
	(void)to;
	return -ENOTSUP;
}
#endif
