/* returned - a job's result, when it comes back from somewhere else
 *
 * Who sends it is not trusted: nothing is kept but the one result that this job
 * asked for, whole, in a form that decide reads, with the job's workloads and
 * the answer that its rows give, and that says itself that it is of this job,
 * this judge, and the device that the experiment is for. Whether the samples in
 * it are true, nobody at home can know.
 */
#ifndef RETURNED_H
#define RETURNED_H

#include "job.h"

#include <stdio.h>

/* verify.jsonl or bench.tsv. */
const char *returned_name(const struct job *j);

/* What a job's own folder holds; what a folder or a stream holds, put into the
 * job's own. Return the answer, 0 or 1; -1 with the fault set, and nothing
 * kept. base: an experiment's base.json, NULL or a file that need not be there:
 * what it says of the device must hold. path is for messages. */
int returned_here(const struct job *j, const char *base, struct fault *f);
int returned_folder(const struct job *j, const char *dir, const char *base,
                    struct fault *f);
int returned_stream(const struct job *j, FILE *in, const char *path,
                    const char *base, struct fault *f);

#endif
