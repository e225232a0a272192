/* account - what a kernel has cost, what that bought, and what is left */
#include "account.h"
#include "budget.h"

#include <math.h>
#include <string.h>

static void print_amount(FILE *out, const struct amount *a)
{
	fprintf(out, "%.4g USD, %lld tokens, %.1f device seconds", a->usd,
	        (long long)a->tokens, a->gpu_s);
}

/* What the experiments of a device cost. */
static struct amount cost_of(const struct ledger *l, const struct spend *s,
                             const char *device)
{
	struct amount sum = {0};

	for (size_t i = 0; i < l->count; i++) {
		const struct ledger_entry *e = &l->item[i];

		/* A revert names an experiment that was counted. */
		if (strcmp(e->device, device) == 0 &&
		    strcmp(e->outcome, OUTCOME_REVERT) != 0) {
			struct total t = spend_total(s, e->experiment, NULL);

			amount_add(&sum, &t.charged);
		}
	}
	return sum;
}

static void print_gain(FILE *out, const struct ledger *l,
                       const struct link *link, const struct spend *s,
                       const char *device)
{
	const struct ledger_entry *stands = ledger_baseline(l, device);
	double percent = stands ? 100 * expm1(link[stands - l->item].y) : 0;
	struct amount cost;

	if (!(percent > 0))
		return;
	cost = cost_of(l, s, device);
	if (cost.usd + cost.gpu_s > 0)
		fprintf(out,
		        "  %s: %.1f %% gained, %.3g USD and %.3g device "
		        "seconds for each\n",
		        device, percent, cost.usd / percent,
		        cost.gpu_s / percent);
}

static void print_left(FILE *out, const char *name, double budget,
                       double charged)
{
	if (isfinite(budget))
		fprintf(out, "  left of %s=%.10g: %.10g\n", name, budget,
		        fmax(budget - charged, 0));
}

void account_print(FILE *out, const struct ledger *l, const struct link *link,
                   const struct spend *s, const struct amount *budget)
{
	struct total t = spend_total(s, NULL, NULL);

	if (t.count) {
		fputs("spent: ", out);
		print_amount(out, &t.charged);
		fputc('\n', out);
		print_gain(out, l, link, s, "cpu");
		print_gain(out, l, link, s, "cuda");
	}
	if (t.unsettled) {
		fprintf(out, "  of this reserved and not settled (%zu): ",
		        t.unsettled);
		print_amount(out, &t.open);
		fputc('\n', out);
	}
	if (t.unpriced)
		fprintf(out, "  and more USD: %s has no price\n", t.unpriced);
	print_left(out, "BUDGET_USD", budget->usd, t.charged.usd);
	if (budget->tokens != INT64_MAX)
		print_left(out, "BUDGET_TOKENS", (double)budget->tokens,
		           (double)t.charged.tokens);
	print_left(out, "BUDGET_GPU_S", budget->gpu_s, t.charged.gpu_s);
}
