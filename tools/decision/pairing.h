/* pairing - bench rows, paired and averaged by workload and process
 *
 * The step of a comparison between raw rows and statistics.
 */
#ifndef PAIRING_H
#define PAIRING_H

#include "comparison.h"

/* One workload in one process: d and a of comparison.h over its pairs. */
struct block {
	size_t cell; /* index into comparison.cell */
	int process, pairs;
	double d, a;
};

struct pairing {
	struct block *block; /* ordered by cell, then process */
	size_t count;
};

/* Adds to c a cell for each workload and mode of the bench rows, with medians
 * and counts, and fills out. Returns -1 with the fault set (see
 * comparison_make). */
int pairing_make(const char *path, const struct samples *s,
                 struct comparison *c, struct pairing *out, struct fault *f);
void pairing_free(struct pairing *p);

#endif
