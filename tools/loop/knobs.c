/* knobs - the constants that a kernel offers to be tuned */
#include "knobs.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How a knob is marked, and what its second line has around the name. */
static const struct {
	const char *mark, *before, *after;
} forms[] = {{"// knob:", "#define ", " "}, {"# knob:", "", " = "}};
#define FORMS (int)(sizeof forms / sizeof *forms)

#define NAME_LETTERS                                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
#define VALUE_LETTERS NAME_LETTERS ".+-"

int knob_find(const struct knob *k, const char *value)
{
	for (int i = 0; i < k->nvalues; i++)
		if (strcmp(k->value[i], value) == 0)
			return i;
	return -1;
}

/* Copies the next word before end to word. Returns what follows it, NULL
 * where there is no further word; an overlong or odd word is made "". */
static const char *next_word(const char *p, const char *end,
                             const char *letters, char word[MAX_KNOB_TEXT])
{
	size_t len;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p == end)
		return NULL;
	for (len = 0; p + len < end && p[len] != ' ' && p[len] != '\t';)
		len++;
	word[0] = '\0';
	if (len < MAX_KNOB_TEXT && strspn(p, letters) >= len) {
		memcpy(word, p, len);
		word[len] = '\0';
	}
	return p + len;
}

static int read_values(const char *p, const char *end, struct knob *k,
                       const char **why)
{
	char word[MAX_KNOB_TEXT];

	k->nvalues = 0;
	p = next_word(p, end, NAME_LETTERS, k->name);
	*why = "want an identifier of at most 47 letters after \"knob:\"";
	if (!p || !k->name[0] || strchr("0123456789", k->name[0]))
		return -1;
	while ((p = next_word(p, end, VALUE_LETTERS, word))) {
		*why = "want values of [A-Za-z0-9_.+-], at most 47 letters";
		if (!word[0])
			return -1;
		*why = "a value stands twice";
		if (knob_find(k, word) >= 0)
			return -1;
		*why = "more than 24 values";
		if (k->nvalues == MAX_KNOB_VALUES)
			return -1;
		strcpy(k->value[k->nvalues++], word);
	}
	*why = "want at least two values";
	return k->nvalues >= 2 ? 0 : -1;
}

static int read_define(const char *p, const char *end, struct knob *k,
                       const char **why)
{
	char word[MAX_KNOB_TEXT], head[MAX_KNOB_TEXT + 16];
	int len = snprintf(head, sizeof head, "%s%s%s", forms[k->form].before,
	                   k->name, forms[k->form].after);

	*why = k->form ? "want exactly \"NAME = VALUE\" of the knob above"
	               : "want exactly \"#define NAME VALUE\" of the knob "
	                 "above";
	if (end - p < len || strncmp(p, head, (size_t)len) != 0)
		return -1;
	p += len;
	if (p == end || *p == ' ' ||
	    next_word(p, end, VALUE_LETTERS, word) != end)
		return -1;
	k->current = knob_find(k, word);
	*why = "the value is not one of the knob's";
	return k->current >= 0 ? 0 : -1;
}

/* In a document sources are strings, in which a line ends with an escape. The
 * two lines of a knob have nothing in them that is escaped. */
static const char *line_end(const char *p, int is_document)
{
	if (!is_document)
		return p + strcspn(p, "\n");
	for (; *p && *p != '\n' && *p != '"'; p++) {
		if (p[0] == '\\' && p[1] == 'n')
			break;
		if (p[0] == '\\' && p[1])
			p++;
	}
	return p;
}

/* Where its text ends, which a Windows editor ends with one character more. */
static const char *text_end(const char *p, const char *end, int is_document)
{
	const char *cr = is_document ? "\\r" : "\r";
	size_t n = strlen(cr);

	return (size_t)(end - p) >= n && strncmp(end - n, cr, n) == 0 ? end - n
	                                                              : end;
}

/* Where the line after that end begins. */
static const char *line_after(const char *end)
{
	return end + (*end ? 1 + (*end == '\\') : 0);
}

/* The form of the mark that a line begins with, or FORMS. */
static int find_form(const char *line)
{
	int i = 0;

	while (i < FORMS &&
	       strncmp(line, forms[i].mark, strlen(forms[i].mark)) != 0)
		i++;
	return i;
}

static int is_known(const struct knobs *k, const char *name)
{
	for (size_t i = 0; i < k->count; i++)
		if (strcmp(k->item[i].name, name) == 0)
			return 1;
	return 0;
}

int knobs_read(const char *source, const char *path, struct knobs *out,
               struct fault *f)
{
	int is_document = source[strspn(source, " \t\r\n")] == '{';
	const char *why = "", *end, *next;
	long line = 1; /* of the document's string, if it is one */

	out->count = 0;
	for (const char *p = source; *p;
	     p = next, line = *end == '"' ? 1 : line + 1) {
		struct knob *k = &out->item[out->count];
		int form = find_form(p);

		end = line_end(p, is_document);
		next = line_after(end);
		if (form == FORMS)
			continue;
		if (out->count == MAX_KNOBS)
			return fault_set(f, "%s:%ld: more than %d knobs", path,
			                 line, MAX_KNOBS);
		k->form = form;
		if (read_values(p + strlen(forms[form].mark),
		                text_end(p, end, is_document), k, &why))
			return fault_set(f, "%s:%ld: %s", path, line, why);
		if (is_known(out, k->name))
			return fault_set(f, "%s:%ld: knob %s stands twice",
			                 path, line, k->name);
		k->start = (size_t)(next - source);
		k->end = (size_t)(text_end(next, line_end(next, is_document),
		                           is_document) -
		                  source);
		if (read_define(next, source + k->end, k, &why))
			return fault_set(f, "%s:%ld: %s", path, line + 1, why);
		out->count++;
	}
	if (knobs_points(out) == 0)
		return fault_set(f, "%s: more than 2^62 points in the knobs",
		                 path);
	return 0;
}

char *knobs_render(const char *source, const struct knobs *k, const int *choice)
{
	size_t room = strlen(source) + k->count * (2 * MAX_KNOB_TEXT + 16) + 1;
	char *text = xcalloc(room, 1), *p = text;
	size_t at = 0;

	for (size_t i = 0; i < k->count; i++) {
		const struct knob *knob = &k->item[i];

		memcpy(p, source + at, knob->start - at);
		p += knob->start - at;
		at = knob->end;
		p += sprintf(p, "%s%s%s%s", forms[knob->form].before,
		             knob->name, forms[knob->form].after,
		             knob->value[choice[i]]);
	}
	strcpy(p, source + at);
	return text;
}

uint64_t knobs_points(const struct knobs *k)
{
	uint64_t n = 1;

	for (size_t i = 0; i < k->count; i++) {
		n *= (uint64_t)k->item[i].nvalues;
		if (n > (uint64_t)1 << 62)
			return 0;
	}
	return n;
}
