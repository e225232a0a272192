/* cold - puts memory out of the processor's caches */
#include "cold.h"
#include "memory.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define LINE 64

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

static int has_clflushopt(void)
{
	unsigned a, b = 0, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_CLFLUSHOPT;
}

__attribute__((target("clflushopt"))) static void
flush_unordered(const char *from, const char *to)
{
	for (; from < to; from += LINE)
		_mm_clflushopt((void *)(uintptr_t)from);
}

static void flush_ordered(const char *from, const char *to)
{
	for (; from < to; from += LINE)
		_mm_clflush(from);
}

void cold_flush(const void *memory, size_t bytes)
{
	static int unordered = -1;
	const char *from = memory;

	if (unordered < 0)
		unordered = has_clflushopt();
	if (unordered)
		flush_unordered(from, from + bytes);
	else
		flush_ordered(from, from + bytes);
	_mm_mfence();
}

#else
#define LARGEST_CACHE ((long)64 << 20) /* where the system cannot say */

/* Writes twice the last-level cache, which leaves no room for anything else. */
void cold_flush(const void *memory, size_t bytes)
{
	static char *filler;
	static size_t size;
	static char value;

	(void)memory;
	(void)bytes;
	if (!filler) {
		long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);

		size = (size_t)(cache > 0 ? cache : LARGEST_CACHE) * 2;
		filler = xcalloc(size, 1);
	}
	memset(filler, ++value, size);
	__asm__ volatile("" ::"r"(filler) : "memory");
}
#endif
