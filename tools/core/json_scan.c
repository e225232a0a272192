/* json_scan - the strict half of reading JSON: what cJSON would let pass */
#include "json_scan.h"
#include "memory.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 64
#define MAX_NUMBER 63 /* characters; cJSON 1.7.15 holds no more */

struct scan {
	const char *at, *end, *path;
	long line;
	int depth;
	struct json_mark *mark;
	size_t count, room;
	struct fault *f;
};

static int scan_value(struct scan *s);

static int wrong(struct scan *s, const char *what)
{
	return fault_set(s->f, "%s:%ld: %s", s->path, s->line, what);
}

/* The same, with the character at hand. */
static int want(struct scan *s, const char *what)
{
	unsigned char c;

	if (s->at == s->end)
		return fault_set(s->f,
		                 "%s:%ld: want %s, got the end of the text",
		                 s->path, s->line, what);
	c = (unsigned char)*s->at;
	if (c < ' ' || c > '~')
		return fault_set(s->f, "%s:%ld: want %s, got byte 0x%02x",
		                 s->path, s->line, what, c);
	return fault_set(s->f, "%s:%ld: want %s, got '%c'", s->path, s->line,
	                 what, c);
}

static size_t digits(const char *at, const char *end)
{
	size_t n = 0;

	while (at + n < end && at[n] >= '0' && at[n] <= '9')
		n++;
	return n;
}

size_t json_number_length(const char *at, const char *end)
{
	const char *p = at + (at < end && *at == '-');
	size_t n = digits(p, end);

	if (n == 0 || (n > 1 && *p == '0'))
		return 0;
	p += n;
	if (p < end && *p == '.') {
		n = digits(p + 1, end);
		if (n == 0)
			return 0;
		p += 1 + n;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		n = digits(p, end);
		if (n == 0)
			return 0;
		p += n;
	}
	return (size_t)(p - at);
}

static void skip_space(struct scan *s)
{
	for (; s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at; s->at++)
		s->line += *s->at == '\n';
}

/* "\uXXXX" at s->at. Returns the code unit, or -1 without a fault. */
static int code_unit(const struct scan *s)
{
	char hex[5] = "";

	if (s->end - s->at < 6 || s->at[0] != '\\' || s->at[1] != 'u')
		return -1;
	memcpy(hex, s->at + 2, 4);
	if (strspn(hex, "0123456789abcdefABCDEF") != 4)
		return -1;
	return (int)strtol(hex, NULL, 16);
}

static int scan_escape(struct scan *s)
{
	int unit;

	if (s->end - s->at >= 2 && s->at[1] && strchr("\"\\/bfnrt", s->at[1])) {
		s->at += 2;
		return 0;
	}
	unit = code_unit(s);
	if (unit < 0)
		return wrong(s, "unknown escape in a string");
	if (unit == 0)
		return wrong(s, "a string holds \\u0000");
	s->at += 6;
	if (unit < 0xd800 || unit > 0xdfff)
		return 0;
	if (unit < 0xdc00) {
		unit = code_unit(s);
		s->at += 6;
		if (unit >= 0xdc00 && unit <= 0xdfff)
			return 0;
	}
	return wrong(s, "half of a surrogate pair in a string");
}

static int scan_string(struct scan *s)
{
	for (s->at++; s->at < s->end && *s->at != '"';) {
		size_t n = utf8_length(s->at, s->end);

		if (*s->at == '\\') {
			if (scan_escape(s))
				return -1;
			continue;
		}
		if ((unsigned char)*s->at < ' ')
			return want(s, "control characters to be escaped");
		if (n == 0)
			return wrong(s, "a string is not valid UTF-8");
		s->at += n;
	}
	if (s->at == s->end)
		return wrong(s, "a string has no end");
	s->at++;
	return 0;
}

static int scan_member(struct scan *s)
{
	if (s->at == s->end || *s->at != '"')
		return want(s, "a key in quotes");
	if (scan_string(s))
		return -1;
	skip_space(s);
	if (s->at == s->end || *s->at != ':')
		return want(s, "':'");
	s->at++;
	return scan_value(s);
}

/* An object or an array, s->at at its opening bracket. */
static int scan_container(struct scan *s)
{
	char close = *s->at == '{' ? '}' : ']';

	if (++s->depth > MAX_DEPTH)
		return wrong(s, "nested more than 64 deep");
	s->at++;
	skip_space(s);
	while (s->at == s->end || *s->at != close) {
		if (close == '}' ? scan_member(s) : scan_value(s))
			return -1;
		skip_space(s);
		if (s->at < s->end && *s->at == close)
			break;
		if (s->at == s->end || *s->at != ',')
			return want(s,
			            close == '}' ? "',' or '}'" : "',' or ']'");
		s->at++;
		skip_space(s);
		if (s->at < s->end && *s->at == close)
			return want(s, "a value after ','");
	}
	s->at++;
	s->depth--;
	return 0;
}

static int scan_word(struct scan *s)
{
	static const char *const word[] = {"true", "false", "null"};
	size_t n = json_number_length(s->at, s->end);

	for (int i = 0; i < 3 && n == 0; i++) {
		size_t len = strlen(word[i]);

		if ((size_t)(s->end - s->at) >= len &&
		    memcmp(s->at, word[i], len) == 0)
			n = len;
	}
	if (n == 0)
		return want(s, "a JSON value");
	if (n > MAX_NUMBER)
		return wrong(s, "a number of more than 63 characters");
	s->at += n;
	return 0;
}

static int scan_value(struct scan *s)
{
	skip_space(s);
	if (s->count == s->room) {
		s->room = s->room * 2 + 64;
		s->mark = xrealloc(s->mark, s->room, sizeof *s->mark);
	}
	s->mark[s->count++] = (struct json_mark){s->at, s->line};
	if (s->at < s->end && (*s->at == '{' || *s->at == '['))
		return scan_container(s);
	if (s->at < s->end && *s->at == '"')
		return scan_string(s);
	return scan_word(s);
}

struct json_mark *json_scan(const char *text, size_t len, const char *path,
                            long first_line, struct fault *f)
{
	struct scan s = {.at = text,
	                 .end = text + len,
	                 .path = path,
	                 .line = first_line,
	                 .f = f};
	int failed = scan_value(&s);

	if (!failed) {
		skip_space(&s);
		if (s.at < s.end)
			failed = want(&s, "nothing after the value");
	}
	if (failed) {
		free(s.mark);
		return NULL;
	}
	return s.mark;
}
