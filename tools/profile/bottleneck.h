/* bottleneck - what limits a kernel, from what Nsight Compute counted */
#ifndef BOTTLENECK_H
#define BOTTLENECK_H

#include "ncu_csv.h"

/* The stalls of metrics from NCU_STALL on, for people. */
const char *stall_name(int metric);

/* The sentence, with its numbers. Caller frees. */
char *bottleneck(const struct ncu_kernel *k);

#endif
