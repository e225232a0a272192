/* cpu_worker - the judge's side of a worker: start it, ring, freeze, stop it
 *
 * Between two commands a worker is frozen, with all its threads, so that
 * nothing of it runs while the judge writes inputs, looks at outputs, or
 * measures another one.
 */
#ifndef CPU_WORKER_H
#define CPU_WORKER_H

#include "doorbell.h"
#include "fault.h"
#include "memfile.h"
#include "sandbox.h"

/* No limit of the system binds root's threads, and without threads for others
 * there is no judgement. */
#define WORKER_THREADS 4096

struct worker_needs {
	const char *kernel; /* the .so's path; with python, a definition's */
	const char *python; /* an interpreter's path, which runs worker.py
	                       in the worker's place, or NULL */
	size_t input_bytes, output_bytes;
	int writable; /* the inputs */
	int threads;
	char sanitizer[32]; /* the library that the kernel needs, or "" */
};

struct worker {
	struct jailed jail;
	struct memfile shared, inputs, outputs;
	struct doorbell *doorbell; /* shared.map */
	uint32_t rung;
	int is_watched; /* freeze it the moment that it says done: whoever says
	                   so too early is caught at work. It costs a processor,
	                   and so is not for what is timed. */
};

enum worker_end {
	WORKER_DONE,
	WORKER_DIED,
	WORKER_LATE,
	WORKER_AWAKE,   /* it did not stay frozen */
	WORKER_CROWDED, /* it has more than WORKER_THREADS threads */
};

/* Starts it and tells it to load its kernel; the answer to that is that of
 * worker_finish. Returns -1 with the fault set and nothing to stop. */
int worker_start(struct worker *w, const struct worker_needs *n,
                 struct fault *f);

/* Waits until the last command is carried out, then freezes the worker. */
enum worker_end worker_finish(struct worker *w, double timeout_s);

/* Thaws it, rings, waits, freezes; *ns is the time from the first of these
 * to the end of the last. */
enum worker_end worker_command(struct worker *w, enum doorbell_op op,
                               double timeout_s, int64_t *ns);

/* WORKER_DONE if it has stayed frozen since the last command. */
enum worker_end worker_still(struct worker *w);

void worker_stop(struct worker *w);

#endif
