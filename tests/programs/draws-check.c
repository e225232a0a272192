/* draws-check - the reference's process judges draws, its device's memory being
 * the host's; prints what is wrong
 *
 * usage: draws-check job. Of a definition with top_k and top_p; the values are
 * its own.
 */
#include "memory.h"
#include "reference_parts.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct reference r;
static struct adopted runner; /* whose kernel draws */
static int failures;
static uint64_t state = 1;

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("%s\n", what);
		failures++;
	}
}

static cu_result wait_for_nothing(cu_stream s)
{
	(void)s;
	return 0;
}

static cu_result to_host(void *to, cu_address from, size_t bytes)
{
	memcpy(to, (const void *)(uintptr_t)from, bytes);
	return 0;
}

static cu_result to_device(cu_address to, const void *from, size_t bytes,
                           cu_stream s)
{
	(void)s;
	memcpy((void *)(uintptr_t)to, from, bytes);
	return 0;
}

static cu_result launch_nothing(const struct cu_launch *l, cu_function k,
                                void **params, void **extra)
{
	(void)l;
	(void)k;
	(void)params;
	(void)extra;
	return 0;
}

static cu_address allocate(uint64_t bytes)
{
	return (cu_address)(uintptr_t)xcalloc(bytes + 1, 1);
}

static double uniform(void)
{
	return (double)(random_mix(state++) >> 11) * 0x1p-53;
}

static const struct layout_arg *args(uint32_t set)
{
	return layout_call(r.layout, 0, set);
}

/* Where the reference keeps an input. */
static void *kept(uint32_t set, int input)
{
	return (void *)(uintptr_t)reference_input(&r, args(set),
	                                          (uint32_t)input, r.arena);
}

static float *probs_of(uint32_t set)
{
	return kept(set, r.job->sampling.probs);
}

/* Makes a call's inputs, of which top_k allows one or all. */
static void make_call(uint32_t set, int top_k)
{
	const struct layout_arg *a = args(set);
	float *raw = (float *)(uintptr_t)reference_input(&r, a, 0, 0);
	int32_t *k = kept(set, r.job->sampling.top_k);
	float *p = kept(set, r.job->sampling.top_p);
	struct fault f;

	for (uint64_t i = 0; i < a->elements; i++)
		raw[i] = (float)(4 * uniform());
	check(!reference_normalize(&r, 0, set, &f), "not normalized");
	memcpy(probs_of(set), raw, a->bytes);
	for (int64_t row = 0; row < a->shape[0]; row++) {
		double sum = 0;

		for (int64_t i = 0; i < a->shape[1]; i++)
			sum += (double)raw[row * a->shape[1] + i];
		check(fabs(sum - 1) < 1e-5, "a row is no probabilities");
		k[row] = top_k;
		p[row] = 1;
	}
}

static int64_t draw(const float *p, int64_t n)
{
	double at = uniform();
	int64_t i = 0;

	while (i < n - 1 && (at -= (double)p[i]) >= 0)
		i++;
	return i;
}

static int64_t most_probable(const float *p, int64_t n)
{
	int64_t most = 0;

	for (int64_t i = 1; i < n; i++)
		most = p[i] > p[most] ? i : most;
	return most;
}

/* Where a launcher writes a call's draws. */
static int64_t *drawn_of(uint32_t set)
{
	uint64_t used;

	return (int64_t *)(uintptr_t)(runner.output +
	                              args(set)[r.layout->args - 1].address -
	                              layout_outputs(r.layout, 0, &used));
}

static void draw_call(uint32_t set, int64_t (*by)(const float *, int64_t))
{
	const struct layout_arg *a = args(set);
	int64_t n = a->shape[1];

	for (int64_t row = 0; row < a->shape[0]; row++)
		drawn_of(set)[row] = by(probs_of(set) + row * n, n);
}

/* Asks for sets 0 and 1. */
static struct wire_reply ask(void)
{
	struct wire_request q = {.op = WIRE_CHECK, .count = 2, .set = {0, 1}};
	struct wire_reply reply = {.fault = 0};
	struct fault f;

	check(!reference_check_outputs(&r, &runner, &q, &reply, &f),
	      "no answer");
	return reply;
}

static void open_host(const char *dir)
{
	struct fault f;

	cuda.cuStreamSynchronize = wait_for_nothing;
	cuda.cuMemcpyDtoH = to_host;
	cuda.cuMemcpyHtoDAsync = to_device;
	cuda.cuLaunchKernelEx = launch_nothing;
	if (!(r.job = job_read(dir, &f)) ||
	    !(r.layout = layout_make(r.job, &f)))
		errx(2, "%s", f.text);
	r.input = allocate(r.layout->arena_bytes[ARENA_INPUT]);
	r.arena = allocate(r.layout->arena_bytes[ARENA_INPUT]);
	r.expected = allocate(r.layout->arena_bytes[ARENA_OUTPUT]);
	r.result = allocate(WIRE_SETS * sizeof(struct check));
	r.drawn = xcalloc(r.layout->sets, sizeof *r.drawn);
	r.tally = xcalloc(SIDE_COUNT, sizeof *r.tally);
	runner.output = allocate(r.layout->output_bytes);
	runner.counted = xcalloc(r.layout->sets, sizeof *runner.counted);
}

static void check_counting(int64_t rows)
{
	draw_call(0, draw);
	draw_call(1, draw);
	check(!*ask().reason, "right draws are refused");
	check(ask().draws == 2 * rows, "the same values are counted twice");
	r.drawn[1]++;
	check(ask().draws == 3 * rows, "new values are not counted");
	memset(runner.counted, 0, r.layout->sets * sizeof *runner.counted);
	check(ask().draws == 5 * rows, "another process is not counted");
	runner.side = INCUMBENT;
	r.drawn[0]++;
	check(ask().draws == rows, "two sides are counted together");
}

static void check_reasons(void)
{
	struct wire_reply reply;

	drawn_of(1)[2] = -1;
	reply = ask();
	check(!strcmp(reply.reason, "wrong") && reply.wrong_call == 2 &&
	              !strcmp(reply.detail, "row 2: -1 was drawn, which is no "
	                                    "index of probs"),
	      "what is no index is not named");
	draw_call(0, most_probable);
	draw_call(1, most_probable);
	runner.side = INCUMBENT2;
	r.drawn[0]++;
	reply = ask();
	check(!strcmp(reply.reason, "wrong") && reply.wrong_call == 1 &&
	              strstr(reply.detail, "spread otherwise"),
	      "who does not draw is right");
	runner.side = CANDIDATE;
	make_call(1, 1);
	draw_call(0, draw);
	draw_call(1, most_probable);
	check(!*ask().reason, "the only one that top_k allows is refused");
	drawn_of(1)[0] = (drawn_of(1)[0] + 1) % args(1)->shape[1];
	check(strstr(ask().detail, "top_k and top_p do not allow") != NULL,
	      "what top_k does not allow is right");
}

int main(int argc, char *argv[])
{
	if (argc != 2)
		errx(2, "want a job");
	open_host(argv[1]);
	make_call(0, 0);
	make_call(1, 0);
	check_counting(args(0)->shape[0]);
	check_reasons();
	return failures > 0;
}
