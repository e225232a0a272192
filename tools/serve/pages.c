/* pages - what is served: the pages of records, and whether they are of today
 */
#include "pages.h"
#include "file.h"
#include "memory.h"

#include <dirent.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE_MAX ((size_t)256 << 20)
#define PAGE "index.html"
#define POLICY "default-src 'none';"
#define HEAD "<head>\n"

/* A file's time and size, into a sum that hardly any change leaves alone. */
static void add_file(uint64_t *sum, const char *dir, const char *kernel,
                     const char *name)
{
	char *path = xasprintf("%s/%s/%s", dir, kernel, name);
	struct stat st;

	if (stat(path, &st) == 0)
		*sum = (*sum ^ (uint64_t)st.st_mtim.tv_nsec ^
		        (uint64_t)st.st_size << 32) *
		               0x9e3779b97f4a7c15u +
		       (uint64_t)st.st_mtim.tv_sec;
	free(path);
}

void pages_stamp(const struct pages *p, char out[STAMP])
{
	static const char *const records[] = {"ledger.jsonl", "spend.jsonl",
	                                      "LESSONS.md"};
	struct dirent **entry;
	int n = scandir(p->experiments, &entry, NULL, alphasort);
	uint64_t sum = 0;

	for (int i = 0; i < n; i++) {
		for (size_t r = 0; r < sizeof records / sizeof *records; r++)
			add_file(&sum, p->experiments, entry[i]->d_name,
			         records[r]);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	snprintf(out, STAMP, "%016llx", (unsigned long long)sum);
}

static int run(char *const *command)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (child < 0)
		warn("fork");
	else
		waitpid(child, &status, 0);
	return status;
}

void pages_refresh(struct pages *p)
{
	char now[STAMP];

	pages_stamp(p, now);
	if (strcmp(now, p->stamp) == 0)
		return;
	if (run(p->command))
		warnx("%s: failed: the pages are as they were", p->command[0]);
	strcpy(p->stamp, now);
}

/* "/" is "", "/K/index.html" is "K/": what stands before a page's name, or NULL
 * where no page has such a path. */
static char *folder_of(const char *path)
{
	static const char *const letters = "abcdefghijklmnopqrstuvwxyz"
	                                   "0123456789_";
	size_t n = *path == '/' ? strspn(path + 1, letters) : 0;
	const char *rest = path + 1;

	if (n && rest[n] == '/')
		rest += n + 1;
	if (*path != '/' || (*rest && strcmp(rest, PAGE)))
		return NULL;
	return xasprintf("%.*s", (int)(rest - path - 1), path + 1);
}

static void add(struct buffer *b, const char *text, size_t len)
{
	buffer_add(b, text, len, PAGE_MAX + STAMP * 4);
}

/* A page that has no head of ours is served as it is. */
static void change_head(const struct pages *p, const char *text, size_t len,
                        struct buffer *out)
{
	const char *policy = strstr(text, POLICY);
	const char *head = strstr(text, HEAD);
	char *stamp =
	        xasprintf("<meta name=\"stamp\" content=\"%s\">\n", p->stamp);

	if (head && policy && head < policy) {
		add(out, text, (size_t)(head + strlen(HEAD) - text));
		add(out, stamp, strlen(stamp));
		head += strlen(HEAD);
		policy += strlen(POLICY);
		add(out, head, (size_t)(policy - head));
		add(out, " connect-src 'self';", 20);
		add(out, policy, len - (size_t)(policy - text));
	} else {
		add(out, text, len);
	}
	free(stamp);
}

int pages_read(const struct pages *p, const char *path, struct buffer *out)
{
	char *folder = folder_of(path), *file, *text;
	size_t len;

	if (!folder)
		return -1;
	file = xasprintf("%s%s", folder, PAGE);
	text = file_read_beneath(p->experiments, file, PAGE_MAX, &len);
	if (text)
		change_head(p, text, len, out);
	free(text);
	free(file);
	free(folder);
	return text ? 0 : -1;
}
