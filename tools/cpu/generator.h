/* generator - runs a kernel's own generate.c, for shapes that no list has
 *
 * A workload that stores tensors (indices, lengths) has values that random
 * numbers cannot stand for. generate.c makes them, for any shape. It exports
 * what kernels do, and is called with a seed, then every var axis, then every
 * tensor that the workload stores, to be written; all in the order of the
 * definition, all but the tensors int64.
 */
#ifndef GENERATOR_H
#define GENERATOR_H

#include "workload.h"

/* Calls the library `so` in a process of its own and writes the tensors that w
 * stores to the safetensors file path, each under its input's name. Returns 1
 * with its words in the fault where it returns an error, which means that
 * there is no such workload; -1 with the fault set for trouble. */
int generator_run(const char *so, const struct definition *d,
                  const struct workload *w, int64_t seed, const char *path,
                  struct fault *f);

#endif
