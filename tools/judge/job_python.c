/* job_python - what of a job is in Python */
#include "job_python.h"
#include "definition.h"
#include "file.h"
#include "json.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static int copy(const char *from, const char *dir, struct fault *f)
{
	char *to = xasprintf("%s/reference.json", dir);
	int failed = file_copy(from, to, DEFINITION_MAX);

	if (failed)
		fault_errno(f, "%s to %s", from, to);
	free(to);
	return failed;
}

int job_python_is(const char *reference)
{
	const char *slash = reference ? strrchr(reference, '/') : NULL;

	return reference &&
	       strcmp(slash ? slash + 1 : reference, "definition.json") == 0;
}

int job_python_copy(const char *path, const char *dir, const char *kernel,
                    struct fault *f)
{
	struct definition *d = definition_read(path, f);
	int failed = -1;

	if (!d)
		return -1;
	if (strcmp(d->name, kernel))
		fault_set(f, "%s: defines %s, not %s", path, d->name, kernel);
	else
		failed = copy(path, dir, f);
	definition_free(d);
	return failed;
}

int job_python_put(const char *path, const char *definition, const char *dir,
                   const char *role, struct fault *f)
{
	json *solution = json_read(path, f), *o = json_read(definition, f);
	char *to = xasprintf("%s/%s.json", dir, role), *text = NULL;
	int failed = !solution || !o ? -1 : 0;

	if (!failed) {
		json_add(o, "solution", json_copy(solution));
		text = json_text(o, 0);
		failed = file_write(to, text, strlen(text));
		if (failed)
			fault_errno(f, "%s", to);
	}
	json_free(solution);
	json_free(o);
	free(text);
	free(to);
	return failed;
}
