/* job_rule - which values a job's input sets have, and what is right for them
 */
#ifndef JOB_RULE_H
#define JOB_RULE_H

#include "job.h"

/* Takes the setting `plant`: makes sets one for each kind of values that it
 * names, and so many plain ones that there are as many as settings say, for a
 * bench that many plain ones. Which set is of which kind is secret, like the
 * seed. Returns -1 with the fault set. */
int job_plant(struct job *j, struct fault *f);

/* By what rule an output of an input set is right, or what is compared in its
 * place (job_view.h): `precision` by its type where settings have none, more
 * room where the inputs are large, none where they are integers. */
struct check_rule job_rule(const struct job *j, int set, enum dtype output);

/* The largest error, relative to a number, that rounding alone makes in an
 * output of any of the definition's types: no `precision` may be below it. */
double job_half_ulp(const struct job *j);

/* "tiny"; what settings call it. */
const char *plant_name(enum plant p);

/* "large tiny", "none": what a job's sets are planted with. Caller frees. */
char *job_plants(const struct job *j);

#endif
