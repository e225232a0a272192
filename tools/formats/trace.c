/* trace - FlashInfer-Trace Trace lines: what one workload's evaluation found */
#include "trace.h"

#include <math.h>
#include <string.h>

/* What each status says about correctness and performance. */
static const struct status {
	const char *name;
	int has_correctness, has_performance;
} statuses[] = {
        {"PASSED", 1, 1},
        {"INCORRECT_SHAPE", 0, 0},
        {"INCORRECT_NUMERICAL", 1, 0},
        {"INCORRECT_DTYPE", 0, 0},
        {"RUNTIME_ERROR", 0, 0},
        {"COMPILE_ERROR", 0, 0},
        {"TIMEOUT", 0, 0},
};

static const char *const correctness_keys[] = {"max_relative_error",
                                               "max_absolute_error", NULL};
static const char *const performance_keys[] = {
        "latency_ms", "reference_latency_ms", "speedup_factor", NULL};

static const struct status *find_status(const char *name)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		if (strcmp(statuses[i].name, name) == 0)
			return &statuses[i];
	}
	return NULL;
}

static void add_findings(json *evaluation, const struct trace *t)
{
	const struct status *status = find_status(t->status);
	json *part;

	if (status && status->has_correctness) {
		part = json_add(evaluation, "correctness", json_object());
		json_add_number(part, "max_relative_error",
		                t->max_relative_error);
		json_add_number(part, "max_absolute_error",
		                t->max_absolute_error);
		json_add_null(part, "extra");
	} else {
		json_add_null(evaluation, "correctness");
	}
	if (status && status->has_performance) {
		part = json_add(evaluation, "performance", json_object());
		json_add_number(part, "latency_ms", t->latency_ms);
		json_add_number(part, "reference_latency_ms",
		                t->reference_latency_ms);
		json_add_number(part, "speedup_factor", t->speedup_factor);
	} else {
		json_add_null(evaluation, "performance");
	}
}

json *trace_document(const struct trace *t)
{
	json *line = json_object(), *evaluation, *environment, *libs;

	json_add_string(line, "definition", t->definition);
	json_add(line, "workload", json_copy(t->workload));
	json_add_string(line, "solution", t->solution);
	evaluation = json_add(line, "evaluation", json_object());
	json_add_string(evaluation, "status", t->status);
	environment = json_add(evaluation, "environment", json_object());
	json_add_string(environment, "hardware", t->hardware);
	libs = json_add(environment, "libs", json_object());
	for (size_t i = 0; i < sizeof t->libs / sizeof *t->libs; i++) {
		if (!t->libs[i][0])
			break;
		json_add_string(libs, t->libs[i][0], t->libs[i][1]);
	}
	json_add_string(evaluation, "timestamp", t->timestamp);
	json_add_string(evaluation, "log", t->log ? t->log : "");
	add_findings(evaluation, t);
	return line;
}

/* Numbers are 0 where they are absent; errors may be NaN, times not. */
static int check_numbers(const json *part, const char *const *key,
                         int nan_is_ok, const char *path, struct fault *f)
{
	double x;

	for (; *key; key++) {
		const json *v = json_get(part, *key);

		if (!v)
			continue;
		if (json_want_number(part, *key, path, &x, f))
			return -1;
		if (!(x >= 0) && !(nan_is_ok && isnan(x)))
			return fault_set(f,
			                 "%s:%ld: want \"%s\" not to be "
			                 "negative",
			                 path, json_line(v), *key);
	}
	return 0;
}

/* A part of an evaluation that its status asks for or forbids. */
static int check_part(const json *evaluation, const char *key, int wanted,
                      const char *path, struct fault *f)
{
	const json *part = json_get(evaluation, key);
	int is_there = part && !json_is_null(part);

	if (wanted ? !json_is_object(part) : is_there)
		return fault_set(f, "%s:%ld: the status %s wants %s \"%s\"",
		                 path, json_line(part ? part : evaluation),
		                 json_string(json_get(evaluation, "status")),
		                 wanted ? "an object" : "no", key);
	return 0;
}

static int check_environment(const json *evaluation, const char *path,
                             struct fault *f)
{
	const json *environment = json_get(evaluation, "environment");
	const json *libs = json_get(environment, "libs");
	const char *s;

