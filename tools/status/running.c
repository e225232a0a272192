/* running - what is at work: experiments that are not published, and devices */
#include "running.h"
#include "clock.h"
#include "file.h"
#include "json.h"
#include "memory.h"
#include "spend.h"
#include "standing.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* By the last of these files that an experiment has. */
static const struct {
	const char *file, *next;
} steps[] = {
        {"verdict.json", "publish"}, {"confirm.tsv", "decide"},
        {"compare.tsv", "confirm"},  {"bench.tsv", "compare"},
        {"verify.jsonl", "bench"},   {"build.json", "verify"},
        {"base.json", "build"},
};

int lock_is_held(const char *path)
{
	int fd = file_exists(path) ? lock_take(path, 0) : -1;
	int is_held = fd < 0 && file_exists(path) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return is_held;
}

static int has(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	int is = file_exists(path);

	free(path);
	return is;
}

static const char *step_of(const char *dir)
{
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (has(dir, steps[i].file))
			return steps[i].next;
	return "propose";
}

static char *device_of(const char *dir)
{
	char *path = xasprintf("%s/base.json", dir);
	struct fault none;
	json *o = file_exists(path) ? json_read(path, &none) : NULL;
	const char *device = json_string(json_get(o, "device"));
	char *copy = xstrdup(device ? device : "-");

	json_free(o);
	free(path);
	return copy;
}

/* Of the judgement that was paid for and is not over. */
static double seconds_left(const struct spend *s, const char *experiment)
{
	char now[TIME_TEXT];

	time_text(now);
	for (size_t i = s->count; i-- > 0;) {
		const struct charge *c = &s->item[i];

		if (!c->settled_at && strcmp(c->kind, "judge") == 0 &&
		    charge_is_of(c, experiment))
			return fmax(0,
			            c->cap.gpu_s - seconds_between(c->at, now));
	}
	return NAN;
}

static void add(struct running_list *l, const char *build, const char *kernel,
                const char *dir, const char *experiment, const struct spend *s)
{
	struct running *r;
	char *lock;

	l->item = xrealloc(l->item, l->count + 1, sizeof *l->item);
	r = &l->item[l->count++];
	*r = (struct running){.kernel = xstrdup(kernel),
	                      .experiment = xstrdup(experiment),
	                      .device = device_of(dir),
	                      .step = step_of(dir)};
	lock = xasprintf("%s/lock/%s.%s", build, kernel, r->device);
	r->is_worked_on = lock_is_held(lock);
	r->seconds_left = r->is_worked_on ? seconds_left(s, experiment) : NAN;
	free(lock);
}

static int is_experiment(const struct dirent *e)
{
	return strncmp(e->d_name, "exp_", 4) == 0;
}

static int add_kernel(struct running_list *l, const char *experiments,
                      const char *build, const char *kernel, struct fault *f)
{
	char *x = xasprintf("%s/%s", experiments, kernel);
	char *path = xasprintf("%s/spend.jsonl", x);
	struct dirent **entry = NULL;
	struct spend s;
	int failed = spend_read(path, &s, f);
	int n = failed ? 0 : scandir(x, &entry, is_experiment, alphasort);

	for (int i = 0; i < n; i++) {
		char *dir = xasprintf("%s/%s", x, entry[i]->d_name);

		if (!has(dir, "result.md"))
			add(l, build, kernel, dir, entry[i]->d_name, &s);
		free(dir);
		free(entry[i]);
	}
	free(entry);
	if (!failed)
		spend_free(&s);
	free(path);
	free(x);
	return failed;
}

int running_read(const char *experiments, const char *build,
                 struct running_list *out, struct fault *f)
{
	struct dirent **entry;
	int n = scandir(experiments, &entry, is_records, alphasort), failed = 0;

	*out = (struct running_list){NULL, 0};
	for (int i = 0; i < n; i++) {
		if (!failed)
			failed = add_kernel(out, experiments, build,
			                    entry[i]->d_name, f);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return failed;
}

void running_free(struct running_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->item[i].kernel);
		free(l->item[i].experiment);
		free(l->item[i].device);
	}
	free(l->item);
}
