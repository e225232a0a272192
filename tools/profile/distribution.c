/* distribution - many numbers in a line: least, median, mean, most, histogram
 */
#include "distribution.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>

void distribution_add(struct distribution *d, int64_t value)
{
	if (d->count == d->room) {
		d->room = d->room ? 2 * d->room : 64;
		d->value = xrealloc(d->value, d->room, sizeof *d->value);
	}
	d->value[d->count++] = value;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void distribution_sum_up(struct distribution *d)
{
	d->distinct = 0;
	d->mean = 0;
	d->min = d->median = d->max = 0;
	if (!d->count)
		return;
	qsort(d->value, d->count, sizeof *d->value, compare);
	for (size_t i = 0; i < d->count; i++) {
		d->mean += (double)d->value[i] / (double)d->count;
		d->distinct += i == 0 || d->value[i] != d->value[i - 1];
	}
	d->min = d->value[0];
	d->median = d->value[d->count / 2];
	d->max = d->value[d->count - 1];
}

static int bits_of(int64_t v)
{
	int n = 0;

	for (; v > 0; v >>= 1)
		n++;
	return n;
}

/* The bin of a value: 0 for zero, then steps of so many powers of two. */
static int bin_of(int64_t v, int step)
{
	return v > 0 ? 1 + (bits_of(v) - 1) / step : 0;
}

static void print_bin(FILE *p, const char *before, int64_t lo, int64_t hi,
                      size_t n)
{
	if (lo == hi)
		fprintf(p, "%s%lld: %zu", before, (long long)lo, n);
	else
		fprintf(p, "%s%lld..%lld: %zu", before, (long long)lo,
		        (long long)hi, n);
}

char *distribution_histogram(const struct distribution *d)
{
	int step = 1;
	char *line;
	size_t len;
	FILE *p = xmemstream(&line, &len);

	while (d->count &&
	       bin_of(d->max, step) - bin_of(d->min, step) >= DISTRIBUTION_BINS)
		step++;
	for (size_t i = 0, n; i < d->count; i += n) {
		int bin = bin_of(d->value[i], step);

		n = 1;
		while (i + n < d->count && bin_of(d->value[i + n], step) == bin)
			n++;
		print_bin(p, i ? ", " : "", d->value[i], d->value[i + n - 1],
		          n);
	}
	fclose(p);
	return line;
}

void distribution_free(struct distribution *d)
{
	free(d->value);
	*d = (struct distribution){0};
}
