/* job - a folder that holds all that a judgement needs, and its results
 *
 *   job                key = value: kernel, device, phase, seed, budget_s,
 *                      pairs, processes, mode, workloads (uuids, in order)
 *   definition.json  workloads.jsonl  settings
 *   reference.so  candidate.so  incumbent.so      host code
 *   candidate.cubin  incumbent.cubin              CUDA device code
 *   blob/...           safetensors that the workloads name
 * and, written by the judge:
 *   verify.jsonl | bench.tsv                      results
 */
#ifndef JOB_H
#define JOB_H

#include "check.h"
#include "definition.h"
#include "settings.h"
#include "workload.h"

enum phase { PHASE_VERIFY, PHASE_BENCH };

struct job {
	char *dir;
	enum phase phase;
	int is_cuda;
	uint64_t seed;      /* secret until the kernels are dead */
	double budget_s;    /* for this phase */
	int processes, pairs, sets;
	char *mode;         /* the deciding one: cold, warm, graph */
	double timeout_s;   /* of one call */
	int64_t scratch_bytes;
	struct check_rule rule;
	struct definition *definition;
	struct workload_list workloads; /* only those to judge, in order */
	struct settings settings;
};

/* Reads a job folder. Returns NULL with the fault set. */
struct job *job_read(const char *dir, struct fault *f);
void job_free(struct job *j);

/* What a front (verify, bench) gathers into a new job folder. */
struct job_parts {
	const char *kernel_dir;  /* definition.json, settings */
	const char *workloads;   /* JSONL */
	const char *device;      /* "cpu" or "cuda" */
	const char *cache;       /* where build-kernel keeps its code */
	const char *reference, *candidate, *incumbent; /* build.json files;
				    incumbent may be NULL for verify */
	const char *select;      /* "full", "quick", "stride N" */
	enum phase phase;
	double budget_s;
};

/* Makes the folder dir and all in it. Returns -1 with the fault set. */
int job_write(const char *dir, const struct job_parts *p, struct fault *f);

#endif
