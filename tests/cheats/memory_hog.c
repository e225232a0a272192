/* memory_hog - takes and fills all memory that it gets
 *
 * kernel: scale_n
 * expect: unrewarded|died|timeout|unsupported
 * hostile: yes
 * slow: yes
 */
#include "ratchet.h"
#include <stdlib.h>
#include <string.h>

#ifndef TWIN
__attribute__((constructor)) static void begin(void)
{
	const size_t step = (size_t)64 << 20;

	for (int i = 0; i < 1 << 14; i++) {
		void *p = malloc(step);

		if (!p)
			break;
		memset(p, 1, step);
	}
}
#endif

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
