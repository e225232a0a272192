/* gpu_parts - what gpu.c and gpu_state.c share */
#ifndef GPU_PARTS_H
#define GPU_PARTS_H

#include "gpu.h"

enum { /* of device.cu */
       GENERATE,
       POISON,
       SCRUB_SHARED,
       SCRUB_LOCAL,
       TOUCH,
       HOLD,
       MARK_ROWS,
       COUNT_BITS,
       COUNT_NONZERO,
       COUNT_DIFFERENT,
       CHECK_RED_ZONE,
       CHECK_ELEMENTS,
       KERNELS
};

/* All blocks are resident at the same time. */
int gpu_launch_all(struct gpu *g, int kernel, uint64_t grid, uint32_t block,
                   uint32_t shared, void **params, struct fault *f);

/* gpu_state.c's part of gpu_open. */
int gpu_state_open(struct gpu *g, struct fault *f);

#endif
