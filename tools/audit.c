/* audit - decides every experiment again, and follows the incumbents' chain
 *
 * Trusts nothing that can be had from files further up: verdicts come from
 * measurements, ledger lines from verdicts, the incumbent from the ledger.
 */
#include "base.h"
#include "claim.h"
#include "file.h"
#include "judgement.h"
#include "ledger.h"
#include "lineage.h"
#include "memory.h"
#include "tool.h"
#include "verdict.h"

#include <err.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char synopsis[] =
        "audit [-d cpu|cuda] -e experiments -k kerneldir";

struct audit {
	const char *kernel_dir, *experiments, *device; /* device NULL: all */
	struct ledger ledger;
	int replayed, passed_over, problems;
};

__attribute__((format(printf, 3, 4))) static void
problem(struct audit *a, const char *where, const char *fmt, ...)
{
	va_list ap;

	printf("%s: ", where);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	a->problems++;
}

/* Whether a file of the kernel is still what base.json's hash says. */
static int is_unchanged(const struct audit *a, const struct base *b,
                        const char *name, const char *key)
{
	char *path = xasprintf("%s/%s", a->kernel_dir, name);
	const char *want =
	        json_string(json_get(json_get(b->document, "hashes"), key));
	char hex[SHA256_HEX];

	if (sha256_file(path, hex))
		err(EXIT_TROUBLE, "%s", path);
	free(path);
	return want && !strcmp(hex, want);
}

/* Rules that are none of ours any more are known by what was proven by them. */
static int is_decided_still(const char *version, const char *proof)
{
	return strcmp(version, JUDGE_VERSION) == 0 ||
	       (strcmp(version, JUDGE_VERSION_JOINT) == 0 &&
	        file_exists(proof));
}

/* Why a verdict cannot be had again: what it rested on is no more. */
static const char *find_change(const struct audit *a, const char *path,
                               const char *proof, const struct base *b)
{
	struct fault f;
	json *verdict = json_read(path, &f);
	const char *version = json_string(json_get(verdict, "judge_version"));
	const char *change = NULL;

	if (version && !is_decided_still(version, proof))
		change = "judged by other rules (judge_version)";
	else if (!is_unchanged(a, b, "settings", "settings") ||
	         !is_unchanged(a, b, "definition.json", "definition"))
		change = "settings or definition changed since";
	json_free(verdict);
	return change;
}

/* The decision once more, compared byte for byte. */
static void replay(struct audit *a, const char *dir, const struct base *b)
{
	char *path = xasprintf("%s/verdict.json", dir);
	char *proof = xasprintf("%s/verify.jsonl", dir);
	char *found = file_read(path, 16 << 20, NULL), *text;
	const char *change;
	struct fault f;

	if (!found)
		err(EXIT_TROUBLE, "%s", path);
	change = find_change(a, path, proof, b);
	if (change) {
		printf("%s: not replayed: %s\n", b->experiment, change);
		a->passed_over++;
	} else if (!(text = judgement_make(a->kernel_dir, dir, &f))) {
		problem(a, b->experiment, "cannot be decided: %s", f.text);
	} else {
		if (strcmp(text, found))
			problem(a, b->experiment,
			        "verdict.json is not what its files say");
		a->replayed++;
		free(text);
	}
	free(found);
	free(proof);
	free(path);
}

static int is_same_number(double x, double y)
{
	return isnan(x) ? isnan(y) : x == y;
}

/* Verdict and ledger tell the same. */
static void check_entry(struct audit *a, const char *dir, const struct base *b)
{
	char *path = xasprintf("%s/verdict.json", dir);
	char *page = xasprintf("%s/result.md", dir);
	const struct ledger_entry *e = ledger_find(&a->ledger, b->experiment);
	struct verdict v;
	struct fault f;

	if (verdict_read(path, &v, &f)) {
		problem(a, b->experiment, "%s", f.text);
	} else {
		if (!e && file_exists(page))
			problem(a, b->experiment,
			        "published, but not in the "
			        "ledger");
		if (e && (strcmp(e->outcome, v.outcome) ||
		          strcmp(e->reason, v.reason) ||
		          strcmp(e->device, b->device) ||
		          !is_same_number(e->speedup, v.speedup)))
			problem(a, b->experiment,
			        "the ledger says %s %s %.6g, "
			        "its verdict %s %s %.6g",
			        e->outcome, e->reason, e->speedup, v.outcome,
			        v.reason, v.speedup);
		if (e && (strcmp(e->source, b->source) ||
		          strcmp(e->incumbent_source, b->incumbent_source)))
			problem(a, b->experiment,
			        "the ledger's hashes are not "
			        "base.json's");
		verdict_free(&v);
	}
	free(path);
	free(page);
}

static void check_experiment(struct audit *a, const char *name)
{
	char *dir = xasprintf("%s/%s", a->experiments, name);
	char *verdict = xasprintf("%s/verdict.json", dir);
	char *path = xasprintf("%s/base.json", dir);
	struct base b;
	struct fault f;

	if (file_exists(verdict)) {
		if (base_read(path, &b, &f)) {
			problem(a, name, "%s", f.text);
		} else {
			if (!a->device || !strcmp(a->device, b.device)) {
				replay(a, dir, &b);
				check_entry(a, dir, &b);
			}
			base_free(&b);
		}
	}
	free(path);
	free(verdict);
	free(dir);
}

