/* verdict - the words of a judgement, and verdict.json */
#include "verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const reasons[] = {
        REASON_BUILD,         REASON_UNSUPPORTED, REASON_DEVICE_STATE,
        REASON_SCRATCH_DIRTY, REASON_UNWRITTEN,   REASON_WRONG,
        REASON_PRECISION,     REASON_NONFINITE,   REASON_INPUT_MUTATED,
        REASON_RED_ZONE,      REASON_FLAKY,       REASON_LAUNCH_ERROR,
        REASON_DIED,          REASON_TIMEOUT,     REASON_CLOCK_MISMATCH,
        REASON_FLOOR,         REASON_SLOWER,      REASON_REGRESSED_WORKLOAD,
        REASON_DUPLICATE,     REASON_NO_NUMBER,
};

const char *verdict_reason(const char *word)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (!strcmp(reasons[i], word))
			return reasons[i];
	return NULL;
}

/* A number that may be null. */
static int read_number(const json *d, const char *key, const char *path,
                       double *out, struct fault *f)
{
	*out = (double)NAN;
	if (json_is_null(json_get(d, key)))
		return 0;
	return json_want_number(d, key, path, out, f);
}

static int check_words(const char *path, const struct verdict *v,
                       struct fault *f)
{
	int is_reject = !strcmp(v->outcome, OUTCOME_REJECT);

	if (!is_reject && strcmp(v->outcome, OUTCOME_ACCEPT) &&
	    strcmp(v->outcome, OUTCOME_EQUIVALENT) &&
	    strcmp(v->outcome, OUTCOME_NOISY))
		return fault_set(f, "%s:%ld: unknown outcome '%.40s'", path,
		                 json_line(json_get(v->document, "outcome")),
		                 v->outcome);
	if (is_reject ? !verdict_reason(v->reason) : strcmp(v->reason, "-"))
		return fault_set(f, "%s:%ld: '%.40s' is no reason for %s", path,
		                 json_line(json_get(v->document, "reason")),
		                 v->reason, v->outcome);
	return 0;
}

int verdict_read(const char *path, struct verdict *v, struct fault *f)
{
	json *d = json_read(path, f);

	*v = (struct verdict){.document = d};
	if (!d)
		return -1;
	v->device_name = json_string(json_get(d, "device_name"));
	if (!v->device_name)
		v->device_name = "-";
	v->trust = json_string(json_get(d, "trust"));
	v->unit = json_string(json_get(d, "unit"));
	if (!json_want_string(d, "experiment", path, &v->experiment, f) &&
	    !json_want_string(d, "kernel", path, &v->kernel, f) &&
	    !json_want_string(d, "device", path, &v->device, f) &&
	    !json_want_string(d, "outcome", path, &v->outcome, f) &&
	    !json_want_string(d, "reason", path, &v->reason, f) &&
	    !read_number(d, "speedup", path, &v->speedup, f) &&
	    !read_number(d, "ci_low", path, &v->ci_low, f) &&
	    !read_number(d, "ci_high", path, &v->ci_high, f) &&
	    !check_words(path, v, f))
		return 0;
	verdict_free(v);
	return -1;
}

void verdict_free(struct verdict *v)
{
	json_free(v->document);
	*v = (struct verdict){0};
}

static const char *number_text(double x, char text[32])
{
	if (!isfinite(x))
		return "-";
	snprintf(text, 32, "%.3f", x);
	return text;
}

void verdict_line(const struct verdict *v, char *line, size_t len)
{
	char speedup[32], low[32], high[32];

	snprintf(line, len, "%s %s speedup %s [%s, %s]", v->outcome, v->reason,
	         number_text(v->speedup, speedup), number_text(v->ci_low, low),
	         number_text(v->ci_high, high));
}
