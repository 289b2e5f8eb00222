/* SPDX-License-Identifier: MIT */
/* What is kept of a file's call frame information: rows by address, and expressions by number. */
#ifndef PERFEV_SYMBOL_CFI_H
#define PERFEV_SYMBOL_CFI_H

#include "unwind.h"

struct cfi_expression {
	const Dwarf_Op *list; /* libdw's, as long as the file is open */
	size_t count;
};

struct cfi {
	Dwarf_CFI *exceptions, *debug; /* .eh_frame, .debug_frame; NULL: the file has none */
	Dwarf_Addr exceptions_bias, debug_bias;
	__u8 has_looked_for_debug;
	__u64 *addresses; /* a hash table, and beside it where their rows are in words; or 0 */
	__u32 *places;
	__u32 count, room;
	__u64 *words;
	__u32 word_count, word_room;
	struct cfi_expression *expressions;
	__u16 expression_count, expression_room;
};

#endif
