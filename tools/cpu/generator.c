/* generator - runs a kernel's own generate.c, for shapes that no list has */
#include "generator.h"
#include "cpu_runner.h"
#include "cpu_worker.h"
#include "safetensors.h"

#include <string.h>

#define TIMEOUT_S 30.0
#define ALIGNMENT 256

/* The arguments of its call, and the tensors among them. */
struct request {
	struct doorbell_arg arg[DOORBELL_ARGS];
	struct safetensor tensor[DOORBELL_ARGS];
	size_t offset[DOORBELL_ARGS]; /* of each tensor */
	uint32_t args;
	size_t tensors, bytes;
};

static void add_integer(struct request *r, int64_t value)
{
	r->arg[r->args++] =
	        (struct doorbell_arg){.kind = ARG_INTEGER, .integer = value};
}

static void add_tensor(struct request *r, const struct definition *d,
                       const struct workload *w, const struct tensor_spec *t)
{
	struct safetensor *s = &r->tensor[r->tensors];
	struct doorbell_arg *a = &r->arg[r->args++];
	int64_t n = tensor_shape(d, t, w->axis_value, s->shape);

	s->key = t->name;
	s->dtype = t->dtype;
	s->ndim = t->ndim;
	s->bytes = dtype_bytes(t->dtype, (size_t)n);
	a->kind = ARG_OUTPUT;
	a->code = dtype_dlpack_code(t->dtype);
	a->bits = (uint8_t)dtype_bits(t->dtype);
	a->ndim = t->ndim;
	memcpy(a->shape, s->shape, sizeof a->shape);
	a->offset = r->bytes;
	r->offset[r->tensors++] = r->bytes;
	r->bytes += (s->bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static int describe(struct request *r, const struct definition *d,
                    const struct workload *w, int64_t seed, struct fault *f)
{
	if (1 + d->naxes + d->ninputs > DOORBELL_ARGS)
		return fault_set(f, "%s: too many axes and inputs to generate",
		                 d->name);
	*r = (struct request){.args = 0};
	add_integer(r, seed);
	for (size_t i = 0; i < d->naxes; i++) {
		if (d->axes[i].is_var)
			add_integer(r, w->axis_value[i]);
	}
	for (size_t i = 0; i < d->ninputs; i++) {
		if (w->input[i].kind == INPUT_SAFETENSORS)
			add_tensor(r, d, w, &d->inputs[i]);
	}
	return 0;
}

/* Why a command did not end well; NULL if it did. */
static const char *trouble_of(enum worker_end end)
{
	switch (end) {
	case WORKER_DONE:
		return NULL;
	case WORKER_LATE:
		return "it does not end";
	case WORKER_DIED:
		return "it died";
	default:
		return "it does more than to compute";
	}
}

static int call(struct worker *w, const struct request *r, struct fault *f)
{
	char words[DOORBELL_MESSAGE];
	const char *trouble = trouble_of(worker_finish(w, TIMEOUT_S));
	int loaded = !trouble && w->doorbell->failed == 0;
	int64_t ns;

	if (loaded) {
		w->doorbell->nargs = r->args;
		memcpy(w->doorbell->arg, r->arg, sizeof r->arg);
		trouble = trouble_of(
		        worker_command(w, DOORBELL_RUN, TIMEOUT_S, &ns));
	}
	copy_printable(words, sizeof words, w->doorbell->message,
	               DOORBELL_MESSAGE);
	if (!loaded || trouble)
		return fault_set(f, "generate.c: %s",
		                 trouble ? trouble : words);
	if (!w->doorbell->failed)
		return 0;
	fault_set(f, "generate.c: %s", words);
	return 1;
}

int generator_run(const char *so, const struct definition *d,
                  const struct workload *w, int64_t seed, const char *path,
                  struct fault *f)
{
	struct worker worker;
	struct worker_needs needs = {.kernel = so, .threads = 1};
	struct request r;
	int answer;

	if (describe(&r, d, w, seed, f))
		return -1;
	needs.output_bytes = r.bytes;
	if (worker_start(&worker, &needs, f))
		return -1;
	answer = call(&worker, &r, f);
	for (size_t i = 0; i < r.tensors; i++)
		r.tensor[i].data = worker.outputs.map + r.offset[i];
	if (!answer)
		answer = safetensors_write(path, r.tensor, r.tensors, f);
	worker_stop(&worker);
	return answer;
}
