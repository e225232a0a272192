/* job - a folder that holds all that a judgement needs, and its results
 *
 *   job                key = value: phase, device, seed, budget_s, hidden,
 *                      confirm, harness, python, host; nonce, which its result
 *                      has
 *   definition.json  settings
 *   workloads.jsonl    those to judge, in order; then hidden shapes
 *   reference.so  candidate.so  incumbent.so      host code
 *   reference.json  candidate.json  incumbent.json
 *                      in their place, where python says what runs them:
 *                      job_python.h
 *   candidate.cubin  incumbent.cubin              CUDA device code
 *   candidate/  incumbent/                        a project's copies instead
 *   blob/PATH          safetensors that the workloads name as PATH
 * and, written by the judge:
 *   verify.jsonl | bench.tsv, then done           results: returned.h
 */
#ifndef JOB_H
#define JOB_H

#include "check.h"
#include "definition.h"
#include "random.h"
#include "sampling.h"
#include "settings.h"
#include "workload.h"

/* A judgement's seconds are shared out among its three phases. */
#define JOB_SHARE_VERIFY 0.2
#define JOB_SHARE_BENCH 0.4 /* and the same again to confirm */

#define JOB_PLAIN_MAX 32 /* of the setting `sets` */
#define JOB_SETS_MAX (JOB_PLAIN_MAX + PLANT_COUNT)

#define JOB_NONCE 33 /* a string of 32 hexadecimal digits */

/* The keys of kernels/K/settings, for settings_read. */
extern const char *const kernel_settings_known[];

enum phase { PHASE_VERIFY, PHASE_BENCH };

struct job {
	char *dir;
	enum phase phase;
	int is_cuda;
	int is_confirmation;   /* of a bench that found the candidate better */
	uint64_t seed;         /* secret until the kernels are dead */
	char nonce[JOB_NONCE]; /* of this job and no other */
	char *harness;         /* hash of a project's; NULL: a kernel */
	char *hidden;    /* which shapes the list has beyond the kernel's */
	double start;    /* of clock_seconds, when it was read */
	double budget_s; /* for this phase, from start */
	int processes, max_processes, pairs;
	int sets;                       /* input sets a workload */
	enum plant plant[JOB_SETS_MAX]; /* of each set */
	int by_plant[JOB_SETS_MAX];     /* the sets, plain ones first */
	int plain;                      /* how many are that */
	int trials;  /* checked calls of a candidate that a win needs, or 0 */
	int threads; /* of a kernel on the CPU; 0: all that are allowed */
	const char *mode; /* the deciding one: cold, warm, graph */
	double timeout_s; /* of one call */
	char *python;     /* the interpreter of what is in Python, or NULL */
	int allows_host;  /* what cannot be captured is timed by the host */
	char *sanitize;   /* under what the candidate runs, or NULL */
	int64_t scratch_bytes;
	struct check_rule rule; /* of settings: job_rule() gives what holds */
	struct definition *definition;
	struct sampling sampling;
	int *view; /* [output]: see job_view.h */
	struct workload_list workloads;
	struct settings settings;
};

/* Reads a job folder. Returns NULL with the fault set. */
struct job *job_read(const char *dir, struct fault *f);
void job_free(struct job *j);

/* The setting `trials`. Returns -1 with the fault set. */
int job_trials(const struct settings *s, int *out, struct fault *f);

/* The seconds of a whole judgement: the setting `bench_s`. Returns -1 with the
 * fault set. */
int job_seconds(const struct settings *s, double *out, struct fault *f);

/* DIR/NAME. Caller frees. */
char *job_file(const struct job *j, const char *name);

/* May others verify on the device meanwhile? What is timed is alone. */
int job_shares(const struct job *j);

/* The interpreter of a role ("candidate"); NULL: it is native code. */
const char *job_interpreter(const struct job *j, const char *role);

/* Is it PyTorch, whose kernels nobody has but PyTorch? */
int job_is_pytorch(const struct job *j, const char *role);

/* What a front (verify, bench) gathers into a new job folder. */
struct job_parts {
	const char *kernel_dir; /* definition.json, settings */
	const char *workloads;  /* JSONL */
	const char *cache;      /* where build-kernel keeps its code */
	const char *reference, *candidate, *incumbent; /* build.json files;
	                            incumbent may be NULL for verify; reference
	                            may be a definition.json, which has one in
	                            Python */
	const char *select;    /* "full", "quick", "stride N" */
	const char *generator; /* of generate.c, or NULL */
	enum phase phase;
	int is_confirmation;  /* of a bench */
	double budget_s;      /* of the whole judgement; 0: as settings say */
	const char *sanitize; /* the sanitizers that it was built for, or
	                         NULL */
};

/* Puts all that a job needs into the folder dir, which exists. Draws the seed.
 * Returns -1 with the fault set. */
int job_write(const char *dir, const struct job_parts *p, struct fault *f);

#endif
