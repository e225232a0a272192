/* layout - where every tensor of a CUDA judgement lies */
#include "layout.h"

#include "check.h"
#include "generate.h"
#include "job.h"
#include "memory.h"
#include "windows.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALIGNMENT 256

static uint64_t round_up(uint64_t n, uint64_t multiple)
{
	return (n + multiple - 1) / multiple * multiple;
}

static size_t layout_bytes(const struct layout *l)
{
	return sizeof *l +
	       (size_t)l->workloads * l->sets * l->args * sizeof l->arg[0];
}

const struct layout_arg *layout_call(const struct layout *l, uint32_t workload,
                                     uint32_t set)
{
	return &l->arg[((size_t)workload * l->sets + set) * l->args];
}

/* Gives a tensor the next free place of its arena, for now counted from the
 * arena's beginning. */
static void place(struct layout *l, struct layout_arg *a)
{
	enum arena arena = a->is_output ? ARENA_OUTPUT : ARENA_INPUT;
	uint64_t *used = &l->arena_bytes[arena];

	a->address = *used;
	if (!a->is_output) {
		*used += round_up(a->bytes, ALIGNMENT);
		return;
	}
	a->slot_bytes = poison_slot_bytes(a->bytes);
	a->address += RED_ZONE;
	*used += round_up(a->slot_bytes, ALIGNMENT);
}

static void describe(const struct job *job, const struct workload *w,
                     const struct tensor_spec *t, struct layout_arg *a)
{
	int64_t n = tensor_shape(job->definition, t, w->axis_value, a->shape);

	a->is_scalar = t->is_scalar;
	a->dtype = t->dtype;
	a->ndim = t->ndim;
	/* What overflows becomes too large for its arena, and is refused. */
	a->elements = n < 0 || (uint64_t)n > ARENA_MAX ? 2 * ARENA_MAX + 2
	                                               : (uint64_t)n;
	a->bytes = dtype_bytes(t->dtype, a->elements);
}

static void draw_scalar(const struct job *job, size_t workload, int set,
                        size_t input, struct layout_arg *a)
{
	const struct input_spec *spec =
	        &job->workloads.item[workload].input[input];
	uint64_t seed = random_seed(job->seed, workload, (uint64_t)set);

	if (spec->kind == INPUT_SCALAR) {
		a->integer = spec->integer;
		a->number = spec->scalar;
		if (a->dtype == DTYPE_BOOL)
			a->integer = spec->scalar != 0;
		return;
	}
	a->number = generate_scalar(a->dtype, job->plant[set], seed, input);
	a->integer = (int64_t)a->number;
}

static void lay_call(const struct job *job, const struct windows *windows,
                     struct layout *l, size_t workload, int set)
{
	const struct definition *d = job->definition;
	const struct workload *w = &job->workloads.item[workload];
	struct layout_arg *a =
	        &l->arg[(workload * l->sets + (size_t)set) * l->args];

	for (size_t i = 0; i < d->ninputs; i++, a++) {
		describe(job, w, &d->inputs[i], a);
		if (a->is_scalar)
			draw_scalar(job, workload, set, i, a);
		else if (!windows_place(windows, workload, set, i, a))
			place(l, a);
	}
	for (size_t i = 0; i < d->noutputs; i++, a++) {
		describe(job, w, &d->outputs[i], a);
		a->is_output = 1;
		place(l, a);
	}
}

/* A workload's outputs begin where memory can be mapped. */
static void lay_workload(const struct job *job, const struct windows *windows,
                         struct layout *l, size_t workload)
{
	uint64_t *end = &l->arena_bytes[ARENA_OUTPUT], begin, bytes;

	begin = *end = round_up(*end, ARENA_GRANULE);
	for (int set = 0; set < job->sets; set++)
		lay_call(job, windows, l, workload, set);
	bytes = round_up(*end - begin, ARENA_GRANULE);
	if (bytes > l->output_bytes)
		l->output_bytes = bytes;
}

