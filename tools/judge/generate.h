/* generate - the values of a judgement's inputs
 *
 * random.h says what each element is; here are its bits. Device code makes the
 * same ones.
 */
#ifndef GENERATE_H
#define GENERATE_H

#include "dtype.h"
#include "random.h"

/* What an input of this type is drawn from. */
enum random_kind generate_kind(enum dtype t);

/* n elements of an input, from random_seed(); stream is its index. */
void generate_tensor(enum dtype t, void *array, size_t n, uint64_t seed,
                     uint64_t stream);

#endif
