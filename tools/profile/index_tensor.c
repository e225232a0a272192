/* index_tensor - what the numbers of a stored int32 or int64 tensor are like
 */
#include "index_tensor.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

int index_tensor_is(enum dtype t)
{
	return t == DTYPE_INT32 || t == DTYPE_INT64;
}

/* The file's data need not be aligned. */
static int64_t *load(const struct safetensor *t, size_t count)
{
	const char *at = t->data;
	int64_t *v = xcalloc(count, sizeof *v);
	int32_t narrow;

	for (size_t i = 0; i < count; i++) {
		if (t->dtype == DTYPE_INT64) {
			memcpy(&v[i], at + 8 * i, 8);
		} else {
			memcpy(&narrow, at + 4 * i, 4);
			v[i] = narrow;
		}
	}
	return v;
}

static int is_offsets(const struct safetensor *t, const int64_t *v,
                      size_t count)
{
	if (t->ndim != 1 || count < 2 || v[0] != 0)
		return 0;
	for (size_t i = 1; i < count; i++)
		if (v[i] < v[i - 1])
			return 0;
	return 1;
}

/* Adds a tensor's lengths, and their skew. */
static void add_lengths(struct index_tensor *x, const int64_t *length,
                        size_t count)
{
	double sum = 0, most = 0;

	for (size_t i = 0; i < count; i++) {
		distribution_add(&x->length, length[i]);
		sum += (double)length[i];
		if ((double)length[i] > most)
			most = (double)length[i];
	}
	if (sum > 0 && most * (double)count / sum > x->skew)
		x->skew = most * (double)count / sum;
}

static void take_lengths(struct index_tensor *x, const struct safetensor *t,
                         const int64_t *v, size_t count)
{
	size_t row = t->ndim > 1 ? (size_t)t->shape[t->ndim - 1] : 0, n = 0;
	int64_t *length = xcalloc(count, sizeof *length);

	if (is_offsets(t, v, count)) {
		x->offsets++;
		for (; n + 1 < count; n++)
			length[n] = v[n + 1] - v[n];
	} else if (row) {
		for (; n < count / row; n++)
			for (size_t i = 0; i < row; i++)
				length[n] += v[n * row + i] >= 0;
	}
	add_lengths(x, length, n);
	free(length);
}

static void take_neighbours(struct index_tensor *x, const struct safetensor *t,
                            const int64_t *v, size_t count)
{
	size_t row = t->ndim > 0 ? (size_t)t->shape[t->ndim - 1] : 1;

	for (size_t i = 1; i < count; i++) {
		if (i % row == 0 || v[i] < 0 || v[i - 1] < 0)
			continue;
		x->pairs++;
		x->steps += v[i] - v[i - 1] == 1;
	}
}

static void take_range(struct index_tensor *x, int64_t value)
{
	if (x->max < x->min || value < x->min)
		x->min = value;
	if (value > x->max)
		x->max = value;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Sorts the values. */
static void take_values(struct index_tensor *x, int64_t *v, size_t count)
{
	size_t negative = 0;

	qsort(v, count, sizeof *v, compare);
	for (; negative < count && v[negative] < 0;)
		negative++;
	x->padding += negative;
	x->looked_at += count;
	for (size_t i = negative; i < count; i++)
		x->distinct += i == negative || v[i] != v[i - 1];
	if (negative < count) {
		take_range(x, v[negative]);
		take_range(x, v[count - 1]);
	}
}

void index_tensor_add(struct index_tensor *x, const struct safetensor *t)
{
	size_t total = t->bytes / (dtype_bits(t->dtype) / 8), count = total;
	int64_t *v;

	if (!x->tensors)
		x->max = -1;
	if (count > INDEX_TENSOR_MOST)
		count = INDEX_TENSOR_MOST;
	v = load(t, count);
	x->tensors++;
	x->total += total;
	take_lengths(x, t, v, count);
	take_neighbours(x, t, v, count);
	take_values(x, v, count);
	free(v);
}

void index_tensor_free(struct index_tensor *x)
{
	distribution_free(&x->length);
}
