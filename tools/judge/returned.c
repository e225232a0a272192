/* returned - a job's result, when it comes back from somewhere else */
#include "returned.h"
#include "base.h"
#include "evidence.h"
#include "file.h"
#include "json.h"
#include "memory.h"
#include "parcel.h"
#include "verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INCOMING "incoming"

/* What a result says of itself, by key. */
enum { NONCE, SEED, VERSION, HARNESS, HIDDEN, SANITIZE, DEVICE, DRIVER, KEYS };
static const char *const key[] = {"nonce",       "seed",   "judge_version",
                                  "harness",     "hidden", "sanitize",
                                  "device_name", "driver"};

struct said {
	char *value[KEYS]; /* or NULL */
};

const char *returned_name(const struct job *j)
{
	return j->phase == PHASE_BENCH ? "bench.tsv" : "verify.jsonl";
}

static void said_free(struct said *s)
{
	for (int i = 0; i < KEYS; i++)
		free(s->value[i]);
}

/* Is a workload of the job's called so, as far as so many bytes tell? */
static int is_listed(const struct job *j, const char *uuid, size_t most)
{
	for (size_t i = 0; i < j->workloads.count; i++) {
		if (strncmp(j->workloads.item[i].uuid, uuid, most) == 0)
			return 1;
	}
	return 0;
}

/* What decide wants of a verify.jsonl is that all workloads are there that its
 * head speaks of: they are the job's. */
static int check_proofs(const struct job *j, const struct verification *v,
                        struct fault *f)
{
	int64_t workloads;

	if (json_want_integer(v->head, "workloads", v->path, &workloads, f))
		return -1;
	if (workloads < 0 || (uint64_t)workloads != j->workloads.count)
		return fault_set(f, "%s:1: want workloads to be %zu, got %lld",
		                 v->path, j->workloads.count,
		                 (long long)workloads);
	for (size_t i = 0; i < v->count; i++) {
		const char *uuid = json_string(json_get(v->line[i], "uuid"));

		if (!is_listed(j, uuid, strlen(uuid) + 1))
			return fault_set(f,
			                 "%s:%ld: workload %.80s is not of "
			                 "this job",
			                 v->path, json_line(v->line[i]), uuid);
	}
	return 0;
}

/* The same of a bench.tsv's rows, which cut a long uuid off. */
static int check_rows(const struct job *j, const struct measurements *m,
                      struct fault *f)
{
	for (size_t i = 0; i < m->samples.count; i++) {
		const struct sample *r = &m->samples.row[i];

		if (r->side != SIDE_COUNT &&
		    !is_listed(j, r->workload, sizeof r->workload - 1))
			return fault_set(f,
			                 "%s: workload %s is not of this job",
			                 m->path, r->workload);
	}
	return 0;
}

/* A head, and a line a workload. The text as a whole is looked at first: more
 * lines are not worth reading. */
static int check_text(const struct job *j, const struct parcel *p,
                      const char *path, struct fault *f)
{
	size_t lines = 0;

	if (strlen(p->data) != p->len)
		return fault_set(f, "%s: holds a NUL byte", path);
	for (const char *at = p->data; (at = strchr(at, '\n')); at++)
		lines++;
	return lines <= j->workloads.count + 1
	               ? 0
	               : fault_set(f, "%s: want %zu workloads at most, got %zu",
	                           path, j->workloads.count, lines - 1);
}

/* These two return what judge answers to such a result: 1 if the candidate
 * failed anywhere; -1 with the fault set for what decide would not read. */
static int read_verify(const struct job *j, const struct parcel *p,
                       const char *path, struct said *s, struct fault *f)
{
	const struct base base = {.experiment = "the experiment",
	                          .kernel = j->definition->name,
	                          .device = j->is_cuda ? "cuda" : "cpu"};
	struct verification v = {.path = NULL};
	int answer = -1;

	if (check_text(j, p, path, f) == 0 &&
	    verification_parse(p->data, path, &base, &v, f) == 0 &&
	    check_proofs(j, &v, f) == 0)
		answer = v.failed != NULL;
	for (int i = 0; answer >= 0 && i < KEYS; i++) {
		const char *said = json_string(json_get(v.head, key[i]));

		s->value[i] = said ? xstrdup(said) : NULL;
	}
	verification_free(&v);
	return answer;
}

static int read_bench(const struct job *j, const char *file, const char *path,
                      struct said *s, struct fault *f)
{
	struct measurements m = {.path = xstrdup(path)};
	int answer = -1;