static void check_experiments(struct audit *a)
{
	struct names names;
	struct fault f;

	if (!file_exists(a->experiments)) {
		printf("%s: no experiments yet\n", a->experiments);
		return;
	}
	if (experiments_list(a->experiments, &names, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	for (size_t i = 0; i < names.count; i++)
		check_experiment(a, names.item[i]);
	names_free(&names);
}

/* 1 if entry i was measured against a source that stood before it. */
static int stood_before(const struct ledger *l, size_t i, const char *shipped)
{
	const struct ledger_entry *e = &l->item[i];

	if (!strcmp(e->incumbent_source, shipped))
		return 1;
	for (size_t k = 0; k < i; k++)
		if (!strcmp(l->item[k].device, e->device) &&
		    ledger_is_baseline(&l->item[k]) &&
		    !strcmp(l->item[k].source, e->incumbent_source))
			return 1;
	return 0;
}

/* A line of the ledger, when head is the source that stands. */
static void check_link(struct audit *a, size_t i, const char *shipped,
                       char head[SHA256_HEX])
{
	const struct ledger_entry *e = &a->ledger.item[i];
	char *path =
	        xasprintf("%s/%s/verdict.json", a->experiments, e->experiment);

	if (strcmp(e->outcome, OUTCOME_ADOPT) &&
	    strcmp(e->outcome, OUTCOME_REVERT) && !file_exists(path))
		problem(a, e->experiment, "in the ledger, without a verdict");
	if (!stood_before(&a->ledger, i, shipped))
		problem(a, e->experiment,
		        "measured against a source that never stood");
	else if (ledger_is_baseline(e) && strcmp(e->incumbent_source, head))
		problem(a, e->experiment,
		        "took the place of a source that did not stand then");
	if (ledger_is_baseline(e))
		memcpy(head, e->source, SHA256_HEX);
	free(path);
}

/* The chain in one line, for people. */
static void print_chain(const struct audit *a, const char *device)
{
	printf("%s: shipped", device);
	for (size_t i = 0; i < a->ledger.count; i++) {
		const struct ledger_entry *e = &a->ledger.item[i];

		if (strcmp(e->device, device) || !ledger_is_baseline(e))
			continue;
		printf(" -> %s", e->experiment);
		if (isfinite(e->speedup))
			printf(" (%.3f)", e->speedup);
		else
			printf(" (%s)", e->outcome);
	}
	putchar('\n');
}

/* From the shipped solution to the one in kernels/K. */
static void check_chain(struct audit *a, const char *device)
{
	const struct ledger *l = &a->ledger;
	char shipped[SHA256_HEX] = "", head[SHA256_HEX], hex[SHA256_HEX];
	char *kept = source_find(a->experiments, "shipped", device);
	char *now = source_find(a->kernel_dir, "solution", device);
	int entries = 0;

	for (size_t i = l->count; i-- > 0;)
		if (!strcmp(l->item[i].device, device)) {
			memcpy(shipped, l->item[i].incumbent_source,
			       SHA256_HEX);
			entries++;
		}
	memcpy(head, shipped, SHA256_HEX);
	for (size_t i = 0; i < l->count; i++)
		if (!strcmp(l->item[i].device, device))
			check_link(a, i, shipped, head);
	if (entries && kept && (sha256_file(kept, hex) || strcmp(hex, shipped)))
		problem(a, kept,
		        "not what the first experiment was measured "
		        "against");
	if (entries && (!now || sha256_file(now, hex) || strcmp(hex, head)))
		problem(a, now ? now : a->kernel_dir,
		        "not the last accepted source: edited (make adopt), or "
		        "stopped midway (make optimize)");
	if (entries)
		print_chain(a, device);
	free(kept);
	free(now);
}

int main(int argc, char **argv)
{
	struct audit a = {.kernel_dir = NULL};
	struct fault f;
	char *path;
	int option;

	tool_start();
	while ((option = getopt(argc, argv, "d:e:k:")) != -1)
		switch (option) {
		case 'd':
			a.device = optarg;
			break;
		case 'e':
			a.experiments = optarg;
			break;
		case 'k':
			a.kernel_dir = optarg;
			break;
		default:
			tool_usage(synopsis);
		}
	if (!a.kernel_dir || !a.experiments || argc != optind ||
	    (a.device && strcmp(a.device, "cpu") && strcmp(a.device, "cuda")))
		tool_usage(synopsis);
	path = xasprintf("%s/ledger.jsonl", a.experiments);
	if (ledger_read(path, &a.ledger, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	check_experiments(&a);
	if (!a.device || !strcmp(a.device, "cpu"))
		check_chain(&a, "cpu");
	if (!a.device || !strcmp(a.device, "cuda"))
		check_chain(&a, "cuda");
	printf("%d verdicts decided again, %d passed over, %d problems\n",
	       a.replayed, a.passed_over, a.problems);
	ledger_free(&a.ledger);
	free(path);
	return a.problems ? EXIT_NO : EXIT_YES;
}
