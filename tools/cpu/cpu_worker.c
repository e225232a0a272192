/* cpu_worker - the judge's side of a worker: start it, ring, freeze, stop it */
#include "cpu_worker.h"
#include "clock.h"
#include "file.h"
#include "memory.h"
#include "tool.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_KERNEL ((size_t)1 << 30)
#define MAX_SCRIPT ((size_t)64 << 10) /* an argument has no more */
#define NAP_NS 20000000               /* how soon a death is seen */

static int spawn(struct worker *w, int kernel, const char *const *argv,
                 int threads, struct fault *f)
{
	char *count = xasprintf("OMP_NUM_THREADS=%d", threads);
	const char *const env[] = {count, "OMP_PROC_BIND=true",
	                           "OMP_PLACES=threads", "OMP_DYNAMIC=false",
	                           NULL};
	const int fd[] = {w->shared.fd, w->inputs.fd, w->outputs.fd, kernel};
	const struct sandbox s = {.argv = argv,
	                          .env = env,
	                          .fd = fd,
	                          .nfd = sizeof fd / sizeof *fd,
	                          .shadow = w->doorbell->sanitizer[0]};
	int failed = sandbox_spawn(&s, &w->jail, f);

	free(count);
	return failed;
}

/* Our worker, or an interpreter that does as it does. */
static int spawn_worker(struct worker *w, int kernel,
                        const struct worker_needs *n, struct fault *f)
{
	char *file = xasprintf("%s/%s", tool_dir(),
	                       n->python ? "worker.py" : "worker");
	char *text = n->python ? file_read(file, MAX_SCRIPT, NULL) : NULL;
	char *number = xasprintf("%d", SYS_futex);
	const char *const native[] = {file, NULL};
	const char *const python[] = {n->python, "-I",   "-B", "-c",
	                              text,      number, NULL};
	int failed;

	if (n->python && !text)
		failed = fault_errno(f, "%s", file);
	else
		failed = spawn(w, kernel, n->python ? python : native,
		               n->threads, f);
	free(number);
	free(text);
	free(file);
	return failed;
}

static int make_memory(struct worker *w, const struct worker_needs *n,
                       struct fault *f)
{
	if (memfile_make(&w->shared, "doorbell", sizeof *w->doorbell, 0, f) ||
	    memfile_make(&w->inputs, "inputs", n->input_bytes, !n->writable,
	                 f) ||
	    memfile_make(&w->outputs, "outputs", n->output_bytes, 0, f))
		return -1;
	w->doorbell = (struct doorbell *)w->shared.map;
	w->doorbell->writable = (uint32_t)n->writable;
	memcpy(w->doorbell->sanitizer, n->sanitizer, sizeof n->sanitizer);
	return 0;
}

static void ring(struct worker *w, enum doorbell_op op)
{
	w->doorbell->op = op;
	atomic_store(&w->doorbell->bell, ++w->rung);
}

/* A copy for this process alone: where code lies in memory changes its speed,
 * and must be drawn anew for each process and side. */
static int copy_kernel(const char *path, struct memfile *m, struct fault *f)
{
	size_t len;
	char *code = file_read(path, MAX_KERNEL, &len);
	int failed;

	if (!code)
		return fault_errno(f, "%s", path);
	failed = memfile_make(m, "kernel", len, 1, f);
	if (!failed)
		memcpy(m->map, code, len);
	free(code);
	return failed;
}

int worker_start(struct worker *w, const struct worker_needs *n,
                 struct fault *f)
{
	struct memfile kernel;
	int failed;

	*w = (struct worker){.jail.log = -1,
	                     .shared.fd = -1,
	                     .inputs.fd = -1,
	                     .outputs.fd = -1};
	if (copy_kernel(n->kernel, &kernel, f))
		return -1;
	failed = make_memory(w, n, f);
	if (!failed) {
		ring(w, DOORBELL_LOAD);
		failed = spawn_worker(w, kernel.fd, n, f);
	}
	memfile_free(&kernel);
	if (failed)
		worker_stop(w);
	return failed;
}

/* Waits for the answer, and freezes. */
static enum worker_end wait_and_freeze(struct worker *w, double timeout_s)
{
	int64_t deadline = clock_ns() + (int64_t)(timeout_s * 1e9);
	_Atomic uint32_t *done = &w->doorbell->done;
	uint32_t seen;

	while ((seen = atomic_load(done)) != w->rung) {
		int64_t left = deadline - clock_ns();

		if (sandbox_ended(&w->jail))
			return WORKER_DIED;
		if (left <= 0)
			return WORKER_LATE;
		if (w->is_watched)
			sched_yield();
		else
			doorbell_wait(done, seen,
			              left < NAP_NS ? left : NAP_NS);
	}
	if (sandbox_freeze(&w->jail) == 0)
		return WORKER_DONE;
	return sandbox_ended(&w->jail) ? WORKER_DIED : WORKER_AWAKE;
}

/* The folder of its threads has a link for each, and its own two. */
static enum worker_end count_threads(const struct worker *w,
                                     enum worker_end end)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/task", (int)w->jail.pid);
	if (end == WORKER_DONE && stat(path, &st) == 0 &&
	    st.st_nlink > WORKER_THREADS + 2)
		end = WORKER_CROWDED;
	return end;
}

enum worker_end worker_finish(struct worker *w, double timeout_s)
{
	return count_threads(w, wait_and_freeze(w, timeout_s));
}

enum worker_end worker_command(struct worker *w, enum doorbell_op op,
                               double timeout_s, int64_t *ns)
{
	int64_t start;
	enum worker_end end = worker_still(w);

	*ns = 0;
	if (end != WORKER_DONE)
		return end;
	ring(w, op);
	start = clock_ns();
	sandbox_thaw(&w->jail);
	doorbell_wake(&w->doorbell->bell);
	end = wait_and_freeze(w, timeout_s);
	*ns = clock_ns() - start;
	return count_threads(w, end);
}

enum worker_end worker_still(struct worker *w)
{
	if (sandbox_is_frozen(&w->jail))
		return WORKER_DONE;
	return w->jail.ended ? WORKER_DIED : WORKER_AWAKE;
}

void worker_stop(struct worker *w)
{
	sandbox_kill(&w->jail);
	sandbox_free(&w->jail);
	memfile_free(&w->shared);
	memfile_free(&w->inputs);
	memfile_free(&w->outputs);
}
