/* SPDX-License-Identifier: MIT */
/*
 * perfev.h: every header of the core library. Each may also be included by itself, and includes
 * only those above it here.
 */
#ifndef PERFEV_H
#define PERFEV_H

#include <perfev/abi.h>
#include <perfev/regs.h>
#include <perfev/sys.h>
#include <perfev/names.h>
#include <perfev/explain.h>
#include <perfev/event.h>
#include <perfev/count.h>
#include <perfev/record.h>
#include <perfev/ring.h>
#include <perfev/file.h>

#endif /* PERFEV_H */
