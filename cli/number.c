/* SPDX-License-Identifier: MIT */
/* Numbers as people read them. Nothing here depends on the locale, so output can be compared. */
#include "number.h"

#include <stdio.h>
#include <string.h>

const char *number_grouped(char text[NUMBER_SIZE], __u64 value)
{
	char digits[NUMBER_SIZE];
	int count = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	char *out = text;

	for (int i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = '\0';
	return text;
}

/* Writes nanoseconds in a larger unit, rounded, with that many digits behind the point. */
static const char *fraction(char text[NUMBER_SIZE], __u64 ns, __u64 unit_ns, int digits)
{
	__u64 step = unit_ns;
	size_t length;

	for (int i = 0; i < digits; i++)
		step /= 10;
	ns = ns / step + (ns % step >= step / 2 + step % 2);
	unit_ns /= step;
	number_grouped(text, ns / unit_ns);
	length = strlen(text);
	snprintf(text + length, NUMBER_SIZE - length, ".%0*llu", digits,
		 (unsigned long long)(ns % unit_ns));
	return text;
}

const char *number_ms(char text[NUMBER_SIZE], __u64 ns)
{
	return fraction(text, ns, 1000000, 2);
}

const char *number_seconds(char text[NUMBER_SIZE], __u64 ns)
{
	return fraction(text, ns, 1000000000, 3);
}

const char *number_rate(char text[NUMBER_SIZE], double value)
{
	static const char prefixes[] = " kMGTPE";
	size_t i = 0;
	int digits;

	while (value >= 999.5 && prefixes[i + 1]) {
		value /= 1000;
		i++;
	}
	digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	if (value == 0)
		digits = 0;
	if (i)
		snprintf(text, NUMBER_SIZE, "%.*f %c", digits, value, prefixes[i]);
	else
		snprintf(text, NUMBER_SIZE, "%.*f ", digits, value);
	return text;
}
