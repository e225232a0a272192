/* path_class - workloads grouped by the code path that they ask for */
#include "path_class.h"
#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAUNCH_US 3.0 /* less than this is about launching */
#define MUCH 4        /* times that: launching does not explain it */
#define NEAR 0.7      /* of the bandwidth: only fewer bytes help */

/* What a machine of these days does; said to be no measurement. */
static const struct {
	const char *device;
	double gb_s, ridge;
} nominal[] = {{"cuda", 3000, 100}, {"cpu", 20, 10}};

static const struct axis *find_axis(const struct definition *d,
                                    const char *name)
{
	for (size_t i = 0; i < d->naxes; i++)
		if (!strcmp(d->axes[i].name, name))
			return &d->axes[i];
	return NULL;
}

double workload_flops(const struct definition *d, const struct workload *w)
{
	const char *const name[] = {"M", "N", "K"};
	double flops = 2;

	if (strcmp(d->op_type, "gemm"))
		return NAN;
	for (int i = 0; i < 3; i++) {
		const struct axis *a = find_axis(d, name[i]);

		if (!a)
			return NAN;
		flops *= (double)w->axis_value[a - d->axes];
	}
	return flops;
}

static uint64_t ones_of(const struct definition *d, const struct workload *w)
{
	uint64_t ones = 0;

	for (size_t i = 0; i < d->naxes && i < 64; i++)
		if (d->axes[i].is_var && w->axis_value[i] == 1)
			ones |= (uint64_t)1 << i;
	return ones;
}

static struct path_class *class_of(struct path_classes *c, int decade,
                                   uint64_t ones)
{
	struct path_class *p;

	for (size_t i = 0; i < c->count; i++)
		if (c->item[i].decade == decade && c->item[i].ones == ones)
			return &c->item[i];
	c->item = xrealloc(c->item, c->count + 1, sizeof *c->item);
	p = &c->item[c->count++];
	*p = (struct path_class){.decade = decade, .ones = ones};
	return p;
}

static void add(struct path_classes *c, const struct definition *d,
                const struct workload *w, double us, double bytes)
{
	double flops = workload_flops(d, w);
	struct path_class *p = class_of(
	        c, bytes >= 1 ? (int)floor(log10(bytes)) : 0, ones_of(d, w));

	p->count++;
	p->bytes += bytes;
	p->flops += flops;
	if (isnan(us))
		return;
	p->timed++;
	p->us += us;
	p->timed_bytes += bytes;
	p->timed_flops += flops;
	if (c->from == BANDWIDTH_SEEN)
		c->gb_s = fmax(c->gb_s, bytes / us * 1e-3);
}

/* The largest share first; then small before large, so that no order is left
 * to chance. */
static int compare(const void *a, const void *b)
{
	const struct path_class *x = a, *y = b;

	if (x->share != y->share)
		return x->share < y->share ? 1 : -1;
	if (x->decade != y->decade)
		return x->decade < y->decade ? -1 : 1;
	return (x->ones > y->ones) - (x->ones < y->ones);
}

static void set_shares(struct path_classes *c)
{
	double all = 0;

	for (size_t i = 0; i < c->count; i++)
		all += c->is_timed ? c->item[i].us : c->item[i].bytes;
	for (size_t i = 0; i < c->count && all > 0; i++)
		c->item[i].share =
		        (c->is_timed ? c->item[i].us : c->item[i].bytes) / all;
	qsort(c->item, c->count, sizeof *c->item, compare);
}

void path_classes_make(struct path_classes *c, const struct definition *d,
                       const struct workload_list *list, const struct times *t,
                       const double *moved, const char *device, double gb_s)
{
	size_t kind = strcmp(device, "cuda") != 0;

	*c = (struct path_classes){.gb_s = gb_s,
	                           .is_timed = t->known > 0,
	                           .ridge = nominal[kind].ridge};
	c->from = gb_s > 0   ? BANDWIDTH_GIVEN
	          : t->known ? BANDWIDTH_SEEN
	                     : BANDWIDTH_NOMINAL;
	if (c->from == BANDWIDTH_NOMINAL)
		c->gb_s = nominal[kind].gb_s;
	for (size_t i = 0; i < list->count; i++)
		add(c, d, &list->item[i], t->us[i], moved[i]);
	set_shares(c);
}

void path_classes_free(struct path_classes *c)
{
	free(c->item);
	*c = (struct path_classes){0};
}

/* " and 12.3 us were measured", on the mean, or "". */
static void say_time(const struct path_class *p, char text[64])
{
	*text = '\0';
	if (p->timed)
		snprintf(text, 64, " and %.3g us were measured",
		         p->us / (double)p->timed);
}

static char *arithmetic(const struct path_class *p, double intensity)
{
	char rate[64] = "";

	if (p->timed)
		snprintf(rate, sizeof rate, ", %.3g GFLOP/s were reached",
		         p->timed_flops / p->us * 1e-3);
	return xasprintf("arithmetic: %.0f operations a byte%s: matrix or "
	                 "vector units, and tiles that use again what they "
	                 "load",
	                 intensity, rate);
}

static char *traffic(const struct path_classes *c, const struct path_class *p)
{
	double rate = p->timed ? p->timed_bytes / p->us * 1e-3 : 0;

	if (!p->timed)
		return xasprintf("memory: %.3g MB a call take %.3g us at this "
		                 "bandwidth: wide loads, many in flight, each "
		                 "byte once",
		                 p->bytes / (double)p->count * 1e-6,
		                 p->bytes / (double)p->count / c->gb_s * 1e-3);
	if (rate >= NEAR * c->gb_s)
		return xasprintf(
		        "memory: %.3g GB/s is %.0f %% of this "
		        "bandwidth: only fewer bytes help, if there is "
		        "no more bandwidth to have",
		        rate, 100 * rate / c->gb_s);
	return xasprintf("memory, not used: %.3g GB/s is %.0f %% of this "
	                 "bandwidth: wider loads, more of them in flight, more "
	                 "parts at work",
	                 rate, 100 * rate / c->gb_s);
}

char *path_class_lever(const struct path_classes *c, const struct path_class *p)
{
	double bytes = p->bytes / (double)p->count;
	double move_us = bytes / c->gb_s * 1e-3;
	char time[64];

	say_time(p, time);
	if (move_us < LAUNCH_US && p->timed &&
	    p->us > MUCH * LAUNCH_US * (double)p->timed)
		return xasprintf(
		        "latency: %.3g MB take %.3g us at this "
		        "bandwidth%s: shorter chains of steps that wait, "
		        "more parts at work at once",
		        bytes * 1e-6, move_us, time);
	if (move_us < LAUNCH_US)
		return xasprintf("launch and latency: %.3g MB take %.3g us at "
		                 "this bandwidth%s: fewer launches and shorter "
		                 "chains of steps that wait, not fewer bytes",
		                 bytes * 1e-6, move_us, time);
	if (!isnan(p->flops) && p->flops / p->bytes > c->ridge)
		return arithmetic(p, p->flops / p->bytes);
	return traffic(c, p);
}
