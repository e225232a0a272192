/* gather - the least that a call has to move
 *
 * Every output byte and every byte of the inputs. Of an input that is read by
 * an index, as settings say by `gather.INPUT = INDEX BYTES`, as many bytes as
 * there are different rows in that index, by the values that were drawn; none
 * of it where BYTES is 0. Nor of probabilities that are drawn by.
 */
#ifndef GATHER_H
#define GATHER_H

#include "gpu.h"
#include "job.h"
#include "layout.h"

struct gather {
	size_t inputs, outputs;
	struct gathered {
		size_t index;       /* which input has the rows; inputs: none */
		uint64_t row_bytes; /* of each row */
	} * input;
};

/* Takes the settings. -1 with the fault set if they name what is not there. */
int gather_read(const struct job *job, struct gather *g, struct fault *f);

/* What a call has to move. What it writes may stay in the L2. Waits. */
int gather_least(const struct gather *g, struct gpu *gpu,
                 const struct layout_arg *a, double *bytes, struct fault *f);

#endif
