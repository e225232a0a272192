/* answer_page - a request's answer, whole */
#include "answer_page.h"
#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Nobody may frame it, keep it, or take it for something else. */
#define HEADERS                                                                \
	"Connection: close\r\n"                                                \
	"Cache-Control: no-store\r\n"                                          \
	"Content-Security-Policy: frame-ancestors 'none'\r\n"                  \
	"Cross-Origin-Resource-Policy: same-origin\r\n"                        \
	"Referrer-Policy: no-referrer\r\n"                                     \
	"X-Content-Type-Options: nosniff\r\n"

static void put(struct buffer *out, const char *status, const char *type,
                const char *body, size_t len, int is_head)
{
	char *head = xasprintf(
	        "HTTP/1.1 %s\r\n" HEADERS "Content-Type: %s; charset=utf-8\r\n"
	        "Content-Length: %zu\r\n%s\r\n",
	        status, type, len,
	        strncmp(status, "405", 3) ? "" : "Allow: GET, HEAD\r\n");

	buffer_add(out, head, strlen(head), SIZE_MAX);
	if (!is_head)
		buffer_add(out, body, len, SIZE_MAX);
	free(head);
}

static void refuse(struct buffer *out, const char *status, const char *words,
                   int is_head)
{
	put(out, status, "text/plain", words, strlen(words), is_head);
}

/* A page of a stranger's, whose name leads here, would ask with that name. */
static int is_here(const char *host, int port)
{
	static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
	int is = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names && !is; i++) {
		char *name = xasprintf("%s:%d", names[i], port);

		is = strcasecmp(host, name) == 0 ||
		     (port == 80 && strcasecmp(host, names[i]) == 0);
		free(name);
	}
	return is;
}

static void serve(struct pages *p, const char *path, int is_head,
                  struct buffer *out)
{
	struct buffer page = {0};
	char stamp[STAMP];

	if (strcmp(path, "/stamp") == 0) {
		pages_stamp(p, stamp);
		put(out, "200 OK", "text/plain", stamp, strlen(stamp), is_head);
		return;
	}
	pages_refresh(p);
	if (pages_read(p, path, &page))
		refuse(out, "404 Not Found", "no page has this name\n",
		       is_head);
	else
		put(out, "200 OK", "text/html", page.data ? page.data : "",
		    page.len, is_head);
	buffer_free(&page);
}

void answer_page(struct pages *p, const struct request *r, int port,
                 struct buffer *out)
{
	int is_head = r && strcmp(r->method, "HEAD") == 0;

	if (!r)
		refuse(out, "400 Bad Request", "not a request for a page\n", 0);
	else if (!is_here(r->host, port))
		refuse(out, "403 Forbidden",
		       "this is served to this machine alone, by its own "
		       "names\n",
		       is_head);
	else if (!is_head && strcmp(r->method, "GET"))
		refuse(out, "405 Method Not Allowed", "want GET or HEAD\n", 0);
	else
		serve(p, r->path, is_head, out);
}
