/* forecast - what a run will take, from what experiments took so far */
#ifndef FORECAST_H
#define FORECAST_H

#include "ledger.h"
#include "spend.h"

#include <stdio.h>

struct forecast_ground {
	const struct ledger *ledger;
	const struct spend *spend;
	const struct amount *budget;
	const char *device, *proposer;
	const char *model, *base_url; /* NULL where not said */
	double bench_s;
	int64_t iterations;
};

/* Some lines, each with what it rests on: experiments of this device and
 * proposer, or where there are none, assumptions. Returns -1 with the fault set
 * if the table of prices is wrong. */
int forecast_print(FILE *out, const struct forecast_ground *g, struct fault *f);

#endif
