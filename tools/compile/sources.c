/* sources - the text files that one build reads: a solution's and our headers
 */
#include "sources.h"
#include "file.h"
#include "memory.h"
#include "solution.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SOURCE_MAX ((size_t)16 << 20)

int sources_has_extension(const char *path, const char *extensions)
{
	const char *dot = strrchr(path, '.');
	const char *e = extensions;

	while (dot && *e) {
		size_t n = strcspn(e, " ");

		if (strlen(dot) == n && !strncmp(dot, e, n))
			return 1;
		e += n + (e[n] == ' ');
	}
	return 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void add(struct sources *s, char *path, char *text, size_t len)
{
	s->file = xrealloc(s->file, s->count + 1, sizeof *s->file);
	s->file[s->count++] = (struct source_file){path, text, len};
}

/* Names become arguments of a compiler, where '-' and '@' begin options. */
static int is_plain(const char *path)
{
	return *path != '-' && *path &&
	       !path[strspn(path, "abcdefghijklmnopqrstuvwxyz"
	                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                          "0123456789._/-")];
}

static int check_solution(const struct solution *n, const char *path,
                          const char *device, struct fault *f)
{
	int is_cuda = !strcmp(device, "cuda");

	if (!strcmp(n->language, "python") ||
	    (is_cuda && !strcmp(n->language, "triton")))
		return 0;
	if (strcmp(n->language, is_cuda ? "cuda" : "cpp"))
		return fault_set(
		        f, "%s: want language %s for device %s, got %s", path,
		        is_cuda ? "cuda, triton or python" : "cpp or python",
		        device, n->language);
	if (strcmp(n->binding, "tvm-ffi"))
		return fault_set(f, "%s: want binding tvm-ffi, got %s", path,
		                 n->binding);
	if (!n->destination_passing)
		return fault_set(f, "%s: want destination_passing_style", path);
	return 0;
}

static int copy_sources(struct sources *s, const struct solution *n,
                        const char *path, struct fault *f)
{
	for (size_t i = 0; i < n->nsources; i++) {
		const struct solution_source *x = &n->source[i];

		if (!is_plain(x->path))
			return fault_set(f,
			                 "%s: want source paths of letters, "
			                 "digits and ._/-",
			                 path);
		add(s, xstrdup(x->path), xstrdup(x->content),
		    strlen(x->content));
	}
	return 0;
}

/* All that can change what it does, and nothing else. */
static void add_python(struct sources *s, const struct solution *n)
{
	json *o = json_object(), *list;
	char *entry = xasprintf("%s::%s", n->entry_file, n->entry_symbol);
	char *text;

	json_add_string(o, "language", n->language);
	json_add_string(o, "entry_point", entry);
	json_add_boolean(o, "destination_passing_style",
	                 n->destination_passing);
	list = json_add(o, "sources", json_object());
	for (size_t i = 0; i < n->nsources; i++)
		json_add_string(list, n->source[i].path, n->source[i].content);
	text = json_text(o, 0);
	add(s, xstrdup(SOURCES_PYTHON), text, strlen(text));
	free(entry);
	json_free(o);
}

static int read_solution(struct sources *s, const char *path,
                         const char *device, struct fault *f)
{
	struct solution *n = solution_read(path, f);
	int failed;

	if (!n)
		return -1;
	failed = check_solution(n, path, device, f) ||
	         copy_sources(s, n, path, f);
	s->language = !strcmp(n->language, "python")   ? "python"
	              : !strcmp(n->language, "triton") ? "triton"
	                                               : NULL;
	s->symbol = xasprintf("%s%s", s->language ? "" : SOURCES_PREFIX,
	                      n->entry_symbol);
	if (!failed && s->language)
		add_python(s, n);
	solution_free(n);
	return failed ? -1 : 0;
}

static int read_file(struct sources *s, const char *path, const char *device,
                     struct fault *f)
{
	int is_cuda = !strcmp(device, "cuda");
	size_t len;
	char *text;

	if (!sources_has_extension(path, is_cuda ? ".cu" : ".c .cpp"))
		return fault_set(f, "%s: want a %s file for device %s", path,
		                 is_cuda ? ".cu" : ".c or .cpp", device);
	text = file_read(path, SOURCE_MAX, &len);
	if (!text)
		return fault_errno(f, "%s", path);
	s->symbol = xstrdup(SOURCES_PREFIX "run");
	add(s, xasprintf("solution%s", strrchr(path, '.')), text, len);
	return 0;
}

int sources_read(struct sources *s, const char *path, const char *device,
                 struct fault *f)
{
	*s = (struct sources){.name = xstrdup(base_name(path))};
	if (sources_has_extension(path, ".json")) {
		if (read_solution(s, path, device, f))
			return -1;
	} else if (read_file(s, path, device, f)) {
		return -1;
	}
	if (sha256_file(path, s->sha256))
		return fault_errno(f, "%s", path);
	return 0;
}

static int is_new_header(const struct sources *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (!strcmp(s->file[i].path, name))
			return 0;
	return sources_has_extension(name, ".h .cuh .hpp") && is_plain(name);
}

int sources_add_headers(struct sources *s, const char *dir, struct fault *f)
{
	struct dirent **entry;
	int failed = 0, n = scandir(dir, &entry, NULL, alphasort);

	if (n < 0)
		return errno == ENOENT ? 0 : fault_errno(f, "%s", dir);
	for (int i = 0; i < n; i++) {
		const char *name = entry[i]->d_name;
		char *path = xasprintf("%s/%s", dir, name), *text;
		size_t len;

		if (!failed && is_new_header(s, name)) {
			text = file_read_beneath(dir, name, SOURCE_MAX, &len);
			if (text)
				add(s, xstrdup(name), text, len);
			else
				failed = fault_errno(f, "%s", path);
		}
		free(path);
		free(entry[i]);
	}
	free(entry);
	return failed;
}

int sources_write(const struct sources *s, const char *dir, struct fault *f)
{
	mode_t mask = umask(022); /* a jail reads them as another user */
	int failed = 0;

	for (size_t i = 0; i < s->count && !failed; i++) {
		const struct source_file *x = &s->file[i];
		char *path = xasprintf("%s/%s", dir, x->path);

		if (dir_make_above(path) || file_write(path, x->text, x->len))
			failed = fault_errno(f, "%s", path);
		free(path);
	}
	umask(mask);
	return failed;
}
