/* hidden - shapes that no list tells */
#include "hidden.h"
#include "file.h"
#include "generator.h"
#include "hidden_axes.h"
#include "memory.h"
#include "random.h"

#include <stdlib.h>
#include <string.h>

#define STREAM (UINT64_MAX - 2) /* of the seed */
#define SHAPES 4
#define OTHERS 2       /* the first of the shapes that are not the ends */
#define TRIES 64       /* for a shape that is new, fits and can be generated */
#define SIZE_FACTOR 2u /* of the largest listed one's bytes */

/* What is drawn at last: shape number `count`. */
struct shapes {
	const struct hidden *h;
	struct hidden_axes axes;
	size_t most_bytes;
	struct workload *made;
	int count, wanted;
	uint64_t drawn; /* words of the seed's stream */
};

static uint32_t draw(struct shapes *s, uint32_t below)
{
	uint32_t word = random_word(s->h->seed, STREAM, s->drawn++);

	return (uint32_t)((uint64_t)word * below >> 32);
}

static const struct workload *chosen(const struct hidden *h, size_t i)
{
	return &h->list->item[h->chosen[i]];
}

static int is_same(const struct definition *d, const struct workload *a,
                   const struct workload *b)
{
	return memcmp(a->axis_value, b->axis_value,
	              d->naxes * sizeof *a->axis_value) == 0;
}

static int is_known(const struct shapes *s, const struct workload *w)
{
	const struct definition *d = s->h->definition;

	for (size_t i = 0; i < s->h->list->count; i++) {
		if (is_same(d, w, &s->h->list->item[i]))
			return 1;
	}
	for (int i = 0; i < s->count; i++) {
		if (is_same(d, w, &s->made[i]))
			return 1;
	}
	return 0;
}

static int has_stored(const struct definition *d, const struct workload *w)
{
	for (size_t i = 0; i < d->ninputs; i++) {
		if (w->input[i].kind == INPUT_SAFETENSORS)
			return 1;
	}
	return 0;
}

/* Draws axes until they fit: what is too large comes nearer to its low end. */
static int draw_axes(struct shapes *s, int number, struct workload *w)
{
	const struct definition *d = s->h->definition;
	size_t bytes;

	for (size_t a = 0; a < d->naxes; a++) {
		/* One after another: a statement each. */
		uint32_t how = draw(s, UINT32_MAX), where = draw(s, UINT32_MAX);

		hidden_axes_draw(&s->axes, a, number, how, where,
		                 w->axis_value);
	}
	hidden_axes_tie(&s->axes, w->axis_value);
	while ((bytes = workload_bytes(d, w)) > s->most_bytes) {
		if (!hidden_axes_shrink(&s->axes, w->axis_value))
			return -1;
		hidden_axes_tie(&s->axes, w->axis_value);
	}
	return 0;
}

static char *path_of(int number)
{
	return xasprintf("hidden/" HIDDEN_UUID "%d.safetensors", number);
}

/* Has the tensors of a shape made; as generator_run. */
static int generate(struct shapes *s, const struct workload *w, struct fault *f)
{
	uint64_t seed = random_seed(s->h->seed, STREAM, s->drawn);
	char *name = path_of(s->count + 1);
	char *dir = xasprintf("%s/blob/hidden", s->h->dir);
	char *path = xasprintf("%s/blob/%s", s->h->dir, name);
	int answer = dir_make(dir) ? fault_errno(f, "%s", dir) : 0;

	if (!answer)
		answer = generator_run(s->h->generator, s->h->definition, w,
		                       (int64_t)(seed >> 1), path, f);
	free(name);
	free(dir);
	free(path);
	return answer;
}

/* The specification of an input; *path becomes that of stored tensors. */
static json *input_of(const struct workload *base, const struct tensor_spec *t,
                      int is_stored, int number)
{
	const json *body = json_get(base->document, "workload");
	char *path;
	json *v;

	if (!is_stored)
		return json_copy(json_get(json_get(body, "inputs"), t->name));
	path = path_of(number);
	v = json_object();
	json_add_string(v, "type", "safetensors");
	json_add_string(v, "path", path);
	json_add_string(v, "tensor_key", t->name);
	free(path);
	return v;
}

