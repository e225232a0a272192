/* ask - have the waiting turn of a conversation answered
 *
 * In this order, so that a kill at any moment costs at most one request: the
 * charge is reserved, the request is made, the reply is on file, the charge is
 * settled, the transcript has it. Each start first does what the end of the
 * last one left undone.
 */
#include "attempt.h"
#include "buffer.h"
#include "clock.h"
#include "conversation.h"
#include "file.h"
#include "key.h"
#include "kind.h"
#include "memory.h"
#include "sha256.h"
#include "tool.h"
#include "transcript.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const struct {
	const char *name;
	kind_answer *answer;
} kinds[] = {
        {"anthropic", anthropic_answer}, {"openai", openai_answer},
        {"command", pipe_answer},        {"replay", replay_answer},
        {"claude", agent_answer},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

static kind_answer *find_kind(const char *name)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].answer;
	}
	warnx("%s: no such kind of proposer; there are:", name);
	for (size_t i = 0; i < KINDS; i++)
		warnx("  %s", kinds[i].name);
	exit(EXIT_TROUBLE);
}

/* The conversation's path beneath the experiments. Caller frees. */
static char *find_name(const char *experiments, const char *dir)
{
	char *top = realpath(experiments, NULL), *path = realpath(dir, NULL);
	size_t len;
	char *name;

	if (!top || !path)
		err(EXIT_TROUBLE, "%s", top ? dir : experiments);
	len = strlen(top);
	if (strncmp(path, top, len) != 0 || path[len] != '/')
		errx(EXIT_TROUBLE, "%s: want a folder beneath %s", dir,
		     experiments);
	name = xstrdup(path + len + 1);
	free(top);
	free(path);
	return name;
}

/* Two must not pay for the same turn. Held until the program ends. */
static void lock(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
		err(fd >= 0 && errno == EWOULDBLOCK ? EXIT_RETRY : EXIT_TROUBLE,
		    "%s", dir);
}

/* What follows once a turn's reply is on file; all of it may be done. */
static void finish(const struct question *q, size_t turn)
{
	const char *record = getenv("RECORD");
	char *path = conversation_reply_path(q->said->dir, turn);
	struct answer a;
	struct fault f;

	if (answer_read(path, &a, &f) || attempt_settle(q, turn, &a, &f) ||
	    (record && strcmp(record, "1") == 0 &&
	     transcript_record(q, turn, &a, &f)))
		die(&f);
	answer_free(&a);
	free(path);
}

/* A saved reply, which costs nothing. */
static void answer_from(const char *file, struct answer *out)
{
	struct buffer text = {0};
	size_t len;
	char *data = file_read(file, CONVERSATION_MAX, &len);

	if (!data || buffer_add_text(&text, data, len, CONVERSATION_MAX))
		err(EXIT_TROUBLE, "%s", file);
	free(data);
	*out = (struct answer){.proposer = xstrdup("file"),
	                       .text = buffer_take(&text)};
}

static void put_on_file(const struct question *q, struct answer *a)
{
	size_t turn = q->said->count;
	const char *prompt = q->said->turn[turn - 1].prompt;
	char *path = conversation_reply_path(q->said->dir, turn);
	char now[TIME_TEXT], hex[SHA256_HEX], *text, *page;
	json *v;

	time_text(now);
	sha256_hex(prompt, strlen(prompt), hex);
	free(a->at);
	free(a->prompt_sha256);
	a->at = xstrdup(now);
	a->prompt_sha256 = xstrdup(hex);
	/* A server may send back what it was sent. */
	key_redact(a->text);
	if (a->model)
		key_redact(a->model);
	if (a->stop_reason)
		key_redact(a->stop_reason);
	v = answer_json(a);
	text = json_text(v, 2);
	page = xasprintf("%s\n", text);
	if (file_write(path, page, strlen(page)))
		err(EXIT_TROUBLE, "%s", path);
	json_free(v);
	free(text);
	free(page);
	free(path);
}

static int ask(const struct question *q, kind_answer *kind, const char *file)
{
	size_t turns = q->said->count;
	int waits = conversation_is_waiting(q->said), status = EXIT_YES;
	struct answer a;
	struct fault f;

	for (size_t turn = 1; turn + (size_t)waits <= turns; turn++)
		finish(q, turn);
	if (!waits)
		return EXIT_YES;
	if (file)
		answer_from(file, &a);
	else
		status = kind(q, &a, &f);
	if (status)
		errx(status, "%s", f.text);
	put_on_file(q, &a);
	answer_free(&a);
	finish(q, turns);
	return EXIT_YES;
}

static _Noreturn void usage(void)
{
	tool_usage(
	        "ask -p anthropic|openai|command|replay|claude -e experiments "
	        "[-r file] conversation");
}

int main(int argc, char *argv[])
{
	const char *experiments = NULL, *proposer = NULL, *file = NULL;
	struct conversation said;
	struct question q;
	struct fault f;
	char *name;
	int c, status;

	tool_start();
	/* Several may speak at once: by whole lines. */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	while ((c = getopt(argc, argv, "e:p:r:")) != -1) {
		switch (c) {
		case 'e':
			experiments = optarg;
			break;
		case 'p':
			proposer = optarg;
			break;
		case 'r':
			file = optarg;
			break;
		default:
			usage();
		}
	}
	if (argc - optind != 1 || !experiments || !proposer)
		usage();
	keys_hide();
	signal(SIGPIPE, SIG_IGN);
	name = find_name(experiments, argv[optind]);
	lock(argv[optind]);
	if (conversation_read(argv[optind], &said, &f))
		die(&f);
	q = (struct question){experiments, name, &said};
	status = ask(&q, find_kind(proposer), file);
	conversation_free(&said);
	free(name);
	return status;
}
