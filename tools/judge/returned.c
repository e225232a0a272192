/* returned - a job's result, when it comes back from somewhere else */
#include "returned.h"
#include "file.h"
#include "json.h"
#include "memory.h"
#include "samples.h"
#include "sha256.h"
#include "verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_RESULT ((size_t)64 << 20)
#define DONE_MAX 256 /* bytes of `done` */
#define INCOMING "incoming"

struct done {
	char nonce[JOB_NONCE], result[16], sha256[SHA256_HEX];
	int answer;
	size_t bytes;
};

const char *returned_name(const struct job *j)
{
	return j->phase == PHASE_BENCH ? "bench.tsv" : "verify.jsonl";
}

static char *done_text(const struct done *d)
{
	return xasprintf("nonce = %s\nresult = %s\nanswer = %d\nbytes = %zu\n"
	                 "sha256 = %s\n\n",
	                 d->nonce, d->result, d->answer, d->bytes, d->sha256);
}

/* There is one way to write it. */
static int done_parse(const char *text, const char *path, struct done *d,
                      struct fault *f)
{
	int n = sscanf(text,
	               "nonce = %32[0-9a-f] result = %15[a-z.] "
	               "answer = %1d bytes = %9zu sha256 = %64[0-9a-f]",
	               d->nonce, d->result, &d->answer, &d->bytes, d->sha256);
	char *again = n == 5 ? done_text(d) : xstrdup("");
	int same = strcmp(again, text) == 0;

	free(again);
	return same && strlen(d->nonce) == JOB_NONCE - 1 &&
	                       strlen(d->sha256) == SHA256_HEX - 1
	               ? 0
	               : fault_set(f, "%s: want what judge leaves as `done`",
	                           path);
}

int returned_finish(const struct job *j, int answer, struct fault *f)
{
	struct done d = {.answer = answer};
	char *result = job_file(j, returned_name(j)), *text = NULL;
	char *path = job_file(j, RETURNED_DONE);
	char *data = file_read(result, MAX_RESULT, &d.bytes);
	int failed = !data;

	if (data) {
		snprintf(d.nonce, sizeof d.nonce, "%s", j->nonce);
		snprintf(d.result, sizeof d.result, "%s", returned_name(j));
		sha256_hex(data, d.bytes, d.sha256);
		text = done_text(&d);
		failed = file_write(path, text, strlen(text));
	}
	if (failed)
		fault_errno(f, "%s", data ? path : result);
	free(data);
	free(text);
	free(path);
	free(result);
	return failed ? -1 : 0;
}

/* Are they this job's, and whole? */
static int check_parcel(const struct job *j, const struct done *d,
                        const char *data, size_t len, const char *path,
                        struct fault *f)
{
	char hex[SHA256_HEX];

	if (strcmp(d->nonce, j->nonce))
		return fault_set(f, "%s: the result of another job (%s)", path,
		                 d->nonce);
	if (strcmp(d->result, returned_name(j)) || d->answer > 1)
		return fault_set(f, "%s: want %s and an answer of 0 or 1", path,
		                 returned_name(j));
	if (len != d->bytes)
		return fault_set(f,
		                 "%s: want %zu bytes of %s, got %zu: cut off",
		                 path, d->bytes, d->result, len);
	sha256_hex(data, len, hex);
	return strcmp(hex, d->sha256)
	               ? fault_set(f, "%s: %s is not what judge wrote", path,
	                           d->result)
	               : 0;
}

static int want(const char *path, const char *key, const char *value,
                const char *got, struct fault *f)
{
	return got && strcmp(got, value) == 0
	               ? 0
	               : fault_set(f, "%s: want %s to be %s, got '%.60s'", path,
	                           key, value, got ? got : "");
}

/* Each line a document, the first one of this job. */
static int check_verify(const char *const value[], const char *data, size_t len,
                        const char *path, struct fault *f)
{
	static const char *const key[] = {"nonce", "seed", "judge_version"};
	long number = 1;

	for (const char *at = data, *end; at < data + len; at = end + 1) {
		json *line;
		int bad = 0;

		end = memchr(at, '\n', (size_t)(data + len - at));
		if (!end)
			return fault_set(f, "%s:%ld: want a newline at the end",
			                 path, number);
		line = json_parse(at, (size_t)(end - at), path, number, f);
		if (!line)
			return -1;
		for (int i = 0; number == 1 && i < 3 && !bad; i++)
			bad = want(path, key[i], value[i],
			           json_string(json_get(line, key[i])), f);
		json_free(line);
		if (bad)
			return -1;
		number++;
	}
	return number > 1 ? 0 : fault_set(f, "%s: want a head", path);
}

static int check_bench(const char *const value[], const char *file,
                       const char *path, struct fault *f)
{
	static const char *const key[] = {"nonce", "seed", "judge_version"};
	struct samples s;
	int bad = 0;

	if (samples_read(file, &s, f))
		return -1;
	for (int i = 0; i < 3 && !bad; i++) {
		char *got = samples_get_note(&s, key[i]);

		bad = want(path, key[i], value[i], got, f);
		free(got);
	}
	samples_free(&s);
	return bad;
}

/* Can the result in file, which is data, be read, and does it say that it is
 * this job's? */
static int check_result(const struct job *j, const char *file, const char *data,
                        size_t len, const char *path, struct fault *f)
{
	char seed[24];
	const char *const value[] = {j->nonce, seed, JUDGE_VERSION};

	snprintf(seed, sizeof seed, "0x%016llx", (unsigned long long)j->seed);
	return j->phase == PHASE_BENCH
	               ? check_bench(value, file, path, f)
	               : check_verify(value, data, len, path, f);
}

