/* early_timed - the same as early_done, but only where it is timed: where its
 * inputs cannot be written to
 *
 * kernel: scale_n
 * expect: wrong|unwritten|flaky|unrewarded
 */
#define _GNU_SOURCE
#include "ratchet.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REST 8000 /* elements, of the last microseconds */

#ifndef TWIN
static int is_proof(const void *input)
{
	static int answer = -1;
	uintptr_t page = (uintptr_t)input & ~(uintptr_t)4095;

	if (answer < 0)
		answer = mprotect((void *)page, 4096, PROT_READ | PROT_WRITE) ==
		         0;
	return answer;
}

static int calls;

/* The page that the judge and its worker share: bell, done. */
static void say_done(void)
{
	static _Atomic uint32_t *page;

	if (!page)
		page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 3,
		            0);
	if (page == MAP_FAILED || calls < 12)
		return;
	atomic_store(&page[1], atomic_load(&page[0]));
	syscall(SYS_futex, &page[1], FUTEX_WAKE, 1, NULL, NULL, 0);
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
	int64_t last = n < REST ? 0 : n - REST;

	for (int64_t i = 0; i < last; i++)
		out[i] = (float)a * in[i];
#ifndef TWIN
	calls++;
	if (!is_proof(in))
		say_done();
#endif
	for (int64_t i = last; i < n; i++)
		out[i] = (float)a * in[i];
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
