/* session - live processes that run kernels over a job's input sets
 *
 * The judge talks to kernels through this alone. A session owns the reference
 * process, the input sets and the expected outputs of one judgement on one
 * device; a runner is one process (a CPU worker or a GPU launcher) that serves
 * one side over all workloads. cpu_session.c and cuda_session.c implement it.
 */
#ifndef SESSION_H
#define SESSION_H

#include "check.h"
#include "job.h"

#include <stdint.h>

enum side { CANDIDATE, INCUMBENT, INCUMBENT2, SIDE_COUNT };

/* What a number of calls of one kernel took, and whether they were right. */
struct measurement {
	int64_t time_ns;    /* total of all calls; what is compared */
	int64_t wall_ns;    /* the judge's own clock around the same calls */
	int sm_mhz;         /* 0 where there is no such clock */
	int throttled;      /* the device lowered its clock meanwhile */
	struct check check; /* the worst over calls and outputs */
	int64_t draws;      /* so far, of those that tell how they are spread */
	const char *reason; /* NULL: every element of every output was right;
	                       else a reason of verdict.h */
	int wrong_call;     /* with a reason: which call, from 1; 0: unknown */
	char detail[200];   /* what was wrong, for people */
};

struct session;
struct runner;

/* Starts the reference, draws the input sets from job->seed and computes the
 * expected outputs of every workload and set. Trouble here is no fault of the
 * candidate. Returns NULL with the fault set. */
struct session *session_open(const struct job *job, struct fault *f);
void session_close(struct session *s);

/* Waits while somebody else works on the device, and says so. Returns -1 with
 * the fault set if that takes too long. */
int session_wait(struct session *s, struct fault *f);

/* After a fault: is the device of such a session alive? 0, or -1 with the fault
 * set, which says what a person must do: no more can be judged until then. */
int session_answers(const struct job *job, struct fault *f);

/* Draws new values for a set of a workload, and what is expected of them, on a
 * device where a process can remember inputs that it has seen: what is timed
 * must be new to it. Returns -1 with the fault set. */
int session_refresh(struct session *s, size_t workload, int set,
                    struct fault *f);

/* Starts a process for one side. writable maps the inputs writable, and every
 * measurement then also checks that they were not changed (`input-mutated`).
 * A kernel that cannot be loaded or captured is a runner whose measurements
 * all carry the reason. Returns NULL with the fault set only for trouble that
 * is no fault of the kernel. */
struct runner *runner_start(struct session *s, enum side side, int writable,
                            struct fault *f);

/* Kills it and does not wait for its end, which may take long: of several,
 * end all before stopping the first. */
void runner_end(struct runner *r);
void runner_stop(struct runner *r); /* kills it and all that it started */

/* Calls the kernel once on each of count input sets of a workload, in order,
 * with all state reset and caches made cold (or not: mode "warm") before each
 * call, and checks every element of every output. A runner whose process is
 * spent gives the same reason to all that follows. Returns -1 with the fault
 * set for trouble that is no fault of the kernel. */
int runner_measure(struct runner *r, size_t workload, const int *set, int count,
                   const char *mode, struct measurement *m, struct fault *f);

/* Calls back to back without resets, sets in rotation: events and the judge's
 * clock around the same batch. Devices without events (the CPU) return 1 and
 * measure nothing. */
int runner_batch(struct runner *r, size_t workload, int calls,
                 struct measurement *m, struct fault *f);

/* The device, for the records: "NVIDIA H200", "580.159.03", "cpu". */
const char *session_device_name(const struct session *s);
const char *session_driver(const struct session *s);
const char *session_node(void); /* the machine's name */

/* Where the expected outputs come from: "native", or "python 3.11.2, torch
 * 2.9.1", which ran the definition's own reference. */
const char *session_reference(const struct session *s);

/* By what it is timed. Where device code can reach ordinary host memory, and
 * so what the host does next, events alone prove no gain. */
#define TIMING_CPU "cpu"
#define TIMING_HOST "host" /* with an interpreter, or uncaptured host code */
#define TIMING_EVENTS "events"
#define TIMING_EVENTS_WALL "events+wall"
#define TIMING_USER "user" /* what a project prints */
const char *session_timing(const struct session *s);

/* How many verifications of this job the device holds at once, this one
 * included. */
int session_fits(const struct session *s);

/* The cost of an empty call, ns: recorded as phase `anchor`, never subtracted.
 */
int64_t session_anchor_ns(struct session *s);

#endif
