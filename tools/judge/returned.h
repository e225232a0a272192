/* returned - a job's result, when it comes back from somewhere else
 *
 * Beside its result, judge leaves the file `done`:
 *
 *   nonce = 32 hexadecimal digits, as in `job`
 *   result = verify.jsonl | bench.tsv
 *   answer = 0 | 1                   what judge exits with
 *   bytes = the result's length
 *   sha256 = and its hash
 *   (an empty line)
 *
 * The bytes of `done`, then those of the result, are a parcel. A file may hold
 * several: those of other jobs are passed over. Who sends them is not trusted:
 * there are no names to follow, and nothing is kept but the one result that
 * this job asked for, whole, of its nonce and its seed, in a form that can be
 * read. Whether the samples in it are true, nobody at home can know.
 */
#ifndef RETURNED_H
#define RETURNED_H

#include "job.h"

#include <stdio.h>

#define RETURNED_DONE "done"

/* verify.jsonl or bench.tsv. */
const char *returned_name(const struct job *j);

/* By judge, last: says that the result is there, and what it answers. Returns
 * -1 with the fault set. */
int returned_finish(const struct job *j, int answer, struct fault *f);

/* What the head of the result in the job's folder says of a key, or NULL.
 * Caller frees. */
char *returned_says(const struct job *j, const char *key);

/* What a job's own folder holds, a folder, a stream: as returned_name into the
 * job's folder, with its `done`. Return the answer, 0 or 1; -1 with the fault
 * set, and nothing kept. path is for messages. */
int returned_here(const struct job *j, struct fault *f);
int returned_folder(const struct job *j, const char *dir, struct fault *f);
int returned_stream(const struct job *j, FILE *in, const char *path,
                    struct fault *f);

#endif
