/* view_text - what make status knows, for a terminal */
#include "clock.h"
#include "file.h"
#include "memory.h"
#include "plain.h"
#include "sparkline.h"
#include "view.h"
#include "visible.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME 22 /* columns */
#define BARS 12

/* Records may be a stranger's. Caller frees. */
static char *shown(const char *name, size_t max)
{
	return plain(name, strlen(name), max);
}

char *view_lock(const struct cuda_device *gpu)
{
	return gpu ? xasprintf("/tmp/ratchet-gpu-%s.lock", gpu->uuid)
	           : xstrdup("/tmp/ratchet-cpu.lock");
}

/* "5 min", "3 h", "12 d". */
static void print_age(const char *at)
{
	char now[TIME_TEXT];
	double s;

	time_text(now);
	s = seconds_between(at, now);
	if (isnan(s) || s < 0)
		printf("-");
	else if (s < 3600)
		printf("%.0f min", s / 60);
	else if (s < 48 * 3600)
		printf("%.0f h", s / 3600);
	else
		printf("%.0f d", s / 86400);
}

static void print_standing(const struct standing *s, int is_utf8)
{
	char *bars = sparkline(s->best, s->bests, BARS, is_utf8);
	char *kernel = shown(s->kernel, NAME);
	char *stands =
	        shown(s->stands ? s->stands->experiment : "shipped", NAME_MAX);
	char *outcome = shown(s->last ? s->last->outcome : "", NAME_MAX);
	size_t width = s->bests < BARS ? s->bests : BARS;

	printf("%-*s %-4s %-8s %6.2fx %s%*s %4zu ", NAME, kernel, s->device,
	       stands, 1 / s->best[s->bests - 1], bars, (int)(BARS - width), "",
	       s->count);
	if (s->last) {
		printf("%-10s ", outcome);
		print_age(s->last->at);
	}
	putchar('\n');
	free(outcome);
	free(stands);
	free(kernel);
	free(bars);
}

static void print_standings(const struct standings *s, int is_utf8)
{
	if (!s->count) {
		puts("no experiments yet: make optimize");
		return;
	}
	printf("%-*s %-4s %-8s %7s %-*s %4s %-10s %s\n", NAME, "kernel", "dev",
	       "stands", "faster", BARS, "best time", "exp.", "last", "ago");
	for (size_t i = 0; i < s->count; i++)
		print_standing(&s->item[i], is_utf8);
	for (size_t i = 0; i < s->count; i++)
		if (s->item[i].stopped) {
			char *kernel = shown(s->item[i].kernel, NAME_MAX);
			char *why = visible_line(
			        s->item[i].stopped,
			        strcspn(s->item[i].stopped, "\n"), 200);

			printf("stopped: %s on %s: %s (make resume)\n", kernel,
			       s->item[i].device, why);
			free(why);
			free(kernel);
		}
}

static void print_running(const struct running_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct running *r = &l->item[i];

		char *kernel = shown(r->kernel, NAME_MAX);
		char *experiment = shown(r->experiment, NAME_MAX);

		printf("%s %s %s: %s",
		       r->is_worked_on ? "running:" : "waiting:", kernel,
		       experiment, r->step);
		if (!isnan(r->seconds_left))
			printf(", at most %.0f s left", r->seconds_left);
		putchar('\n');
		free(experiment);
		free(kernel);
	}
}

static void print_device(const char *name, const struct cuda_device *gpu)
{
	char *lock = view_lock(gpu);

	printf("%s: %s\n", name,
	       lock_is_held(lock) ? "a judgement measures there" : "free");
	free(lock);
}

void view_text(const struct view *v, int is_utf8)
{
	print_standings(&v->standings, is_utf8);
	print_running(&v->running);
	print_device("CPU", NULL);
	for (int i = 0; i < v->gpus.count; i++) {
		char *name = xasprintf("GPU %s %.8s", v->gpus.item[i].name,
		                       v->gpus.item[i].uuid);

		print_device(name, &v->gpus.item[i]);
		free(name);
	}
	if (!v->gpus.count)
		puts("GPU: none");
	printf("disk: %s %llu MiB, %s %llu MiB\n", v->build,
	       dir_bytes(v->build) >> 20, v->experiments,
	       dir_bytes(v->experiments) >> 20);
}
