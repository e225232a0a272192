/* standing - how far each kernel has come, on each device, by its ledger */
#include "standing.h"
#include "file.h"
#include "memory.h"
#include "verdict.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 4096

/* The incumbents since what was adopted last, or since the start. */
static void gather_best(struct standing *s)
{
	s->best = xcalloc(s->count + 1, sizeof *s->best);
	s->best[s->bests++] = 1;
	for (size_t i = 0; i < s->ledger.count; i++) {
		const struct ledger_entry *e = &s->ledger.item[i];

		if (strcmp(e->device, s->device) || !ledger_is_baseline(e))
			continue;
		if (strcmp(e->outcome, OUTCOME_ADOPT) == 0)
			s->bests = 0;
		s->best[s->bests++] =
		        isnan(s->link[i].y) ? 1 : exp(-s->link[i].y);
	}
}

static void count_all(struct standing *s)
{
	for (size_t i = 0; i < s->ledger.count; i++) {
		const struct ledger_entry *e = &s->ledger.item[i];

		if (strcmp(e->device, s->device))
			continue;
		s->count += strcmp(e->outcome, OUTCOME_REVERT) != 0;
		s->accepted += strcmp(e->outcome, OUTCOME_ACCEPT) == 0;
		s->last = e;
	}
	s->stands = ledger_baseline(&s->ledger, s->device);
}

static int read_one(const char *experiments, const char *kernel,
                    const char *device, struct standing *s, struct fault *f)
{
	char *path = xasprintf("%s/%s/ledger.jsonl", experiments, kernel);
	char *stopped =
	        xasprintf("%s/%s/stopped.%s", experiments, kernel, device);
	int failed = ledger_read(path, &s->ledger, f);

	if (!failed) {
		s->kernel = xstrdup(kernel);
		s->device = device;
		s->link = xcalloc(s->ledger.count, sizeof *s->link);
		s->stopped = file_read(stopped, WORDS_MAX, NULL);
		ledger_chain(&s->ledger, s->link);
		count_all(s);
		gather_best(s);
	}
	free(path);
	free(stopped);
	return failed;
}

static void drop(struct standing *s)
{
	ledger_free(&s->ledger);
	free(s->kernel);
	free(s->link);
	free(s->stopped);
	free(s->best);
}

static int add_kernel(const char *experiments, const char *kernel,
                      struct standings *out, struct fault *f)
{
	static const char *const device[] = {"cpu", "cuda"};

	for (size_t d = 0; d < 2; d++) {
		struct standing s = {0};

		if (read_one(experiments, kernel, device[d], &s, f))
			return -1;
		if (!s.count && !s.stopped) {
			drop(&s);
			continue;
		}
		out->item =
		        xrealloc(out->item, out->count + 1, sizeof *out->item);
		out->item[out->count++] = s;
	}
	return 0;
}

int is_records(const struct dirent *e)
{
	return *e->d_name != '.' && e->d_type != DT_REG;
}

int standings_read(const char *experiments, struct standings *out,
                   struct fault *f)
{
	struct dirent **entry;
	int n = scandir(experiments, &entry, is_records, alphasort), failed = 0;

	*out = (struct standings){NULL, 0};
	for (int i = 0; i < n; i++) {
		if (!failed)
			failed = add_kernel(experiments, entry[i]->d_name, out,
			                    f);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return failed;
}

void standings_free(struct standings *s)
{
	for (size_t i = 0; i < s->count; i++)
		drop(&s->item[i]);
	free(s->item);
}
