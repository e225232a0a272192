/* verdict - the words of a judgement, and verdict.json */
#ifndef VERDICT_H
#define VERDICT_H

#include "fault.h"
#include "json.h"

/* Outcomes. */
#define OUTCOME_ACCEPT "accept"
#define OUTCOME_REJECT "reject"
#define OUTCOME_EQUIVALENT "equivalent"
#define OUTCOME_NOISY "noisy"

/* Reasons for reject; ratchet-judge(7) says what to do about each. */
#define REASON_BUILD "build"
#define REASON_UNSUPPORTED "unsupported"
#define REASON_DEVICE_STATE "device-state"
#define REASON_SCRATCH_DIRTY "scratch-dirty"
#define REASON_UNWRITTEN "unwritten"
#define REASON_WRONG "wrong"
#define REASON_PRECISION "precision"
#define REASON_NONFINITE "nonfinite"
#define REASON_INPUT_MUTATED "input-mutated"
#define REASON_RED_ZONE "red-zone"
#define REASON_FLAKY "flaky"
#define REASON_LAUNCH_ERROR "launch-error"
#define REASON_DIED "died"
#define REASON_NO_NUMBER "no-number"
#define REASON_TIMEOUT "timeout"
#define REASON_CLOCK_MISMATCH "clock-mismatch"
#define REASON_FLOOR "floor"
#define REASON_SLOWER "slower"
#define REASON_REGRESSED_WORKLOAD "regressed-workload"
#define REASON_DUPLICATE "duplicate"

#define JUDGE_VERSION "3"
/* By these rules nothing is judged any more; verdicts are decided again. They
 * took the median of both incumbents' mean against the candidate, which made a
 * candidate look faster where delays were many. */
#define JUDGE_VERSION_JOINT "2"

/* The reason that a word is, or NULL. */
const char *verdict_reason(const char *word);

/* What other tools read from verdict.json. Strings belong to document. */
struct verdict {
	const char *experiment, *kernel, *device;
	const char *device_name;         /* "-" if it was not built */
	const char *outcome, *reason;    /* reason "-" where there is none */
	const char *trust, *unit;        /* of a project's; else NULL */
	double speedup, ci_low, ci_high; /* NAN where there is none */
	json *document;
};

int verdict_read(const char *path, struct verdict *v, struct fault *f);
void verdict_free(struct verdict *v);

/* "OUTCOME REASON speedup X.XXX [lo, hi]", with "-" where there is none. */
void verdict_line(const struct verdict *v, char *line, size_t len);

#endif
