/* conversation - a folder of prompts and replies, which grows and never changes
 */
#include "conversation.h"
#include "answer.h"
#include "file.h"
#include "memory.h"
#include "utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A model that needs more turns than this will not get there. */
#define TURNS_MAX 100

static char *prompt_name(size_t turn)
{
	return xasprintf("%zu.prompt.md", turn);
}

char *conversation_reply_path(const char *dir, size_t turn)
{
	return xasprintf("%s/%zu.reply.json", dir, turn);
}

static int check_text(const char *dir, const char *name, const char *text,
                      size_t len, struct fault *f)
{
	const char *end = text + len;

	if (len > CONVERSATION_MAX)
		return fault_set(f, "%s/%s: longer than %zu bytes", dir, name,
		                 CONVERSATION_MAX);
	for (const char *p = text; p < end;) {
		size_t n = utf8_length(p, end);

		if (n == 0 || *p == '\0')
			return fault_set(f,
			                 "%s/%s: want UTF-8 text without "
			                 "NUL: see byte %zu",
			                 dir, name, (size_t)(p - text));
		p += n;
	}
	return 0;
}

/* Leaves *out NULL where there is no such file. */
static int read_text(const char *dir, const char *name, char **out,
                     struct fault *f)
{
	size_t len;

	*out = file_read_beneath(dir, name, CONVERSATION_MAX, &len);
	if (!*out)
		return errno == ENOENT ? 0 : fault_errno(f, "%s/%s", dir, name);
	return check_text(dir, name, *out, len, f);
}

static int read_reply(const char *dir, size_t turn, char **out, struct fault *f)
{
	char *path = conversation_reply_path(dir, turn);
	struct answer a;
	int failed = 0;

	if (file_exists(path)) {
		failed = answer_read(path, &a, f);
		if (!failed) {
			*out = xstrdup(a.text);
			answer_free(&a);
		}
	}
	free(path);
	return failed;
}

/* Reads the next turn: 1 if there is one, 0 if not. */
static int read_turn(struct conversation *c, struct fault *f)
{
	struct turn t = {0};
	char *name = prompt_name(c->count + 1);
	int failed = read_text(c->dir, name, &t.prompt, f) ||
	             read_reply(c->dir, c->count + 1, &t.reply, f);

	if (!failed && !t.prompt && t.reply)
		failed = fault_set(f, "%s/%s: missing, and its reply is there",
		                   c->dir, name);
	if (!failed && t.prompt && conversation_is_waiting(c))
		failed = fault_set(f, "%s/%s: the turn before has no reply",
		                   c->dir, name);
	free(name);
	if (failed || !t.prompt) {
		free(t.prompt);
		free(t.reply);
		return failed ? -1 : 0;
	}
	c->turn = xrealloc(c->turn, c->count + 1, sizeof *c->turn);
	c->turn[c->count++] = t;
	return 1;
}

int conversation_read(const char *dir, struct conversation *out,
                      struct fault *f)
{
	int more = 1;

	*out = (struct conversation){.dir = xstrdup(dir)};
	if (read_text(dir, "system.md", &out->system, f))
		more = -1;
	while (more > 0 && out->count <= TURNS_MAX)
		more = read_turn(out, f);
	if (more > 0)
		more = fault_set(f, "%s: more than %d turns", dir, TURNS_MAX);
	if (more == 0 && out->count > 0 && !out->system)
		more = fault_set(f, "%s/system.md: missing", dir);
	if (more == 0)
		return 0;
	conversation_free(out);
	return -1;
}

void conversation_free(struct conversation *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->turn[i].prompt);
		free(c->turn[i].reply);
	}
	free(c->turn);
	free(c->system);
	free(c->dir);
	*c = (struct conversation){0};
}

int conversation_is_waiting(const struct conversation *c)
{
	return c->count > 0 && !c->turn[c->count - 1].reply;
}

static int write_text(const char *dir, const char *name, const char *text,
                      struct fault *f)
{
	char *path;
	int failed;

	if (check_text(dir, name, text, strlen(text), f))
		return -1;
	path = xasprintf("%s/%s", dir, name);
	failed = file_write(path, text, strlen(text));
	if (failed)
		fault_errno(f, "%s", path);
	free(path);
	return failed;
}

/* Writes a prompt, or finds the same one there. */
static int write_prompt(const char *dir, size_t turn, const char *prompt,
                        struct fault *f)
{
	char *name = prompt_name(turn), *old = NULL;
	int failed = read_text(dir, name, &old, f);

	if (!failed && !old)
		failed = write_text(dir, name, prompt, f);
	else if (!failed && strcmp(old, prompt) != 0)
		failed = fault_set(f, "%s/%s: is there and says something else",
		                   dir, name);
	free(old);
	free(name);
	return failed;
}

int conversation_begin(const char *dir, const char *system, const char *prompt,
                       struct fault *f)
{
	char *first = xasprintf("%s/1.prompt.md", dir);
	int failed = 0;

	if (dir_make(dir))
		failed = fault_errno(f, "%s", dir);
	/* Without a prompt nothing was asked under it. */
	else if (!file_exists(first))
		failed = write_text(dir, "system.md", system, f);
	free(first);
	return failed || write_prompt(dir, 1, prompt, f) ? -1 : 0;
}

int conversation_say(const char *dir, size_t turn, const char *prompt,
                     struct fault *f)
{
	char *before = conversation_reply_path(dir, turn - 1);
	int ready = turn > 1 && file_exists(before);

	if (!ready)
		fault_set(f, "%s: missing: turn %zu cannot be said yet", before,
		          turn);
	free(before);
	return ready ? write_prompt(dir, turn, prompt, f) : -1;
}
