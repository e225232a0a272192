/* bounds - how long and how often: numbers of the environment */
#include "bounds.h"
#include "amount.h"

#include <stdlib.h>

int bound_find(const char *name, double fallback, double least, double most,
               double *out, struct fault *f)
{
	const char *text = getenv(name);

	*out = fallback;
	if (!text || !*text)
		return 0;
	if (amount_number(text, out) || *out < least || *out > most)
		return fault_set(f, "%s=%s: want a number from %g to %g", name,
		                 text, least, most);
	return 0;
}

int bound_total(double *out, struct fault *f)
{
	return bound_find("ASK_LIMIT_S", 1800, 0.001, 86400, out, f);
}
