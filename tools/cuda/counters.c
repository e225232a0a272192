/* counters - a candidate's kernels under Nsight Compute (ncu) */
#include "counters.h"
#include "memory.h"
#include "program.h"
#include "supervised.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LOG ((size_t)4 << 20)

/* The toolkit's own ncu is a script that looks for these folders, and in the
 * jail it would not see them. */
char *counters_find(void)
{
	static const char *const usual[] = {
	        "/opt/nvidia/nsight-compute/*/ncu",
	        "/usr/local/cuda/nsight-compute*/ncu"};
	char *path = NULL;
	glob_t found;

	for (size_t i = 0; !path && i < sizeof usual / sizeof *usual; i++) {
		if (glob(usual[i], 0, NULL, &found))
			continue;
		path = xstrdup(found.gl_pathv[found.gl_pathc - 1]);
		globfree(&found);
	}
	return path ? path : program_find("ncu");
}

static char *run(struct cuda_session *session, const char *path,
                 const char *metrics, uint32_t workload, struct fault *f)
{
	/* Caches are cold, as in a judgement; its clocks stay the device's. */
	const char *const options[] = {
	        "--csv", "--page",          "raw",          "--metrics",
	        metrics, "--cache-control", "all",          "--clock-control",
	        "none",  "--log-file",      SUPERVISED_LOG, NULL};
	char *dir = xasprintf("%.*s", (int)(strrchr(path, '/') - path), path);
	const char *const reads[] = {dir, NULL};
	struct supervised s = {.log = -1};
	char *text = NULL;
	int failed = supervised_run(&s, session, "ncu", path, options, reads,
	                            workload, f);

	if (s.log >= 0) {
		text = supervised_log(&s, MAX_LOG);
		close(s.log);
	}
	if (!failed && s.reason)
		failed = fault_set(f, "ncu: %s: %s", s.reason, s.detail);
	/* ncu's own words, where it has any, say more than that it ended. */
	if (failed && text && strstr(text, "==ERROR=="))
		fault_set(f, "ncu: %.300s", strstr(text, "==ERROR=="));
	if (failed) {
		free(text);
		text = NULL;
	}
	free(dir);
	return text;
}

char *counters_read(struct session *s, const char *ncu, const char *metrics,
                    size_t workload, struct fault *f)
{
	char *path = realpath(ncu, NULL), *text = NULL;

	if (path)
		text = run((struct cuda_session *)s, path, metrics,
		           (uint32_t)workload, f);
	else
		fault_errno(f, "%s", ncu);
	free(path);
	return text;
}

double counters_copy_gb_s(const struct session *s)
{
	return ((const struct cuda_session *)s)->about.copy_bytes_per_ns;
}
