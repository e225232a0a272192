/* mix - which instructions compiled functions are made of */
#include "mix.h"
#include "memory.h"
#include "mix_parts.h"

#include <stdlib.h>
#include <string.h>

struct mix_function *mix_add(struct mix *m, const char *name, size_t len)
{
	struct mix_function *f;

	if (m->count == MIX_FUNCTIONS)
		return NULL;
	if (!m->item)
		m->item = xcalloc(MIX_FUNCTIONS, sizeof *m->item);
	f = &m->item[m->count++];
	f->name = name;
	f->name_len = len;
	return f;
}

/* The largest first; equal ones in the order of the text. */
static int compare(const void *a, const void *b)
{
	const struct mix_function *x = a, *y = b;

	if (x->total != y->total)
		return x->total < y->total ? 1 : -1;
	return (x->name > y->name) - (x->name < y->name);
}

void mix_finish(struct mix *m)
{
	if (m->count)
		qsort(m->item, m->count, sizeof *m->item, compare);
	while (m->count && !m->item[m->count - 1].total)
		m->count--;
}

int word_begins(const char *word, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && !memcmp(word, with, n);
}

int word_is(const char *word, size_t len, const char *what)
{
	return len == strlen(what) && !memcmp(word, what, len);
}

void mix_free(struct mix *m)
{
	free(m->item);
	*m = (struct mix){0};
}
