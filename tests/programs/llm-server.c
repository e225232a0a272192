/* llm-server - the Messages API and chat completions on a loopback port, with
 * the faults of a script
 *
 *   llm-server SCRIPT LOG
 *
 * Prints its port. Each request takes the next line of SCRIPT, a scenario; the
 * last line stays. LOG gets a JSON line a request before it is answered: what
 * was asked, whether the key was that of the variable KEY, what will be
 * charged.
 */
#include "buffer.h"
#include "file.h"
#include "json.h"
#include "memory.h"
#include "tool.h"
#include "utf8.h"

#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 20000
#define PIECE 24 /* bytes of a delta */
#define BODY_MAX ((size_t)64 << 20)

struct server {
	const char *script, *log, *key;
	long count;
};

struct asked {
	int fd;
	char *head, *body;
	int is_anthropic;
	const char *key; /* right, wrong, none */
	char scenario[512];
	const char *rest; /* what follows the scenario's first word */
	int input, output, cached;
};

struct events {
	char *item[EVENTS];
	size_t count;
};

static void nap(double s)
{
	struct timespec t = {(time_t)s, (long)((s - (double)(time_t)s) * 1e9)};

	nanosleep(&t, NULL);
}

/* A client that has gone ends the child that serves it. */
static void put(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			_exit(0);
		data += n;
		len -= (size_t)n;
	}
}

static void say(int fd, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));
static void say(int fd, const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	put(fd, text, strlen(text));
}

/* Reads the head and the body of one request. */
static void receive(struct asked *a)
{
	struct buffer b = {0};
	size_t head = 0, want = 0;
	char part[65536], *end, *length;
	ssize_t n;

	while (!head || b.len < head + want) {
		n = recv(a->fd, part, sizeof part, 0);
		if (n <= 0 || buffer_add(&b, part, (size_t)n, BODY_MAX))
			_exit(0);
		end = head ? NULL : strstr(b.data, "\r\n\r\n");
		if (!end)
			continue;
		head = (size_t)(end - b.data) + 4;
		length = strcasestr(b.data, "\r\ncontent-length:");
		want = length && length < end ? strtoul(length + 17, NULL, 10)
		                              : 0;
	}
	a->body = xstrdup(b.data + head);
	b.data[head] = '\0';
	a->head = b.data;
	a->is_anthropic = strncmp(a->head, "POST /v1/messages ", 18) == 0;
}

/* The value of a header, or NULL. Caller frees. */
static char *header(const struct asked *a, const char *name)
{
	char *line = xasprintf("\r\n%s: ", name);
	const char *at = strcasestr(a->head, line), *from;

	from = at ? at + strlen(line) : NULL;
	free(line);
	return from ? xasprintf("%.*s", (int)strcspn(from, "\r"), from) : NULL;
}

static void check_key(const struct server *s, struct asked *a)
{
	char *value =
	        header(a, a->is_anthropic ? "x-api-key" : "authorization");
	const char *key = value;

	if (key && !a->is_anthropic && strncmp(key, "Bearer ", 7) == 0)
		key += 7;
	a->key = !key                                 ? "none"
	         : s->key && strcmp(key, s->key) == 0 ? "right"
	                                              : "wrong";
	free(value);
}

static void write_log(const struct server *s, const struct asked *a)
{
	static const char *const shown[] = {"content-type", "anthropic-version",
	                                    "accept", "expect", "host"};
	struct fault f;
	json *v = json_object(), *headers, *body;
	char *text;

	body = json_parse(a->body, strlen(a->body), "body", 1, &f);
	json_add_integer(v, "request", s->count);
	text = xasprintf("%.*s", (int)strcspn(a->head, "\r"), a->head);
	json_add_string(v, "line", text);
	free(text);
	json_add_string(v, "scenario", a->scenario);
	json_add_string(v, "key", a->key);
	headers = json_add(v, "headers", json_object());
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		text = header(a, shown[i]);
		if (text)
			json_add_string(headers, shown[i], text);
		free(text);
	}
	json_add_integer(v, "tokens", a->input + a->output + 2 * a->cached);
	if (body)
		json_add(v, "body", body);
	else
		json_add_string(v, "body", f.text);
	text = json_text(v, 0);
	if (file_append(s->log, text))
		err(EXIT_TROUBLE, "%s", s->log);
	free(text);
	json_free(v);
}

