/* share - what of this machine is ours: all of it, or what a container allows
 */
#include "share.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#define LIMITS "/sys/fs/cgroup/"

/* How many processors' time a quota gives, or fallback. */
static int count_quota(int fallback)
{
	FILE *in = fopen(LIMITS "cpu.max", "re");
	double quota, period;
	int count = fallback;

	if (!in)
		return fallback;
	if (fscanf(in, "%lf %lf", &quota, &period) == 2 && period > 0 &&
	    quota / period < fallback)
		count = quota > period ? (int)(quota / period) : 1;
	fclose(in);
	return count;
}

int share_processors(void)
{
	cpu_set_t allowed;
	int count = 1;

	if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
		count = CPU_COUNT(&allowed);
	return count_quota(count);
}

/* The number in one of a container's files, or fallback: `max` is none. */
static uint64_t read_limit(const char *path, uint64_t fallback)
{
	FILE *in = fopen(path, "re");
	unsigned long long value;
	int found;

	if (!in)
		return fallback;
	found = fscanf(in, "%llu", &value) == 1;
	fclose(in);
	return found ? value : fallback;
}

uint64_t share_memory(void)
{
	uint64_t free = (uint64_t)sysconf(_SC_AVPHYS_PAGES) *
	                (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t most = read_limit(LIMITS "memory.max", UINT64_MAX);
	uint64_t used = read_limit(LIMITS "memory.current", 0);
	uint64_t left = most > used ? most - used : 0;

	return left < free ? left : free;
}
