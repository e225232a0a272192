/* hidden_axes - the ranges that settings give to axes, and draws from them */
#include "hidden_axes.h"
#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "hidden."

/* The index of a var axis, or naxes. */
static size_t find_axis(const struct definition *d, const char *name,
                        size_t len)
{
	size_t i = 0;

	while (i < d->naxes &&
	       !(d->axes[i].is_var && strlen(d->axes[i].name) == len &&
	         strncmp(d->axes[i].name, name, len) == 0))
		i++;
	return i;
}

/* Each key must name an axis, with or without a device behind it. */
static int check_keys(const struct definition *d, const struct settings *s,
                      struct fault *f)
{
	for (size_t i = 0; i < s->count; i++) {
		const char *name = s->item[i].key + strlen(PREFIX), *dot;

		if (strncmp(s->item[i].key, PREFIX, strlen(PREFIX)))
			continue;
		dot = strrchr(name, '.');
		if (find_axis(d, name, strlen(name)) == d->naxes &&
		    (!dot ||
		     find_axis(d, name, (size_t)(dot - name)) == d->naxes))
			return fault_set(f, "%s:%ld: %s: no such var axis",
			                 s->path, s->item[i].line,
			                 s->item[i].key);
	}
	return 0;
}

/* "LO..HI" */
static int parse_range(const char *text, struct hidden_axis *a)
{
	long long lo, hi;
	int end = 0;

	if (sscanf(text, "%lld..%lld%n", &lo, &hi, &end) != 2 || text[end] ||
	    lo < 1 || hi < lo || hi > (int64_t)1 << 40)
		return -1;
	*a = (struct hidden_axis){.kind = AXIS_DRAWN, .lo = lo, .hi = hi};
	return 0;
}

/* "OTHER" or "OTHER + N" */
static int parse_tie(const struct definition *d, const char *text,
                     struct hidden_axis *a)
{
	size_t len = strcspn(text, " +"), to = find_axis(d, text, len);
	const char *rest = text + len;
	long long plus = 0;
	int end = (int)strspn(rest, " ");

	if (to == d->naxes ||
	    (*rest && (sscanf(rest, " + %lld%n", &plus, &end) != 1 ||
	               rest[end] || plus < 0 || plus > 1 << 20)))
		return -1;
	*a = (struct hidden_axis){.kind = AXIS_TIED, .to = to, .plus = plus};
	return 0;
}

static void describe(struct hidden_axes *x)
{
	x->text = xstrdup("");
	for (size_t i = 0; i < x->definition->naxes; i++) {
		const struct hidden_axis *a = &x->axis[i];
		char *longer;

		if (a->kind != AXIS_DRAWN)
			continue;
		longer = xasprintf("%s%s%s=%lld..%lld", x->text,
		                   *x->text ? " " : "",
		                   x->definition->axes[i].name,
		                   (long long)a->lo, (long long)a->hi);
		free(x->text);
		x->text = longer;
	}
}

int hidden_axes_read(struct hidden_axes *x, const struct definition *d,
                     const struct settings *s, struct fault *f)
{
	int failed = check_keys(d, s, f);

	*x = (struct hidden_axes){.definition = d};
	x->axis = xcalloc(d->naxes, sizeof *x->axis);
	for (size_t i = 0; i < d->naxes && !failed; i++) {
		char *key = xasprintf(PREFIX "%s", d->axes[i].name);
		const char *text = settings_string(s, key, NULL);

		if (text && parse_range(text, &x->axis[i]) &&
		    parse_tie(d, text, &x->axis[i]))
			failed = fault_set(f,
			                   "%s: want %s to be LO..HI, from 1, "
			                   "or AXIS + N, got \"%s\"",
			                   s->path, key, text);
		free(key);
	}
	for (size_t i = 0; i < d->naxes && !failed; i++) {
		if (x->axis[i].kind == AXIS_TIED &&
		    x->axis[x->axis[i].to].kind == AXIS_TIED)
			failed = fault_set(f, "%s: " PREFIX "%s: %s is tied",
			                   s->path, d->axes[i].name,
			                   d->axes[x->axis[i].to].name);
	}
	if (failed)
		hidden_axes_free(x);
	else
		describe(x);
	return failed;
}

void hidden_axes_free(struct hidden_axes *x)
{
	free(x->axis);
	free(x->text);
	*x = (struct hidden_axes){.axis = NULL};
}

static int is_prime(int64_t n)
{
	for (int64_t k = 2; k * k <= n; k++) {
		if (n % k == 0)
			return 0;
	}
	return n > 1;
}

/* Between the ends, with equal chances for each doubling. */
static int64_t log_uniform(const struct hidden_axis *a, uint32_t where)
{
	double share = (double)where / 0x1p32;

	return (int64_t)((double)a->lo *
	                 pow((double)(a->hi + 1) / (double)a->lo, share));
}

static int64_t awkward(const struct hidden_axis *a, uint32_t how, int64_t x)
{
	int64_t power = 1;

	while (power <= x / 2)
		power *= 2;
	switch (how % 4) {
	case 0:
		return power - 1;
	case 1:
		return power + 1;
	case 2:
		while (x > a->lo && !is_prime(x))
			x--;
		return x;
	default:
		return x;
	}
}

void hidden_axes_draw(const struct hidden_axes *x, size_t axis, int number,
                      uint32_t how, uint32_t where, int64_t *value)
{
	const struct hidden_axis *a = &x->axis[axis];
	int64_t v;

	if (a->kind != AXIS_DRAWN)
		return;
	v = number == 0   ? a->lo
	    : number == 1 ? a->hi
	                  : awkward(a, how, log_uniform(a, where));
	value[axis] = v < a->lo ? a->lo : v > a->hi ? a->hi : v;
}

void hidden_axes_tie(const struct hidden_axes *x, int64_t *value)
{
	for (size_t i = 0; i < x->definition->naxes; i++) {
		const struct hidden_axis *a = &x->axis[i];

		if (a->kind == AXIS_TIED)
			value[i] = value[a->to] + a->plus;
	}
}

int hidden_axes_shrink(const struct hidden_axes *x, int64_t *value)
{
	int moved = 0;

	for (size_t i = 0; i < x->definition->naxes; i++) {
		const struct hidden_axis *a = &x->axis[i];

		if (a->kind != AXIS_DRAWN || value[i] == a->lo)
			continue;
		value[i] = a->lo + (value[i] - a->lo) / 2;
		moved = 1;
	}
	return moved;
}
