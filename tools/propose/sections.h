/* sections - the parts of a prompt, and what goes where there is no room
 *
 * A section is a heading and words of ours, and a text, which is quoted unless
 * it is ours as well. Where all of them exceed the budget, the one of highest
 * rank is cut, or dropped where a quarter of it would not be left, then the
 * next, until they fit. Rank 0 stays whole.
 */
#ifndef SECTIONS_H
#define SECTIONS_H

#include "fault.h"

#include <stddef.h>

#define SECTIONS_MAX 64
#define SECTION_MAX ((size_t)16 << 10) /* bytes of a section's text */

enum section_text {
	SECTION_OURS,  /* constant words and numbers, or a person's: as it is */
	SECTION_DATA,  /* quoted */
	SECTION_SOURCE /* quoted whole, line by line as it is */
};

struct section {
	const char *name;  /* a word, for the table */
	const char *intro; /* heading and words, constant */
	char *text;
	enum section_text kind;
	int rank;
	char *label; /* of the block, or NULL: the name */
	/* Filled by sections_fit: */
	char *rendered;
	int whole, tokens; /* before, and now: 0 where it was dropped */
};

struct sections {
	struct section item[SECTIONS_MAX];
	size_t count;
};

/* Adds a section; takes text. An empty or NULL text adds nothing. */
void sections_add(struct sections *s, const char *name, const char *intro,
                  char *text, enum section_text kind, int rank);

/* Gives the section added last another label; takes it. */
void sections_label(struct sections *s, char *label);

/* Cuts and drops until all together have at most so many tokens. Returns -1
 * with the fault set if rank 0 alone exceeds them; the fault says by what. */
int sections_fit(struct sections *s, int tokens, struct fault *f);

/* The prompt, and the table of what became of each: TSV with a header row,
 * section, tokens, of, state. Caller frees. */
char *sections_text(const struct sections *s);
char *sections_table(const struct sections *s);

void sections_free(struct sections *s);

#endif
