/* clocks - does the judge's clock bear out what the device's events say? */
#ifndef CLOCKS_H
#define CLOCKS_H

#include "samples.h"

/* By the candidate's batches of one workload, rows of phase `wall`: do they
 * differ by more than 10 % and 2 us a call, or do events exceed the clock? The
 * median over processes decides, because a busy host may hold up any one. */
int clocks_disagree(const struct samples *s, const char *workload);

#endif
