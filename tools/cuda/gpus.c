/* gpus - the GPUs that judgements may run on, as the variable GPUS has it */
#include "gpus.h"

#include "memory.h"
#include "number.h"
#include "variable.h"

#include <stdlib.h>
#include <string.h>

static int is_uuid(const char *word)
{
	return strncmp(word, "GPU-", 4) == 0 && strlen(word) == 40 &&
	       strspn(word + 4, "0123456789abcdef-") == 36;
}

/* Splits a copy of GPUS into words, before any driver is asked. Returns how
 * many, or -1 with the fault set. */
static int split(const char *said, char *copy, char *word[GPUS_MAX],
                 struct fault *f)
{
	char *rest = copy, *w;
	int n = 0;

	while ((w = strsep(&rest, ",")) != NULL) {
		int64_t index;

		if (number_count(w, &index) && !is_uuid(w))
			return fault_set(f,
			                 "GPUS=%s: '%s': want indices from 0, "
			                 "or UUIDs as nvidia-smi -L prints "
			                 "them, a comma between",
			                 said, w);
		for (int i = 0; i < n; i++)
			if (strcmp(w, word[i]) == 0)
				return fault_set(f, "GPUS=%s: '%s' twice", said,
				                 w);
		if (n == GPUS_MAX)
			return fault_set(f, "GPUS=%s: more than %d", said,
			                 GPUS_MAX);
		word[n++] = w;
	}
	return n;
}

/* The device that a word names, among count. */
static int find(const char *said, const char *word, int count,
                struct cuda_device *out, struct fault *f)
{
	int64_t index;

	if (number_count(word, &index) == 0) {
		if (index < count)
			return cuda_probe(out, (int)index, f);
		return fault_set(f,
		                 "GPUS=%s: no GPU %s: the driver shows %d, "
		                 "counted from 0",
		                 said, word, count);
	}
	for (int i = 0; i < count; i++) {
		if (cuda_probe(out, i, f))
			return -1;
		if (strcmp(out->uuid, word + 4) == 0)
			return 0;
	}
	return fault_set(f, "GPUS=%s: the driver shows no %s", said, word);
}

/* May the last of them stand beside the others? */
static int check_last(const char *said, const struct gpus *g, struct fault *f)
{
	const struct cuda_device *last = &g->item[g->count - 1];

	for (const struct cuda_device *d = g->item; d < last; d++)
		if (strcmp(d->uuid, last->uuid) == 0)
			return fault_set(f, "GPUS=%s: GPU-%s twice", said,
			                 d->uuid);
	if (strcmp(g->item[0].name, last->name) != 0)
		return fault_set(f, "GPUS=%s: %s and %s: want one model", said,
		                 g->item[0].name, last->name);
	return 0;
}

static int find_all(const char *said, char *const word[], int n,
                    struct gpus *out, struct fault *f)
{
	struct fault why;
	int count = cuda_count(&why);

	if (count < 0)
		return fault_set(f, "GPUS=%s: %s", said, why.text);
	while (out->count < n) {
		if (find(said, word[out->count], count, &out->item[out->count],
		         f))
			return -1;
		out->count++;
		if (check_last(said, out, f))
			return -1;
	}
	return 0;
}

int gpus_read(struct gpus *out, struct fault *f)
{
	const char *said = variable("GPUS");
	char *word[GPUS_MAX], *copy;
	int n, status;

	out->count = 0;
	if (!said) {
		out->count = 1;
		return cuda_probe(&out->item[0], 0, f);
	}
	copy = xstrdup(said);
	n = split(said, copy, word, f);
	status = n < 0 ? -1 : find_all(said, word, n, out, f);
	free(copy);
	return status;
}

int gpus_first(struct cuda_device *out, struct fault *f)
{
	struct gpus *g = xcalloc(1, sizeof *g);
	int status = gpus_read(g, f);

	*out = g->item[0];
	free(g);
	return status;
}
