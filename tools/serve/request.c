/* request - the head of an HTTP request, as far as a server of pages needs it
 */
#include "request.h"

#include <string.h>
#include <strings.h>

#define END "\r\n\r\n"

/* The bytes up to an end, of printable ASCII, as a word. */
static int take(const char *from, const char *to, char out[REQUEST_WORD])
{
	size_t len = (size_t)(to - from);

	if (!len || len >= REQUEST_WORD)
		return -1;
	for (const char *c = from; c < to; c++)
		if (*c <= ' ' || *c > '~')
			return -1;
	memcpy(out, from, len);
	out[len] = '\0';
	return 0;
}

/* "GET /path?query HTTP/1.1": a query means nothing here. */
static int read_line(const char *line, const char *end, struct request *out)
{
	const char *path = memchr(line, ' ', (size_t)(end - line));
	const char *version, *query;

	if (!path || take(line, path, out->method))
		return -1;
	path++;
	version = memchr(path, ' ', (size_t)(end - path));
	if (!version || end - version != 9 || strncmp(version, " HTTP/1.", 8))
		return -1;
	query = memchr(path, '?', (size_t)(version - path));
	return take(path, query ? query : version, out->path);
}

static int is_host(const char *line, const char *end)
{
	return end - line > 5 && strncasecmp(line, "Host:", 5) == 0;
}

static int read_host(const char *line, const char *end, struct request *out)
{
	if (*out->host)
		return -1;
	line += 5;
	while (line < end && (*line == ' ' || *line == '\t'))
		line++;
	while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	return take(line, end, out->host);
}

int request_read(const char *data, size_t len, struct request *out)
{
	const char *stop = memmem(data, len, END, strlen(END)), *end;

	*out = (struct request){.host = ""};
	if (!stop)
		return 0;
	end = memmem(data, len, "\r\n", 2);
	if (read_line(data, end, out))
		return -1;
	while (end < stop) {
		const char *line = end + 2;

		end = memmem(line, (size_t)(stop + 2 - line), "\r\n", 2);
		if (is_host(line, end) && read_host(line, end, out))
			return -1;
	}
	return *out->host ? 1 : -1;
}
