/* record - all that an experiment's files say, read for its last page */
#ifndef RECORD_H
#define RECORD_H

#include "base.h"
#include "verdict.h"
#include "workload.h"

#include <stdio.h>

struct record {
	const char *dir, *kernel_dir, *experiments;
	struct base base;
	struct verdict verdict;
	json *build;  /* build.json */
	json *checks; /* verify.jsonl: an array of its lines */
	struct definition *definition;
	struct workload_list workloads;
	char *log;                /* build.log, bounded; "" where none */
	char *source, *candidate; /* the candidate's path and text */
	char *before;             /* the path of the incumbent's source */
	char *incumbent;          /* and its text */
};

/* Returns -1 with the fault set. */
int record_read(const char *dir, const char *kernel_dir,
                const char *experiments, const char *workloads,
                struct record *out, struct fault *f);
void record_free(struct record *r);

/* What the checks, or the verdict, say about one workload; NULL if nothing. */
const json *record_check(const struct record *r, const char *uuid);
const json *record_timing(const struct record *r, const char *uuid);

/* change.diff: what the candidate changed in the incumbent's source, "" where
 * nothing. Caller frees. */
char *record_change(const struct record *r);

/* What a model proposed, beside what came of it and what it cost: nothing
 * where no model did. */
void record_print_proposal(FILE *p, const struct record *r);

/* What compare.tsv says of each mode, where there are several. */
void record_print_modes(FILE *p, const struct record *r);

/* result.md. Caller frees. */
char *record_page(const struct record *r);

/* trace.jsonl: one FlashInfer Trace a workload; "" for a project, and for code
 * that was not judged because it is not new. Caller frees. */
char *record_traces(const struct record *r);

#endif