/* Puts the arenas one behind the other, and every tensor where it will be. */
static int place_arenas(struct layout *l)
{
	uint64_t at = ARENA_BASE;

	for (int i = 0; i < ARENAS; i++) {
		/* What is shared with other processes may not be empty. */
		if (!l->arena_bytes[i] && i != ARENA_SCRATCH)
			l->arena_bytes[i] = 1;
		if (l->arena_bytes[i] > ARENA_MAX)
			return -1;
		l->arena_bytes[i] = round_up(l->arena_bytes[i], ARENA_GRANULE);
		l->arena[i] = at;
		l->span = at + l->arena_bytes[i] - ARENA_BASE;
		at += l->arena_bytes[i] + ARENA_GAP;
	}
	for (size_t i = 0; i < (size_t)l->workloads * l->sets * l->args; i++) {
		struct layout_arg *a = &l->arg[i];

		if (a->is_scalar)
			continue;
		a->address +=
		        l->arena[a->is_output ? ARENA_OUTPUT : ARENA_INPUT];
		a->slot = a->is_output ? a->address - RED_ZONE : 0;
	}
	return 0;
}

struct layout *layout_make(const struct job *job, struct fault *f)
{
	const struct definition *d = job->definition;
	size_t args = d->ninputs + d->noutputs;
	size_t calls = job->workloads.count * (size_t)job->sets;
	struct layout *l =
	        xcalloc(1, sizeof *l + calls * args * sizeof l->arg[0]);
	struct windows windows;

	l->workloads = (uint32_t)job->workloads.count;
	l->sets = (uint32_t)job->sets;
	l->args = (uint32_t)args;
	windows_make(&windows, job, &l->arena_bytes[ARENA_INPUT]);
	for (size_t w = 0; w < job->workloads.count; w++)
		lay_workload(job, &windows, l, w);
	windows_free(&windows);
	/* The last workload's addresses have room for all the memory. */
	l->arena_bytes[ARENA_OUTPUT] += l->output_bytes;
	l->arena_bytes[ARENA_SCRATCH] = (uint64_t)job->scratch_bytes;
	l->arena_bytes[ARENA_ZEROED] = ZEROED_BYTES;
	if (!place_arenas(l))
		return l;
	fault_set(f,
	          "%s: the tensors of all workloads and %u sets are too large "
	          "for one judgement: use fewer workloads",
	          job->dir, l->sets);
	free(l);
	return NULL;
}

uint64_t layout_outputs(const struct layout *l, uint32_t workload,
                        uint64_t *bytes)
{
	const struct layout_arg *first = layout_call(l, workload, 0);
	const struct layout_arg *last =
	        &layout_call(l, workload, l->sets - 1)[l->args - 1];

	while (!first->is_output)
		first++;
	*bytes = last->slot + last->slot_bytes - first->slot;
	return first->slot;
}

int layout_export(const struct layout *l, struct fault *f)
{
	size_t size = layout_bytes(l);
	int fd = memfd_create("layout", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return fault_errno(f, "memfd_create");
	for (size_t done = 0; done < size;) {
		ssize_t n = write(fd, (const char *)l + done, size - done);

		if (n < 0) {
			fault_errno(f, "memory file");
			close(fd);
			return -1;
		}
		done += (size_t)n;
	}
	/* A capture, which runs a stranger's code, has it too. */
	if (fcntl(fd, F_ADD_SEALS,
	          F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) {
		fault_errno(f, "layout");
		close(fd);
		return -1;
	}
	return fd;
}

const struct layout *layout_import(int fd, struct fault *f)
{
	struct stat st;
	void *p = MAP_FAILED;

	if (!fstat(fd, &st) && st.st_size >= (off_t)sizeof(struct layout))
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd,
		         0);
	if (p == MAP_FAILED) {
		fault_errno(f, "layout");
		return NULL;
	}
	return p;
}

int layout_holds(const struct layout *l, uint64_t address, uint64_t bytes)
{
	for (int i = 0; i < ARENAS; i++) {
		uint64_t size = l->arena_bytes[i];
		uint64_t offset = address - l->arena[i];

		if (offset < size && bytes <= size - offset)
			return 1;
	}
	return 0;
}
