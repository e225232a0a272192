/* transcript - replies of whole runs in one file, to be given again */
#include "transcript.h"
#include "file.h"
#include "journal.h"
#include "memory.h"
#include "sha256.h"
#include "tool.h"
#include "variable.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const json *find(const struct journal *j, const char *name, size_t turn)
{
	for (size_t i = 0; i < j->count; i++) {
		const json *line = j->line[i];
		const char *c = json_string(json_get(line, "conversation"));
		int64_t n;

		if (c && strcmp(c, name) == 0 &&
		    json_integer(json_get(line, "turn"), &n) == 0 &&
		    n == (int64_t)turn)
			return line;
	}
	return NULL;
}

static json *make_line(const struct question *q, size_t turn,
                       const struct answer *a)
{
	json *v = json_object();

	json_add_string(v, "conversation", q->name);
	json_add_integer(v, "turn", (int64_t)turn);
	json_add_string(v, "system", q->said->system);
	json_add_string(v, "prompt", q->said->turn[turn - 1].prompt);
	json_add(v, "reply", answer_json(a));
	return v;
}

int transcript_record(const struct question *q, size_t turn,
                      const struct answer *a, struct fault *f)
{
	char *path = xasprintf("%s/transcript.jsonl", q->experiments);
	int lock = lock_take(path, 1), failed;
	struct journal j;
	json *line;

	failed = lock < 0 ? fault_errno(f, "%s", path)
	                  : journal_read(path, &j, f);
	if (!failed) {
		if (!find(&j, q->name, turn)) {
			line = make_line(q, turn, a);
			failed = journal_append(path, line, f);
			json_free(line);
		}
		journal_free(&j);
	}
	if (lock >= 0)
		close(lock);
	free(path);
	return failed;
}

static void compare_prompts(const struct question *q, const struct answer *a)
{
	size_t turn = q->said->count;
	const char *prompt = q->said->turn[turn - 1].prompt;
	char hex[SHA256_HEX];

	sha256_hex(prompt, strlen(prompt), hex);
	if (strcmp(hex, a->prompt_sha256) != 0)
		warnx("%s: turn %zu: the prompt differs from the recorded one",
		      q->name, turn);
}

int replay_answer(const struct question *q, struct answer *out, struct fault *f)
{
	const char *path = variable("TRANSCRIPT");
	size_t turn = q->said->count;
	const json *line;
	struct journal j;
	int failed = 0;

	if (!path) {
		fault_set(f, "TRANSCRIPT: not set: want a file of replies");
		return EXIT_TROUBLE;
	}
	if (!file_exists(path)) {
		fault_set(f, "%s: no such file", path);
		return EXIT_TROUBLE;
	}
	if (journal_read(path, &j, f))
		return EXIT_TROUBLE;
	line = find(&j, q->name, turn);
	if (!line)
		failed = fault_set(f, "%s: no reply to %s, turn %zu", path,
		                   q->name, turn);
	else
		failed = answer_of(json_get(line, "reply"), path, out, f);
	journal_free(&j);
	if (failed)
		return EXIT_TROUBLE;
	compare_prompts(q, out);
	free(out->proposer);
	out->proposer = xstrdup("replay");
	/* It was paid for when it was recorded. */
	out->usd = 0;
	out->requests = 0;
	return EXIT_YES;
}
