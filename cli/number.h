/* SPDX-License-Identifier: MIT */
/* Numbers as people read them: digits in groups of three, rates with a prefix (1.48 G/s). */
#ifndef PERFEV_CLI_NUMBER_H
#define PERFEV_CLI_NUMBER_H

#include <stddef.h>

#include <perfev/abi.h>

/* Room for any number that these functions write. */
#define NUMBER_SIZE 40

/* Writes 1234567 as "1,234,567". Returns text. */
const char *number_grouped(char text[NUMBER_SIZE], __u64 value);

/* Writes nanoseconds as milliseconds: "1,234.57". Returns text. */
const char *number_ms(char text[NUMBER_SIZE], __u64 ns);

/* Writes nanoseconds as seconds: "0.417". Returns text. */
const char *number_seconds(char text[NUMBER_SIZE], __u64 ns);

/* Writes a rate with three digits and a prefix: 1480000000 as "1.48 G". Returns text. */
const char *number_rate(char text[NUMBER_SIZE], double value);

#endif
