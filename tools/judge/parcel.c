/* parcel - a result with what says that it is whole */
#include "parcel.h"
#include "file.h"
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RESULT ((size_t)64 << 20)
#define DONE_MAX 256 /* bytes of `done` */

static char *done_text(const struct parcel *p)
{
	return xasprintf("nonce = %s\nresult = %s\nanswer = %d\nbytes = %zu\n"
	                 "sha256 = %s\n\n",
	                 p->nonce, p->result, p->answer, p->bytes, p->sha256);
}

/* There is one way to write it. */
static int done_parse(const char *text, const char *path, struct parcel *p,
                      struct fault *f)
{
	int n = sscanf(text,
	               "nonce = %32[0-9a-f] result = %15[a-z.] "
	               "answer = %1d bytes = %9zu sha256 = %64[0-9a-f]",
	               p->nonce, p->result, &p->answer, &p->bytes, p->sha256);
	char *again = n == 5 ? done_text(p) : xstrdup("");
	int same = strcmp(again, text) == 0;

	free(again);
	return same && strlen(p->nonce) == JOB_NONCE - 1 &&
	                       strlen(p->sha256) == SHA256_HEX - 1
	               ? 0
	               : fault_set(f, "%s: want what judge leaves as `done`",
	                           path);
}

int parcel_finish(const struct job *j, const char *result, int answer,
                  struct fault *f)
{
	struct parcel p = {.answer = answer};
	char *from = job_file(j, result), *path = job_file(j, PARCEL_DONE);
	int failed = -1;

	p.data = file_read(from, MAX_RESULT, &p.bytes);
	if (p.data) {
		char *text;

		snprintf(p.nonce, sizeof p.nonce, "%s", j->nonce);
		snprintf(p.result, sizeof p.result, "%s", result);
		sha256_hex(p.data, p.bytes, p.sha256);
		text = done_text(&p);
		failed = file_write(path, text, strlen(text));
		free(text);
	}
	if (failed)
		fault_errno(f, "%s", p.data ? path : from);
	parcel_free(&p);
	free(path);
	free(from);
	return failed;
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

int parcel_of_folder(struct parcel *p, const char *dir, const char *result,
                     struct fault *f)
{
	size_t length;
	char *text = file_read_beneath(dir, PARCEL_DONE, DONE_MAX, &length);
	int failed;

	*p = (struct parcel){.data = NULL};
	if (!text)
		return refuse(dir, PARCEL_DONE, f);
	failed = strlen(text) == length
	                 ? done_parse(text, dir, p, f)
	                 : fault_set(f, "%s: done holds a NUL byte", dir);
	free(text);
	if (failed)
		return -1;
	p->data = file_read_beneath(dir, result, MAX_RESULT, &p->len);
	return p->data ? 0 : refuse(dir, result, f);
}

/* The text of a `done`, up to its empty line. 1: there is no more; -1 with the
 * fault set. */
static int read_done(FILE *in, const char *path, struct parcel *p,
                     struct fault *f)
{
	char text[DONE_MAX + 1];
	size_t n = 0;
	int c;

	while (n < DONE_MAX && (c = getc(in)) != EOF) {
		text[n++] = (char)c;
		if (c == '\n' && n > 1 && text[n - 2] == '\n')
			break;
	}
	text[n] = '\0';
	if (ferror(in))
		return fault_errno(f, "%s", path);
	return n == 0 ? 1 : done_parse(text, path, p, f);
}

static void read_data(FILE *in, struct parcel *p)
{
	size_t room = 0, want, got;

	do {
		if (p->len == room) {
			room = room ? room * 2 : 4096;
			p->data = xrealloc(p->data, room + 1, 1);
		}
		want = p->bytes < room ? p->bytes : room;
		got = fread(p->data + p->len, 1, want - p->len, in);
		p->len += got;
	} while (got > 0 && p->len < p->bytes);
	p->data[p->len] = '\0';
}

int parcel_of_stream(struct parcel *p, FILE *in, const char *path,
                     const char *nonce, struct fault *f)
{
	int end;

	*p = (struct parcel){.data = NULL};
	while ((end = read_done(in, path, p, f)) == 0) {
		if (p->bytes > MAX_RESULT)
			return fault_set(f, "%s: %s is too large", path,
			                 p->result);
		read_data(in, p);
		if (strcmp(p->nonce, nonce) == 0)
			return 0;
		parcel_free(p);
	}
	return end < 0 ? -1
	               : fault_set(f, "%s: no result of job %s", path, nonce);
}

int parcel_check(const struct parcel *p, const char *path, const char *nonce,
                 const char *result, struct fault *f)
{
	char hex[SHA256_HEX];

	if (strcmp(p->nonce, nonce))
		return fault_set(f, "%s: the result of another job, %s", path,
		                 p->nonce);
	if (strcmp(p->result, result) || p->answer > 1)
		return fault_set(f, "%s: want %s and an answer of 0 or 1", path,
		                 result);
	if (p->len != p->bytes)
		return fault_set(f,
		                 "%s: want %zu bytes of %s, got %zu: cut off",
		                 path, p->bytes, p->result, p->len);
	sha256_hex(p->data, p->len, hex);
	return strcmp(hex, p->sha256)
	               ? fault_set(f, "%s: %s is not what judge wrote", path,
	                           p->result)
	               : 0;
}

void parcel_free(struct parcel *p)
{
	free(p->data);
	*p = (struct parcel){.data = NULL};
}
