/* bottleneck - what limits a kernel, from what Nsight Compute counted */
#include "bottleneck.h"
#include "memory.h"

#include <math.h>

#define BUSY 60 /* percent of a peak from which on it is what limits */
#define FEW 25  /* percent of the warps: too few to hide what they wait for */

static const struct {
	const char *name, *lever;
} stall[NCU_METRICS - NCU_STALL] = {
        [NCU_STALL_LONG - NCU_STALL] = {"global or local memory",
                                        "load earlier and more at once, or "
                                        "copy asynchronously"},
        [NCU_STALL_SHORT - NCU_STALL] = {"shared memory or special functions",
                                         "fewer and wider shared accesses"},
        [NCU_STALL_WAIT - NCU_STALL] = {"fixed latency of instructions",
                                        "more independent work in a thread"},
        [NCU_STALL_BARRIER - NCU_STALL] = {"barriers",
                                           "fewer of them, or even work "
                                           "between them"},
        [NCU_STALL_MATH - NCU_STALL] = {"busy arithmetic units",
                                        "fewer operations, or the tensor "
                                        "units"},
        [NCU_STALL_MIO - NCU_STALL] = {"the queue to shared memory",
                                       "wider accesses, fewer conflicts"},
        [NCU_STALL_LG -
                NCU_STALL] = {"the queue to global memory", "wider accesses"},
};

const char *stall_name(int metric)
{
	return stall[metric - NCU_STALL].name;
}

static int top_stall(const struct ncu_kernel *k)
{
	int top = -1;

	for (int i = NCU_STALL; i < NCU_METRICS; i++)
		if (!isnan(k->value[i]) &&
		    (top < 0 || k->value[i] > k->value[top]))
			top = i;
	return top;
}

char *bottleneck(const struct ncu_kernel *k)
{
	int top = top_stall(k);
	double sm = k->value[NCU_SM], dram = k->value[NCU_DRAM];
	double memory = k->value[NCU_MEMORY], warps = k->value[NCU_OCCUPANCY];

	if (dram >= BUSY && !(sm > dram))
		return xasprintf("DRAM: %.0f %% of its peak: only fewer bytes "
		                 "help",
		                 dram);
	if (memory >= BUSY && !(sm > memory))
		return xasprintf("caches and shared memory: %.0f %% of their "
		                 "peak, DRAM %.0f %%: use again what is in "
		                 "registers, wider accesses",
		                 memory, dram);
	if (sm >= BUSY)
		return xasprintf("arithmetic: %.0f %% of the peak: fewer "
		                 "operations, or the tensor units",
		                 sm);
	if (warps < FEW)
		return xasprintf("too little at work: %.0f %% of the warps: "
		                 "more blocks, or fewer registers and less "
		                 "shared memory in each",
		                 warps);
	if (top >= 0)
		return xasprintf("latency: warps wait for %s (%.1f an issued "
		                 "instruction): %s",
		                 stall[top - NCU_STALL].name, k->value[top],
		                 stall[top - NCU_STALL].lever);
	return xstrdup("unknown: the counters do not say");
}
