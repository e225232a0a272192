/* cpu_reference - the worker that knows what is right
 *
 * It is native code, or the text in the kernel's definition, for which Python
 * with PyTorch takes the worker's place. Beside run native code it may export
 * `inputs`, which makes of random values what they must be, and `evaluate`,
 * which makes views of outputs (job_view.h).
 */
#ifndef CPU_REFERENCE_H
#define CPU_REFERENCE_H

#include "cpu_runner.h"

/* NULL with the fault set, also where it does not export what settings need. */
struct cpu_runner *cpu_reference_start(const struct cpu_calls *calls,
                                       int threads, struct fault *f);

/* "native", or which Python and PyTorch it is; asked before the first call. */
void cpu_reference_name(const struct cpu_runner *r, char *name, size_t len);

/* What it said instead of a result, as the fault of WHAT of it. Returns -1. */
int cpu_reference_fail(const struct cpu_runner *r, const char *what,
                       struct fault *f);

/* Has it finish a call's inputs, which were drawn anew. */
int cpu_reference_inputs(struct cpu_runner *r, size_t workload, int set,
                         struct fault *f);

/* Has it make the views of what a call left in a worker's memory of outputs.
 * Nothing happens where settings ask for none. */
int cpu_reference_evaluate(struct cpu_runner *r, size_t workload, int set,
                           const char *outputs, char *views, struct fault *f);

#endif
