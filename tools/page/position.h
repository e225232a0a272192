/* position - each workload's time, and how far it is from the floor
 *
 * No call can be shorter than an empty one, nor than the bytes that it has to
 * move at the rate of a copy: the larger of the two is the floor.
 */
#ifndef POSITION_H
#define POSITION_H

#include "facts.h"
#include "history.h"

/* What stands on a device. Nothing where none of it is known. */
void position_print(FILE *p, const struct history *h, const char *device,
                    const struct facts *x);

#endif
