/* brief - what the files of a kernel say: computed, shapes, rules, floor
 *
 * Names and descriptions in these texts are strangers' words: they are to be
 * quoted.
 */
#ifndef BRIEF_H
#define BRIEF_H

#include "base.h"

struct brief {
	char *definition; /* what is computed, axes, tensors, constraints */
	char *workloads;  /* classes by size, and the shapes, bounded */
	char *rules;      /* tolerances, hidden shapes, files to edit */
	char *build;      /* compiler, flags, registers and spills */
	char *floor;      /* bytes, operations, the distance from it */
	char *harness;    /* of a project, in place of workloads and floor: the
	                     files that may not change; else NULL */
};

struct brief_place {
	const struct ground *ground;
	const char *experiments;
	double gb_s; /* of the device's memory; 0: unknown */
};

/* Fills out, whose texts the caller frees. Returns -1 with the fault set and
 * nothing to free. */
int brief_read(const struct brief_place *place, struct brief *out,
               struct fault *f);

#endif
