/* tune - which point of the knobs' space to try next
 *
 * A trial's speed is the logarithm of how many times as fast it is as the
 * shipped solution. Early choices spread over the space, several knobs at
 * once; later ones have the largest expected improvement on the best speed,
 * times the chance that the point builds, is right and spares every workload.
 * The same files give the same choice.
 */
#ifndef TUNE_H
#define TUNE_H

#include "knobs.h"
#include "surface.h"

struct trial {
	enum { TRIAL_SEEN, TRIAL_SCORED, TRIAL_FAILED } kind;
	int is_refused;  /* it failed, or a workload regressed */
	struct point at; /* at.y, at.sd: of a scored trial */
};

struct history {
	struct trial *item;
	size_t count;
	int incumbent[MAX_KNOBS];
	double incumbent_y;
};

struct choice {
	int x[MAX_KNOBS];
	int is_spread;   /* chosen to spread, not to improve */
	double mean, sd; /* the speed expected, as the trials' y */
	double refusal;  /* the chance that it is refused, however fast */
	double gain;     /* the improvement expected, as a logarithm */
};

/* Returns 0, or -1 where every point was tried. speed and refusal are the
 * models that were used, for an explanation; the caller frees both. */
int tune_choose(const struct knobs *k, const struct history *h, uint64_t seed,
                struct choice *out, struct surface **speed,
                struct surface **refusal);

#endif
