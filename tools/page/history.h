/* history - all that happened to one kernel, as a page shows it
 *
 * The ledger says what happened; an experiment's files say more about it. Files
 * that are missing leave gaps, files that are malformed are named with the
 * experiment: neither keeps a page from being made. A ledger or spend.jsonl
 * that is malformed does.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "claim.h"
#include "ledger.h"
#include "spend.h"
#include "verdict.h"

/* Beside an entry of the ledger. */
struct moment {
	struct verdict verdict; /* document NULL where there is none */
	double measured_us;     /* its own time, the geometric mean over
	                           workloads; NAN where none */
	double us;        /* how long a call takes by the chain of ratios */
	double low, high; /* between which us lies, 98 % */
	char *hypothesis; /* or NULL */
	char *trouble;    /* what is wrong with its files, or NULL */
};

struct history {
	char *dir, *kernel;
	struct ledger ledger;
	struct link *link;
	struct moment *moment; /* as many as the ledger has entries */
	struct spend spend;
	struct names open; /* experiments without result.md */
	int is_timed;      /* times are microseconds, not relative */
	const char *trust; /* by whose word, of a project; else NULL */
};

/* Of the folder experiments/K. Returns -1 with the fault set. */
int history_read(const char *dir, struct history *h, struct fault *f);
void history_free(struct history *h);

/* Whether the entry is an experiment that has a folder. */
int history_is_experiment(const struct ledger_entry *e);

/* The entries of a device. */
size_t history_count(const struct history *h, const char *device,
                     const char *outcome);

/* Where a device stands against where its lineage began. */
struct standing {
	long entry; /* of the ledger; -1: what was shipped */
	long root;  /* with which it began: what was adopted last, or -1 */
	double start_us, now_us;   /* NAN where not known */
	double speedup, low, high; /* of all steps, NAN where not known */
};
struct standing history_standing(const struct history *h, const char *device);

/* What a root takes, of this device; NAN where that is not known. */
double history_root_us(const struct history *h, const char *device, long root);

/* What it tried: its hypothesis, or the values of its knobs. Caller frees. */
char *history_tried(const struct history *h, size_t i);

#endif
