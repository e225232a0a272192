/* ledger - ledger.jsonl: one line for each thing that happened to a kernel
 *
 * Append-only, one write a line. A last line without its newline is what a
 * full disk or a power cut left: readers pass over it, the next append cuts
 * it off.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "fault.h"
#include "json.h"
#include "sha256.h"

#include <stddef.h>

/* Outcomes that no judgement gives, written by incumbent(1). */
#define OUTCOME_ADOPT "adopt"
#define OUTCOME_REVERT "revert"

struct ledger_knob {
	char *name, *value;
};

struct ledger_entry {
	char *experiment, *device, *proposer, *outcome, *reason;
	char *incumbent;     /* "shipped" or an experiment */
	char *at;            /* ISO 8601 */
	int is_user_harness; /* it was judged by a project's own commands */
	char source[SHA256_HEX], object[SHA256_HEX]; /* "" where none */
	char incumbent_source[SHA256_HEX];
	double speedup, ci_low, ci_high; /* NAN where none */
	double seconds;
	struct ledger_knob *knob;
	size_t nknobs;
};

struct ledger {
	struct ledger_entry *item;
	size_t count;
};

/* A missing file is an empty ledger. Returns -1 with the fault set. */
int ledger_read(const char *path, struct ledger *out, struct fault *f);
void ledger_free(struct ledger *l);

/* Adds an experiment that is not judged yet, or "shipped", which never is, in
 * memory only: the outcome is "pending". knobs is an object as in a line. */
void ledger_add_pending(struct ledger *l, const char *experiment,
                        const char *device, const char *source,
                        const json *knobs);

/* accept, adopt or revert: the entry's source became the incumbent. */
int ledger_is_baseline(const struct ledger_entry *e);

/* The judgement, or adoption, of an experiment, NULL if there is none yet. */
const struct ledger_entry *ledger_find(const struct ledger *l,
                                       const char *experiment);

/* The same as an index among the first end entries, or -1. */
long ledger_index(const struct ledger *l, const char *experiment, size_t end);

/* The last baseline of a device; NULL while the shipped solution stands. */
const struct ledger_entry *ledger_baseline(const struct ledger *l,
                                           const char *device);

/* Where an entry stands among the others. */
struct link {
	double y;       /* the logarithm of how many times as fast it is as
	                   its root, NAN where that is not known */
	long root;      /* the last adopted entry before it, -1: shipped */
	long incumbent; /* the entry it was measured against, -1: shipped */
};

/* Fills out[0 .. l->count - 1]. */
void ledger_chain(const struct ledger *l, struct link *out);

#endif
