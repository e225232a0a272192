/* distribution - many numbers in a line: least, median, mean, most, histogram
 *
 * The numbers are integers that are not negative. A histogram's bins are
 * powers of two, or of more where that would be too many.
 */
#ifndef DISTRIBUTION_H
#define DISTRIBUTION_H

#include <stddef.h>
#include <stdint.h>

#define DISTRIBUTION_BINS 10

/* A zeroed one is empty. */
struct distribution {
	int64_t *value; /* sorted once it is summed up */
	size_t count, room;
	int64_t min, median, max;
	double mean;
	size_t distinct;
};

void distribution_add(struct distribution *d, int64_t value);

/* Sorts, and fills what is below count. Without a number all is 0. */
void distribution_sum_up(struct distribution *d);

/* "0: 2, 1..3: 4, 64..255: 1": how many numbers lie where. Caller frees. */
char *distribution_histogram(const struct distribution *d);

void distribution_free(struct distribution *d);

#endif
