/* bench - times a candidate beside the incumbent, or says why not
 *
 * What need not be measured (-V: it is not right; -P: it is not better so far;
 * it is the incumbent's code, or -L: code judged before) gets a file without
 * rows, with a note that says so.
 */
#include "build.h"
#include "comparison.h"
#include "file.h"
#include "front.h"
#include "json.h"
#include "ledger.h"
#include "memory.h"
#include "samples.h"
#include "tool.h"
#include "verdict.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                  \
	"bench [-Cfv] [-L ledger.jsonl] [-m mode] "                            \
	"[-P compare.tsv] [-t seconds] [-V verify.jsonl] -k kerneldir "        \
	"-w workloads -c cache -o bench.tsv reference.json candidate.json "    \
	"incumbent.json"

#define MAX_VERIFY ((size_t)64 << 20)

struct conditions {
	int force;
	const char *verify, *provisional, *ledger, *candidate_path;
	const struct build *candidate, *incumbent;
};

/* Why not to measure, as a note. */
struct note {
	const char *key;
	char value[200];
};

/* One line of verify.jsonl: 1 if it says that something is wrong. */
static int line_is_wrong(const json *line)
{
	const json *finished = json_get(line, "finished");
	const char *status = json_string(json_get(line, "status"));
	int value;

	if (finished)
		return json_boolean(finished, &value) || !value;
	return !status || strcmp(status, "ok") != 0;
}

/* 1 if verify found a reason, -1 with the fault set. */
static int is_wrong(const char *path, struct fault *f)
{
	size_t len;
	char *text = file_read(path, MAX_VERIFY, &len), *at = text;
	int wrong = 0;

	if (!text)
		return fault_errno(f, "%s", path);
	for (long number = 1; *at && wrong == 0; number++) {
		char *end = at + strcspn(at, "\n");
		json *line =
		        json_parse(at, (size_t)(end - at), path, number, f);

		wrong = line ? line_is_wrong(line) : -1;
		json_free(line);
		at = *end ? end + 1 : end;
	}
	if (wrong == 0 && len == 0)
		wrong = fault_set(f, "%s: want a head", path);
	free(text);
	return wrong;
}

/* The base.json of the experiment that path is a file of; NULL without one. */
static json *read_base(const char *path, const char *experiment)
{
	const char *slash = strrchr(path, '/');
	char *base = xasprintf("%.*s%s%sbase.json",
	                       slash ? (int)(slash - path + 1) : 0, path,
	                       experiment, *experiment ? "/" : "");
	struct fault f;
	json *v = file_exists(base) ? json_read(base, &f) : NULL;

	free(base);
	return v;
}

/* Was that experiment judged by the rules and on the problem of today? */
static int is_same_ground(const struct conditions *c, const char *experiment)
{
	static const char *const key[] = {"definition", "reference", "settings",
	                                  "workloads"};
	static const char host[] = "allow_host_timed";
	json *then = read_base(c->ledger, experiment);
	json *now = read_base(c->candidate_path, "");
	int same =
	        !then || !now || !json_get(then, host) == !json_get(now, host);

	for (size_t i = 0; i < sizeof key / sizeof *key && then && now; i++) {
		const char *a =
		        json_string(json_get(json_get(then, "hashes"), key[i]));
		const char *b =
		        json_string(json_get(json_get(now, "hashes"), key[i]));

		same = same && a && b && strcmp(a, b) == 0;
	}
	json_free(then);
	json_free(now);
	return same;
}

/* What was noisy may be tried again, and what was accepted before. */
static int is_settled(const struct ledger_entry *e)
{
	return strcmp(e->outcome, OUTCOME_NOISY) != 0 && !ledger_is_baseline(e);
}

/* A person's step to another incumbent, which may be slower than the one that
 * others were measured against. */
static int is_step_aside(const struct ledger_entry *e)
{
	return strcmp(e->outcome, OUTCOME_ADOPT) == 0 ||
	       strcmp(e->outcome, OUTCOME_REVERT) == 0;
}

