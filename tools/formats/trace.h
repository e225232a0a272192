/* trace - FlashInfer-Trace Trace lines: what one workload's evaluation found */
#ifndef TRACE_H
#define TRACE_H

#include "fault.h"
#include "json.h"

struct trace {
	const char *definition, *solution;
	const json *workload; /* the Workload object, copied into the line */
	const char *status;   /* PASSED, INCORRECT_NUMERICAL, ... */
	const char *hardware;
	const char *libs[8][2]; /* name, version; ends with a null name */
	const char *timestamp;  /* ISO 8601 */
	const char *log;
	double max_relative_error,
	        max_absolute_error; /* PASSED, INCORRECT_NUMERICAL */
	double latency_ms, reference_latency_ms, speedup_factor; /* PASSED */
};

/* The line as JSON; correctness and performance appear where status asks for
 * them. Caller frees. */
json *trace_document(const struct trace *t);

/* Checks a Trace object read from a file against the schema's rules. Returns
 * 0, or -1 with the fault set. */
int trace_check(const json *line, const char *path, struct fault *f);

#endif
