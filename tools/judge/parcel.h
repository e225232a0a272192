/* parcel - a result with what says that it is whole
 *
 * judge leaves the file `done` beside its result, last:
 *
 *   nonce = 32 hexadecimal digits, as in `job`
 *   result = verify.jsonl | bench.tsv
 *   answer = 0 | 1                   what judge exits with
 *   bytes = the result's length
 *   sha256 = and its hash
 *   (an empty line)
 *
 * The bytes of `done`, then those of the result, are a parcel; a file may hold
 * several. There are no names to follow in it, and no more memory is taken than
 * there are bytes, whatever they promise.
 */
#ifndef PARCEL_H
#define PARCEL_H

#include "fault.h"
#include "job.h"
#include "sha256.h"

#include <stdio.h>

#define PARCEL_DONE "done"

struct parcel {
	char nonce[JOB_NONCE], result[16], sha256[SHA256_HEX];
	int answer;
	size_t bytes; /* promised */
	char *data;   /* with a NUL behind it */
	size_t len;   /* there */
};

/* Writes `done` into a job's folder. Returns -1 with the fault set. */
int parcel_finish(const struct job *j, const char *result, int answer,
                  struct fault *f);

/* A folder's `done` and its file result, regular files reached by no link; or
 * the parcel of a stream that has this nonce, those of others passed over.
 * Return -1 with the fault set; to be freed in any case. */
int parcel_of_folder(struct parcel *p, const char *dir, const char *result,
                     struct fault *f);
int parcel_of_stream(struct parcel *p, FILE *in, const char *path,
                     const char *nonce, struct fault *f);

/* Is it a result of this name, whole, of this nonce? 0, or -1 with the fault
 * set. */
int parcel_check(const struct parcel *p, const char *path, const char *nonce,
                 const char *result, struct fault *f);
void parcel_free(struct parcel *p);

#endif
