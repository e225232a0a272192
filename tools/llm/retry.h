/* retry - is it worth another try, and when
 *
 * A pause is drawn evenly from 0 to first_s, doubled with each attempt up to
 * RETRY_MAX_S: so that many who failed together do not come back together. A
 * server that names a time gets at least that, up to RETRY_AFTER_MAX_S.
 */
#ifndef RETRY_H
#define RETRY_H

#include <time.h>

#define RETRY_MAX_S 60.0
#define RETRY_AFTER_MAX_S 600.0

/* 408, 409, 429 and 5xx: what another time may go well. */
int retry_is_due(int status);

/* Seconds from now that a retry-after header names, as a number or a date; 0
 * where it names none that can be read, or one that has passed. */
double retry_after_s(const char *header, time_t now);

/* How long to wait after the attempt (from 1). */
double retry_pause_s(int attempt, double first_s, double after_s);

#endif
