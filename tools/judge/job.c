/* job - a folder that holds all that a judgement needs, and its results */
#include "job.h"
#include "clock.h"
#include "file.h"
#include "job_rule.h"
#include "job_view.h"
#include "memory.h"
#include "project.h"
#include "variable.h"

#include <stdlib.h>
#include <string.h>

#define SANITIZED 20     /* times as slow, at most */
#define MAX_PROCESSES 48 /* more than these prove little more */

const char *const kernel_settings_known[] = {
        "edit",      "cflags",        "arch",      "include",  "atol",
        "rtol",      "matched_ratio", "precision", "sets",     "processes",
        "pairs",     "min_effect",    "guard",     "bench_s",  "mode",
        "timeout_s", "scratch",       "workloads", "quick",    "threads",
        "weight.",   "guard.",        "hidden.",   "gather.",  "max_processes",
        "plant",     "hidden_shapes", "trials",    "sanitize", "view.",
        "validate",  "measure",       "build",     "unit",     "direction",
        "project",   "ignore",        "reads",     "quick_s",  NULL};

static const char *const job_known[] = {
        "phase",    "device",  "seed",   "budget_s", "hidden", "confirm",
        "sanitize", "harness", "python", "host",     "nonce",  NULL};

char *job_file(const struct job *j, const char *name)
{
	return xasprintf("%s/%s", j->dir, name);
}

int job_shares(const struct job *j)
{
	return j->phase == PHASE_VERIFY && variable("SHARE_DEVICE");
}

const char *job_interpreter(const struct job *j, const char *role)
{
	char *path = xasprintf("%s/%s.json", j->dir, role);
	const char *python = file_exists(path) ? j->python : NULL;

	free(path);
	return python;
}

int job_is_pytorch(const struct job *j, const char *role)
{
	char *path = xasprintf("%s/%s.json", j->dir, role);
	struct fault none;
	json *o = file_exists(path) ? json_read(path, &none) : NULL;
	const char *language =
	        json_string(json_get(json_get(o, "solution"), "language"));
	int is = language && strcmp(language, "python") == 0;

	json_free(o);
	free(path);
	return is;
}

static int read_seed(struct job *j, const struct settings *s, struct fault *f)
{
	const char *text = settings_string(s, "seed", "");
	char *end;

	j->seed = strtoull(text, &end, 16);
	if (strncmp(text, "0x", 2) || strlen(text) != 18 || *end)
		return fault_set(f,
		                 "%s: want seed to be 0x and 16 hexadecimal "
		                 "digits",
		                 s->path);
	return 0;
}

static int read_nonce(struct job *j, const struct settings *s, struct fault *f)
{
	const char *text = settings_string(s, "nonce", "");

	if (strlen(text) != JOB_NONCE - 1 ||
	    strspn(text, "0123456789abcdef") != JOB_NONCE - 1)
		return fault_set(f,
		                 "%s: want nonce to be 32 hexadecimal digits",
		                 s->path);
	strcpy(j->nonce, text);
	return 0;
}

/* The file `job`. */
static int read_head(struct job *j, struct fault *f)
{
	char *path = job_file(j, "job");
	const char *phase, *device;
	struct settings s;
	int failed = settings_read(path, "", job_known, &s, f);

	free(path);
	if (failed)
		return -1;
	phase = settings_string(&s, "phase", "");
	device = settings_string(&s, "device", "");
	j->phase = strcmp(phase, "bench") ? PHASE_VERIFY : PHASE_BENCH;
	j->is_confirmation = *settings_string(&s, "confirm", "") != '\0';
	j->hidden = xstrdup(settings_string(&s, "hidden", "none"));
	j->is_cuda = strcmp(device, "cuda") == 0;
	if (strcmp(phase, "bench") && strcmp(phase, "verify"))
		failed = fault_set(f, "%s: want phase to be verify or bench",
		                   s.path);
	else if (!j->is_cuda && strcmp(device, "cpu"))
		failed = fault_set(f, "%s: want device to be cpu or cuda",
		                   s.path);
	else
		failed = read_seed(j, &s, f) || read_nonce(j, &s, f) ||
		         settings_number(&s, "budget_s", 0.1, 1e6, &j->budget_s,
		                         f);
	if (*settings_string(&s, "harness", ""))
		j->harness = xstrdup(settings_string(&s, "harness", ""));
	if (*settings_string(&s, "sanitize", ""))
		j->sanitize = xstrdup(settings_string(&s, "sanitize", ""));
	j->allows_host = strcmp(settings_string(&s, "host", ""), "yes") == 0;
	if (*settings_string(&s, "python", ""))
		j->python = xstrdup(settings_string(&s, "python", ""));
	settings_free(&s);
	return failed ? -1 : 0;
}

static int read_count(const struct settings *s, const char *key, double lo,
                      double hi, int *out, struct fault *f)
{
	double value = *out;

	if (settings_number(s, key, lo, hi, &value, f))
		return -1;
	*out = (int)value;
	return 0;
}

