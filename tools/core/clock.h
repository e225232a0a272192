/* clock - the monotonic clock, for durations; instants, for records */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

int64_t clock_ns(void);
double clock_seconds(void);

/* The present time, as ISO 8601 in UTC. */
#define TIME_TEXT 32
void time_text(char out[TIME_TEXT]);

/* NAN where one of them is no such text; to may be NULL. */
double seconds_between(const char *from, const char *to);

#endif