/* Line count of the script, or its last one. */
static void read_scenario(const struct server *s, struct asked *a)
{
	FILE *in = fopen(s->script, "r");

	if (!in)
		err(EXIT_TROUBLE, "%s", s->script);
	for (long i = 0; i < s->count; i++) {
		if (!fgets(a->scenario, sizeof a->scenario, in))
			break;
	}
	fclose(in);
	a->scenario[strcspn(a->scenario, "\n")] = '\0';
	a->rest = a->scenario + strcspn(a->scenario, " ");
	a->rest += *a->rest == ' ';
}

static int is(const struct asked *a, const char *word)
{
	size_t len = strlen(word);

	return strncmp(a->scenario, word, len) == 0 &&
	       (a->scenario[len] == ' ' || a->scenario[len] == '\0');
}

/* What a program prints that gets the request's body. */
static char *ask_policy(const struct asked *a)
{
	char name[] = "/tmp/llm-server-XXXXXX", part[65536], *command;
	struct buffer text = {0};
	int fd = mkstemp(name);
	FILE *out;
	size_t n;

	if (fd < 0 || file_write(name, a->body, strlen(a->body)))
		err(EXIT_TROUBLE, "%s", name);
	close(fd);
	command = xasprintf("%s <%s", a->rest, name);
	out = popen(command, "r");
	if (!out)
		err(EXIT_TROUBLE, "%s", command);
	while ((n = fread(part, 1, sizeof part, out)) > 0)
		buffer_add(&text, part, n, BODY_MAX);
	pclose(out);
	unlink(name);
	free(command);
	return buffer_take(&text);
}

static char *find_text(const struct asked *a)
{
	char *text;

	if (is(a, "policy"))
		return ask_policy(a);
	if (is(a, "say"))
		return xstrdup(a->rest);
	if (is(a, "echo-key")) {
		text = header(a,
		              a->is_anthropic ? "x-api-key" : "authorization");
		return xasprintf("your key is %s!", text ? text : "nothing");
	}
	if (is(a, "ok")) {
		text = file_read(a->rest, BODY_MAX, NULL);
		if (!text)
			err(EXIT_TROUBLE, "%s", a->rest);
		return text;
	}
	return xstrdup("One two three four five six seven eight nine ten. "
	               "Der zwölfte Wörterbuchbäcker übt.");
}

static void add(struct events *e, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));
static void add(struct events *e, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (e->count == EVENTS || vasprintf(&text, fmt, ap) < 0)
		errx(EXIT_TROUBLE, "too many events");
	va_end(ap);
	e->item[e->count++] = text;
}

/* The next piece of a text as a JSON string; moves *at on. Caller frees. */
static char *next_piece(const char **at, size_t least)
{
	const char *end = *at + strlen(*at), *p = *at;
	char *piece, *quoted;
	json *v = json_array();

	while (p < end && (size_t)(p - *at) < least)
		p += utf8_length(p, end) ? utf8_length(p, end) : 1;
	piece = xasprintf("%.*s", (int)(p - *at), *at);
	json_add_string(v, NULL, piece);
	quoted = json_text(v, 0);
	quoted[strlen(quoted) - 1] = '\0';
	memmove(quoted, quoted + 1, strlen(quoted));
	*at = p;
	json_free(v);
	free(piece);
	return quoted;
}

static void add_anthropic(struct events *e, const struct asked *a,
                          const char *text)
{
	char *piece;

	add(e,
	    "event: message_start\ndata: {\"type\": \"message_start\", "
	    "\"message\": {\"id\": \"msg_1\", \"role\": \"assistant\", "
	    "\"model\": \"mock-1\", \"content\": [], \"stop_reason\": null, "
	    "\"usage\": {\"input_tokens\": %d, "
	    "\"cache_creation_input_tokens\": %d, "
	    "\"cache_read_input_tokens\": %d, \"output_tokens\": 1}}}\n\n",
	    a->input, a->cached, a->cached);
	add(e, "event: content_block_start\ndata: {\"type\": "
	       "\"content_block_start\", \"index\": 0, \"content_block\": "
	       "{\"type\": \"thinking\", \"thinking\": \"\"}}\n\n");
	add(e, "event: content_block_delta\ndata: {\"type\": "
	       "\"content_block_delta\", \"index\": 0, \"delta\": {\"type\": "
	       "\"thinking_delta\", \"thinking\": \"hm\"}}\n\n");
	add(e, "event: content_block_stop\ndata: {\"type\": "
	       "\"content_block_stop\", \"index\": 0}\n\n");
	add(e, "event: ping\ndata: {\"type\": \"ping\"}\n\n");
	add(e, "event: content_block_start\ndata: {\"type\": "
	       "\"content_block_start\", \"index\": 1, \"content_block\": "
	       "{\"type\": \"text\", \"text\": \"\"}}\n\n");
	while (*text) {
		piece = next_piece(&text, PIECE);
		add(e,
		    "event: content_block_delta\ndata: {\"type\": "
		    "\"content_block_delta\", \"index\": 1, \"delta\": "
		    "{\"type\": \"text_delta\", \"text\": %s}}\n\n",
		    piece);
		free(piece);
	}
	add(e, "event: content_block_stop\ndata: {\"type\": "
	       "\"content_block_stop\", \"index\": 1}\n\n");
	add(e,
	    "event: message_delta\ndata: {\"type\": \"message_delta\", "
	    "\"delta\": {\"stop_reason\": \"%s\"}, \"usage\": "
	    "{\"output_tokens\": %d}}\n\n",
	    is(a, "max-tokens") ? "max_tokens" : "end_turn", a->output);
	add(e, "event: message_stop\ndata: {\"type\": \"message_stop\"}\n\n");
}