static void print(const struct shapes *s, const struct workload *base,
                  const struct workload *w, FILE *lines)
{
	const struct definition *d = s->h->definition;
	char *uuid = xasprintf(HIDDEN_UUID "%d", s->count + 1), *text;
	json *axes = json_object(), *inputs = json_object();

	for (size_t i = 0; i < d->naxes; i++) {
		if (d->axes[i].is_var)
			json_add_integer(axes, d->axes[i].name,
			                 w->axis_value[i]);
	}
	for (size_t i = 0; i < d->ninputs; i++)
		json_add(inputs, d->inputs[i].name,
		         input_of(base, &d->inputs[i],
		                  w->input[i].kind == INPUT_SAFETENSORS,
		                  s->count + 1));
	text = workload_text(d->name, uuid, axes, inputs);
	fprintf(lines, "%s\n", text);
	free(text);
	free(uuid);
}

/* Shape `number`, or another if that is known, if there is any. */
static int add_shape(struct shapes *s, int number, FILE *lines, struct fault *f)
{
	const struct definition *d = s->h->definition;
	size_t bytes = d->naxes * sizeof(int64_t);
	int answer = 0;

	for (int i = 0; i < TRIES; i++) {
		const struct workload *base =
		        chosen(s->h, draw(s, (uint32_t)s->h->count));
		struct workload w = {.axis_value = xcalloc(1, bytes),
		                     .input = base->input};

		memcpy(w.axis_value, base->axis_value, bytes);
		answer = 0;
		if (draw_axes(s, i ? OTHERS : number, &w) == 0 &&
		    !is_known(s, &w)) {
			if (has_stored(d, &w))
				answer = generate(s, &w, f);
			if (!answer) {
				print(s, base, &w, lines);
				s->made[s->count++] = w;
				return 0;
			}
		}
		free(w.axis_value);
		if (answer < 0)
			return -1;
	}
	/* A refusal of the last one may be why there was none. */
	return answer && !s->count ? -1 : 0;
}

static int can_generate(const struct hidden *h)
{
	for (size_t i = 0; i < h->count; i++) {
		if (has_stored(h->definition, chosen(h, i)) && !h->generator)
			return 0;
	}
	return 1;
}

static int add_shapes(struct shapes *s, FILE *lines, struct fault *f)
{
	const struct hidden *h = s->h;
	int failed = 0;

	for (size_t i = 0; i < h->count; i++) {
		size_t bytes = workload_bytes(h->definition, chosen(h, i));

		if (bytes > s->most_bytes / SIZE_FACTOR)
			s->most_bytes = bytes * SIZE_FACTOR;
	}
	s->made = xcalloc((size_t)s->wanted, sizeof *s->made);
	for (int i = 0; i < s->wanted && !failed; i++)
		failed = add_shape(s, i, lines, f);
	for (int i = 0; i < s->count; i++)
		free(s->made[i].axis_value);
	free(s->made);
	return failed;
}

int hidden_add(const struct hidden *h, FILE *lines, char **record,
               struct fault *f)
{
	struct shapes s = {.h = h};
	double wanted = SHAPES;
	int failed;

	*record = NULL;
	if (settings_number(h->settings, "hidden_shapes", 0, 9, &wanted, f) ||
	    hidden_axes_read(&s.axes, h->definition, h->settings, f))
		return -1;
	s.wanted = (int)wanted;
	failed = *s.axes.text && can_generate(h) ? add_shapes(&s, lines, f) : 0;
	if (!failed)
		*record = s.count ? xasprintf("%s: %d shape%s", s.axes.text,
		                              s.count, s.count == 1 ? "" : "s")
		                  : xstrdup("none");
	hidden_axes_free(&s.axes);
	return failed;
}
