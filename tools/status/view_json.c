/* view_json - what make status knows, for a script */
#include "file.h"
#include "json.h"
#include "memory.h"
#include "view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void add_text(json *o, const char *key, const char *text)
{
	if (text)
		json_add_string(o, key, text);
	else
		json_add_null(o, key);
}

static void add_number(json *o, const char *key, double x)
{
	if (isnan(x))
		json_add_null(o, key);
	else
		json_add_number(o, key, x);
}

static json *entry(const struct ledger_entry *e)
{
	json *o = json_object();

	json_add_string(o, "experiment", e->experiment);
	json_add_string(o, "proposer", e->proposer);
	json_add_string(o, "outcome", e->outcome);
	json_add_string(o, "reason", e->reason);
	add_number(o, "speedup", e->speedup);
	add_number(o, "ci_low", e->ci_low);
	add_number(o, "ci_high", e->ci_high);
	json_add_string(o, "at", e->at);
	return o;
}

static json *standing(const struct standing *s)
{
	json *o = json_object(), *best = json_array();

	json_add_string(o, "kernel", s->kernel);
	json_add_string(o, "device", s->device);
	json_add_string(o, "incumbent",
	                s->stands ? s->stands->experiment : "shipped");
	json_add_number(o, "speedup", 1 / s->best[s->bests - 1]);
	for (size_t i = 0; i < s->bests; i++)
		json_add_number(best, NULL, s->best[i]);
	json_add(o, "best", best);
	json_add_integer(o, "experiments", (int64_t)s->count);
	json_add_integer(o, "accepted", (int64_t)s->accepted);
	if (s->last)
		json_add(o, "last", entry(s->last));
	else
		json_add_null(o, "last");
	add_text(o, "stopped", s->stopped);
	return o;
}

static json *running(const struct running *r)
{
	json *o = json_object();

	json_add_string(o, "kernel", r->kernel);
	json_add_string(o, "device", r->device);
	json_add_string(o, "experiment", r->experiment);
	json_add_string(o, "step", r->step);
	json_add_boolean(o, "running", r->is_worked_on);
	add_number(o, "seconds_left", r->seconds_left);
	return o;
}

static json *device(const char *name, const struct cuda_device *gpu)
{
	json *o = json_object();
	char *lock = view_lock(gpu);

	json_add_string(o, "name", name);
	add_text(o, "uuid", gpu ? gpu->uuid : NULL);
	json_add_boolean(o, "busy", lock_is_held(lock));
	free(lock);
	return o;
}

void view_json(const struct view *v)
{
	json *o = json_object(), *list = json_add(o, "kernels", json_array());
	char *text;

	for (size_t i = 0; i < v->standings.count; i++)
		json_add(list, NULL, standing(&v->standings.item[i]));
	list = json_add(o, "unfinished", json_array());
	for (size_t i = 0; i < v->running.count; i++)
		json_add(list, NULL, running(&v->running.item[i]));
	list = json_add(o, "devices", json_array());
	json_add(list, NULL, device("cpu", NULL));
	for (int i = 0; i < v->gpus.count; i++)
		json_add(list, NULL,
		         device(v->gpus.item[i].name, &v->gpus.item[i]));
	json_add_integer(o, "build_bytes", (int64_t)dir_bytes(v->build));
	json_add_integer(o, "experiments_bytes",
	                 (int64_t)dir_bytes(v->experiments));
	text = json_text(o, 2);
	puts(text);
	free(text);
	json_free(o);
}