static int write_done(const struct job *j, const struct done *d,
                      struct fault *f)
{
	char *text = done_text(d), *path = job_file(j, RETURNED_DONE);
	int failed = file_write(path, text, strlen(text));

	if (failed)
		fault_errno(f, "%s", path);
	free(text);
	free(path);
	return failed;
}

/* Puts it into the job's folder if it is right. */
static int take(const struct job *j, const struct done *d, const char *data,
                size_t len, const char *path, struct fault *f)
{
	char *to, *incoming;
	int failed;

	if (check_parcel(j, d, data, len, path, f))
		return -1;
	to = job_file(j, returned_name(j));
	incoming = job_file(j, INCOMING);
	failed = file_write(incoming, data, len)
	                 ? fault_errno(f, "%s", incoming)
	                 : check_result(j, incoming, data, len, path, f);
	if (!failed && rename(incoming, to))
		failed = fault_errno(f, "%s", to);
	if (failed)
		unlink(incoming);
	else
		failed = write_done(j, d, f);
	free(incoming);
	free(to);
	return failed ? -1 : d->answer;
}

/* The words for a file that is no plain one. */
static int refuse(const char *dir, const char *name, struct fault *f)
{
	const char *why = errno == ELOOP || errno == EXDEV ? "is a link"
	                  : errno == EINVAL || errno == EISDIR || errno == ENXIO
	                          ? "is no regular file"
	                  : errno == EFBIG  ? "is too large"
	                  : errno == ENOENT ? "is not there: not finished"
	                                    : strerror(errno);

	return fault_set(f, "%s: %s %s", dir, name, why);
}

int returned_folder(const struct job *j, const char *dir, struct fault *f)
{
	const char *name = returned_name(j);
	size_t length, len;
	struct done d;
	char *data, *text = file_read_beneath(dir, RETURNED_DONE, DONE_MAX,
	                                      &length);
	int answer;

	if (!text)
		return refuse(dir, RETURNED_DONE, f);
	answer = strlen(text) == length
	                 ? done_parse(text, dir, &d, f)
	                 : fault_set(f, "%s: done holds a NUL byte", dir);
	free(text);
	if (answer)
		return -1;
	data = file_read_beneath(dir, name, MAX_RESULT, &len);
	if (!data)
		return refuse(dir, name, f);
	answer = take(j, &d, data, len, dir, f);
	free(data);
	return answer;
}

int returned_here(const struct job *j, struct fault *f)
{
	return returned_folder(j, j->dir, f);
}

static char *head_says(const char *path, const char *key)
{
	struct fault none;
	size_t len;
	char *text = file_read(path, MAX_RESULT, &len), *value = NULL;
	const char *found;
	json *head;

	if (!text)
		return NULL;
	head = json_parse(text, strcspn(text, "\n"), path, 1, &none);
	found = json_string(json_get(head, key));
	if (found)
		value = xstrdup(found);
	json_free(head);
	free(text);
	return value;
}

char *returned_says(const struct job *j, const char *key)
{
	char *path = job_file(j, returned_name(j)), *value = NULL;
	struct samples s;
	struct fault none;

	if (j->phase == PHASE_VERIFY) {
		value = head_says(path, key);
	} else if (samples_read(path, &s, &none) == 0) {
		value = samples_get_note(&s, key);
		samples_free(&s);
	}
	free(path);
	return value;
}

/* The text of a `done`, up to its empty line. 1: there is no more; -1 with the
 * fault set. */
static int read_done(FILE *in, const char *path, struct done *d,
                     struct fault *f)
{
	char text[DONE_MAX + 1];
	size_t n = 0;
	int c = 0;

	while (n < DONE_MAX && (c = getc(in)) != EOF) {
		text[n++] = (char)c;
		if (c == '\n' && n > 1 && text[n - 2] == '\n')
			break;
	}
	text[n] = '\0';
	if (ferror(in))
		return fault_errno(f, "%s", path);
	if (n == 0)
		return 1;
	return done_parse(text, path, d, f);
}

/* What follows a `done`; *len says how much was there. */
static char *read_bytes(FILE *in, size_t bytes, size_t *len)
{
	char *data = NULL;
	size_t room = 0, n = 0, got;

	/* No more room than there are bytes, whatever was promised. */
	do {
		if (n == room)
			data = xrealloc(data, room = room ? room * 2 : 4096, 1);
		got = bytes - n < room - n ? bytes - n : room - n;
		got = fread(data + n, 1, got, in);
		n += got;
	} while (got > 0 && n < bytes);
	*len = n;
	return data;
}

int returned_stream(const struct job *j, FILE *in, const char *path,
                    struct fault *f)
{
	struct done d;
	size_t len;
	char *data;
	int end, answer;

	while ((end = read_done(in, path, &d, f)) == 0) {
		if (d.bytes > MAX_RESULT)
			return fault_set(f, "%s: %s is too large", path,
			                 d.result);
		data = read_bytes(in, d.bytes, &len);
		if (strcmp(d.nonce, j->nonce) && len == d.bytes) {
			free(data);
			continue;
		}
		answer = take(j, &d, data, len, path, f);
		free(data);
		return answer;
	}
	return end < 0 ? -1
	               : fault_set(f, "%s: no result of job %s", path,
	                           j->nonce);
}
