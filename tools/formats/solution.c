/* solution - a FlashInfer-Trace Solution: sources and how to call them */
#include "solution.h"
#include "file.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static int is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(word, *list) == 0)
			return 1;
	}
	return 0;
}

static int read_source(struct solution *s, const json *v, const char *path,
                       struct fault *f)
{
	struct solution_source *source = &s->source[s->nsources];

	if (json_want_name(v, "path", path, &source->path, f) ||
	    json_want_name(v, "content", path, &source->content, f))
		return -1;
	if (!path_is_beneath(source->path))
		return fault_set(f,
		                 "%s:%ld: want a source's path to be relative "
		                 "and without \"..\", got \"%s\"",
		                 path, json_line(v), source->path);
	for (size_t i = 0; i < s->nsources; i++) {
		if (strcmp(s->source[i].path, source->path) == 0)
			return fault_set(f, "%s:%ld: two sources are %s", path,
			                 json_line(v), source->path);
	}
	s->nsources++;
	return 0;
}

static int read_sources(struct solution *s, const char *path, struct fault *f)
{
	const json *list = json_get(s->document, "sources");

	if (!json_is_array(list) || !json_first(list))
		return fault_set(f,
		                 "%s:%ld: want \"sources\" to be an array that "
		                 "is not empty",
		                 path, json_line(list ? list : s->document));
	s->source = xcalloc(json_count(list), sizeof *s->source);
	for (const json *v = json_first(list); v; v = json_next(v)) {
		if (read_source(s, v, path, f))
			return -1;
	}
	return 0;
}

static int is_symbol(const char *s)
{
	static const char letters[] =
	        "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	        "0123456789";

	return *s && !s[strspn(s, letters)] && (*s < '0' || *s > '9');
}

static int read_entry(struct solution *s, const json *spec, const char *path,
                      struct fault *f)
{
	const char *entry, *colons;
	long line = json_line(json_get(spec, "entry_point"));

	if (json_want_name(spec, "entry_point", path, &entry, f))
		return -1;
	colons = strstr(entry, "::");
	if (!colons || !is_symbol(colons + 2))
		return fault_set(f,
		                 "%s:%ld: want \"entry_point\" to be "
		                 "\"file::symbol\", got \"%s\"",
		                 path, line, entry);
	s->entry_symbol = colons + 2;
	for (size_t i = 0; i < s->nsources; i++) {
		const char *file = s->source[i].path;
		size_t len = (size_t)(colons - entry);

		if (strlen(file) == len && memcmp(file, entry, len) == 0)
			s->entry_file = file;
	}
	if (!s->entry_file)
		return fault_set(f,
		                 "%s:%ld: the entry point \"%s\" is in no "
		                 "source",
		                 path, line, entry);
	return 0;
}

static int read_binding(struct solution *s, const json *spec, const char *path,
                        struct fault *f)
{
	static const char *const known[] = {"tvm-ffi", "torch", NULL};
	const json *v = json_get(spec, "binding");

	s->binding = "tvm-ffi";
	if (!v || json_is_null(v))
		return 0;
	s->binding = json_string(v);
	if (!s->binding || !is_one_of(s->binding, known))
		return fault_set(f,
		                 "%s:%ld: want \"binding\" to be \"tvm-ffi\", "
		                 "\"torch\" or null",
		                 path, json_line(v));
	return 0;
}

static int read_spec(struct solution *s, const char *path, struct fault *f)
{
	static const char *const known[] = {"python", "triton",   "cpp",
	                                    "cuda",   "tilelang", NULL};
	const json *spec = json_get(s->document, "spec");
	const json *style = json_get(spec, "destination_passing_style");

	if (!json_is_object(spec))
		return fault_set(f, "%s:%ld: want \"spec\" to be an object",
		                 path, json_line(spec ? spec : s->document));
	if (json_want_name(spec, "language", path, &s->language, f) ||
	    json_check_strings(spec, "target_hardware", 1, path, f) ||
	    json_check_strings(spec, "dependencies", 0, path, f) ||
	    read_entry(s, spec, path, f) || read_binding(s, spec, path, f))
		return -1;
	if (!is_one_of(s->language, known))
		return fault_set(f,
		                 "%s:%ld: want \"language\" to be python, "
		                 "triton, cpp, cuda or tilelang, got \"%s\"",
		                 path, json_line(json_get(spec, "language")),
		                 s->language);
	s->destination_passing = 1;
	if (style && json_boolean(style, &s->destination_passing))
		return fault_set(f,
		                 "%s:%ld: want \"destination_passing_style\" "
		                 "to be true or false",
		                 path, json_line(style));
	return 0;
}

static int read_all(struct solution *s, const char *path, struct fault *f)
{
	const json *doc = s->document;

	if (!json_is_object(doc))
		return fault_set(f, "%s:%ld: want a solution, an object", path,
		                 json_line(doc));
	if (json_want_name(doc, "name", path, &s->name, f) ||
	    json_want_name(doc, "definition", path, &s->definition, f) ||
	    json_want_name(doc, "author", path, &s->author, f) ||
	    json_check_string(doc, "description", path, f) ||
	    read_sources(s, path, f))
		return -1;
	return read_spec(s, path, f);
}

struct solution *solution_read(const char *path, struct fault *f)
{
	struct solution *s = xcalloc(1, sizeof *s);

	s->document = json_read(path, f);
	if (!s->document || read_all(s, path, f)) {
		solution_free(s);
		return NULL;
	}
	return s;
}

void solution_free(struct solution *s)
{
	if (!s)
		return;
	free(s->source);
	json_free(s->document);
	free(s);
}
