/* html - text that others wrote, as HTML that is text and nothing else */
#include "html.h"
#include "utf8.h"

#include <math.h>
#include <string.h>

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_text(FILE *p, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *special = entity(*text);
		size_t n = utf8_visible(text, end);

		if (special)
			fputs(special, p);
		else if (n)
			fwrite(text, 1, n, p);
		else if (*text == '\n' || *text == '\t')
			putc(*text, p);
		else
			fprintf(p, "\\x%02x", (unsigned char)*text);
		text += n ? n : 1;
	}
}

void html(FILE *p, const char *text)
{
	html_text(p, text, strlen(text));
}

size_t html_lines(FILE *p, const char *text, size_t len, size_t max)
{
	const char *end = text + len;
	size_t line = 0, more = 0;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		const char *next = stop ? stop + 1 : end;

		if (line++ >= max)
			more++;
		else
			html_text(p, text, (size_t)(next - text));
		text = next;
	}
	return more;
}

void html_more(FILE *p, size_t more, const char *what, const char *folder,
               const char *file)
{
	if (!more)
		return;
	fprintf(p, "<p class=\"more\">%zu more %s in <code>", more, what);
	html(p, folder);
	putc('/', p);
	html(p, file);
	fputs("</code></p>\n", p);
}

void html_name(FILE *p, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, "_");

		n += name[n] == '_';
		html_text(p, name, n);
		fputs("<wbr>", p);
		name += n;
	}
}

void html_element(FILE *p, const char *tag, const char *text)
{
	fprintf(p, "<%s>", tag);
	html(p, text);
	fprintf(p, "</%s>", tag);
}

void html_table_begin(FILE *p, const char *id, const char *label)
{
	fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"",
	      p);
	html(p, label);
	fputs("\"><table", p);
	if (id)
		fprintf(p, " id=\"%s\"", id);
	fputs(">\n", p);
}

void html_table_end(FILE *p)
{
	fputs("</tbody></table></div>\n", p);
}

void html_columns(FILE *p, const char *const *name, size_t count)
{
	fputs("<thead><tr>", p);
	for (size_t i = 0; i < count; i++) {
		int is_number = name[i][0] == '#';

		fprintf(p, "<th scope=\"col\"%s>",
		        is_number ? " class=\"n\"" : "");
		html(p, name[i] + is_number);
		fputs("</th>", p);
	}
	fputs("</tr></thead>\n<tbody>\n", p);
}

void html_number(FILE *p, double x, int digits)
{
	if (isfinite(x))
		fprintf(p, "%.*f", digits, x);
	else
		putc('-', p);
}

void html_number_cell(FILE *p, double x, int digits)
{
	fputs("<td class=\"n\">", p);
	html_number(p, x, digits);
	fputs("</td>", p);
}

void html_us(FILE *p, double us)
{
	html_number(p, us, us < 10 ? 3 : us < 100 ? 2 : us < 1000 ? 1 : 0);
}

void html_speedup(FILE *p, double x, double low, double high)
{
	html_number(p, x, 3);
	if (isfinite(low) && isfinite(high))
		fprintf(p, " <span class=\"ci\">[%.3f, %.3f]</span>", low,
		        high);
}
