/* spend_read - spend.jsonl, read and summed up */
#include "journal.h"
#include "json.h"
#include "memory.h"
#include "spend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int read_amount(const json *line, const char *path, struct amount *a,
                       struct fault *f)
{
	a->usd = NAN;
	if (!json_is_null(json_get(line, "usd")) &&
	    json_want_number(line, "usd", path, &a->usd, f))
		return -1;
	if (json_want_number(line, "gpu_s", path, &a->gpu_s, f) ||
	    json_want_integer(line, "tokens", path, &a->tokens, f))
		return -1;
	if (a->usd < 0 || isinf(a->usd) || !(a->gpu_s >= 0) ||
	    isinf(a->gpu_s) || a->tokens < 0)
		return fault_set(f, "%s:%ld: want amounts of 0 or more", path,
		                 json_line(line));
	return 0;
}

const struct charge *spend_find(const struct spend *s, const char *id)
{
	/* What is looked for came last, mostly. */
	for (size_t i = s->count; i-- > 0;)
		if (strcmp(s->item[i].id, id) == 0)
			return &s->item[i];
	return NULL;
}

static int read_reserve(const json *line, const char *path, const char *id,
                        const char *at, struct spend *s, struct fault *f)
{
	struct charge *c = &s->item[s->count];
	struct amount cap;
	const char *kind;

	if (json_want_name(line, "kind", path, &kind, f) ||
	    read_amount(line, path, &cap, f))
		return -1;
	if (spend_find(s, id))
		return fault_set(f, "%s:%ld: %s is reserved twice", path,
		                 json_line(line), id);
	*c = (struct charge){.id = xstrdup(id),
	                     .kind = xstrdup(kind),
	                     .at = xstrdup(at),
	                     .cap = cap};
	s->count++;
	return 0;
}

static int read_settle(const json *line, const char *path, const char *id,
                       const char *at, struct spend *s, struct fault *f)
{
	const struct charge *found = spend_find(s, id);
	struct charge *c;

	if (!found)
		return fault_set(f,
		                 "%s:%ld: %s is settled and was not reserved",
		                 path, json_line(line), id);
	c = &s->item[found - s->item];
	if (c->settled_at && !isnan(c->spent.usd))
		return fault_set(f, "%s:%ld: %s is settled twice", path,
		                 json_line(line), id);
	free(c->settled_at);
	c->settled_at = xstrdup(at);
	return read_amount(line, path, &c->spent, f);
}

static int read_line(const json *line, const char *path, struct spend *s,
                     struct fault *f)
{
	const char *id, *event, *at;

	if (json_want_name(line, "id", path, &id, f) ||
	    json_want_string(line, "event", path, &event, f) ||
	    json_want_string(line, "at", path, &at, f))
		return -1;
	if (strcmp(event, "reserve") == 0)
		return read_reserve(line, path, id, at, s, f);
	if (strcmp(event, "settle") == 0)
		return read_settle(line, path, id, at, s, f);
	return fault_set(f, "%s:%ld: want event to be reserve or settle", path,
	                 json_line(line));
}

int spend_read(const char *path, struct spend *out, struct fault *f)
{
	struct journal j;
	int failed = 0;

	*out = (struct spend){0};
	if (journal_read(path, &j, f))
		return -1;
	out->item = xcalloc(j.count, sizeof *out->item);
	for (size_t i = 0; i < j.count && !failed; i++)
		failed = read_line(j.line[i], path, out, f);
	journal_free(&j);
	if (failed)
		spend_free(out);
	return failed;
}

void spend_free(struct spend *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->item[i].id);
		free(s->item[i].kind);
		free(s->item[i].at);
		free(s->item[i].settled_at);
	}
	free(s->item);
	*s = (struct spend){0};
}

int spend_attempts(const struct spend *s, const char *about)
{
	size_t len = strlen(about);
	int last = 0;

	for (size_t i = 0; i < s->count; i++) {
		const char *id = s->item[i].id;

		if (strncmp(id, about, len) == 0 && id[len] == '#' &&
		    atoi(id + len + 1) > last)
			last = atoi(id + len + 1);
	}
	return last;
}

/* What counts of a charge: what it cost, or its cap while that is open. */
static struct amount charge_amount(const struct charge *c)
{
	return c->settled_at ? c->spent : c->cap;
}

int charge_is_of(const struct charge *c, const char *experiment)
{
	size_t len = strlen(experiment);

	return strncmp(c->id, experiment, len) == 0 && c->id[len] == '/';
}

struct total spend_total(const struct spend *s, const char *experiment,
                         const char *kind)
{
	struct total t = {0};

	for (size_t i = 0; i < s->count; i++) {
		const struct charge *c = &s->item[i];
		struct amount a = charge_amount(c);

		if ((experiment && !charge_is_of(c, experiment)) ||
		    (kind && strcmp(c->kind, kind) != 0))
			continue;
		if (isnan(a.usd)) {
			t.unpriced = t.unpriced ? t.unpriced : c->id;
			a.usd = 0;
		}
		amount_add(&t.charged, &a);
		t.count++;
		if (!c->settled_at) {
			amount_add(&t.open, &a);
			t.unsettled++;
		}
	}
	return t;
}
