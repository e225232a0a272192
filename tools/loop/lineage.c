/* lineage - the solution that stands in kernels/K, and its predecessors */
#include "lineage.h"
#include "file.h"
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const extension[] = {"c", "cu", "json", "txtar"};
#define EXTENSIONS (sizeof extension / sizeof *extension)

static int serves(const char *ext, const char *device)
{
	int is_cuda = strcmp(device, "cuda") == 0;

	return strcmp(ext, is_cuda ? "c" : "cu") != 0;
}

char *source_find(const char *dir, const char *stem, const char *device)
{
	for (size_t i = 0; i < EXTENSIONS; i++) {
		char *path = xasprintf("%s/%s.%s", dir, stem, extension[i]);

		if (serves(extension[i], device) && file_exists(path))
			return path;
		free(path);
	}
	return NULL;
}

int incumbent_read(const char *kernel_dir, const char *device,
                   const struct ledger *l, struct incumbent *out,
                   struct fault *f)
{
	const struct ledger_entry *last = ledger_baseline(l, device);

	*out = (struct incumbent){0};
	out->path = source_find(kernel_dir, "solution", device);
	if (!out->path)
		return fault_set(f, "%s: no solution for %s: want solution.%s",
		                 kernel_dir, device,
		                 strcmp(device, "cuda") ? "c" : "cu");
	out->text = file_read(out->path, SOURCE_MAX, &out->len);
	if (!out->text)
		return fault_errno(f, "%s", out->path);
	sha256_hex(out->text, out->len, out->source);
	out->device = xstrdup(device);
	out->experiment = xstrdup(last ? last->experiment : "shipped");
	if (last)
		memcpy(out->expected, last->source, SHA256_HEX);
	for (size_t i = 0; i < l->count && !last; i++)
		if (strcmp(l->item[i].device, device) == 0)
			memcpy(out->expected, l->item[i].incumbent_source,
			       SHA256_HEX);
	return 0;
}

void incumbent_free(struct incumbent *i)
{
	free(i->path);
	free(i->text);
	free(i->device);
	free(i->experiment);
	*i = (struct incumbent){0};
}

int incumbent_is_edited(const struct incumbent *i)
{
	return i->expected[0] && strcmp(i->expected, i->source) != 0;
}

int incumbent_check(const struct incumbent *i, struct fault *f)
{
	const char *ext = strrchr(i->path, '.');

	if (!incumbent_is_edited(i))
		return 0;
	return fault_set(
	        f,
	        "%s: edited by hand since %s. To have the edit judged: cp %s "
	        "mine%s; make revert EXP=%s; make try SOLUTION=mine%s. To keep "
	        "it unjudged, as a baseline of its own: make adopt",
	        i->path, i->experiment, i->path, ext, i->experiment, ext);
}

char *source_of(const char *experiments, const char *kernel_dir,
                const char *device, const char *name, struct fault *f)
{
	char *dir = xasprintf("%s/%s", experiments, name), *path;

	if (strcmp(name, "shipped") == 0) {
		path = source_find(experiments, "shipped", device);
		if (!path) /* nothing was accepted yet */
			path = source_find(kernel_dir, "solution", device);
	} else {
		path = source_find(dir, "solution", device);
	}
	if (!path)
		fault_set(f, "%s: no solution for %s there", dir, device);
	free(dir);
	return path;
}

int shipped_keep(const char *experiments, const struct ledger *l,
                 const struct incumbent *i, struct fault *f)
{
	char *path =
	        xasprintf("%s/shipped%s", experiments, strrchr(i->path, '.'));
	char hex[SHA256_HEX];
	int failed = 0;

	if (!ledger_baseline(l, i->device) && !incumbent_is_edited(i) &&
	    (sha256_file(path, hex) || strcmp(hex, i->source) != 0) &&
	    file_write(path, i->text, i->len))
		failed = fault_errno(f, "%s", path);
	free(path);
	return failed;
}

int incumbent_install(const char *kernel_dir, const char *device,
                      const char *path, struct fault *f)
{
	const char *ext = strrchr(path, '.');
	char *to = xasprintf("%s/solution%s", kernel_dir, ext);
	int failed = 0;

	if (file_copy(path, to, SOURCE_MAX))
		failed = fault_errno(f, "%s", to);
	/* A .c or .cu would hide the .json that replaces it. */
	if (!failed && strcmp(ext, ".json") == 0) {
		char *old = xasprintf("%s/solution.%s", kernel_dir,
		                      strcmp(device, "cuda") ? "c" : "cu");

		if (unlink(old) && errno != ENOENT)
			failed = fault_errno(f, "%s", old);
		free(old);
	}
	free(to);
	return failed;
}
