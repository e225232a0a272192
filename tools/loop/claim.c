/* claim - the numbered folders of experiments: exp_0001, exp_0002, ... */
#include "claim.h"
#include "file.h"
#include "ledger.h"
#include "memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "exp_"

int is_experiment(const char *name)
{
	const char *digits = name + sizeof PREFIX - 1;

	return strncmp(name, PREFIX, sizeof PREFIX - 1) == 0 &&
	       strlen(digits) >= 4 && strlen(digits) <= 9 &&
	       strspn(digits, "0123456789") == strlen(digits);
}

static long number(const char *name)
{
	return atol(name + sizeof PREFIX - 1);
}

static int by_number(const void *a, const void *b)
{
	long x = number(*(char *const *)a), y = number(*(char *const *)b);

	return (x > y) - (x < y);
}

int experiments_list(const char *dir, struct names *out, struct fault *f)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t room = 0;

	*out = (struct names){0};
	if (!d)
		return fault_errno(f, "%s", dir);
	while ((e = readdir(d))) {
		if (!is_experiment(e->d_name))
			continue;
		if (out->count == room) {
			room = room ? room * 2 : 64;
			out->item = xrealloc(out->item, room, sizeof(char *));
		}
		out->item[out->count++] = xstrdup(e->d_name);
	}
	closedir(d);
	if (out->count)
		qsort(out->item, out->count, sizeof(char *), by_number);
	return 0;
}

void names_free(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->item[i]);
	free(n->item);
	*n = (struct names){0};
}

/* The highest number in the ledger, 0 without one, -1 with the fault set. */
static long last_recorded(const char *dir, struct fault *f)
{
	char *path = xasprintf("%s/ledger.jsonl", dir);
	struct ledger l;
	long last = ledger_read(path, &l, f) ? -1 : 0;

	free(path);
	if (last < 0)
		return -1;
	for (size_t i = 0; i < l.count; i++)
		if (is_experiment(l.item[i].experiment) &&
		    number(l.item[i].experiment) > last)
			last = number(l.item[i].experiment);
	ledger_free(&l);
	return last;
}

char *experiment_claim(const char *dir, struct fault *f)
{
	struct names names;
	long next = last_recorded(dir, f) + 1;

	if (next == 0 || experiments_list(dir, &names, f))
		return NULL;
	if (names.count && number(names.item[names.count - 1]) >= next)
		next = number(names.item[names.count - 1]) + 1;
	names_free(&names);
	for (;; next++) {
		char *path = xasprintf("%s/" PREFIX "%04ld", dir, next);

		if (mkdir(path, 0777) == 0)
			return path;
		if (errno != EEXIST) {
			fault_errno(f, "%s", path);
			free(path);
			return NULL;
		}
		free(path);
	}
}

int experiment_write(const char *dir, const char *name, const void *data,
                     size_t len, struct fault *f)
{
	char *path = xasprintf("%s/%s", dir, name);
	int failed = 0;

	if (file_write(path, data, len))
		failed = fault_errno(f, "%s", path);
	free(path);
	return failed;
}

int experiments_lock(const char *dir, struct fault *f)
{
	char *path = xasprintf("%s/.lock", dir);
	int fd;

	if (dir_make(dir)) {
		fd = fault_errno(f, "%s", dir);
	} else {
		fd = lock_take(path, 1);
		if (fd < 0)
			fault_errno(f, "%s", path);
	}
	free(path);
	return fd;
}

/* NAME.EXT and the six letters of mkstemp(3). */
static int is_leftover(const char *name, const char *stem)
{
	static const char *const extension[] = {".c.",    ".cu.",    ".md.",
	                                        ".json.", ".jsonl.", ".tsv.",
	                                        ".log.",  ".diff.",  ".txtar."};
	size_t len = strlen(name), n = stem ? strlen(stem) : 0;

	if (stem && (strncmp(name, stem, n) != 0 || name[n] != '.'))
		return 0;
	for (size_t i = 0; i < sizeof extension / sizeof *extension; i++) {
		size_t tail = strlen(extension[i]) + 6;

		if (len > tail &&
		    strncmp(name + len - tail, extension[i], tail - 6) == 0 &&
		    !strchr(name + len - 6, '.'))
			return 1;
	}
	return 0;
}

void sweep(const char *dir, const char *stem)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (is_leftover(e->d_name, stem))
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}
