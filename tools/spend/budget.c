/* budget - BUDGET_USD, BUDGET_TOKENS and BUDGET_GPU_S of the environment */
#include "budget.h"
#include "variable.h"

#include <math.h>

/* A sum of decimal fractions is off by its rounding, which is no overspend. */
#define ROUNDING 1e-9

int budget_read(struct amount *out, struct fault *f)
{
	*out = amount_endless;
	return variable_count("BUDGET_TOKENS", 0, INT64_MAX, &out->tokens, f) ||
	                       variable_number("BUDGET_USD", 0, INFINITY,
	                                       &out->usd, f) ||
	                       variable_number("BUDGET_GPU_S", 0, INFINITY,
	                                       &out->gpu_s, f)
	               ? -1
	               : 0;
}

static int refuse(const char *name, double budget, double charged, double open,
                  double cap, struct fault *f)
{
	fault_set(f,
	          "%s: %.10g do not fit into %.10g: %.10g are charged, %.10g "
	          "of them reserved and not settled",
	          name, cap, budget, charged, open);
	return 1;
}

static int exceeds(double sum, double budget)
{
	return !(sum <= budget * (1 + ROUNDING));
}

int budget_allows(const struct amount *budget, const struct total *t,
                  const struct amount *cap, struct fault *f)
{
	struct amount sum = t->charged;

	if (isfinite(budget->usd) && isnan(cap->usd))
		return fault_set(f, "BUDGET_USD is set, and the price is not "
		                    "known: add the model to a table and name "
		                    "it by PRICES=file");
	if (isfinite(budget->usd) && t->unpriced)
		return fault_set(f,
		                 "BUDGET_USD is set, and %s has no price: "
		                 "spend settle %s usd=...",
		                 t->unpriced, t->unpriced);
	amount_add(&sum, cap);
	if (sum.tokens > budget->tokens)
		return refuse("BUDGET_TOKENS", (double)budget->tokens,
		              (double)t->charged.tokens, (double)t->open.tokens,
		              (double)cap->tokens, f);
	if (isfinite(budget->usd) && exceeds(sum.usd, budget->usd))
		return refuse("BUDGET_USD", budget->usd, t->charged.usd,
		              t->open.usd, cap->usd, f);
	if (exceeds(sum.gpu_s, budget->gpu_s))
		return refuse("BUDGET_GPU_S", budget->gpu_s, t->charged.gpu_s,
		              t->open.gpu_s, cap->gpu_s, f);
	return 0;
}
