/* history - all that happened to one kernel, as a page shows it */
#include "history.h"
#include "file.h"
#include "hypothesis.h"
#include "ledger_knobs.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int history_is_experiment(const struct ledger_entry *e)
{
	return is_experiment(e->experiment) &&
	       strcmp(e->outcome, OUTCOME_REVERT) != 0;
}

/* The geometric mean over the workloads of a verdict. */
static double mean_us(const json *verdict)
{
	const json *list = json_get(verdict, "workloads");
	double sum = 0, us;
	size_t n = 0;

	for (const json *w = json_first(list); w; w = json_next(w))
		if (!json_number(json_get(w, "candidate_us"), &us) && us > 0 &&
		    isfinite(us)) {
			sum += log(us);
			n++;
		}
	return n ? exp(sum / (double)n) : NAN;
}

static void read_moment(const char *dir, const struct ledger_entry *e,
                        struct moment *m)
{
	char *path = xasprintf("%s/%s/verdict.json", dir, e->experiment);
	struct fault f;

	m->measured_us = m->us = m->low = m->high = NAN;
	if (history_is_experiment(e)) {
		m->hypothesis = hypothesis_of(dir, e->experiment);
		if (file_exists(path) && verdict_read(path, &m->verdict, &f))
			m->trouble = xstrdup(f.text);
		m->measured_us = mean_us(m->verdict.document);
	}
	free(path);
}

/* Which entry's own time says how long the others take: what was measured last
 * in this part of the lineage, an accepted one if there is any. */
static long yardstick(const struct history *h, const char *device, long root)
{
	long found = -1;
	int is_baseline = 0;

	for (size_t i = 0; i < h->ledger.count; i++) {
		const struct ledger_entry *e = &h->ledger.item[i];
		int own = ledger_is_baseline(e);

		if (h->link[i].root == root && !strcmp(e->device, device) &&
		    !isnan(h->link[i].y) && !isnan(h->moment[i].measured_us) &&
		    own >= is_baseline) {
			found = (long)i;
			is_baseline = own;
		}
	}
	return found;
}

double history_root_us(const struct history *h, const char *device, long root)
{
	long i = yardstick(h, device, root);

	if (i >= 0 && !h->trust)
		return h->moment[i].measured_us * exp(h->link[i].y);
	return h->is_timed ? (double)NAN : 1;
}

static void place(struct history *h)
{
	const char *device = "";
	double us = NAN;
	long root = -2;

	/* A project's numbers have a unit of its own. */
	for (size_t i = 0; i < h->ledger.count; i++) {
		if (h->moment[i].verdict.trust)
			h->trust = h->moment[i].verdict.trust;
		h->is_timed |= !isnan(h->moment[i].measured_us);
	}
	h->is_timed = h->is_timed && !h->trust;
	for (size_t i = 0; i < h->ledger.count; i++) {
		const struct ledger_entry *e = &h->ledger.item[i];
		struct moment *m = &h->moment[i];

		if (h->link[i].root != root || strcmp(e->device, device)) {
			root = h->link[i].root;
			device = e->device;
			us = history_root_us(h, device, root);
		}
		m->us = us / exp(h->link[i].y);
		if (e->speedup > 0 && e->ci_low > 0 && e->ci_high > 0) {
			m->low = m->us * e->speedup / e->ci_high;
			m->high = m->us * e->speedup / e->ci_low;
		}
	}
}

static int read_open(struct history *h, struct fault *f)
{
	struct names all = {0};

	if (file_exists(h->dir) && experiments_list(h->dir, &all, f))
		return -1;
	h->open.item = xcalloc(all.count, sizeof *h->open.item);
	for (size_t i = 0; i < all.count; i++) {
		char *page = xasprintf("%s/%s/result.md", h->dir, all.item[i]);

		if (!file_exists(page))
			h->open.item[h->open.count++] = xstrdup(all.item[i]);
		free(page);
	}
	names_free(&all);
	return 0;
}

int history_read(const char *dir, struct history *h, struct fault *f)
{
	char *ledger = xasprintf("%s/ledger.jsonl", dir);
	char *spend = xasprintf("%s/spend.jsonl", dir);
	size_t len = strlen(dir);
	int failed;

	*h = (struct history){.dir = xstrdup(dir)};
	while (len > 1 && h->dir[len - 1] == '/')
		h->dir[--len] = '\0';
	h->kernel = strrchr(h->dir, '/') ? strrchr(h->dir, '/') + 1 : h->dir;
	failed = ledger_read(ledger, &h->ledger, f) ||
	         spend_read(spend, &h->spend, f) || read_open(h, f);
	free(ledger);
	free(spend);
	if (failed) {
		history_free(h);
		return -1;
	}
	h->link = xcalloc(h->ledger.count, sizeof *h->link);
	h->moment = xcalloc(h->ledger.count, sizeof *h->moment);
	ledger_chain(&h->ledger, h->link);
	for (size_t i = 0; i < h->ledger.count; i++)
		read_moment(h->dir, &h->ledger.item[i], &h->moment[i]);
	place(h);
	return 0;
}

void history_free(struct history *h)
{
	for (size_t i = 0; h->moment && i < h->ledger.count; i++) {
		verdict_free(&h->moment[i].verdict);
		free(h->moment[i].hypothesis);
		free(h->moment[i].trouble);
	}
	free(h->moment);
	free(h->link);
	ledger_free(&h->ledger);
	spend_free(&h->spend);
	names_free(&h->open);
	free(h->dir);
	*h = (struct history){0};
}

size_t history_count(const struct history *h, const char *device,
                     const char *outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < h->ledger.count; i++)
		n += !strcmp(h->ledger.item[i].device, device) &&
		     (!outcome || !strcmp(h->ledger.item[i].outcome, outcome));
	return n;
}

/* Steps were measured apart: their errors add up as squares. */
static void add_intervals(const struct history *h, long i, struct standing *s)
{
	double square = 0;

	for (; i >= 0; i = h->link[i].incumbent) {
		const struct ledger_entry *e = &h->ledger.item[i];

		if (!strcmp(e->outcome, OUTCOME_ADOPT))
			break;
		if (!strcmp(e->outcome, OUTCOME_REVERT))
			continue;
		if (!(e->ci_low > 0) || !(e->ci_high > 0))
			return;
		square += pow(log(e->ci_high / e->ci_low) / 2, 2);
	}
	s->low = s->speedup / exp(sqrt(square));
	s->high = s->speedup * exp(sqrt(square));
}

struct standing history_standing(const struct history *h, const char *device)
{
	struct standing s = {-1, -1, NAN, NAN, NAN, NAN, NAN};
	const struct ledger_entry *e = ledger_baseline(&h->ledger, device);

	if (e) {
		s.entry = e - h->ledger.item;
		s.root = h->link[s.entry].root;
		s.now_us = h->moment[s.entry].us;
		s.speedup = exp(h->link[s.entry].y);
		s.start_us = s.now_us * s.speedup;
		add_intervals(h, s.entry, &s);
	} else if (history_count(h, device, NULL)) {
		s.start_us = s.now_us = history_root_us(h, device, -1);
		s.speedup = 1;
	}
	return s;
}

char *history_tried(const struct history *h, size_t i)
{
	char *knobs;
	size_t len;
	FILE *p;

	if (h->moment[i].hypothesis)
		return xstrdup(h->moment[i].hypothesis);
	p = xmemstream(&knobs, &len);
	ledger_print_knobs(p, &h->ledger, i, &h->link[i]);
	fclose(p);
	return knobs;
}
