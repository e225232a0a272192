/* brief - what the files of a kernel say: computed, shapes, rules, floor */
#include "brief.h"
#include "brief_project.h"
#include "brief_shapes.h"
#include "edit.h"
#include "job.h"
#include "memory.h"
#include "project.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DESCRIPTION_MAX 2000
#define REFERENCE_MAX 4000

/* ": TEXT", of what a document says of itself, on a line of its own. */
static void put_description(FILE *out, const json *of)
{
	const char *text = json_string(json_get(of, "description"));

	if (text && *text)
		fprintf(out, ": %.*s", DESCRIPTION_MAX, text);
	putc('\n', out);
}

static void put_axes(FILE *out, const struct definition *d)
{
	const json *axes = json_get(d->document, "axes");

	for (size_t i = 0; i < d->naxes; i++) {
		const struct axis *a = &d->axes[i];

		fprintf(out, "axis %s", a->name);
		if (a->is_var)
			fputs(" varies", out);
		else
			fprintf(out, " = %lld", (long long)a->value);
		put_description(out, json_get(axes, a->name));
	}
}

static void put_tensors(FILE *out, const struct definition *d, const char *role,
                        const char *member, const struct tensor_spec *t,
                        size_t count)
{
	const json *all = json_get(d->document, member);

	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%s %s: %s ", role, t[i].name,
		        dtype_name(t[i].dtype));
		if (t[i].is_scalar)
			fputs("scalar, by value", out);
		else
			putc('[', out);
		for (int k = 0; k < t[i].ndim; k++)
			fprintf(out, "%s%s", k ? ", " : "",
			        d->axes[t[i].axis[k]].name);
		if (!t[i].is_scalar)
			putc(']', out);
		put_description(out, json_get(all, t[i].name));
	}
}

static char *definition_text(const struct definition *d)
{
	const json *c = json_get(d->document, "constraints");
	char *text;
	size_t len;
	FILE *out = xmemstream(&text, &len);

	fprintf(out, "%s (%s)", d->name, d->op_type);
	put_description(out, d->document);
	put_axes(out, d);
	put_tensors(out, d, "input", "inputs", d->inputs, d->ninputs);
	put_tensors(out, d, "output", "outputs", d->outputs, d->noutputs);
	for (c = c ? json_first(c) : NULL; c; c = json_next(c))
		fprintf(out, "constraint: %s\n", json_string(c));
	fprintf(out, "reference, in Python:\n%.*s\n", REFERENCE_MAX,
	        d->reference);
	fclose(out);
	return text;
}

static int is_view(const char *key)
{
	return !strncmp(key, "view.", 5);
}

/* Is a key "hidden.AXIS" or "gather.INPUT" one of this device? */
static int is_for(const char *key, const char *device)
{
	size_t len = strlen(key);
	const char *other = strcmp(device, "cpu") ? ".cpu" : ".cuda";
	size_t end = strlen(other);

	return (!strncmp(key, "hidden.", 7) || !strncmp(key, "gather.", 7) ||
	        is_view(key)) &&
	       (len < end || strcmp(key + len - end, other));
}

/* Settings that say what is right, as they stand there. */
static char *rules_text(const struct ground *g, const struct settings *s)
{
	static const char *const said[] = {
	        "atol",  "rtol",    "matched_ratio", "precision",
	        "plant", "mode",    "threads",       "min_effect",
	        "guard", "scratch", "timeout_s"};
	const struct edit_target target = {g->incumbent.path, g->incumbent.text,
	                                   g->incumbent.len,
	                                   settings_string(s, "edit", "")};
	char *text, *names = edit_names(&target);
	size_t len;
	FILE *out = xmemstream(&text, &len);

	fprintf(out, "files to edit: %s\n", names);
	if (!is_project(s))
		fputs("wrong: an integer that is another; an element off by "
		      "more than atol and, relative, by more than rtol; or "
		      "rms(error) / rms(reference) above precision\n",
		      out);
	free(names);
	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		const char *value = settings_string(s, said[i], "");

		if (*value)
			fprintf(out, "%s = %s\n", said[i], value);
	}
	for (size_t i = 0; i < s->count; i++) {
		const struct setting *one = &s->item[i];

		if (is_for(one->key, g->device))
			fprintf(out, "%s = %s%s\n", one->key, one->value,
			        is_view(one->key) ? " (compared by what the "
			                            "reference's evaluate "
			                            "makes of it)"
			                          : "");
	}
	fclose(out);
	return text;
}

/* Compiler and command, as build.json says. */
static char *build_text(const struct build *b)
{
	const json *word = json_get(b->document, "command");
	char *text;
	size_t len;
	FILE *out = xmemstream(&text, &len);

	fprintf(out, "%s\n", b->compiler);
	for (word = word ? json_first(word) : NULL; word;
	     word = json_next(word)) {
		if (json_string(word))
			fprintf(out, "%s ", json_string(word));
	}
	putc('\n', out);
	fclose(out);
	return text;
}

int brief_read(const struct brief_place *place, struct brief *out,
               struct fault *f)
{
	const struct ground *g = place->ground;
	char *definition = xasprintf("%s/definition.json", g->kernel_dir);
	char *settings = xasprintf("%s/settings", g->kernel_dir);
	struct settings s = {0};
	struct definition *d = definition_read(definition, f);
	int failed = !d || settings_read(settings, g->device,
	                                 kernel_settings_known, &s, f);

	*out = (struct brief){0};
	if (!failed && is_project(&s)) {
		failed = brief_project(place, &s, out, f);
	} else if (!failed) {
		failed = brief_shapes(place, d, &s, out, f);
		out->definition = failed ? NULL : definition_text(d);
	}
	if (!failed) {
		out->rules = rules_text(g, &s);
		out->build = build_text(&g->build);
	}
	settings_free(&s);
	if (d)
		definition_free(d);
	free(settings);
	free(definition);
	return failed ? -1 : 0;
}
