/* clock - the monotonic clock, for durations */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

int64_t clock_ns(void);
double clock_seconds(void);

#endif
