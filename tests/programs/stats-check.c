/* stats-check - calls stats.h: stats-check FUNCTION NUMBER... */
#include "stats.h"
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char synopsis[] =
        "stats-check cdf T DF | quantile P DF | mean|sd|median|holm X...";

int main(int argc, char **argv)
{
	double x[64];
	size_t n = 0;

	tool_start();
	if (argc < 2 || argc > 64)
		tool_usage(synopsis);
	for (int i = 2; i < argc; i++)
		x[n++] = strtod(argv[i], NULL);
	if (!strcmp(argv[1], "cdf") && n == 2) {
		printf("%.6g\n", t_cdf(x[0], x[1]));
	} else if (!strcmp(argv[1], "quantile") && n == 2) {
		printf("%.4f\n", t_quantile(x[0], x[1]));
	} else if (!strcmp(argv[1], "mean")) {
		printf("%.6g\n", mean(x, n));
	} else if (!strcmp(argv[1], "sd")) {
		printf("%.6g\n", sd(x, n));
	} else if (!strcmp(argv[1], "median")) {
		printf("%.6g\n", median(x, n));
	} else if (!strcmp(argv[1], "holm")) {
		holm(x, n);
		for (size_t i = 0; i < n; i++)
			printf("%.6g%c", x[i], i + 1 < n ? ' ' : '\n');
	} else {
		tool_usage(synopsis);
	}
	return EXIT_YES;
}
