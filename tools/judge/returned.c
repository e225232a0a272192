/* returned - a job's result, when it comes back from somewhere else */
#include "returned.h"
#include "base.h"
#include "file.h"
#include "json.h"
#include "memory.h"
#include "parcel.h"
#include "samples.h"
#include "verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INCOMING "incoming"

/* What a result says of itself, by key. */
enum { NONCE, SEED, VERSION, DEVICE, DRIVER, KEYS };
static const char *const key[] = {"nonce", "seed", "judge_version",
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

/* Each line a document; the first one is the head. */
static int read_verify(const struct parcel *p, const char *path, struct said *s,
                       struct fault *f)
{
	const char *at = p->data, *end = at + p->len, *newline;

	for (long number = 1; at < end; at = newline + 1, number++) {
		json *line;

		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			return fault_set(f, "%s:%ld: want a newline at the end",
			                 path, number);
		line = json_parse(at, (size_t)(newline - at), path, number, f);
		if (!line)
			return -1;
		for (int i = 0; number == 1 && i < KEYS; i++) {
			const char *text = json_string(json_get(line, key[i]));

			s->value[i] = text ? xstrdup(text) : NULL;
		}
		json_free(line);
	}
	return 0;
}

static int read_bench(const char *file, struct said *s, struct fault *f)
{
	struct samples samples;

	if (samples_read(file, &samples, f))
		return -1;
	for (int i = 0; i < KEYS; i++)
		s->value[i] = samples_get_note(&samples, key[i]);
	samples_free(&samples);
	return 0;
}

static int want(const struct said *s, int which, const char *value,
                const char *path, struct fault *f)
{
	const char *got = s->value[which];

	return got && strcmp(got, value) == 0
	               ? 0
	               : fault_set(f, "%s: want %s to be %s, got '%.60s'", path,
	                           key[which], value, got ? got : "");
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

/* Is the result, which lies at file, of this job, judge and device? */
static int check_result(const struct job *j, const struct parcel *p,
                        const char *file, const char *path, const char *base,
                        struct fault *f)
{
	struct said s = {{NULL}};
	char seed[24];
	int failed = j->phase == PHASE_BENCH ? read_bench(file, &s, f)
	                                     : read_verify(p, path, &s, f);

	snprintf(seed, sizeof seed, "0x%016llx", (unsigned long long)j->seed);
	failed = failed || want(&s, NONCE, j->nonce, path, f) ||
	         want(&s, SEED, seed, path, f) ||
	         want(&s, VERSION, JUDGE_VERSION, path, f) ||
	         check_device(&s, base, path, f);
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
