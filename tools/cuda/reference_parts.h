/* reference_parts - what reference.c and reference_check.c share */
#ifndef REFERENCE_PARTS_H
#define REFERENCE_PARTS_H

#include "gather.h"
#include "gpu.h"
#include "hooks.h"
#include "job.h"
#include "layout.h"
#include "wire.h"

#define RUNNERS 16

struct reference {
	struct gpu gpu;
	struct job *job;
	struct layout *layout;
	ratchet_kernel *run; /* the trusted reference */
	cu_address expected; /* laid out as the output arena */
	cu_address input;    /* one call's inputs, side by side */
	cu_address result;   /* struct check of each output of a request */
	cu_address *stored;  /* [workload][input]: from safetensors, or 0 */
	uint64_t *drawn;     /* [call]: how often its values were drawn */
	struct gather gather;
	double *least_bytes; /* [call]: that any kernel has to move */
	struct adopted {
		cu_address input, output; /* a launcher's memory, mapped here */
	} runner[RUNNERS];
};

/* The index of a call among all. */
uint32_t reference_call(const struct reference *r, uint32_t workload,
                        uint32_t set);

/* Where an input of a call lies: in a launcher's input memory that is mapped at
 * `arena`; or, where that is 0, in r->input. */
cu_address reference_input(const struct reference *r,
                           const struct layout_arg *a, uint32_t input,
                           cu_address arena);

/* Draws a call's inputs into these places. */
int reference_draw_inputs(struct reference *r, uint32_t workload, uint32_t set,
                          cu_address arena, struct fault *f);

/* Compares every output of a request's calls with what is expected. The reply
 * has the worst of all, and the reason of the first that is not right, unless
 * it has one already. */
int reference_check_outputs(struct reference *r, const struct adopted *n,
                            const struct wire_request *q,
                            struct wire_reply *reply, struct fault *f);

/* Were the inputs of a request's calls changed? Then the reply says so. */
int reference_check_inputs(struct reference *r, const struct adopted *n,
                           const struct wire_request *q,
                           struct wire_reply *reply, struct fault *f);

#endif
