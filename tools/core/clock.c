/* clock - the monotonic clock, for durations; instants, for records */
#include "clock.h"

#include <math.h>
#include <time.h>

int64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

double clock_seconds(void)
{
	return (double)clock_ns() * 1e-9;
}

void time_text(char out[TIME_TEXT])
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(out, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

double seconds_between(const char *from, const char *to)
{
	struct tm a = {0}, b = {0};

	if (!to || !strptime(from, "%Y-%m-%dT%H:%M:%SZ", &a) ||
	    !strptime(to, "%Y-%m-%dT%H:%M:%SZ", &b))
		return NAN;
	return difftime(timegm(&b), timegm(&a));
}
