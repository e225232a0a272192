/* windows - large inputs as windows into memory that many calls share
 *
 * Inputs of a hundred megabytes do not fit once for each workload and set. Such
 * a random input is a window instead, at an offset that is drawn for each call,
 * into one arena for that input of all workloads: of two calls hardly an
 * element is the same. Where rows of the first axis are small a window begins
 * with one, so that two windows have the same rows where they overlap. Tensors
 * that a workload stores have places of their own, and so have planted rows,
 * which hang on a row's length, and what is drawn by at random, for the draws
 * of two windows would not be independent.
 */
#ifndef WINDOWS_H
#define WINDOWS_H

#include "job.h"
#include "layout.h"

#define WINDOW_BYTES ((uint64_t)64 << 20) /* what is larger is a window */
#define WINDOW_ROW ((uint64_t)1 << 20)    /* what is larger is no small row */

struct windows {
	const struct job *job;
	struct window {
		uint64_t base, bytes; /* beginning; 0 bytes: there is none */
		uint64_t step;        /* between places, at most */
	} * window;                   /* [input][plant] */
};

/* Takes room for the arenas that a job needs at *used, which moves on. */
void windows_make(struct windows *x, const struct job *job, uint64_t *used);
void windows_free(struct windows *x);

/* Gives an input of a call, described already, its window; 0 if it is to have
 * a place of its own. */
int windows_place(const struct windows *x, size_t workload, int set,
                  size_t input, struct layout_arg *a);

/* The bytes of a row of a tensor's first axis. */
uint64_t window_row(const struct layout_arg *a);

/* The seed of what a window shows, by the kind of values; the stream is the
 * input. */
uint64_t window_seed(const struct job *job, enum plant plant);

#endif
