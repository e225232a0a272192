/* evidence - what the files of an experiment say, checked against each other
 *
 * Reads as far as there is something to know: nothing after a failed build,
 * no samples after a failed verification. Files that disagree about what was
 * judged (experiment, kernel, device, hashes, judge, device model) are a
 * fault that names one of them.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "base.h"
#include "build.h"
#include "comparison.h"
#include "json.h"

/* verify.jsonl */
struct verification {
	char *path;
	json *head;
	json **line; /* one a workload */
	size_t count;
	const json *failed; /* the first line whose status is not ok, or NULL */
};

/* bench.tsv or confirm.tsv */
struct measurements {
	char *path;
	struct samples samples;
	struct comparison comparison;
	char *seed, *started_at; /* notes, NULL where absent */
	char *timing;            /* and this one */
	int needs_wall;          /* the judge's clock must confirm a gain */
	char *failed;            /* the candidate's reason, NULL for none */
};

struct evidence {
	struct base base;
	struct build build;
	struct verification verification;   /* head NULL if not built */
	struct verification sanitized;      /* sanitize.jsonl; path NULL if not
	                                       needed */
	struct measurements bench, confirm; /* path NULL if not read */
	int trials; /* checked calls that a confirmation is asked for */
	char *unit, *direction;  /* of a project's numbers, or NULL */
	char *equal, *duplicate; /* the notes that say why nothing was
	                            measured, or NULL */
};

/* dir is the experiment's folder, kernel_dir kernels/K. Returns -1 with the
 * fault set. */
int evidence_read(const char *kernel_dir, const char *dir, struct evidence *e,
                  struct fault *f);
void evidence_free(struct evidence *e);

/* The parts. After a fault they still are to be freed. */
int verification_read(const char *path, const struct base *base,
                      struct verification *v, struct fault *f);
/* The same of a text; path serves messages. */
int verification_parse(const char *text, const char *path,
                       const struct base *base, struct verification *v,
                       struct fault *f);
void verification_free(struct verification *v);
int measurements_read(const char *dir, const char *name,
                      const struct settings *settings,
                      const struct verification *v, struct measurements *m,
                      struct fault *f);
/* What samples that were read say by themselves: all of m but its path, where
 * failed is what a row says. */
int measurements_weigh(struct measurements *m, const struct settings *settings,
                       struct fault *f);
/* Do they have so many workloads, unless the candidate failed? */
int measurements_cover(const struct measurements *m, size_t listed,
                       struct fault *f);
void measurements_free(struct measurements *m);

#endif
