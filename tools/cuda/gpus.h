/* gpus - the GPUs that judgements may run on, as the variable GPUS has it
 *
 * "0,2" or "GPU-UUID,...": indices as the driver counts what it shows, or
 * UUIDs as nvidia-smi -L prints them. Not set: the first GPU alone. All are of
 * one model, so that it does not matter which of them a judgement gets.
 */
#ifndef GPUS_H
#define GPUS_H

#include "cuda.h"

#define GPUS_MAX 64

struct gpus {
	int count;
	struct cuda_device item[GPUS_MAX]; /* in the order of GPUS */
};

/* Returns -1 with the fault set. */
int gpus_read(struct gpus *out, struct fault *f);

/* The first of them, which is what kernels are compiled for. */
int gpus_first(struct cuda_device *out, struct fault *f);

#endif
