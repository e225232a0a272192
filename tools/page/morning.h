/* morning - what one wants to know first: where a kernel stands on a device
 *
 * Where it began, where it is, what that cost, and the steps that gained most.
 */
#ifndef MORNING_H
#define MORNING_H

#include "facts.h"
#include "history.h"

void morning_print(FILE *p, const struct history *h, const char *device,
                   const struct facts *x);

/* What all experiments of the kernel cost, both devices together. */
void morning_cost(FILE *p, const struct history *h);

#endif
