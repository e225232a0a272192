/* hidden - shapes that no list tells
 *
 * Settings give some var axes of a kernel a range (`hidden.AXIS = LO..HI`), or
 * tie one to another (`hidden.AXIS = OTHER + 1`). A verification draws shapes
 * there: the ends, powers of two and their neighbours, primes, anything; all
 * else is as in one of the workloads that it is about. They are not larger
 * than twice the largest of these, and none is listed.
 */
#ifndef HIDDEN_H
#define HIDDEN_H

#include "settings.h"
#include "workload.h"

#include <stdio.h>

struct hidden {
	const char *dir; /* the job's, for blob/ */
	const struct definition *definition;
	const struct settings *settings;
	const struct workload_list *list;
	const size_t *chosen; /* of the list: the workloads that it is about */
	size_t count;
	uint64_t seed;         /* of the job */
	const char *generator; /* the kernel's generate.so, or NULL */
};

/* Appends a line to the job's list for each shape. *record becomes what
 * verify.jsonl is to say of them: "none" (no range; or tensors are stored and
 * nothing generates them), or "M=1..512: 4 shapes"; caller frees. Returns -1
 * with the fault set for a setting that makes no sense, a generator that
 * fails, or one that refuses every shape. */
int hidden_add(const struct hidden *h, FILE *lines, char **record,
               struct fault *f);

#endif
