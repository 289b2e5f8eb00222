/* SPDX-License-Identifier: MIT */
/* What runs out: descriptors, memory, breakpoint registers, a PMU that is another's. */
#ifndef PERFEV_SRC_EXPLAIN_LIMITS_H
#define PERFEV_SRC_EXPLAIN_LIMITS_H

#include "request.h"

/* Each explains one errno, and returns 1. */
int perfev_explain_files(struct inquiry *inquiry);  /* EMFILE, ENFILE */
int perfev_explain_slots(struct inquiry *inquiry);  /* ENOSPC */
int perfev_explain_busy(struct inquiry *inquiry);   /* EBUSY */
int perfev_explain_memory(struct inquiry *inquiry); /* ENOMEM */

#endif
