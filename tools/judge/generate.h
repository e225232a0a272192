/* generate - the values of a judgement's inputs
 *
 * random.h says what each element is; here are its bits. Device code makes the
 * same ones.
 */
#ifndef GENERATE_H
#define GENERATE_H

#include "dtype.h"
#include "random.h"

/* What an input of n elements, `row` of them along its last axis, is drawn
 * from. Integers and bools are never planted, nor is the only row of a tensor
 * by PLANT_ROWS. */
struct random_form generate_form(enum dtype t, enum plant plant, uint64_t n,
                                 uint64_t row);

/* The n elements of an input; seed is from random_seed(), stream its index. */
void generate_tensor(enum dtype t, void *array, size_t n,
                     const struct random_form *form, uint64_t seed,
                     uint64_t stream);

/* An input that is a scalar. */
double generate_scalar(enum dtype t, enum plant plant, uint64_t seed,
                       uint64_t stream);

#endif
