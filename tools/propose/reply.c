/* reply - a model's answer, read strictly */
#include "reply.h"
#include "memory.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define OPENING "<<<<<<< "
#define DIVIDER "======="
#define CLOSING ">>>>>>>"
#define LEAST_FACTOR 0.001
#define MOST_FACTOR 100000

/* The line at hand; at is NULL behind the last one. */
struct lines {
	const char *at, *end; /* of the text */
	size_t len;           /* of the line, without its newline */
	long number;
};

static void measure(struct lines *l)
{
	const char *newline;

	if (l->at == l->end) {
		l->at = NULL;
		return;
	}
	newline = memchr(l->at, '\n', (size_t)(l->end - l->at));
	l->len = (size_t)((newline ? newline : l->end) - l->at);
	l->number++;
}

static void advance(struct lines *l)
{
	l->at += l->len;
	if (l->at < l->end)
		l->at++;
	measure(l);
}

static int begins(const struct lines *l, const char *word)
{
	size_t n = strlen(word);

	return l->at && l->len >= n && memcmp(l->at, word, n) == 0;
}

/* The line is this word, blanks after it not counted. */
static int is_line(const struct lines *l, const char *word)
{
	size_t len = l->at ? l->len : 0;

	while (len && (l->at[len - 1] == ' ' || l->at[len - 1] == '\t'))
		len--;
	return l->at && len == strlen(word) && begins(l, word);
}

static int is_fence(const struct lines *l)
{
	return begins(l, "```");
}

static void pass_blank(struct lines *l)
{
	while (is_line(l, "") || is_fence(l))
		advance(l);
}

static const char *const field[] = {
        "HYPOTHESIS:", "MECHANISM:", "PREDICTS:", "RISK:"};
#define NFIELDS (sizeof field / sizeof *field)

static int is_field_end(const struct lines *l)
{
	if (!l->at || begins(l, "<<<") || is_fence(l) || is_line(l, "---"))
		return 1;
	for (size_t i = 0; i < NFIELDS; i++)
		if (begins(l, field[i]))
			return 1;
	return 0;
}

/* Adds a line to a field's text, with single blanks. Returns -1 if it would
 * become too long. */
static int add_words(char *text, const char *p, size_t len)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < len; i++) {
		int blank = p[i] == ' ' || p[i] == '\t';

		if (blank && (!n || text[n - 1] == ' '))
			continue;
		if (n == MAX_FIELD)
			return -1;
		text[n++] = blank ? ' ' : p[i];
	}
	if (n && n < MAX_FIELD && text[n - 1] != ' ')
		text[n++] = ' ';
	text[n] = '\0';
	return 0;
}

static char *read_field(struct lines *l, const char *name, struct fault *why)
{
	char *text = xcalloc(MAX_FIELD + 1, 1);
	size_t skip = strlen(name), n;
	long at = l->number;
	int is_long = 0;

	if (!begins(l, name)) {
		fault_set(why, "line %ld: want a line \"%s ...\"", l->number,
		          name);
		free(text);
		return NULL;
	}
	do {
		is_long |= add_words(text, l->at + skip, l->len - skip);
		skip = 0;
		advance(l);
	} while (!is_field_end(l));
	n = strlen(text);
	if (n && text[n - 1] == ' ')
		text[n - 1] = '\0';
	if (is_long || !*text) {
		fault_set(why,
		          is_long ? "line %ld: %s is longer than %d bytes"
		                  : "line %ld: %s is empty",
		          at, name, MAX_FIELD);
		free(text);
		return NULL;
	}
	return text;
}

static int read_factor(struct lines *l, double *out, struct fault *why)
{
	long at = l->number;
	char *text = read_field(l, "PREDICTS:", why), *end;
	int bad;

	if (!text)
		return -1;
	*out = strtod(text, &end);
	bad = end == text || (*end && strcmp(end, "x") != 0) ||
	      strspn(text, "0123456789.") != (size_t)(end - text) ||
	      !(*out >= LEAST_FACTOR && *out <= MOST_FACTOR);
	free(text);
	return bad ? fault_set(why,
	                       "line %ld: PREDICTS: want one number above 0, "
	                       "such as 1.15 for 15 %% faster",
	                       at)
	           : 0;
}

static int read_fields(struct lines *l, struct reply *r, struct fault *why)
{
	while (l->at && !begins(l, field[0]))
		advance(l);
	if (!l->at)
		return fault_set(why, "there is no line \"%s ...\"", field[0]);
	r->hypothesis = read_field(l, field[0], why);
	r->mechanism = r->hypothesis ? read_field(l, field[1], why) : NULL;
	if (!r->mechanism || read_factor(l, &r->predicts, why))
		return -1;
	r->risk = read_field(l, field[3], why);
	return r->risk ? 0 : -1;
}

/* Lines up to the one that is a marker, which is passed too. Fences at their
 * edges are not part of them. Returns NULL with the reason set. */
static char *read_lines(struct lines *l, const char *marker, long opened,
                        struct fault *why)
{
	const char *from, *to, *last;

