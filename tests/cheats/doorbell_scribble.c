/* doorbell_scribble - fills the page that it shares with the judge with noise
 *
 * kernel: scale_n
 * expect: timeout|launch-error|unrewarded
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <sys/mman.h>

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
#ifndef TWIN
	volatile unsigned char *page =
	        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);

	for (int i = 4; page != MAP_FAILED && i < 4096; i++)
		page[i] = (unsigned char)(i * 37 | 128);
#endif
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
