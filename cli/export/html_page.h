/* SPDX-License-Identifier: MIT */
/* The page around its data: web/embed makes it of what lies beside it and the library. */
#ifndef PERFEV_CLI_HTML_PAGE_H
#define PERFEV_CLI_HTML_PAGE_H

#include <stddef.h>

extern const unsigned char html_page_head[], html_page_tail[];
extern const size_t html_page_head_size, html_page_tail_size;

#endif
