/* reference_parts - what the files of reference.c share */
#ifndef REFERENCE_PARTS_H
#define REFERENCE_PARTS_H

#include "gather.h"
#include "gpu.h"
#include "hooks.h"
#include "job.h"
#include "layout.h"
#include "session.h"
#include "wire.h"

#define RUNNERS 16

/* Of which outputs are views: what is expected, and a launcher's. */
enum view { VIEW_EXPECTED, VIEW_THEIRS };

struct reference {
	struct gpu gpu;
	struct job *job;
	struct layout *layout;
	ratchet_kernel *run;               /* the trusted reference */
	ratchet_kernel *inputs, *evaluate; /* its extras, or NULL */
	cu_address expected;               /* laid out as the output arena */
	cu_address input; /* one call's inputs being made, side by side */
	cu_address arena; /* all calls' inputs, laid out as that arena */
	cu_address view;  /* what evaluate makes of a launcher's call */
	cu_address *expected_view; /* [call]: of what is expected of it */
	cu_address result;  /* struct check of each output of a request */
	cu_address *stored; /* [workload][input]: from safetensors, or 0 */
	uint64_t *drawn;    /* [call]: how often its values were drawn */
	struct gather gather;
	double *least_bytes;          /* [call]: that any kernel has to move */
	struct sampling_tally *tally; /* [side][workload] */
	struct adopted {
		cu_address input, output; /* a launcher's memory, mapped here */
		enum side side;
		uint64_t *counted; /* [call]: sampling_is_new's */
	} runner[RUNNERS];
};

/* The index of a call among all. */
uint32_t reference_call(const struct reference *r, uint32_t workload,
                        uint32_t set);

/* The bytes of r->input that an argument takes. */
uint64_t reference_room(const struct layout_arg *a);

/* Where an input of a call lies: in what is laid out as the input arena, from
 * `arena` on; or, where that is 0, in r->input. */
cu_address reference_input(const struct reference *r,
                           const struct layout_arg *a, uint32_t input,
                           cu_address arena);

/* Finds `inputs` and `evaluate` in the reference's library. -1 with the fault
 * set where they are not what settings and workloads need. */
int reference_extras(struct reference *r, const char *path, struct fault *f);

/* Calls a function of the reference on these arguments, with zeroed() memory,
 * and waits for it. */
int reference_invoke(struct reference *r, ratchet_kernel *function,
                     const char *name, uint32_t workload,
                     const struct layout_arg *own, uint32_t n, struct fault *f);

/* A call's arguments: its inputs as reference_input says, its outputs so far
 * from their places in the layout; and room for as many views. Caller frees. */
struct layout_arg *reference_args(const struct reference *r, uint32_t workload,
                                  uint32_t set, cu_address arena,
                                  uint64_t output_shift);

/* Runs it on the values in r->arena, for what is expected of a call, and has
 * `evaluate`, if there is one, make the views of that. What is drawn at random
 * is compared with nothing: then only the least bytes are counted. */
int reference_run(struct reference *r, uint32_t workload, uint32_t set,
                  struct fault *f);

/* Draws a call's values, has `inputs`, if there is one, make of them what they
 * must be, and keeps them in r->arena. */
int reference_make_inputs(struct reference *r, uint32_t workload, uint32_t set,
                          struct fault *f);

/* Makes what was drawn for probs, in r->input, probabilities. */
int reference_normalize(struct reference *r, uint32_t workload, uint32_t set,
                        struct fault *f);

/* Looks at all that is in r->arena, drawn once: does it come out the same
 * again, wherever a window begins? */
int reference_inputs_agree(struct reference *r, struct fault *f);

/* Copies r->arena to a launcher; or what is new of a call that was made again.
 */
int reference_hand_all(struct reference *r, const struct adopted *n,
                       struct fault *f);
int reference_hand_call(struct reference *r, const struct adopted *n,
                        uint32_t workload, uint32_t set, struct fault *f);

int reference_allocate_views(struct reference *r, struct fault *f);

/* Has `evaluate`, if there is one, make the views of what a launcher's kernel
 * wrote. */
int reference_evaluate(struct reference *r, const struct adopted *n,
                       uint32_t workload, uint32_t set, struct fault *f);

/* Where the view of an output is; a launcher's until the next is made. */
cu_address reference_view(const struct reference *r, uint32_t workload,
                          uint32_t set, uint32_t output, enum view which);

/* Compares every output of a request's calls with what is expected. The reply
 * has the worst of all, and the reason of the first that is not right, unless
 * it has one already. */
int reference_check_outputs(struct reference *r, const struct adopted *n,
                            const struct wire_request *q,
                            struct wire_reply *reply, struct fault *f);

/* Looks at what a request's calls drew, unless the reply has a reason. */
int reference_check_draws(struct reference *r, const struct adopted *n,
                          const struct wire_request *q,
                          struct wire_reply *reply, struct fault *f);

/* Were the inputs of a request's calls changed? Then the reply says so. */
int reference_check_inputs(struct reference *r, const struct adopted *n,
                           const struct wire_request *q,
                           struct wire_reply *reply, struct fault *f);

#endif
