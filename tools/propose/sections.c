/* sections - the parts of a prompt, and what goes where there is no room */
#include "sections.h"
#include "memory.h"
#include "prompt.h"
#include "quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is less than this, and less than a quarter of a section, is no use. */
#define LEAST_TOKENS 40

void sections_add(struct sections *s, const char *name, const char *intro,
                  char *text, enum section_text kind, int rank)
{
	if (!text || !*text || s->count == SECTIONS_MAX) {
		free(text);
		return;
	}
	s->item[s->count++] = (struct section){.name = name,
	                                       .intro = intro,
	                                       .text = text,
	                                       .kind = kind,
	                                       .rank = rank};
}

void sections_label(struct sections *s, char *label)
{
	s->item[s->count - 1].label = label;
}

/* The section with at most max bytes of its text. */
static char *render(const struct section *s, size_t max)
{
	char *body, *all;
	size_t len = strlen(s->text);

	if (s->kind == SECTION_SOURCE)
		body = quote_source(s->label ? s->label : s->name, s->text);
	else if (s->kind == SECTION_DATA)
		body = quote(s->name, s->text, max);
	else if (len <= max)
		body = xasprintf("%s%s", s->text,
		                 s->text[len - 1] == '\n' ? "" : "\n");
	else
		body = quote_cut(s->text, max);
	all = xasprintf("%s\n%s", s->intro, body);
	free(body);
	return all;
}

static void set(struct section *s, char *rendered)
{
	free(s->rendered);
	s->rendered = rendered;
	s->tokens = rendered ? prompt_estimate(rendered) : 0;
}

/* Makes a section at most so many tokens long. */
static void cut(struct section *s, int tokens)
{
	size_t max = strlen(s->text);

	if (max > SECTION_MAX)
		max = SECTION_MAX;
	if (tokens < LEAST_TOKENS || tokens < s->whole / 4) {
		set(s, NULL);
		return;
	}
	while (s->tokens > tokens) {
		max = max * (size_t)tokens / (size_t)s->tokens;
		max -= max / 32 + 1;
		set(s, max < LEAST_TOKENS ? NULL : render(s, max));
	}
}

/* The section that is the least useful of those not looked at. */
static struct section *least_useful(struct sections *s, int below)
{
	struct section *found = NULL;

	for (size_t i = 0; i < s->count; i++) {
		struct section *one = &s->item[i];

		if (one->rank > 0 && one->rank < below &&
		    (!found || one->rank > found->rank))
			found = one;
	}
	return found;
}

int sections_fit(struct sections *s, int tokens, struct fault *f)
{
	int all = 0, needed = 0;
	struct section *least;

	for (size_t i = 0; i < s->count; i++) {
		struct section *one = &s->item[i];

		set(one, render(one, SECTION_MAX));
		one->whole = one->tokens;
		all += one->tokens;
		needed += one->rank ? 0 : one->tokens;
	}
	if (needed > tokens)
		return fault_set(f,
		                 "the incumbent's source and what no prompt "
		                 "can be without take about %d tokens, the "
		                 "budget leaves %d: set PROMPT_TOKENS to %d "
		                 "more, at least",
		                 needed, tokens, needed - tokens);
	for (int rank = SECTIONS_MAX; all > tokens; rank = least->rank) {
		least = least_useful(s, rank);
		all -= least->tokens;
		cut(least, tokens - all);
		all += least->tokens;
	}
	return 0;
}

char *sections_text(const struct sections *s)
{
	char *text;
	size_t len;
	FILE *out = xmemstream(&text, &len);

	for (size_t i = 0, shown = 0; i < s->count; i++) {
		if (s->item[i].rendered)
			fprintf(out, "%s%s", shown++ ? "\n" : "",
			        s->item[i].rendered);
	}
	fclose(out);
	return text;
}

char *sections_table(const struct sections *s)
{
	char *text;
	size_t len;
	FILE *out = xmemstream(&text, &len);

	fputs("section\ttokens\tof\tstate\n", out);
	for (size_t i = 0; i < s->count; i++) {
		const struct section *one = &s->item[i];

		fprintf(out, "%s\t%d\t%d\t%s\n", one->name, one->tokens,
		        one->whole,
		        !one->tokens                ? "dropped"
		        : one->tokens == one->whole ? "kept"
		                                    : "cut");
	}
	fclose(out);
	return text;
}

void sections_free(struct sections *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->item[i].text);
		free(s->item[i].label);
		free(s->item[i].rendered);
	}
	s->count = 0;
}