	if (samples_read(file, &m.samples, f) == 0 &&
	    check_rows(j, &m, f) == 0 &&
	    measurements_weigh(&m, &j->settings, f) == 0 &&
	    measurements_cover(&m, j->workloads.count, f) == 0)
		answer = m.failed != NULL;
	for (int i = 0; answer >= 0 && i < KEYS; i++)
		s->value[i] = samples_get_note(&m.samples, key[i]);
	measurements_free(&m);
	return answer;
}

/* value: NULL for none. */
static int want(const struct said *s, int which, const char *value,
                const char *path, struct fault *f)
{
	const char *got = s->value[which] ? s->value[which] : "";

	value = value ? value : "";
	return strcmp(got, value) == 0
	               ? 0
	               : fault_set(f, "%s: want %s to be '%s', got '%.60s'",
	                           path, key[which], value, got);
}

static int check_device(const struct said *s, const char *base,
                        const char *path, struct fault *f)
{
	json *d =
	        base && file_exists(base) ? json_read(base, f) : json_object();
	const struct base b = {.experiment = "the experiment",
	                       .device_name =
	                               json_string(json_get(d, "device_name")),
	                       .driver = json_string(json_get(d, "driver"))};
	int failed =
	        !d ||
	        base_agrees(&b, path, s->value[DEVICE] ? s->value[DEVICE] : "",
	                    s->value[DRIVER] ? s->value[DRIVER] : "", f);

	json_free(d);
	return failed;
}

/* Is the result, which lies at file, of this job, judge and device, and is it
 * what p says that judge answered? */
static int check_result(const struct job *j, const struct parcel *p,
                        const char *file, const char *path, const char *base,
                        struct fault *f)
{
	int is_bench = j->phase == PHASE_BENCH, failed;
	struct said s = {{NULL}};
	char seed[24];
	int answer = is_bench ? read_bench(j, file, path, &s, f)
	                      : read_verify(j, p, path, &s, f);

	snprintf(seed, sizeof seed, "0x%016llx", (unsigned long long)j->seed);
	failed = answer < 0 || want(&s, NONCE, j->nonce, path, f) ||
	         want(&s, SEED, seed, path, f) ||
	         want(&s, VERSION, JUDGE_VERSION, path, f) ||
	         want(&s, HARNESS, j->harness, path, f) ||
	         (!is_bench && want(&s, HIDDEN, j->hidden, path, f)) ||
	         (!is_bench && want(&s, SANITIZE, j->sanitize, path, f)) ||
	         check_device(&s, base, path, f);
	if (!failed && answer != p->answer)
		failed = fault_set(f,
		                   "%s: its rows say an answer of %d, but done "
		                   "says %d",
		                   path, answer, p->answer);
	said_free(&s);
	return failed;
}

int returned_here(const struct job *j, const char *base, struct fault *f)
{
	char *file = job_file(j, returned_name(j));
	struct parcel p;
	int failed = parcel_of_folder(&p, j->dir, returned_name(j), f) ||
	             parcel_check(&p, j->dir, j->nonce, returned_name(j), f) ||
	             check_result(j, &p, file, returned_name(j), base, f);
	int answer = failed ? -1 : p.answer;

	parcel_free(&p);
	free(file);
	return answer;
}

/* Puts it into the job's folder if it is right. */
static int take(const struct job *j, struct parcel *p, const char *path,
                const char *base, struct fault *f)
{
	const char *name = returned_name(j);
	char *to = job_file(j, name), *incoming = job_file(j, INCOMING);
	int failed = parcel_check(p, path, j->nonce, name, f);

	if (!failed && file_write(incoming, p->data, p->len))
		failed = fault_errno(f, "%s", incoming);
	failed = failed || check_result(j, p, incoming, path, base, f);
	if (!failed && rename(incoming, to))
		failed = fault_errno(f, "%s", to);
	if (failed)
		unlink(incoming);
	failed = failed || parcel_finish(j, name, p->answer, f);
	free(incoming);
	free(to);
	return failed ? -1 : p->answer;
}

int returned_folder(const struct job *j, const char *dir, const char *base,
                    struct fault *f)
{
	struct parcel p;
	int answer = -1;

	if (parcel_of_folder(&p, dir, returned_name(j), f) == 0)
		answer = take(j, &p, dir, base, f);
	parcel_free(&p);
	return answer;
}

int returned_stream(const struct job *j, FILE *in, const char *path,
                    const char *base, struct fault *f)
{
	struct parcel p;
	int answer = -1;

	if (parcel_of_stream(&p, in, path, j->nonce, f) == 0)
		answer = take(j, &p, path, base, f);
	parcel_free(&p);
	return answer;
}
