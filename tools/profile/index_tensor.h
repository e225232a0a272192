/* index_tensor - what the numbers of a stored int32 or int64 tensor are like
 *
 * Offsets (one axis, from 0 on, never less than the one before) are taken for
 * the ends of pieces: their differences are lengths. Of a tensor with more
 * axes the numbers of a row that are not negative are its length, and negative
 * ones padding.
 */
#ifndef INDEX_TENSOR_H
#define INDEX_TENSOR_H

#include "distribution.h"
#include "safetensors.h"

/* Summed over the tensors of one name in all workloads; zeroed: of none. */
struct index_tensor {
	size_t tensors, offsets; /* how many, and how many of them offsets */
	uint64_t total, padding; /* elements; negative ones */
	uint64_t pairs, steps;   /* of neighbours in a row, neither negative;
	                            those where the second is one more */
	uint64_t distinct;       /* different numbers, per tensor */
	int64_t min, max;        /* of those that are not negative */
	uint64_t looked_at;      /* elements, of tensors that were not too
	                            large to look at in whole */
	struct distribution length;
	double skew; /* the largest of longest / mean length in a tensor */
};

/* What is larger is looked at up to here. */
#define INDEX_TENSOR_MOST ((size_t)1 << 22)

void index_tensor_add(struct index_tensor *x, const struct safetensor *t);

/* Is the tensor of a dtype that this is about? */
int index_tensor_is(enum dtype t);

void index_tensor_free(struct index_tensor *x);

#endif
