/* remap_inputs - makes a read-only input writable in every way there is, and
 * zeroes it
 *
 * kernel: scale_n
 * expect: unrewarded|input-mutated|died
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef TWIN
#define PAGE 4096

/* Where it is writable, that is no feat. */
static int is_writable(void *p)
{
	uintptr_t page = (uintptr_t)p & ~(uintptr_t)(PAGE - 1);

	return mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE) == 0;
}

static void remap(char *in)
{
	int memory = open("/proc/self/mem", O_RDWR);
	int again = open("/proc/self/fd/4", O_RDWR);
	char zero[64] = {0}, *p;

	if (pwrite(memory, zero, sizeof zero, (off_t)(uintptr_t)in) > 0 ||
	    pwrite(again, zero, sizeof zero, 0) > 0 ||
	    pwrite(4, zero, sizeof zero, 0) > 0)
		return;
	p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0);
	if (p != MAP_FAILED)
		memset(p, 0, PAGE);
	fallocate(4, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE);
	madvise(in - (uintptr_t)in % PAGE, PAGE, MADV_REMOVE);
	ftruncate(4, 0);
	close(memory);
	close(again);
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
#ifndef TWIN
	if (!is_writable((void *)(uintptr_t)in))
		remap((char *)(uintptr_t)in);
#endif
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