static void add_openai(struct events *e, const struct asked *a,
                       const char *text)
{
	char *piece;

	add(e, ": a comment\ndata: {\"model\": \"mock-1\", \"choices\": "
	       "[{\"index\": 0, \"delta\": {\"role\": \"assistant\", "
	       "\"content\": \"\"}, \"finish_reason\": null}]}\n\n");
	while (*text) {
		piece = next_piece(&text, PIECE);
		add(e,
		    "data: {\"choices\": [{\"index\": 0, \"delta\": "
		    "{\"content\": %s}, \"finish_reason\": null}]}\n\n",
		    piece);
		free(piece);
	}
	add(e,
	    "data: {\"choices\": [{\"index\": 0, \"delta\": {}, "
	    "\"finish_reason\": \"%s\"}]}\n\n",
	    is(a, "max-tokens") ? "length" : "stop");
	if (!is(a, "no-usage"))
		add(e,
		    "data: {\"choices\": [], \"usage\": {\"prompt_tokens\": "
		    "%d, \"completion_tokens\": %d, "
		    "\"prompt_tokens_details\": {\"cached_tokens\": "
		    "%d}}}\n\n",
		    a->input + 2 * a->cached, a->output, 2 * a->cached);
	if (!is(a, "no-done"))
		add(e, "data: [DONE]\n\n");
}

static void spoil(struct events *e, const struct asked *a)
{
	size_t middle = e->count / 2;
	char *at, *swap = e->item[middle];

	if (is(a, "truncate") || is(a, "cut") || is(a, "hang")) {
		e->count = middle;
	} else if (is(a, "reorder")) {
		e->item[middle] = e->item[e->count - 2];
		e->item[e->count - 2] = swap;
		swap = e->item[0];
		e->item[0] = e->item[1];
		e->item[1] = swap;
	} else if (is(a, "duplicate")) {
		memmove(e->item + 1, e->item, e->count++ * sizeof *e->item);
		add(e, "%s", e->item[e->count - 2]);
	} else if (is(a, "bad-utf8")) {
		for (size_t i = 0; i < e->count; i++) {
			at = strstr(e->item[i], "seven");
			if (at)
				at[1] = (char)0xff;
		}
	} else if (is(a, "error")) {
		e->count = strstr(a->rest, "late") ? middle : 0;
		add(e,
		    "event: error\ndata: {\"type\": \"error\", \"error\": "
		    "{\"type\": \"%.*s\", \"message\": \"as the script "
		    "says\"}}\n\n",
		    (int)strcspn(a->rest, " "), a->rest);
	} else if (is(a, "cr")) {
		for (size_t i = 0; i < e->count; i++) {
			for (at = e->item[i]; (at = strchr(at, '\n')); at++)
				*at = '\r';
		}
	}
}

static void chunk(int fd, const char *data, size_t len)
{
	say(fd, "%zx\r\n", len);
	put(fd, data, len);
	put(fd, "\r\n", 2);
}

static void start_stream(int fd, const char *type)
{
	say(fd,
	    "HTTP/1.1 200 OK\r\ncontent-type: %s\r\n"
	    "transfer-encoding: chunked\r\nconnection: close\r\n\r\n",
	    type);
}

/* Until the client goes. */
static void wait_for_end(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLRDHUP};
	char byte;

	while (poll(&p, 1, -1) >= 0 && recv(fd, &byte, 1, 0) > 0)
		;
	_exit(0);
}

