/* supervised - the candidate's plan in a launcher that a tool watches
 *
 * compute-sanitizer and ncu start the launcher themselves; it calls each
 * workload once, as the tool's only work.
 */
#ifndef SUPERVISED_H
#define SUPERVISED_H

#include "cuda_judge.h"

/* The descriptor that the tool finds open for what it has to say. */
#define SUPERVISED_LOG "/proc/self/fd/7"

struct supervised {
	struct cuda_session *session;
	const char *tool; /* for messages */
	struct launcher launcher;
	uint32_t index;     /* of the reference's runners */
	int log;            /* a memory file */
	const char *reason; /* of the launcher itself, or NULL */
	char detail[200];
};

/* Starts TOOL, a path, with its options, up to a NULL, on a launcher, which may
 * read more paths (NULL: none), calls a workload once, and waits for the end.
 * Returns 0: s->log has what the tool wrote, and s->reason is NULL or why the
 * kernel did not run; -1 with the fault set. Close s->log in any case. */
int supervised_run(struct supervised *s, struct cuda_session *session,
                   const char *name, const char *tool,
                   const char *const *options, const char *const *reads,
                   uint32_t workload, struct fault *f);

/* The beginning of the log, max bytes at most. Caller frees. */
char *supervised_log(const struct supervised *s, size_t max);

#endif
