/* SPDX-License-Identifier: MIT */
/*
 * Numbers, words and lists of CPUs. All of a text is read or none of it: what stands behind a
 * number is an error, never left over.
 */
#include "number.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define MOST_CPUS 65536U

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

static int read_digits(const char *text, size_t length, int base, __u64 *value)
{
	__u64 sum = 0;

	if (length == 0)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		int digit = digit_value(text[i]);

		if (digit >= base)
			return -EINVAL;
		if (sum > (~(__u64)0 - (__u64)digit) / (__u64)base)
			return -ERANGE;
		sum = sum * (__u64)base + (__u64)digit;
	}
	*value = sum;
	return 0;
}

int perfev_number_read(const char *text, size_t length, __u64 *value)
{
	if (length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return read_digits(text + 2, length - 2, 16, value);
	return read_digits(text, length, 10, value);
}

int perfev_number_read_raw(const char *text, size_t length, __u64 *value)
{
	size_t skip = 1;

	if (!length || text[0] != 'r')
		return 0;
	if (length > 3 && text[1] == '0' && (text[2] == 'x' || text[2] == 'X'))
		skip = 3;
	return read_digits(text + skip, length - skip, 16, value) == 0;
}

int perfev_number_read_scale(const char *text, double *value)
{
	/* The program's locale may write a comma; sysfs writes a point. "C" takes no memory. */
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	locale_t before;
	double number;
	char *end;

	if (!c)
		return -ENOMEM;
	before = uselocale(c);
	number = strtod(text, &end);
	uselocale(before);
	freelocale(c);
	if (end == text || *end)
		return -EINVAL;
	*value = number;
	return 0;
}

/* Reads one number of a list and steps over it. */
static int read_cpu(const char **text, __u64 *cpu)
{
	size_t length = strspn(*text, "0123456789");
	int result = perfev_number_read(*text, length, cpu);

	*text += length;
	return result < 0 || *cpu >= (__u64)1 << 31 ? -EINVAL : 0;
}

int perfev_cpus_read(const char *text, int *cpus, unsigned int room)
{
	unsigned int count = 0;

	while (*text) {
		__u64 first, last;

		if (read_cpu(&text, &first) < 0)
			return -EINVAL;
		last = first;
		if (*text == '-') {
			text++;
			if (read_cpu(&text, &last) < 0 || last < first)
				return -EINVAL;
		}
		if (last - first >= MOST_CPUS - count)
			return -EINVAL;
		for (__u64 cpu = first; cpu <= last; cpu++, count++)
			if (count < room)
				cpus[count] = (int)cpu;
		if (*text == ',' && text[1])
			text++;
		else if (*text)
			return -EINVAL;
	}
	return (int)count;
}

int perfev_word_is(const char *text, size_t length, const char *word)
{
	return strncmp(text, word, length) == 0 && !word[length];
}
