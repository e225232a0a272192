/* cpu_calls - the arguments and values of every call of a CPU judgement */
#include "cpu_calls.h"
#include "generate.h"
#include "job_view.h"
#include "memory.h"
#include "safetensors.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT 256
#define MAX_BYTES ((size_t)1 << 40)

struct cpu_call *cpu_call(const struct cpu_calls *c, size_t workload, int set)
{
	return &c->call[workload * (size_t)c->job->sets + (size_t)set];
}

/* Describes a tensor; returns its number of elements. */
static int64_t describe(const struct job *job, const struct workload *w,
                        const struct tensor_spec *t, struct doorbell_arg *a)
{
	a->code = dtype_dlpack_code(t->dtype);
	a->bits = (uint8_t)dtype_bits(t->dtype);
	a->ndim = t->ndim;
	return tensor_shape(job->definition, t, w->axis_value, a->shape);
}

/* Takes bytes at *at, which moves on; returns where they are. */
static size_t place(size_t *at, size_t bytes)
{
	size_t here = *at;

	*at += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	return here;
}

/* The seed of a call's values: another each time that they are drawn. */
static uint64_t seed_of(const struct cpu_calls *c, size_t workload, int set)
{
	uint64_t sets = (uint64_t)c->job->sets;
	uint64_t drawn = cpu_call(c, workload, set)->drawn;

	return random_seed(c->job->seed, workload,
	                   (uint64_t)set + drawn * sets);
}

static void set_scalar(const struct job *job, const struct input_spec *spec,
                       size_t input, int set, uint64_t seed,
                       struct doorbell_arg *a)
{
	enum dtype t = job->definition->inputs[input].dtype;

	if (spec->kind == INPUT_SCALAR) {
		a->number = spec->scalar;
		a->integer = spec->integer;
		if (t == DTYPE_BOOL)
			a->integer = spec->scalar != 0;
	} else {
		a->number = generate_scalar(t, job->plant[set], seed, input);
		a->integer = (int64_t)a->number;
	}
	a->kind = dtype_is_float(t) ? ARG_FLOAT
	          : t == DTYPE_BOOL ? ARG_BOOL
	                            : ARG_INTEGER;
}

/* The views of a call, behind its outputs. Returns where they end. */
static size_t lay_views(struct cpu_calls *c, struct cpu_workload *w,
                        struct doorbell_arg *arg)
{
	const struct definition *d = c->job->definition;
	struct doorbell_arg *a = arg + c->nargs;
	size_t at = 0;

	for (size_t i = 0; i < d->noutputs; i++) {
		enum dtype t = job_compared(c->job, i);

		if (!job_is_viewed(c->job, i))
			continue;
		w->output[i].view = place(
		        &at, dtype_bytes(t, (size_t)w->output[i].elements));
		*a = arg[d->ninputs + i];
		a->code = dtype_dlpack_code(t);
		a->bits = (uint8_t)dtype_bits(t);
		a->offset = w->output_bytes + w->output[i].view;
		a++;
	}
	return at;
}

static void keep_larger(size_t *most, size_t n)
{
	if (n > *most)
		*most = n;
}

/* Where everything of a workload lies, from the shapes alone. */
static int lay_workload(struct cpu_calls *c, size_t workload, struct fault *f)
{
	const struct job *job = c->job;
	const struct definition *d = job->definition;
	const struct workload *w = &job->workloads.item[workload];
	struct cpu_workload *out = &c->workload[workload];

	if (workload_bytes(d, w) > MAX_BYTES / JOB_SETS_MAX)
		return fault_set_lasting(
		        f,
		        "workload %s: too large for the memory of a judgement",
		        w->uuid);
	out->output = xcalloc(d->noutputs, sizeof *out->output);
	for (int set = 0; set < job->sets; set++) {
		struct doorbell_arg *a;
		size_t gap = job->sanitize ? ALIGNMENT : 0;
		size_t in = gap, at = 0;

		a = xcalloc(c->nargs + c->nviews, sizeof *a);
		cpu_call(c, workload, set)->arg = a;
		for (size_t i = 0; i < d->ninputs; i++, a++) {
			const struct tensor_spec *t = &d->inputs[i];
			int64_t n = describe(job, w, t, a);

			if (!t->is_scalar)
				a->offset = place(
				        &in,
				        dtype_bytes(t->dtype, (size_t)n) + gap);
		}
		for (size_t i = 0; i < d->noutputs; i++, a++) {
			struct cpu_output *o = &out->output[i];

			o->dtype = d->outputs[i].dtype;
			o->elements = describe(job, w, &d->outputs[i], a);
			o->bytes = dtype_bytes(o->dtype, (size_t)o->elements);
			o->slot = place(&at, poison_slot_bytes(o->bytes));
			a->kind = ARG_OUTPUT;
			a->offset = o->slot + RED_ZONE;
		}
		out->input_bytes = in;
		out->output_bytes = at;
		out->view_bytes = lay_views(c, out, a - c->nargs);
	}
	keep_larger(&c->input_bytes, out->input_bytes);
	keep_larger(&c->output_bytes, out->output_bytes);
	keep_larger(&c->view_bytes, out->view_bytes);
	return 0;
}

static int load_tensor(const struct job *job, const struct input_spec *spec,
                       const struct tensor_spec *t,
                       const struct doorbell_arg *a, char *to, size_t bytes,
                       struct fault *f)
{
	char *dir = job_file(job, "blob");
	const struct safetensor *found;
	struct safetensors s;
	int failed = safetensors_read_beneath(dir, spec->path, &s, f);

