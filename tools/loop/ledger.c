/* ledger - ledger.jsonl: one line for each thing that happened to a kernel */
#include "ledger.h"
#include "journal.h"
#include "memory.h"
#include "verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *text_of(const json *line, const char *key)
{
	const char *s = json_string(json_get(line, key));

	return xstrdup(s ? s : "-");
}

static void hash_of(const json *line, const char *key, char out[SHA256_HEX])
{
	const char *s = json_string(json_get(line, key));

	out[0] = '\0';
	if (s && strlen(s) == SHA256_HEX - 1)
		memcpy(out, s, SHA256_HEX);
}

static double number_of(const json *line, const char *key)
{
	double x = NAN;

	json_number(json_get(line, key), &x);
	return x;
}

static void read_knobs(const json *knobs, struct ledger_entry *e)
{
	e->knob = xcalloc(json_count(knobs), sizeof *e->knob);
	for (const json *v = json_first(knobs); v; v = json_next(v)) {
		const char *value = json_string(v);

		if (!value)
			continue;
		e->knob[e->nknobs].name = xstrdup(json_key(v));
		e->knob[e->nknobs++].value = xstrdup(value);
	}
}

static int read_entry(const json *line, const char *path,
                      struct ledger_entry *e, struct fault *f)
{
	const char *s;

	if (json_want_string(line, "experiment", path, &s, f) ||
	    json_want_string(line, "device", path, &s, f) ||
	    json_want_string(line, "outcome", path, &s, f))
		return -1;
	e->experiment = text_of(line, "experiment");
	e->device = text_of(line, "device");
	e->proposer = text_of(line, "proposer");
	e->outcome = text_of(line, "outcome");
	e->reason = text_of(line, "reason");
	e->incumbent = text_of(line, "incumbent");
	e->at = text_of(line, "at");
	e->is_user_harness = json_get(line, "trust") != NULL;
	hash_of(line, "source_sha256", e->source);
	hash_of(line, "object_sha256", e->object);
	hash_of(line, "incumbent_source_sha256", e->incumbent_source);
	e->speedup = number_of(line, "speedup");
	e->ci_low = number_of(line, "ci_low");
	e->ci_high = number_of(line, "ci_high");
	e->seconds = number_of(line, "seconds");
	read_knobs(json_get(line, "knobs"), e);
	return 0;
}

int ledger_read(const char *path, struct ledger *out, struct fault *f)
{
	struct journal j;
	int failed = 0;

	*out = (struct ledger){0};
	if (journal_read(path, &j, f))
		return -1;
	out->item = xcalloc(j.count, sizeof *out->item);
	while (out->count < j.count && !failed) {
		failed = read_entry(j.line[out->count], path,
		                    &out->item[out->count], f);
		out->count += !failed;
	}
	journal_free(&j);
	if (failed)
		ledger_free(out);
	return failed;
}

void ledger_add_pending(struct ledger *l, const char *experiment,
                        const char *device, const char *source,
                        const json *knobs)
{
	struct ledger_entry *e;

	l->item = xrealloc(l->item, l->count + 1, sizeof *l->item);
	e = &l->item[l->count++];
	*e = (struct ledger_entry){
	        .speedup = NAN, .ci_low = NAN, .ci_high = NAN, .seconds = NAN};
	e->experiment = xstrdup(experiment);
	e->device = xstrdup(device);
	e->proposer = xstrdup("-");
	e->outcome = xstrdup("pending");
	e->reason = xstrdup("-");
	e->incumbent = xstrdup("-");
	e->at = xstrdup("-");
	snprintf(e->source, sizeof e->source, "%s", source);
	read_knobs(knobs, e);
}

void ledger_free(struct ledger *l)
{
	for (size_t i = 0; i < l->count; i++) {
		struct ledger_entry *e = &l->item[i];

		for (size_t k = 0; k < e->nknobs; k++) {
			free(e->knob[k].name);
			free(e->knob[k].value);
		}
		free(e->knob);
		free(e->experiment);
		free(e->device);
		free(e->proposer);
		free(e->outcome);
		free(e->reason);
		free(e->incumbent);
		free(e->at);
	}
	free(l->item);
	*l = (struct ledger){0};
}

int ledger_is_baseline(const struct ledger_entry *e)
{
	return strcmp(e->outcome, OUTCOME_ACCEPT) == 0 ||
	       strcmp(e->outcome, OUTCOME_ADOPT) == 0 ||
	       strcmp(e->outcome, OUTCOME_REVERT) == 0;
}

long ledger_index(const struct ledger *l, const char *experiment, size_t end)
{
	if (strcmp(experiment, "shipped") == 0)
		return -1;
	for (size_t i = end; i-- > 0;)
		if (strcmp(l->item[i].experiment, experiment) == 0 &&
		    strcmp(l->item[i].outcome, OUTCOME_REVERT) != 0)
			return (long)i;
	return -1;
}

const struct ledger_entry *ledger_find(const struct ledger *l,
                                       const char *experiment)
{
	long i = ledger_index(l, experiment, l->count);

	return i < 0 ? NULL : &l->item[i];
}

const struct ledger_entry *ledger_baseline(const struct ledger *l,
                                           const char *device)
{
	for (size_t i = l->count; i-- > 0;)
		if (strcmp(l->item[i].device, device) == 0 &&
		    ledger_is_baseline(&l->item[i]))
			return &l->item[i];
	return NULL;
}