	if (is_fence(l))
		advance(l);
	from = last = l->at;
	while (l->at && !is_line(l, marker)) {
		if (begins(l, OPENING) || is_line(l, DIVIDER) ||
		    is_line(l, CLOSING)) {
			fault_set(why,
			          "line %ld: a marker inside the block that "
			          "line %ld begins, where \"%s\" has to come "
			          "first",
			          l->number, opened, marker);
			return NULL;
		}
		last = l->at;
		advance(l);
	}
	if (!l->at) {
		fault_set(why,
		          "the block that line %ld begins has no line \"%s\": "
		          "was the reply cut off?",
		          opened, marker);
		return NULL;
	}
	to = last != l->at && l->at - last >= 3 && !memcmp(last, "```", 3)
	             ? last
	             : l->at;
	advance(l);
	return xasprintf("%.*s", (int)(to - from), from);
}

static int read_block(struct lines *l, struct block *b, struct fault *why)
{
	int is_whole = begins(l, OPENING "WHOLE ");
	size_t skip = strlen(is_whole ? OPENING "WHOLE " : OPENING "REPLACE ");
	size_t len = l->len;

	b->line = l->number;
	if (!is_whole && !begins(l, OPENING "REPLACE "))
		return fault_set(why,
		                 "line %ld: want \"" OPENING
		                 "REPLACE file\" or \"" OPENING "WHOLE file\"",
		                 l->number);
	while (len > skip && l->at[len - 1] == ' ')
		len--;
	b->file = xasprintf("%.*s", (int)(len - skip), l->at + skip);
	advance(l);
	if (!is_whole) {
		b->anchor = read_lines(l, DIVIDER, b->line, why);
		if (!b->anchor)
			return -1;
	}
	b->text = read_lines(l, CLOSING, b->line, why);
	return b->text ? 0 : -1;
}

static int read_blocks(struct lines *l, struct reply *r, struct fault *why)
{
	r->block = xcalloc(MAX_BLOCKS, sizeof *r->block);
	for (pass_blank(l); l->at; pass_blank(l)) {
		if (!begins(l, "<<<"))
			return fault_set(why,
			                 "line %ld: text outside the fields "
			                 "and blocks",
			                 l->number);
		if (r->count == MAX_BLOCKS)
			return fault_set(why, "line %ld: more than %d blocks",
			                 l->number, MAX_BLOCKS);
		if (read_block(l, &r->block[r->count++], why))
			return -1;
	}
	return r->count ? 0
	                : fault_set(why, "there is no block \"" OPENING
	                                 "REPLACE file\" or \"" OPENING
	                                 "WHOLE file\"");
}

/* Only what one sees: a stranger's text may hide nothing in a source. */
static int check_characters(const char *text, size_t len, struct fault *why)
{
	const char *end = text + len;
	long line = 1;

	for (const char *p = text; p < end;) {
		size_t n = utf8_visible(p, end);

		if (!n && *p != '\n' && *p != '\t')
			return fault_set(why,
			                 utf8_length(p, end)
			                         ? "line %ld: a control or "
			                           "hidden character"
			                         : "line %ld: no valid UTF-8",
			                 line);
		line += *p == '\n';
		p += n ? n : 1;
	}
	return 0;
}

static int begin(const char *text, size_t len, struct lines *l,
                 struct fault *why)
{
	*l = (struct lines){.at = text, .end = text + len};
	if (len > REPLY_MAX)
		return fault_set(why, "longer than %zu bytes", REPLY_MAX);
	if (check_characters(text, len, why))
		return -1;
	measure(l);
	return 0;
}

int reply_read(const char *text, size_t len, struct reply *out,
               struct fault *why)
{
	struct lines l;

	*out = (struct reply){0};
	if (begin(text, len, &l, why) || read_fields(&l, out, why) ||
	    read_blocks(&l, out, why)) {
		reply_free(out);
		return -1;
	}
	return 0;
}

int reply_read_plans(const char *text, size_t len, size_t count,
                     struct reply *out, struct fault *why)
{
	struct lines l;
	size_t n = 0;
	int failed;

	memset(out, 0, count * sizeof *out);
	failed = begin(text, len, &l, why);
	while (!failed && n < count) {
		failed = read_fields(&l, &out[n++], why);
		pass_blank(&l);
		if (!failed && (n < count) != is_line(&l, "---"))
			failed = fault_set(why,
			                   "want %zu plans, each with its four "
			                   "fields, with a line \"---\" "
			                   "between two",
			                   count);
		else if (!failed && n < count)
			advance(&l);
	}
	if (!failed && l.at)
		failed = fault_set(why, "line %ld: text after the plan",
		                   l.number);
	for (size_t i = 0; failed && i < n; i++)
		reply_free(&out[i]);
	return failed;
}

void reply_free(struct reply *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->block[i].file);
		free(r->block[i].anchor);
		free(r->block[i].text);
	}
	free(r->block);
	free(r->hypothesis);
	free(r->mechanism);
	free(r->risk);
	*r = (struct reply){0};
}