static int find_duplicate(const struct conditions *c, struct note *n,
                          struct fault *f)
{
	struct ledger l;
	int found = 0;

	if (ledger_read(c->ledger, &l, f))
		return -1;
	for (size_t i = l.count; i-- > 0 && !found;) {
		const struct ledger_entry *e = &l.item[i];

		if (strcmp(e->device, c->candidate->device) != 0)
			continue;
		if (is_step_aside(e))
			break;
		found = strcmp(e->object, c->candidate->object_sha256) == 0 &&
		        is_settled(e) && is_same_ground(c, e->experiment);
		n->key = "duplicate";
		snprintf(n->value, sizeof n->value, "%s", e->experiment);
	}
	ledger_free(&l);
	return found;
}

/* 1 with the note set if there is nothing to measure. */
static int find_note(const struct conditions *c, struct note *n,
                     struct fault *f)
{
	enum decision decision;
	int wrong = c->verify ? is_wrong(c->verify, f) : 0;

	if (wrong || !c->candidate->ok) {
		n->key = "unmeasured";
		snprintf(n->value, sizeof n->value, "candidate is not right");
		return wrong < 0 ? -1 : 1;
	}
	if (c->provisional) {
		if (comparison_read_decision(c->provisional, &decision, f))
			return -1;
		n->key = "unmeasured";
		snprintf(n->value, sizeof n->value, "nothing to confirm");
		return decision != DECISION_BETTER;
	}
	if (c->force || !c->incumbent->ok)
		return 0;
	if (strcmp(c->candidate->object_sha256, c->incumbent->object_sha256) ==
	    0) {
		n->key = "equal";
		snprintf(n->value, sizeof n->value,
		         "candidate and incumbent are the same code");
		return 1;
	}
	return c->ledger ? find_duplicate(c, n, f) : 0;
}

static void write_note(const struct note *n, const char *path)
{
	struct samples s = {.row = NULL};

	samples_note(&s, n->key, n->value);
	if (samples_write(path, &s))
		err(EXIT_TROUBLE, "%s", path);
	samples_free(&s);
}

/* Decides, and does it. */
static int bench(const struct front *front, struct conditions *c)
{
	struct build candidate, incumbent;
	struct note note;
	struct fault f;
	int unmeasured;

	if (build_read(front->parts.candidate, &candidate, &f) ||
	    build_read(front->parts.incumbent, &incumbent, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	c->candidate_path = front->parts.candidate;
	c->candidate = &candidate;
	c->incumbent = &incumbent;
	unmeasured = find_note(c, &note, &f);
	if (unmeasured < 0)
		errx(EXIT_TROUBLE, "%s", f.text);
	build_free(&candidate);
	build_free(&incumbent);
	if (!unmeasured)
		return front_judge(front);
	if (strcmp(note.key, "duplicate") == 0)
		warnx("the same code as %s, judged before: NODEDUP=1 measures "
		      "it anyway",
		      note.value);
	write_note(&note, front->output);
	return EXIT_YES;
}

int main(int argc, char *argv[])
{
	struct front front = {.parts = {.select = "full"}};
	struct conditions c = {.force = 0};
	int opt;

	tool_start();
	while ((opt = getopt(argc, argv, "CL:P:V:c:fk:m:o:t:vw:")) != -1) {
		if (opt == 'C')
			front.parts.is_confirmation = 1;
		else if (opt == 'f')
			c.force = 1;
		else if (opt == 'L')
			c.ledger = optarg;
		else if (opt == 'P')
			c.provisional = optarg;
		else if (opt == 'V')
			c.verify = optarg;
		else if (front_option(&front, opt, optarg))
			tool_usage(USAGE);
	}
	if (argc - optind != 3 || !front_is_complete(&front))
		tool_usage(USAGE);
	front.parts.reference = argv[optind];
	front.parts.candidate = argv[optind + 1];
	front.parts.incumbent = argv[optind + 2];
	front.parts.phase = PHASE_BENCH;
	front.parts.is_confirmation |= c.provisional != NULL;
	return bench(&front, &c);
}
