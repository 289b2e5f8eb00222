/* SPDX-License-Identifier: MIT */
/*
 * What is made of counts: scaled, compared and added up. What was not counted never becomes a
 * number on the way.
 */
#include <math.h>

#include <perfev/count.h>

static int has_value(const struct perfev_reading *reading)
{
	return reading->state == PERFEV_READING_COUNTED || reading->state == PERFEV_READING_SCALED;
}

int perfev_reading_scaled(const struct perfev_reading *reading, __u64 *value)
{
	*value = 0;
	if (!has_value(reading))
		return 0;
	*value = reading->value;
	if (reading->running_ns >= reading->enabled_ns)
		return 1;
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 wide;
	wide scaled = (wide)reading->value * reading->enabled_ns / reading->running_ns;
	const wide most = ~(__u64)0;
#else
	/* As exact as the compiler's largest float. */
	long double scaled = (long double)reading->value * (long double)reading->enabled_ns /
			     (long double)reading->running_ns;
	const long double most = 18446744073709551615.0L;
#endif
	*value = scaled < most ? (__u64)scaled : ~(__u64)0;
	return 1;
}

double perfev_reading_coverage(const struct perfev_reading *reading)
{
	if (!has_value(reading) || reading->enabled_ns == 0)
		return has_value(reading) ? 1.0 : 0.0;
	return (double)reading->running_ns / (double)reading->enabled_ns;
}

double perfev_ratio(const struct perfev_reading *a, const struct perfev_reading *b)
{
	__u64 over, under;

	if (!perfev_reading_scaled(a, &over) || !perfev_reading_scaled(b, &under) || under == 0)
		return (double)NAN;
	return (double)over / (double)under;
}

/* Which of two states a sum has: what is worse stands, but a count is worth more than idleness. */
static enum perfev_reading_state worse(enum perfev_reading_state a, enum perfev_reading_state b)
{
	static const unsigned char badness[] = {
		[PERFEV_READING_IDLE] = 0,    [PERFEV_READING_COUNTED] = 1,
		[PERFEV_READING_SCALED] = 2,  [PERFEV_READING_NEVER] = 3,
		[PERFEV_READING_MISSING] = 4, [PERFEV_READING_ERROR] = 5,
		[PERFEV_READING_FAILED] = 6,
	};

	return badness[b] > badness[a] ? b : a;
}

/*
 * A sum of places some of which had no counter is what the others show, stretched over the time of
 * all: a value with a coverage, if any place has a value.
 */
void perfev_reading_add(struct perfev_reading *sum, const struct perfev_reading *reading)
{
	int known = has_value(sum) || has_value(reading);
	enum perfev_reading_state state = worse(sum->state, reading->state);

	sum->value += reading->value;
	sum->enabled_ns += reading->enabled_ns;
	sum->running_ns += reading->running_ns;
	sum->lost += reading->lost;
	if (!sum->error)
		sum->error = reading->error;
	sum->id = 0;
	if (state == PERFEV_READING_NEVER && known)
		state = PERFEV_READING_SCALED;
	sum->state = state;
}

void perfev_reading_join(struct perfev_reading *sum, const struct perfev_reading *reading)
{
	__u64 enabled_ns =
		sum->enabled_ns > reading->enabled_ns ? sum->enabled_ns : reading->enabled_ns;

	perfev_reading_add(sum, reading);
	sum->enabled_ns = enabled_ns;
	if (has_value(sum))
		sum->state = sum->running_ns < enabled_ns ? PERFEV_READING_SCALED :
							    PERFEV_READING_COUNTED;
}

const char *perfev_reading_state_name(enum perfev_reading_state state)
{
	switch (state) {
	case PERFEV_READING_COUNTED:
		return "counted";
	case PERFEV_READING_SCALED:
		return "scaled";
	case PERFEV_READING_IDLE:
		return "idle";
	case PERFEV_READING_NEVER:
		return "not counted";
	case PERFEV_READING_ERROR:
		return "gave up";
	case PERFEV_READING_MISSING:
		return "missing";
	case PERFEV_READING_FAILED:
		return "not read";
	}
	return NULL;
}
