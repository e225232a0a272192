/* comparison - is the candidate faster than the incumbent? From raw samples
 *
 * Of each complete pair (candidate, incumbent and incumbent2 in one process,
 * pair and workload; none throttled) ln(incumbent / candidate) and
 * ln(incumbent2 / candidate) are taken, and a = ln(incumbent2 / incumbent), per
 * call. d is the mean of the medians over pairs of the first two. A process
 * counts as one number: the weighted mean over workloads of d. Processes differ
 * more than the calls within one, so Student's t on these numbers gives every
 * interval. All
 * intervals are two-sided 98 %: their lower end is the one-sided 99 % bound.
 *
 * Two copies of the incumbent, because that takes a quarter of the variance
 * away, and because d and a are then uncorrelated where no side is special: a
 * says what the measurement makes of no difference, whatever d is.
 */
#ifndef COMPARISON_H
#define COMPARISON_H

#include "samples.h"
#include "settings.h"

/* Fewer processes than this prove nothing faster or equal. */
#define COMPARISON_PROCESSES 5
/* The first look: after so many processes, and it can only find slower. */
#define COMPARISON_LOOK 3

enum decision {
	DECISION_NONE,       /* no pair at all */
	DECISION_BETTER,     /* proved faster than min_effect */
	DECISION_EQUIVALENT, /* proved within +-min_effect */
	DECISION_SLOWER,     /* proved slower */
	DECISION_REGRESSED,  /* proved slower than guard on a workload */
	DECISION_NOISY,      /* nothing proved */
};

/* A mean of logarithms over processes, as ratios. Above 1 is faster. */
struct estimate {
	int processes;    /* that were complete */
	double ratio;     /* NAN without a process */
	double low, high; /* 98 %; 0 and INFINITY with a single process */
	double spread;    /* standard deviation over processes, of logarithms */
};

/* One workload in one mode. */
struct comparison_cell {
	char workload[64];
	char mode[8];
	int is_deciding;    /* its mode decides: estimate is there */
	double weight;      /* share of all, sums to 1 */
	double guard;       /* a loss beyond it refuses; as a fraction */
	int pairs, dropped; /* complete; throttled */
	double candidate_us, incumbent_us; /* medians of a call, of a project
	                                      in its unit; NAN if none */
	struct estimate estimate; /* of the candidate against the incumbent */
	double p_regressed; /* that it is not slower than guard, by Holm */
	int is_regressed;
};

struct comparison {
	enum decision decision;
	char mode[8];         /* the deciding one */
	double scale;         /* how many us a time is shown in */
	int digits;           /* after the point, of such a time */
	int is_higher_better; /* a project's numbers may be rates */
	int is_joint; /* by JUDGE_VERSION_JOINT: d is one median, of both */
	double min_effect, guard; /* fractions: 0.005 is 0.5 %. min_effect is
	                             at least 0.5 %, and twice the difference
	                             between the incumbent and itself where
	                             aa's interval shows that there is one */
	int pairs, dropped;
	struct estimate all; /* the candidate against the incumbent */
	struct estimate aa;  /* the incumbent against itself */
	double wall;         /* sum over the deciding pairs of ln(incumbent /
	                        candidate), of calls by the judge's clock */
	struct comparison_cell *cell; /* in the order of first appearance */
	size_t count;
};

/* Uses mode, min_effect, guard, guard.UUID, weight.UUID, measure and direction
 * of the settings. Rows of phase `bench` alone count. A row whose status is not
 * ok makes its pair incomplete; a process that lacks a workload is left out of
 * `all` and `aa`, whose means would otherwise be over different things. Returns
 * -1 with the fault set
 * ("path:line: reason") for two rows of one slot, a time or a number of calls
 * below 1, or a bad setting; path is the name of the samples' file. */
int comparison_make(const char *path, const struct samples *s,
                    const struct settings *settings, struct comparison *c,
                    struct fault *f);
void comparison_free(struct comparison *c);

/* May a measurement end after so many processes, if enough is clear then? */
int comparison_is_look(int processes);

/* At a look: 1 if the decision would be the same at the level of an early look,
 * 0.1 % of each error (0.5 % at the first), so that it can stand. The early
 * looks' errors come on top of the 1 % of the last. */
int comparison_is_settled(const struct comparison *c);

const char *decision_name(enum decision d);

/* The text of compare.tsv. Caller frees. */
char *comparison_text(const struct comparison *c);

/* Reads the decision back from a compare.tsv. */
int comparison_read_decision(const char *path, enum decision *out,
                             struct fault *f);

#endif
