/* tree - the files of a folder, listed, hashed and copied; no link is followed
 */
#include "tree.h"
#include "file.h"
#include "memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE ((size_t)256 << 20)
#define MAX_BYTES ((unsigned long long)1 << 30)
#define MAX_COUNT 20000
#define MAX_DEPTH 64

struct listing {
	struct tree *tree;
	const char *ignore;
	unsigned long long bytes;
};

static int is_ignored(const char *patterns, const char *path, const char *name)
{
	if (strcmp(name, ".git") == 0)
		return 1;
	while (*(patterns += strspn(patterns, " \t"))) {
		size_t n = strcspn(patterns, " \t");
		char *one = xasprintf("%.*s", (int)n, patterns);
		int fits = *one == '/'
		                   ? fnmatch(one + 1, path, FNM_PATHNAME) == 0
		                   : fnmatch(one, name, 0) == 0;

		free(one);
		if (fits)
			return 1;
		patterns += n;
	}
	return 0;
}

static int add_link(struct tree_entry *e, const char *file, struct fault *f)
{
	char target[PATH_MAX];
	ssize_t n = readlink(file, target, sizeof target - 1);

	if (n < 0)
		return fault_errno(f, "%s", file);
	target[n] = '\0';
	e->target = xstrdup(target);
	return 0;
}

/* Takes path. */
static int add(struct listing *l, char *path, const char *file, struct fault *f)
{
	struct tree *t = l->tree;
	struct tree_entry *e;
	struct stat st;

	if (lstat(file, &st)) {
		free(path);
		return fault_errno(f, "%s", file);
	}
	t->item = xrealloc(t->item, t->count + 1, sizeof *t->item);
	e = &t->item[t->count++];
	*e = (struct tree_entry){.path = path,
	                         .is_folder = S_ISDIR(st.st_mode),
	                         .is_program = (st.st_mode & 0111) != 0,
	                         .changed = st.st_mtim};
	l->bytes += S_ISREG(st.st_mode) ? (unsigned long long)st.st_size : 0;
	if (l->bytes > MAX_BYTES || t->count > MAX_COUNT)
		return fault_set(f,
		                 "%s: more than %d files or %llu bytes: name "
		                 "what is no part of it in the setting ignore",
		                 t->root, MAX_COUNT, MAX_BYTES);
	for (const char *p = path; *p; p++)
		if ((unsigned char)*p < ' ')
			return fault_set(f, "%s: a name with byte 0x%02x",
			                 t->root, (unsigned char)*p);
	if (S_ISLNK(st.st_mode))
		return add_link(e, file, f);
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return fault_set(f, "%s: want a file, a folder or a link",
		                 file);
	return 0;
}

static int list(struct listing *l, const char *below, int depth,
                struct fault *f);

static int list_one(struct listing *l, const char *below, const char *name,
                    int depth, struct fault *f)
{
	char *path = xasprintf("%s%s%s", below, *below ? "/" : "", name);
	char *file = xasprintf("%s/%s", l->tree->root, path);
	size_t at = l->tree->count;
	int failed = 0;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    is_ignored(l->ignore, path, name))
		free(path);
	else
		failed = add(l, path, file, f);
	free(file);
	if (!failed && l->tree->count > at && l->tree->item[at].is_folder)
		failed = list(l, path, depth + 1, f);
	return failed;
}

static int list(struct listing *l, const char *below, int depth,
                struct fault *f)
{
	char *dir = xasprintf("%s/%s", l->tree->root, below);
	struct dirent **entry;
	int failed = 0, n = scandir(dir, &entry, NULL, alphasort);

	if (n < 0 || depth > MAX_DEPTH) {
		failed = n < 0 ? fault_errno(f, "%s", dir)
		               : fault_set(f, "%s: too deep", dir);
		n = n < 0 ? 0 : n;
	}
	for (int i = 0; i < n; i++) {
		if (!failed)
			failed = list_one(l, below, entry[i]->d_name, depth, f);
		free(entry[i]);
	}
	if (n)
		free(entry);
	free(dir);
	return failed;
}

int tree_list(const char *root, const char *ignore, struct tree *out,
              struct fault *f)
{
	struct listing l = {out, ignore ? ignore : "", 0};

	*out = (struct tree){.root = xstrdup(root)};
	return list(&l, "", 0, f);
}

void tree_free(struct tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->item[i].path);
		free(t->item[i].target);
	}
	free(t->item);
	free(t->root);
	*t = (struct tree){0};
}

const struct tree_entry *tree_find(const struct tree *t, const char *path)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->item[i].path, path) == 0)
			return &t->item[i];
	return NULL;
}

static int is_one_of(const char *path, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(path, list[i]) == 0)
			return 1;
	return 0;
}

char *tree_manifest(const struct tree *t, const char *const *but, size_t count,
                    struct fault *f)
{
	char *text, hex[SHA256_HEX];
	size_t len;
	FILE *out = xmemstream(&text, &len);
	int failed = 0;

	for (size_t i = 0; i < t->count && !failed; i++) {
		const struct tree_entry *e = &t->item[i];
		char *data;

		if (e->is_folder || is_one_of(e->path, but, count))
			continue;
		if (e->target) {
			fprintf(out, "# link %s -> %s\n", e->path, e->target);
			continue;
		}
		data = file_read_beneath(t->root, e->path, MAX_FILE, &len);
		if (!data)
			failed = fault_errno(f, "%s/%s", t->root, e->path);
		else
			sha256_hex(data, len, hex);
		if (data)
			fprintf(out, "%s  %s\n", hex, e->path);
		free(data);
	}
	fclose(out);
	if (!failed)
		return text;
	free(text);
	return NULL;
}

/* Not synced: copies are made anew, not kept. */
static int copy_file(const struct tree *t, const struct tree_entry *e,
                     const char *to, int is_open)
{
	int mode = (is_open ? 0666 : 0644) | (e->is_program ? 0111 : 0);
	const struct timespec times[] = {e->changed, e->changed};
	int in = file_open_beneath(t->root, e->path), out;
	char block[65536];
	ssize_t n = 0;
	int failed;

	if (in < 0)
		return -1;
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	           0666);
	failed = out < 0;
	while (!failed && (n = read(in, block, sizeof block)) > 0)
		failed = write(out, block, (size_t)n) != n;
	failed = failed || n < 0 || fchmod(out, (mode_t)mode) ||
	         futimens(out, times);
	if (out >= 0 && close(out))
		failed = 1;
	close(in);
	return failed ? -1 : 0;
}

int tree_copy(const struct tree *t, const char *to, int is_open,
              struct fault *f)
{
	mode_t mode = is_open ? 0777 : 0755;
	int failed = chmod(to, mode) ? fault_errno(f, "%s", to) : 0;

	for (size_t i = 0; i < t->count && !failed; i++) {
		const struct tree_entry *e = &t->item[i];
		char *path = xasprintf("%s/%s", to, e->path);

		if (e->is_folder)
			failed = mkdir(path, mode) || chmod(path, mode);
		else if (e->target)
			failed = symlink(e->target, path);
		else
			failed = copy_file(t, e, path, is_open);
		if (failed)
			fault_errno(f, "%s to %s", t->root, path);
		free(path);
	}
	return failed ? -1 : 0;
}
