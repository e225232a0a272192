/* base - base.json: what an experiment was made from */
#include "base.h"
#include "host.h"
#include "memory.h"
#include "sha256.h"
#include "tool.h"

#include <libgen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What only a model's experiment has. */
static int read_model(const json *d, const char *path, struct base *b,
                      struct fault *f)
{
	b->predicted = NAN;
	if (json_want_string(d, "direction", path, &b->direction, f) ||
	    json_want_string(d, "parent", path, &b->parent, f) ||
	    json_want_string(d, "model", path, &b->model, f) ||
	    json_want_integer(d, "turns", path, &b->turns, f))
		return -1;
	return json_is_null(json_get(d, "predicted"))
	               ? 0
	               : json_want_number(d, "predicted", path, &b->predicted,
	                                  f);
}

static void add_model(json *d, const struct base *b)
{
	json_add_string(d, "direction", b->direction);
	json_add_string(d, "parent", b->parent);
	json_add_string(d, "model", b->model);
	if (isnan(b->predicted))
		json_add_null(d, "predicted");
	else
		json_add_number(d, "predicted", b->predicted);
	json_add_integer(d, "turns", b->turns);
}

int base_read(const char *path, struct base *out, struct fault *f)
{
	json *d = json_read(path, f);
	const json *hashes = json_get(d, "hashes");

	*out = (struct base){.document = d};
	if (!d)
		return -1;
	if (json_want_string(d, "experiment", path, &out->experiment, f) ||
	    json_want_string(d, "kernel", path, &out->kernel, f) ||
	    json_want_string(d, "device", path, &out->device, f) ||
	    json_want_string(d, "proposer", path, &out->proposer, f) ||
	    json_want_string(d, "incumbent", path, &out->incumbent, f) ||
	    json_want_string(d, "created_at", path, &out->created_at, f))
		goto failed;
	if (!json_is_object(hashes)) {
		fault_set(f, "%s:%ld: want hashes to be an object", path,
		          json_line(d));
		goto failed;
	}
	if (json_want_string(hashes, "source", path, &out->source, f) ||
	    json_want_string(hashes, "incumbent_source", path,
	                     &out->incumbent_source, f) ||
	    json_want_string(hashes, "incumbent_object", path,
	                     &out->incumbent_object, f))
		goto failed;
	out->reference = json_string(json_get(hashes, "reference"));
	if (!out->reference)
		out->reference = "";
	out->device_name = json_string(json_get(d, "device_name"));
	out->driver = json_string(json_get(d, "driver"));
	out->knobs = json_get(d, "knobs");
	out->allows_host = json_get(d, "allow_host_timed") != NULL;
	if (json_get(d, "direction") && read_model(d, path, out, f))
		goto failed;
	return 0;
failed:
	base_free(out);
	return -1;
}

void base_free(struct base *b)
{
	json_free(b->document);
	*b = (struct base){0};
}

/* A CPU's name has its threads after it. */
static int is_device(const char *name, const char *want)
{
	size_t n = strlen(want);

	return strncmp(name, want, n) == 0 &&
	       (!name[n] || strncmp(name + n, ", ", 2) == 0);
}

int base_agrees(const struct base *b, const char *path, const char *device_name,
                const char *driver, struct fault *f)
{
	if ((!b->device_name || is_device(device_name, b->device_name)) &&
	    (!b->driver || strcmp(driver, b->driver) == 0))
		return 0;
	return fault_set(f,
	                 "%s: measured on %.80s (%.40s), but %s is judged on "
	                 "%.80s (%.40s): not comparable",
	                 path, device_name, driver, b->experiment,
	                 b->device_name, b->driver ? b->driver : "-");
}

/* Takes path. */
static int add_hash(json *hashes, const char *key, char *path, struct fault *f)
{
	char hex[SHA256_HEX];
	int failed = sha256_file(path, hex);

	if (failed)
		fault_errno(f, "%s", path);
	else
		json_add_string(hashes, key, hex);
	free(path);
	return failed;
}

static int add_hashes(json *h, const struct ground *g, struct fault *f)
{
	const char *dir = g->kernel_dir;
	char *reference = source_find(dir, "reference", g->device);

	/* The definition's own text. */
	if (!reference && !g->build.harness)
		reference = xasprintf("%s/definition.json", dir);
	json_add_string(h, "incumbent_source", g->incumbent.source);
	json_add_string(h, "incumbent_object", g->build.object_sha256);
	if (g->build.harness) {
		json_add_string(h, "reference", g->build.harness);
		free(reference);
	} else if (add_hash(h, "reference", reference, f)) {
		return -1;
	}
	if (add_hash(h, "definition", xasprintf("%s/definition.json", dir),
	             f) ||
	    add_hash(h, "settings", xasprintf("%s/settings", dir), f) ||
	    add_hash(h, "workloads", xstrdup(g->workloads), f) ||
	    add_hash(h, "judge", xasprintf("%s/judge", tool_dir()), f))
		return -1;
	json_add_string(h, "toolchain", g->build.toolchain_sha256);
	return 0;
}

/* What it is to be judged on, as far as that is known. */
static int add_device(json *d, const char *device, struct fault *f)
{
	struct host host;

	if (host_read(&host, f))
		return -1;
	if (*host_device_name(&host, device)) {
		json_add_string(d, "device_name",
		                host_device_name(&host, device));
		json_add_string(d, "driver", host_driver(&host, device));
	}
	return 0;
}

char *base_text(const struct base *b, const struct ground *g, struct fault *f)
{
	const char *allow = getenv("ALLOW_HOST_TIMED");
	char *dir = xstrdup(g->kernel_dir), *text, *line = NULL;
	json *d = json_object(), *hashes;
	int failed;

	json_add_string(d, "experiment", b->experiment);
	json_add_string(d, "kernel", basename(dir));
	json_add_string(d, "device", g->device);
	failed = add_device(d, g->device, f);
	json_add_string(d, "proposer", b->proposer);
	json_add_string(d, "incumbent", g->incumbent.experiment);
	json_add_string(d, "created_at", b->created_at);
	if (allow && strcmp(allow, "1") == 0)
		json_add_boolean(d, "allow_host_timed", 1);
	json_add(d, "knobs", b->knobs ? json_copy(b->knobs) : json_object());
	if (b->direction)
		add_model(d, b);
	hashes = json_add(d, "hashes", json_object());
	json_add_string(hashes, "source", b->source);
	if (!failed && !add_hashes(hashes, g, f)) {
		text = json_text(d, 2);
		line = xasprintf("%s\n", text);
		free(text);
	}
	free(dir);
	json_free(d);
	return line;
}