	if (!json_is_object(environment))
		return fault_set(f,
		                 "%s:%ld: want \"environment\" to be an object",
		                 path, json_line(evaluation));
	if (json_want_name(environment, "hardware", path, &s, f))
		return -1;
	if (libs && !json_is_object(libs))
		return fault_set(f, "%s:%ld: want \"libs\" to be an object",
		                 path, json_line(libs));
	for (const json *v = json_first(libs); v; v = json_next(v)) {
		if (!json_string(v))
			return fault_set(f,
			                 "%s:%ld: want \"%s\" of \"libs\" to "
			                 "be a string",
			                 path, json_line(v), json_key(v));
	}
	return 0;
}

static int check_evaluation(const json *evaluation, const char *path,
                            struct fault *f)
{
	const json *correctness = json_get(evaluation, "correctness");
	const json *performance = json_get(evaluation, "performance");
	const json *log = json_get(evaluation, "log");
	const json *extra = json_get(correctness, "extra");
	const struct status *status;
	const char *s;

	if (!json_is_object(evaluation))
		return fault_set(f,
		                 "%s:%ld: want \"evaluation\" to be an object "
		                 "or null",
		                 path, json_line(evaluation));
	if (json_want_name(evaluation, "status", path, &s, f))
		return -1;
	status = find_status(s);
	if (!status)
		return fault_set(f, "%s:%ld: unknown status \"%s\"", path,
		                 json_line(evaluation), s);
	if (check_environment(evaluation, path, f) ||
	    json_want_name(evaluation, "timestamp", path, &s, f) ||
	    (log && json_want_string(evaluation, "log", path, &s, f)) ||
	    check_part(evaluation, "correctness", status->has_correctness, path,
	               f) ||
	    check_part(evaluation, "performance", status->has_performance, path,
	               f))
		return -1;
	if (extra && !json_is_null(extra) && !json_is_object(extra))
		return fault_set(f,
		                 "%s:%ld: want \"extra\" to be an object or "
		                 "null",
		                 path, json_line(extra));
	if (status->has_correctness &&
	    check_numbers(correctness, correctness_keys, 1, path, f))
		return -1;
	if (status->has_performance &&
	    check_numbers(performance, performance_keys, 0, path, f))
		return -1;
	return 0;
}

/* Without its definition: the names are not known here. */
static int check_workload(const json *line, const char *path, struct fault *f)
{
	const json *body = json_get(line, "workload");
	const json *axes = json_get(body, "axes");
	const json *inputs = json_get(body, "inputs");
	const char *uuid, *type;
	int64_t n;

	if (!json_is_object(body) || !json_is_object(axes) ||
	    !json_is_object(inputs))
		return fault_set(f,
		                 "%s:%ld: want \"workload\" to be an object "
		                 "with the objects \"axes\" and \"inputs\"",
		                 path, json_line(line));
	if (json_want_name(body, "uuid", path, &uuid, f))
		return -1;
	for (const json *v = json_first(axes); v; v = json_next(v)) {
		if (json_integer(v, &n) || n < 0)
			return fault_set(f,
			                 "%s:%ld: want the axis \"%s\" to be "
			                 "an integer, not negative",
			                 path, json_line(v), json_key(v));
	}
	for (const json *v = json_first(inputs); v; v = json_next(v)) {
		if (json_want_name(v, "type", path, &type, f))
			return -1;
	}
	return 0;
}

int trace_check(const json *line, const char *path, struct fault *f)
{
	const json *solution = json_get(line, "solution");
	const json *evaluation = json_get(line, "evaluation");
	const char *s;

	if (!json_is_object(line))
		return fault_set(f, "%s:%ld: want a trace, an object", path,
		                 json_line(line));
	if (json_want_name(line, "definition", path, &s, f) ||
	    json_check_string(line, "solution", path, f) ||
	    check_workload(line, path, f))
		return -1;
	if (!evaluation || json_is_null(evaluation))
		return 0;
	if (!json_string(solution))
		return fault_set(f, "%s:%ld: an evaluation of no solution",
		                 path, json_line(evaluation));
	return check_evaluation(evaluation, path, f);
}