static void stream(const struct asked *a)
{
	struct events *e = xcalloc(1, sizeof *e);
	char *text = find_text(a);
	size_t step;

	(a->is_anthropic ? add_anthropic : add_openai)(e, a, text);
	spoil(e, a);
	start_stream(a->fd, "text/event-stream; charset=utf-8");
	for (size_t i = 0; i < e->count; i++) {
		size_t len = strlen(e->item[i]);

		step = is(a, "split") || is(a, "drip") ? 1 : len;
		for (size_t at = 0; at < len; at += step) {
			chunk(a->fd, e->item[i] + at, step);
			if (is(a, "drip"))
				nap(1);
		}
		if (is(a, "slow"))
			nap(0.05);
	}
	if (is(a, "hang"))
		wait_for_end(a->fd);
	if (!is(a, "cut"))
		say(a->fd, "0\r\n\r\n");
	free(text);
}

/* status N [HEADER VALUE...]: an error as the APIs give it. */
static void refuse(const struct asked *a)
{
	int status = atoi(a->rest);
	const char *more = strchr(a->rest, ' ');
	char *key = header(a, a->is_anthropic ? "x-api-key" : "authorization");
	char *body = xasprintf(
	        "{\"type\": \"error\", \"error\": {\"type\": \"some_error\", "
	        "\"message\": \"the key %s got %d, \\u001b[2J\\nsaid "
	        "he\"}}",
	        key ? key : "-", status);

	say(a->fd, "HTTP/1.1 %d Some\r\ncontent-type: application/json\r\n",
	    status);
	if (more)
		say(a->fd, "%.*s: %s\r\n", (int)strcspn(more + 1, " "),
		    more + 1, more + 1 + strcspn(more + 1, " ") + 1);
	say(a->fd, "content-length: %zu\r\nconnection: close\r\n\r\n%s",
	    strlen(body), body);
	free(body);
	free(key);
}

/* 50 MB of one event, or of what is no event. */
static void flood(const struct asked *a)
{
	char many[65536];

	memset(many, 'x', sizeof many);
	start_stream(a->fd, "text/event-stream");
	if (is(a, "huge"))
		chunk(a->fd, "data: ", 6);
	for (int i = 0; i < 800; i++) {
		if (is(a, "garbage-huge"))
			many[i % 100] = '\n';
		chunk(a->fd, many, sizeof many);
	}
	say(a->fd, "0\r\n\r\n");
}

static void answer(const struct asked *a)
{
	if (is(a, "status")) {
		refuse(a);
	} else if (is(a, "stall")) {
		wait_for_end(a->fd);
	} else if (is(a, "close")) {
		/* without a word */
	} else if (is(a, "redirect")) {
		say(a->fd,
		    "HTTP/1.1 307 Go\r\nlocation: %s\r\n"
		    "content-length: 0\r\n\r\n",
		    a->rest);
	} else if (is(a, "html")) {
		start_stream(a->fd, "text/html");
		chunk(a->fd, "<h1>Welcome</h1>\n", 17);
		say(a->fd, "0\r\n\r\n");
	} else if (is(a, "garbage")) {
		start_stream(a->fd, "text/event-stream");
		chunk(a->fd, "data: {]\n\n\0\xff\xfe data", 18);
		say(a->fd, "0\r\n\r\n");
	} else if (is(a, "not-http")) {
		say(a->fd, "SSH-2.0-OpenSSH_9.2\r\n");
	} else if (is(a, "huge") || is(a, "garbage-huge")) {
		flood(a);
	} else {
		stream(a);
	}
}

static void serve(struct server *s, int fd)
{
	struct asked a = {.fd = fd, .input = 100, .output = 40, .cached = 30};

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	receive(&a);
	read_scenario(s, &a);
	check_key(s, &a);
	write_log(s, &a);
	answer(&a);
	shutdown(fd, SHUT_WR);
	wait_for_end(fd);
}

int main(int argc, char *argv[])
{
	struct server s = {.key = getenv("KEY")};
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), client;

	tool_start();
	if (argc != 3)
		tool_usage("llm-server script log");
	s.script = argv[1];
	s.log = argv[2];
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) ||
	    listen(fd, 16) || getsockname(fd, (struct sockaddr *)&at, &len))
		err(EXIT_TROUBLE, "socket");
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	while ((client = accept(fd, NULL, NULL)) >= 0) {
		s.count++;
		signal(SIGCHLD, SIG_IGN);
		if (fork() == 0) {
			signal(SIGCHLD, SIG_DFL);
			serve(&s, client);
		}
		close(client);
	}
	err(EXIT_TROUBLE, "accept");
}
