/* cpu_calls - the arguments and values of every call of a CPU judgement
 *
 * A call is one input set of one workload. Its values live in the judge's own
 * memory and are shown to a worker when they are used.
 */
#ifndef CPU_CALLS_H
#define CPU_CALLS_H

#include "doorbell.h"
#include "job.h"

struct cpu_output {
	enum dtype dtype;
	int64_t elements;
	size_t bytes, slot; /* slot: offset of its first red zone */
	size_t view;        /* offset of its view (job_view.h) among these */
};

struct cpu_workload {
	struct cpu_output *output; /* job->definition->noutputs of them */
	size_t input_bytes, output_bytes; /* of a worker's memory */
	size_t view_bytes; /* behind the outputs, in the reference's */
};

struct cpu_call {
	struct doorbell_arg *arg; /* nargs, then the views */
	char *inputs;             /* input_bytes of its workload */
	char *expected; /* output_bytes of it: slots, as the worker's */
	char *views;    /* view_bytes of it: of what is expected */
	uint64_t drawn; /* how often its values were drawn */
};

struct cpu_calls {
	const struct job *job;
	uint32_t nargs, nviews;
	struct cpu_workload *workload;
	struct cpu_call *call; /* of workload 0's set 0, set 1, ... */
	size_t input_bytes, output_bytes; /* the most of any workload */
	size_t view_bytes;
};

/* Lays out and draws the inputs; expected is left for the reference to fill.
 * Returns -1 with the fault set; free it in any case. */
int cpu_calls_make(struct cpu_calls *c, const struct job *job, struct fault *f);
void cpu_calls_free(struct cpu_calls *c);

/* Draws the values of a call anew, but for stored tensors. */
void cpu_calls_draw(struct cpu_calls *c, size_t workload, int set);

struct cpu_call *cpu_call(const struct cpu_calls *c, size_t workload, int set);

#endif
