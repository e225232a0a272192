/* cuda_judge - what cuda_session.c and cuda_runner.c share */
#ifndef CUDA_JUDGE_H
#define CUDA_JUDGE_H

#include "device.h"
#include "gpus.h"
#include "layout.h"
#include "node.h"
#include "sandbox.h"
#include "wire.h"

/* What came of running one kernel's host code once. */
struct captured {
	enum { CAPTURE_NONE, CAPTURE_BEGUN, CAPTURE_DONE } state;
	struct jailed jail; /* while it is begun */
	int out;            /* what it writes to */
	int plan;           /* a memory file, or -1 where there is a reason */
	const char *reason;
	char detail[200];
};

struct launcher {
	struct jailed jail;
	int sock; /* 0: none */
};

struct cuda_session {
	struct session base;
	const struct job *job;
	char *dir; /* the job's, absolute */
	struct layout *layout;
	int layout_fd;
	char uuid[37];
	int lock;             /* on the GPU */
	char node[NODE_PATH]; /* its device file, or "" */
	struct launcher reference;
	struct wire_reply about; /* the reference's HELLO */
	struct captured candidate, incumbent;
	struct nvml *nvml;
	uint32_t runners; /* started so far */
	int is_host;      /* the kernels' own host code runs, and is timed */
};

struct cuda_runner {
	struct runner base;
	struct cuda_session *session;
	uint32_t index;
	enum side side;
	struct launcher launcher; /* none where there is a reason */
	int ready, writable;
	const char *reason; /* why every measurement fails, or NULL */
	char detail[200];
	int64_t anchor_ns;  /* of an empty plan, before the kernel ran */
	char *called;       /* [call]: had its first call */
	double least_bytes; /* that this measurement's calls had to move */
};

/* Starts a program of tool_dir(), argv[0] is its name, or a tool of others by
 * its path, which may start processes; reads as in sandbox.h. */
int program_start(const struct cuda_session *s, struct jailed *j,
                  const char *const argv[], const char *const *reads,
                  const int *fd, size_t fds, struct fault *f);

/* Starts a launcher, whose first descriptor is its socket; fd[0] makes room
 * for it. */
int launcher_start(const struct cuda_session *s, struct launcher *l,
                   const char *const argv[], const char *const *reads, int *fd,
                   size_t fds, struct fault *f);
void launcher_stop(struct launcher *l);

/* Sends a request with descriptors to the reference and waits for its answer.
 * -1 with the fault set. */
int reference_ask(struct cuda_session *s, const struct wire_request *q,
                  const int *fd, int fds, struct wire_reply *reply,
                  struct fault *f);

/* The plan of one side's kernel, captured at the first call. */
const struct captured *captured_plan(struct cuda_session *s, enum side side,
                                     struct fault *f);

/* Ends what was begun of it, and lets go of the plan. */
void captured_drop(struct captured *c);

/* The device code that was built for a side ("candidate"), or an empty file
 * where it is in the plan. -1 with the fault set. */
int side_code(const struct cuda_session *s, const char *side, struct fault *f);

/* Waits for the launcher's answer. Returns 1 with a reply, 0 where the runner
 * got a reason, -1 with the fault set. */
int cuda_runner_receive(struct cuda_runner *r, struct wire_reply *reply,
                        int *fd, int *fds, double timeout_s, struct fault *f);

/* Waits for a new launcher and hands its memory to the reference. Returns as
 * cuda_runner_receive does. */
int cuda_runner_ready(struct cuda_runner *r, struct fault *f);

/* The runners' part of cuda_device. */
struct runner *cuda_runner_start(struct session *s, enum side side,
                                 int writable, struct fault *f);
void cuda_runner_end(struct runner *r);
void cuda_runner_stop(struct runner *r);
int cuda_runner_measure(struct runner *r, size_t workload, const int *set,
                        int count, const char *mode, struct measurement *m,
                        struct fault *f);
int cuda_runner_batch(struct runner *r, size_t workload, int calls,
                      struct measurement *m, struct fault *f);

/* cuda_device.c: one judgement at a time on each GPU, of whichever clone. Takes
 * the first GPU that is free, or waits. Returns which, -1 with the fault set.
 */
int cuda_lock(struct cuda_session *s, const struct gpus *g, struct fault *f);

/* session_wait and session_answers. */
int cuda_wait(struct session *s, struct fault *f);
int cuda_answers(struct fault *f);

/* inspect.c: calls the candidate once on a workload under each tool of
 * compute-sanitizer that job->sanitize names. m->reason is what they found,
 * NULL for nothing. -1 with the fault set if one is not there, or does not end
 * well. */
int cuda_inspect(struct cuda_session *s, uint32_t workload,
                 struct measurement *m, struct fault *f);

/* An unpredictable number. */
uint64_t random_secret(void);

#endif
