/* launches - how often a candidate was called and found right
 *
 * What fails in a share p of its calls passes n of them with a chance of
 * (1 - p)^n: the more were checked, the rarer a failure would have been seen.
 */
#ifndef LAUNCHES_H
#define LAUNCHES_H

#include "evidence.h"

struct launches {
	int64_t checked; /* by verify, bench and the confirmation */
	double rate;     /* which a failure's would have been seen with 95 %
	                    probability; NAN without a launch */
};

void launches_count(const struct evidence *e, struct launches *out);

#endif
