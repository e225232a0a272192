/* data_set - the files of a FlashInfer-Trace data set, at whatever depth */
#include "data_set.h"
#include "file.h"
#include "memory.h"
#include "safetensors.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 100000 /* files */
#define DESCRIPTORS 16

/* nftw gives its callback nothing of ours. */
static struct {
	struct data_set_files *files;
	const char *suffix;
	struct fault *fault;
} walk;

static int ends_in(const char *s, const char *suffix)
{
	size_t len = strlen(s), tail = strlen(suffix);

	return len >= tail && strcmp(s + len - tail, suffix) == 0;
}

static int visit(const char *path, const struct stat *st, int type,
                 struct FTW *at)
{
	struct data_set_files *files = walk.files;

	(void)at;
	if (strpbrk(path, "\t\n"))
		return fault_set(walk.fault,
		                 "%s: a name of more lines or columns", path);
	if (type == FTW_SL)
		return fault_set(walk.fault,
		                 "%s: a link, which is not followed; copy the "
		                 "data set with cp -rL",
		                 path);
	if (type == FTW_DNR || type == FTW_NS)
		return fault_set(walk.fault, "%s: cannot be read", path);
	if (type != FTW_F || !S_ISREG(st->st_mode) ||
	    !ends_in(path, walk.suffix))
		return 0;
	if (files->count == MOST)
		return fault_set(walk.fault, "%s: more than %d files beside it",
		                 path, MOST);
	files->path =
	        xrealloc(files->path, files->count + 1, sizeof *files->path);
	files->path[files->count++] = xstrdup(path);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int data_set_find(const char *root, const char *folder, const char *suffix,
                  struct data_set_files *out, struct fault *f)
{
	char *top = xasprintf("%s/%s", root, folder);
	int failed = 0;

	*out = (struct data_set_files){0};
	f->text[0] = '\0';
	walk.files = out;
	walk.suffix = suffix;
	walk.fault = f;
	if (nftw(top, visit, DESCRIPTORS, FTW_PHYS) && f->text[0])
		failed = -1;
	free(top);
	if (failed)
		data_set_free(out);
	else if (out->count)
		qsort(out->path, out->count, sizeof *out->path, by_path);
	return failed;
}

void data_set_free(struct data_set_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->path[i]);
	free(files->path);
	*files = (struct data_set_files){0};
}

enum tensor_state data_set_tensor(const char *root, const char *path)
{
	char head[32];
	int fd = file_open_beneath(root, path);
	ssize_t len;

	if (fd < 0)
		return TENSOR_MISSING;
	len = read(fd, head, sizeof head);
	close(fd);
	return len > 0 && safetensors_is_pointer(head, (size_t)len)
	               ? TENSOR_POINTER
	               : TENSOR_STORED;
}
