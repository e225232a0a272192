/* mix_parts - what mix.c, mix_sass.c and mix_x86.c share */
#ifndef MIX_PARTS_H
#define MIX_PARTS_H

#include "mix.h"

/* Begins a function. NULL when there are too many. */
struct mix_function *mix_add(struct mix *m, const char *name, size_t len);

/* Drops functions without an instruction, and puts the largest first. */
void mix_finish(struct mix *m);

/* Does a word of len bytes begin with, or equal, another? */
int word_begins(const char *word, size_t len, const char *with);
int word_is(const char *word, size_t len, const char *what);

#endif
