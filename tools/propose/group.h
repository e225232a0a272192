/* group - candidates made from one incumbent, at the same time */
#ifndef GROUP_H
#define GROUP_H

#include "begun.h"

/* How many members were begun, published ones too. -1 with the fault set. */
long group_size(const char *experiments, const char *first, struct fault *f);

#endif