/* As many processes as the time allows, but for a setting. */
static int read_most(struct job *j, struct fault *f)
{
	j->max_processes =
	        j->processes > MAX_PROCESSES ? j->processes : MAX_PROCESSES;
	return read_count(&j->settings, "max_processes", j->processes, 1000,
	                  &j->max_processes, f);
}

int job_trials(const struct settings *s, int *out, struct fault *f)
{
	*out = is_project(s) ? 0 : strcmp(s->device, "cuda") ? 300 : 3000;
	return read_count(s, "trials", 0, 1000000, out, f);
}

int job_seconds(const struct settings *s, double *out, struct fault *f)
{
	*out = strcmp(s->device, "cuda") ? 45 : 120;
	return settings_number(s, "bench_s", 1, 1e6, out, f);
}

static int read_mode(struct job *j, struct fault *f)
{
	j->mode = settings_string(&j->settings, "mode", "cold");
	if (strcmp(j->mode, "cold") == 0 || strcmp(j->mode, "warm") == 0 ||
	    (j->is_cuda && strcmp(j->mode, "graph") == 0))
		return 0;
	return fault_set(f, "%s: want mode to be cold, warm or (cuda) graph",
	                 j->settings.path);
}

/* A project's calls are processes of their own, on what it likes: there are no
 * sets of inputs, and no more to a process than to a pair. */
static void be_project(struct job *j)
{
	j->sets = j->plain = 1;
}

/* The file `settings`: kernels/K/settings as it was. */
static int read_settings(struct job *j, struct fault *f)
{
	const struct settings *s = &j->settings;
	char *path = job_file(j, "settings");
	double scratch = 64 << 20;
	int failed = settings_read(path, j->is_cuda ? "cuda" : "cpu",
	                           kernel_settings_known, &j->settings, f);

	free(path);
	if (failed)
		return -1;
	j->rule = (struct check_rule){.atol = 1e-2,
	                              .rtol = 1e-2,
	                              .matched_ratio = 1,
	                              .precision = -1};
	j->timeout_s = 10;
	j->sets = 4;
	j->processes = 8;
	j->pairs = j->harness ? 1 : 3;
	if (settings_number(s, "atol", 0, 1e30, &j->rule.atol, f) ||
	    settings_number(s, "rtol", 0, 1e30, &j->rule.rtol, f) ||
	    settings_number(s, "matched_ratio", 0, 1, &j->rule.matched_ratio,
	                    f) ||
	    settings_number(s, "precision", 0, 1e30, &j->rule.precision, f) ||
	    settings_number(s, "timeout_s", 0.01, 3600, &j->timeout_s, f) ||
	    settings_number(s, "scratch", 0, 0x1p40, &scratch, f) ||
	    read_count(s, "sets", 1, JOB_PLAIN_MAX, &j->sets, f) ||
	    read_count(s, "processes", 1, 1000, &j->processes, f) ||
	    read_most(j, f) || read_count(s, "pairs", 1, 1000, &j->pairs, f) ||
	    read_count(s, "threads", 0, 4096, &j->threads, f))
		return -1;
	if (j->sanitize)
		j->timeout_s *= SANITIZED;
	if (j->is_confirmation && job_trials(s, &j->trials, f))
		return -1;
	j->scratch_bytes = (int64_t)scratch;
	if (j->harness) {
		be_project(j);
		return read_mode(j, f);
	}
	return job_plant(j, f) || read_mode(j, f) ? -1 : 0;
}

static int has_float4(const struct tensor_spec *t, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (t[i].dtype == DTYPE_FLOAT4_E2M1)
			return 1;
	}
	return 0;
}

static int check_types(const struct job *j, const char *path, struct fault *f)
{
	const struct definition *d = j->definition;

	if (!j->is_cuda || !(has_float4(d->inputs, d->ninputs) ||
	                     has_float4(d->outputs, d->noutputs)))
		return 0;
	return fault_set(f, "%s: float4_e2m1 is judged on a CPU alone", path);
}

static int read_problem(struct job *j, struct fault *f)
{
	char *definition = job_file(j, "definition.json");
	char *workloads = job_file(j, "workloads.jsonl");
	int failed = -1;

	j->definition = definition_read(definition, f);
	if (j->definition && check_types(j, definition, f) == 0 &&
	    job_view(j, f) == 0)
		failed = workload_list_read(workloads, j->definition,
		                            &j->workloads, f);
	free(definition);
	free(workloads);
	return failed;
}

struct job *job_read(const char *dir, struct fault *f)
{
	struct job *j = xcalloc(1, sizeof *j);

	j->start = clock_seconds();
	j->dir = xstrdup(dir);
	if (read_head(j, f) == 0 && read_settings(j, f) == 0 &&
	    read_problem(j, f) == 0)
		return j;
	job_free(j);
	return NULL;
}

void job_free(struct job *j)
{
	workload_list_free(&j->workloads);
	if (j->definition)
		definition_free(j->definition);
	settings_free(&j->settings);
	free(j->view);
	free(j->hidden);
	free(j->harness);
	free(j->sanitize);
	free(j->python);
	free(j->dir);
	free(j);
}
