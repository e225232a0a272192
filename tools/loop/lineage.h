/* lineage - the solution that stands in kernels/K, and its predecessors
 *
 * There is one per kernel and device kind: solution.c for cpu, solution.cu
 * for cuda, a FlashInfer Solution in solution.json, or, of a project, the files
 * that may change in solution.txtar.
 */
#ifndef LINEAGE_H
#define LINEAGE_H

#include "fault.h"
#include "ledger.h"

struct incumbent {
	char *path; /* of its source in kernels/K */
	char *text; /* its source */
	size_t len;
	char source[SHA256_HEX]; /* hash of text */
	char *device;
	char *experiment;          /* "shipped", or whose source it should be */
	char expected[SHA256_HEX]; /* hash that the ledger knows; "" if none */
};

#define SOURCE_MAX ((size_t)4 << 20)

/* Returns -1 with the fault set. */
int incumbent_read(const char *kernel_dir, const char *device,
                   const struct ledger *l, struct incumbent *out,
                   struct fault *f);
void incumbent_free(struct incumbent *i);

/* It is not what the ledger knows: somebody edited it. */
int incumbent_is_edited(const struct incumbent *i);

/* -1 with the fault set, which says what to do, where it was. */
int incumbent_check(const struct incumbent *i, struct fault *f);

/* "DIR/STEM.EXT" of the source that exists there for a device, or NULL.
 * Caller frees. */
char *source_find(const char *dir, const char *stem, const char *device);

/* The source of "shipped" or of an experiment. Returns NULL with the fault
 * set. Caller frees. */
char *source_of(const char *experiments, const char *kernel_dir,
                const char *device, const char *name, struct fault *f);

/* Keeps the shipped source as EXPERIMENTS/shipped.EXT while it stands, so
 * that one can measure against it, and go back to it, ever after. */
int shipped_keep(const char *experiments, const struct ledger *l,
                 const struct incumbent *i, struct fault *f);

/* Makes the source at path the incumbent. Can be done again. */
int incumbent_install(const char *kernel_dir, const char *device,
                      const char *path, struct fault *f);

#endif
