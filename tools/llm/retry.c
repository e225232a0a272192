/* retry - is it worth another try, and when */
#include "retry.h"

#include <curl/curl.h>
#include <err.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

int retry_is_due(int status)
{
	return status == 408 || status == 409 || status == 429 ||
	       (status >= 500 && status <= 599);
}

double retry_after_s(const char *header, time_t now)
{
	char *end;
	double s = strtod(header, &end);
	time_t date;

	if (end == header || *end) {
		date = curl_getdate(header, NULL);
		s = date == -1 ? 0 : difftime(date, now);
	}
	return isfinite(s) && s > 0 ? fmin(s, RETRY_AFTER_MAX_S) : 0;
}

/* Evenly from [0, 1). */
static double draw(void)
{
	uint32_t word;

	if (getrandom(&word, sizeof word, 0) != sizeof word)
		err(2, "getrandom");
	return word / 4294967296.0;
}

double retry_pause_s(int attempt, double first_s, double after_s)
{
	double s = fmin(RETRY_MAX_S, ldexp(first_s, attempt - 1));

	return after_s > 0 ? after_s + draw() * first_s : draw() * s;
}
