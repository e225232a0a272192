/* variable - what the environment says */
#include "variable.h"
#include "number.h"

#include <math.h>
#include <stdlib.h>

const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

int variable_number(const char *name, double least, double most, double *out,
                    struct fault *f)
{
	const char *text = variable(name);
	double x;

	if (!text)
		return 0;
	if (number_read(text, &x) || x < least || x > most)
		return isinf(most)
		               ? fault_set(f,
		                           "%s=%.80s: want a number, %g or "
		                           "more",
		                           name, text, least)
		               : fault_set(f,
		                           "%s=%.80s: want a number from %g "
		                           "to %g",
		                           name, text, least, most);
	*out = x;
	return 0;
}

int variable_count(const char *name, int64_t least, int64_t most, int64_t *out,
                   struct fault *f)
{
	const char *text = variable(name);
	int64_t n;

	if (!text)
		return 0;
	if (number_count(text, &n) || n < least || n > most)
		return most == INT64_MAX
		               ? fault_set(f,
		                           "%s=%.80s: want a whole number, "
		                           "%lld or more",
		                           name, text, (long long)least)
		               : fault_set(f,
		                           "%s=%.80s: want a whole number "
		                           "from %lld to %lld",
		                           name, text, (long long)least,
		                           (long long)most);
	*out = n;
	return 0;
}
