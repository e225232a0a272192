/* cpu_counters - what the processor counts while a worker calls a kernel
 *
 * As perf stat has it, but from outside: the jail keeps perf_event_open(2) from
 * the worker, so that its threads are watched by this program. Which events
 * there are depends on the processor, and on what is permitted.
 */
#ifndef CPU_COUNTERS_H
#define CPU_COUNTERS_H

#include "session.h"

enum cpu_event {
	CPU_BUSY_NS, /* of all threads; this one there is always */
	CPU_CYCLES,
	CPU_INSTRUCTIONS,
	CPU_CACHE_REFERENCES, /* of the last level */
	CPU_CACHE_MISSES,
	CPU_BRANCHES,
	CPU_BRANCH_MISSES,
	CPU_L1_MISSES, /* of loads */
	CPU_EVENTS
};

struct cpu_counts {
	int calls;
	double ns;                /* of all of them, by the judge's clock */
	double value[CPU_EVENTS]; /* of all of them; NAN: not counted */
	char absent[160];         /* why some were not counted, or "" */
};

/* Calls the candidate on a workload of a session on the CPU until that took
 * half a second, or often enough. Returns -1 with the fault set where it is
 * not right, or nothing can be counted. */
int cpu_counters_read(struct session *s, const struct job *job, size_t workload,
                      struct cpu_counts *out, struct fault *f);

#endif