	if (!failed) {
		found = safetensors_find(&s, spec->key);
		if (found && found->dtype == t->dtype &&
		    found->ndim == t->ndim && found->bytes == bytes &&
		    memcmp(found->shape, a->shape,
		           (size_t)t->ndim * sizeof *a->shape) == 0)
			memcpy(to, found->data, bytes);
		else
			failed = fault_set(f,
			                   "%s: want %s to be there, with the "
			                   "type and shape of input %s",
			                   spec->path, spec->key, t->name);
		safetensors_free(&s);
	}
	free(dir);
	return failed;
}

static char *map_private(size_t bytes, struct fault *f)
{
	void *p = mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* No child is to begin with the secrets, or with so many pages. */
	if (p != MAP_FAILED &&
	    madvise(p, bytes ? bytes : 1, MADV_DONTFORK) == 0)
		return p;
	fault_errno(f, "%zu bytes of memory for an input set", bytes);
	return NULL;
}

static void draw_tensor(const struct job *job, int set,
                        const struct doorbell_arg *a, enum dtype t, void *to,
                        size_t n, uint64_t seed, uint64_t stream)
{
	int64_t row = a->ndim ? a->shape[a->ndim - 1] : 1;
	struct random_form form =
	        generate_form(t, job->plant[set], n, (uint64_t)row);

	generate_tensor(t, to, n, &form, seed, stream);
}

static void draw(struct cpu_calls *c, size_t workload, int set)
{
	const struct job *job = c->job;
	const struct definition *d = job->definition;
	const struct workload *w = &job->workloads.item[workload];
	struct cpu_call *call = cpu_call(c, workload, set);
	uint64_t seed = seed_of(c, workload, set);

	for (size_t i = 0; i < d->ninputs; i++) {
		const struct tensor_spec *t = &d->inputs[i];
		struct doorbell_arg *a = &call->arg[i];
		int64_t shape[MAX_DIMS];
		size_t n = (size_t)tensor_shape(d, t, w->axis_value, shape);

		if (t->is_scalar)
			set_scalar(job, &w->input[i], i, set, seed, a);
		else if (w->input[i].kind != INPUT_SAFETENSORS)
			draw_tensor(job, set, a, t->dtype,
			            call->inputs + a->offset, n, seed, i);
		if (job->sampling.is && (int)i == job->sampling.probs &&
		    w->input[i].kind != INPUT_SAFETENSORS)
			sampling_normalize(
			        (float *)(void *)(call->inputs + a->offset),
			        shape[0], shape[1]);
	}
}

void cpu_calls_draw(struct cpu_calls *c, size_t workload, int set)
{
	cpu_call(c, workload, set)->drawn++;
	draw(c, workload, set);
}

static int fill_call(struct cpu_calls *c, size_t workload, int set,
                     struct fault *f)
{
	const struct job *job = c->job;
	const struct definition *d = job->definition;
	const struct workload *w = &job->workloads.item[workload];
	struct cpu_call *call = cpu_call(c, workload, set);

	call->inputs = map_private(c->workload[workload].input_bytes, f);
	call->expected = map_private(c->workload[workload].output_bytes, f);
	call->views = map_private(c->workload[workload].view_bytes, f);
	if (!call->inputs || !call->expected || !call->views)
		return -1;
	for (size_t i = 0; i < d->ninputs; i++) {
		const struct tensor_spec *t = &d->inputs[i];
		struct doorbell_arg *a = &call->arg[i];
		int64_t shape[MAX_DIMS];
		size_t n = (size_t)tensor_shape(d, t, w->axis_value, shape);

		if (w->input[i].kind == INPUT_SAFETENSORS &&
		    load_tensor(job, &w->input[i], t, a,
		                call->inputs + a->offset,
		                dtype_bytes(t->dtype, n), f))
			return -1;
	}
	draw(c, workload, set);
	return 0;
}

int cpu_calls_make(struct cpu_calls *c, const struct job *job, struct fault *f)
{
	const struct definition *d = job->definition;
	size_t count = job->workloads.count;

	*c = (struct cpu_calls){.job = job};
	c->nargs = (uint32_t)(d->ninputs + d->noutputs);
	c->nviews = (uint32_t)job_viewed(job);
	if (c->nargs + c->nviews > DOORBELL_ARGS)
		return fault_set(f, "%s: more than %d inputs and outputs",
		                 d->name, DOORBELL_ARGS);
	c->workload = xcalloc(count, sizeof *c->workload);
	c->call = xcalloc(count * (size_t)job->sets, sizeof *c->call);
	for (size_t i = 0; i < count; i++) {
		if (lay_workload(c, i, f))
			return -1;
		for (int set = 0; set < job->sets; set++) {
			if (fill_call(c, i, set, f))
				return -1;
		}
	}
	return 0;
}

static void unmap_private(char *p, size_t bytes)
{
	if (p)
		munmap(p, bytes ? bytes : 1);
}

void cpu_calls_free(struct cpu_calls *c)
{
	for (size_t i = 0; c->call && i < c->job->workloads.count; i++) {
		const struct cpu_workload *w = &c->workload[i];

		for (int set = 0; set < c->job->sets; set++) {
			struct cpu_call *call = cpu_call(c, i, set);

			unmap_private(call->inputs, w->input_bytes);
			unmap_private(call->expected, w->output_bytes);
			unmap_private(call->views, w->view_bytes);
			free(call->arg);
		}
		free(w->output);
	}
	free(c->workload);
	free(c->call);
	*c = (struct cpu_calls){.job = NULL};
}
