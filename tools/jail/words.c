/* words - the arguments of a command, gathered one by one */
#include "words.h"
#include "memory.h"

#include <stdarg.h>
#include <stdlib.h>

void words_add(struct words *w, ...)
{
	const char *word;
	va_list list;

	va_start(list, w);
	while ((word = va_arg(list, const char *))) {
		w->item = xrealloc(w->item, w->count + 2, sizeof *w->item);
		w->item[w->count++] = xstrdup(word);
		w->item[w->count] = NULL;
	}
	va_end(list);
}

void words_free(struct words *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->item[i]);
	free(w->item);
	*w = (struct words){NULL, 0};
}
