/* knobs - the constants that a kernel offers to be tuned
 *
 * A knob is two lines of the source:
 *
 *	// knob: TILE 4 8 16		# knob: TILE 4 8 16
 *	#define TILE 8			TILE = 8
 *
 * The second must follow at once, define the same name, and hold one of the
 * values. A name is an identifier, a value [A-Za-z0-9_.+-]+. Only the second
 * lines differ between two points of the space. The source may be a Solution
 * document: its strings have lines, too.
 */
#ifndef KNOBS_H
#define KNOBS_H

#include "fault.h"

#include <stddef.h>
#include <stdint.h>

#define MAX_KNOBS 24
#define MAX_KNOB_VALUES 24
#define MAX_KNOB_TEXT 48 /* of a name or a value, with its NUL */

struct knob {
	char name[MAX_KNOB_TEXT];
	char value[MAX_KNOB_VALUES][MAX_KNOB_TEXT];
	int nvalues;
	int current;       /* index of the value that the source holds */
	size_t start, end; /* bytes of the second line, without its newline */
	int form;          /* C's or the other one: knobs.c */
};

struct knobs {
	struct knob item[MAX_KNOBS];
	size_t count;
};

/* Finds the knobs of a source. path serves messages. Returns -1 with the
 * fault set; a source without knobs is no fault. */
int knobs_read(const char *source, const char *path, struct knobs *out,
               struct fault *f);

/* The source with each knob at value[choice[i]]. Caller frees. */
char *knobs_render(const char *source, const struct knobs *k,
                   const int *choice);

/* The number of points, or 0 where it exceeds 2^62. */
uint64_t knobs_points(const struct knobs *k);

/* The index of a value of a knob, or -1. */
int knob_find(const struct knob *k, const char *value);

#endif
