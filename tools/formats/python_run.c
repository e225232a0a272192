/* python_run - what can be told of Python text with a function run, unparsed */
#include "python_run.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define BLANK " \t"

static const char *next_line(const char *line)
{
	line = strchr(line, '\n');
	return line ? line + 1 : NULL;
}

/* Behind a word and blanks, where a line begins with it; else NULL. */
static const char *skip_word(const char *p, const char *word)
{
	size_t n = strlen(word);

	if (!p || strncmp(p, word, n))
		return NULL;
	return p + n + strspn(p + n, BLANK);
}

const char *python_run(const char *text)
{
	for (; text; text = next_line(text)) {
		const char *name = skip_word(text, "def");
		const char *p = skip_word(name, "run");

		if (p && name > text + strlen("def") && *p == '(')
			return p + 1;
	}
	return NULL;
}

/* Behind a string that begins here. */
static const char *skip_string(const char *p)
{
	char quote = *p++;

	while (*p && *p != quote)
		p += *p == '\\' && p[1] ? 2 : 1;
	return *p ? p + 1 : p;
}

/* The parameters up to the closing parenthesis; "/" and "*" are none. */
static size_t count_parameters(const char *p)
{
	size_t count = 0;
	int depth = 0, is_open = 1; /* is_open: the next has not begun */

	while (*p && (depth > 0 || *p != ')')) {
		if (*p == '#') {
			p += strcspn(p, "\n");
			continue;
		}
		if (depth == 0 && *p == ',') {
			is_open = 1;
		} else if (is_open && !strchr(BLANK "\r\n\\/*", *p)) {
			is_open = 0;
			count++;
		}
		depth += strchr("([{", *p) != NULL;
		depth -= strchr(")]}", *p) != NULL;
		p = *p == '"' || *p == '\'' ? skip_string(p) : p + 1;
	}
	return count;
}

static int imports_triton(const char *text)
{
	for (; text; text = next_line(text)) {
		const char *module = skip_word(text, "import");

		if (!module)
			module = skip_word(text, "from");
		if (module && strncmp(module, "triton", 6) == 0 &&
		    strchr(BLANK ".,\r\n", module[6]))
			return 1;
	}
	return 0;
}

/* Does it fill its outputs? -1: it takes neither so many nor so many. */
static int is_filling(const char *path, size_t takes,
                      const struct definition *d, struct fault *f)
{
	if (takes == d->ninputs)
		return 0;
	if (takes == d->ninputs + d->noutputs)
		return 1;
	return fault_set(f,
	                 "%s: run takes %zu arguments: want the %zu inputs of "
	                 "%s, or these and its %zu outputs",
	                 path, takes, d->ninputs, d->name, d->noutputs);
}

static void add_spec(json *o, const char *name, const char *text,
                     const char *device, int fills)
{
	json *spec = json_add(o, "spec", json_object());
	char *entry = xasprintf("%s::run", name);

	json_add_string(spec, "language",
	                imports_triton(text) ? "triton" : "python");
	json_add_string(json_add(spec, "target_hardware", json_array()), NULL,
	                device);
	json_add_string(spec, "entry_point", entry);
	json_add(spec, "dependencies", json_array());
	json_add_boolean(spec, "destination_passing_style", fills);
	free(entry);
}

char *python_run_solution(const char *path, const char *text,
                          const struct definition *d, const char *device,
                          struct fault *f)
{
	const char *slash = strrchr(path, '/'),
	           *name = slash ? slash + 1 : path;
	const char *run = python_run(text);
	json *o, *file;
	char *out;
	int fills;

	if (!run) {
		fault_set(f, "%s: want a top-level def run(", path);
		return NULL;
	}
	fills = is_filling(path, count_parameters(run), d, f);
	if (fills < 0)
		return NULL;
	o = json_object();
	json_add_string(o, "name", d->name);
	json_add_string(o, "definition", d->name);
	json_add_string(o, "author", "ratchet");
	add_spec(o, name, text, device, fills);
	file = json_add(json_add(o, "sources", json_array()), NULL,
	                json_object());
	json_add_string(file, "path", name);
	json_add_string(file, "content", text);
	out = json_text(o, 1);
	json_free(o);
	return out;
}
