/* shapes - a table of shapes, as people have it, becomes workloads
 *
 * Columns are separated by tabs, their names in the first line, in any order: a
 * column for each var axis; weight, of the shape in the mean, 1 without it;
 * uuid, made of the rest without it; and one for any input: the value of a
 * scalar, or PATH#KEY of a stored tensor, - for random numbers. Lines that are
 * blank or begin with # are passed over.
 */
#ifndef SHAPES_H
#define SHAPES_H

#include "workload.h"

struct shapes {
	char *list;     /* the workloads' JSONL */
	char *settings; /* a line weight.UUID for each weight that is not 1 */
	size_t count;
};

/* Returns -1 with the fault set ("path:line: reason"). */
int shapes_read(const char *path, const struct definition *d,
                struct shapes *out, struct fault *f);
void shapes_free(struct shapes *s);

#endif
