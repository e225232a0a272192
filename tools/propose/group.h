/* group - candidates made from one incumbent, each told of the others */
#ifndef GROUP_H
#define GROUP_H

#include "begun.h"

/* How many members were begun, published ones too. -1 with the fault set. */
long group_size(const char *experiments, const char *first, struct fault *f);

/* The hypotheses of the members before the own one, a line each; "" for none.
 * Strangers' text. Caller frees; NULL with the fault set. */
char *group_hypotheses(const char *experiments, const struct intent *own,
                       struct fault *f);

#endif
