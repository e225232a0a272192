/* markdown - the Markdown that this tree's programs write, as HTML */
#include "markdown.h"
#include "html.h"

#include <ctype.h>
#include <string.h>

enum block { NONE, PARAGRAPH, LIST, TABLE, CODE, FENCE };

#define BOX "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label"

static const char *const open_tag[] = {
        "", "<p>", "<ul>\n", BOX "=\"table\"><table>\n", "<pre>", "<pre>"};
static const char *const close_tag[] = {"",         "</p>\n",
                                        "</ul>\n",  "</tbody></table></div>\n",
                                        "</pre>\n", "</pre>\n"};

struct state {
	FILE *p;
	enum block in;
	int row;     /* of the table, the head being 0 */
	int level;   /* of "##" */
	int deepest; /* that a heading may have now */
};

static void enter(struct state *s, enum block b)
{
	if (s->in == b)
		return;
	fputs(close_tag[s->in], s->p);
	fputs(open_tag[b], s->p);
	s->in = b;
	s->row = 0;
}

/* Text with what backticks quote as code. */
static void spans(FILE *p, const char *text, size_t len)
{
	while (len > 0) {
		const char *tick = memchr(text, '`', len);
		size_t n = tick ? (size_t)(tick - text) : len;
		const char *end =
		        tick ? memchr(tick + 1, '`', len - n - 1) : NULL;

		if (!end) {
			html_text(p, text, len);
			return;
		}
		html_text(p, text, n);
		fputs("<code>", p);
		html_text(p, tick + 1, (size_t)(end - tick) - 1);
		fputs("</code>", p);
		n = (size_t)(end - text) + 1;
		text += n;
		len -= n;
	}
}

/* The length of a first word such as "HYPOTHESIS:", 0 where there is none. */
static size_t field(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && isupper((unsigned char)line[n]))
		n++;
	return n > 3 && n < len && line[n] == ':' ? n + 1 : 0;
}

static void paragraph(struct state *s, const char *line, size_t len)
{
	size_t n = field(line, len);

	if (n)
		enter(s, NONE);
	if (s->in == PARAGRAPH)
		putc('\n', s->p);
	enter(s, PARAGRAPH);
	if (n)
		fprintf(s->p, "<b>%.*s</b>", (int)n, line);
	spans(s->p, line + n, len - n);
}

/* How many marks begin a heading, 0 where the line is none. */
static size_t heading_marks(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && line[n] == '#')
		n++;
	return n < len && line[n] == ' ' ? n : 0;
}

/* No deeper than one below the last, however many marks a stranger makes. */
static void heading(struct state *s, const char *line, size_t len, size_t marks)
{
	int level =
	        s->level + (marks < 3 ? 0 : (int)(marks < 6 ? marks : 6) - 2);

	level = level > s->deepest ? s->deepest : level;
	s->deepest = level < 6 ? level + 1 : 6;
	enter(s, NONE);
	fprintf(s->p, "<h%d>", level);
	spans(s->p, line + marks + 1, len - marks - 1);
	fprintf(s->p, "</h%d>\n", level);
}

static void cell(struct state *s, const char *text, size_t len)
{
	while (len && *text == ' ') {
		text++;
		len--;
	}
	while (len && text[len - 1] == ' ')
		len--;
	fputs(s->row ? "<td>" : "<th scope=\"col\">", s->p);
	spans(s->p, text, len);
	fputs(s->row ? "</td>" : "</th>", s->p);
}

static void table_row(struct state *s, const char *line, size_t len)
{
	const char *end = line + len, *bar;

	enter(s, TABLE);
	if (s->row == 1) { /* |---|---| */
		s->row++;
		return;
	}
	fputs(s->row ? "<tr>" : "<thead><tr>", s->p);
	for (line++; line < end; line = bar + 1) {
		bar = memchr(line, '|', (size_t)(end - line));
		bar = bar ? bar : end;
		cell(s, line, (size_t)(bar - line));
	}
	fputs(s->row ? "</tr>\n" : "</tr></thead><tbody>\n", s->p);
	s->row++;
}

static void item(struct state *s, const char *line, size_t len)
{
	enter(s, LIST);
	fputs("<li>", s->p);
	spans(s->p, line + 2, len - 2);
	fputs("</li>\n", s->p);
}

static int starts(const char *line, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(line, with, strlen(with));
}

static void one_line(struct state *s, const char *line, size_t len)
{
	int is_fence = starts(line, len, "```");
	size_t marks = heading_marks(line, len);

	if (s->in == FENCE) {
		if (is_fence) {
			enter(s, NONE);
		} else {
			html_text(s->p, line, len);
			putc('\n', s->p);
		}
	} else if (is_fence) {
		enter(s, FENCE);
	} else if (len == 0) {
		enter(s, NONE);
	} else if (marks) {
		heading(s, line, len, marks);
	} else if (line[0] == '|') {
		table_row(s, line, len);
	} else if (starts(line, len, "- ")) {
		item(s, line, len);
	} else if (starts(line, len, "    ")) {
		enter(s, CODE);
		html_text(s->p, line + 4, len - 4);
		putc('\n', s->p);
	} else {
		paragraph(s, line, len);
	}
}

size_t markdown(FILE *p, const char *text, size_t len, int level, size_t max)
{
	struct state s = {p, NONE, 0, level, level};
	const char *end = text + len;
	size_t shown = 0, more = 0;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		stop = stop ? stop : end;
		if (max && shown >= max)
			more++;
		else if (shown ||
		         heading_marks(text, (size_t)(stop - text)) != 1)
			one_line(&s, text, (size_t)(stop - text));
		shown++;
		text = stop + 1;
	}
	enter(&s, NONE);
	return more;
}
