/* SPDX-License-Identifier: MIT */
/*
 * perfev report --annotate: source and disassembly of one function, with the share of samples at
 * each instruction. The profile must have addresses in its frames.
 */
#ifndef PERFEV_CLI_ANNOTATE_H
#define PERFEV_CLI_ANNOTATE_H

#include <stdio.h>

#include "annotation.h"

struct annotate_options {
	const char *objdump; /* a program; NULL: objdump of PATH */
	int columns;         /* a line is no longer; 0: it may be */
	int colours;
};

/*
 * Prints each function of that name that has samples, those with most first. A C++ function may be
 * named without its parameters, or as in the file.
 * Returns 1; 0 where none has samples, which standard error says with the names that are alike;
 * or a negative errno: -ENOMEM, or of writing.
 */
int annotate_print(FILE *to, const struct profile *profile, struct perfev_symbols *symbols,
		   const char *name, const struct annotate_options *options);

/* Prints one annotation. */
void annotate_print_one(FILE *to, const struct profile *profile,
			const struct annotation *annotation,
			const struct annotate_options *options);

/* How hot a share is, from 0 to 3: what is less than 0.5 %, 5 %, 20 %, and more. */
int annotate_heat(double share);

/* Writes what stands behind the shares in a line, without its end. Returns text. */
const char *annotate_line_text(const struct annotation *annotation,
			       const struct annotation_line *line, char *text, size_t size);

#endif
