/* job_python - what of a job is in Python
 *
 * Its reference is its definition's own text where a definition.json is in the
 * place of the reference's build.json. ROLE.json in a job's folder, in
 * ROLE.so's place, is a definition for what is in tools/torch: with a key
 * "solution" it has a solution's text, else its own reference is meant.
 */
#ifndef JOB_PYTHON_H
#define JOB_PYTHON_H

#include "fault.h"

int job_python_is(const char *reference);

/* Copies it into a job's folder. Returns -1 with the fault set if it is of
 * another kernel. */
int job_python_copy(const char *path, const char *dir, const char *kernel,
                    struct fault *f);

/* Writes a role's solution, of the file at path, into a job's folder. */
int job_python_put(const char *path, const char *definition, const char *dir,
                   const char *role, struct fault *f);

#endif
