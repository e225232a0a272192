/* profile-check - what the parsers behind profile.md make of a text
 *
 * profile-check sass|x86|ptxas|remarks|ncu FILE
 * profile-check occupancy ARCH REGISTERS SHARED THREADS
 * profile-check metrics
 */
#include "bottleneck.h"
#include "file.h"
#include "memory.h"
#include "mix.h"
#include "occupancy.h"
#include "ptxas.h"
#include "remarks.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_mix(const struct mix *m)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct mix_function *f = &m->item[i];

		printf("%.*s %zu:", (int)f->name_len, f->name, f->total);
		for (size_t c = 0; m->classes[c]; c++)
			if (f->count[c])
				printf(" %s=%zu", m->classes[c], f->count[c]);
		putchar('\n');
	}
}

static void check_mix(const char *text, int is_sass)
{
	struct mix m;

	(is_sass ? mix_of_sass : mix_of_x86)(text, &m);
	print_mix(&m);
	mix_free(&m);
}

static void check_ptxas(const char *text)
{
	struct ptxas x;

	ptxas_parse(text, &x);
	for (size_t i = 0; i < x.count; i++)
		printf("%.*s %d %d %d %d %d\n", (int)x.item[i].name_len,
		       x.item[i].name, x.item[i].registers, x.item[i].stack,
		       x.item[i].spill_stores, x.item[i].spill_loads,
		       x.item[i].shared);
}

static void check_remarks(const char *text)
{
	struct remarks r;

	remarks_parse(text, &r);
	printf("%zu done, %zu missed\n", r.ndone, r.nmissed);
	for (size_t i = 0; i < r.ndone && i < REMARKS_MOST; i++)
		printf("+ %.*s\n", (int)r.done[i].len, r.done[i].at);
	for (size_t i = 0; i < r.nmissed && i < REMARKS_MOST; i++)
		printf("- %.*s\n", (int)r.missed[i].len, r.missed[i].at);
}

static void check_ncu(const char *text)
{
	struct ncu_report r;
	struct fault f;

	if (ncu_parse(text, &r, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	for (size_t i = 0; i < r.count; i++) {
		char *limit = bottleneck(&r.item[i]);

		printf("%s %s %s", r.item[i].name, r.item[i].grid,
		       r.item[i].block);
		for (int m = 0; m < NCU_METRICS; m++)
			printf(" %g", r.item[i].value[m]);
		printf("\n%s\n", limit);
		free(limit);
	}
	ncu_free(&r);
}

static void check_occupancy(char *argv[])
{
	struct occupancy o;

	if (occupancy_compute(argv[2], atoi(argv[3]), atoi(argv[4]),
	                      atoi(argv[5]), &o))
		puts("unknown");
	else
		printf("%d blocks, %d of %d warps, %s\n", o.blocks, o.warps,
		       o.of, o.limit);
}

int main(int argc, char *argv[])
{
	char *text;

	tool_start();
	if (argc == 2 && !strcmp(argv[1], "metrics")) {
		puts(text = ncu_metrics());
		free(text);
		return 0;
	}
	if (argc == 6 && !strcmp(argv[1], "occupancy")) {
		check_occupancy(argv);
		return 0;
	}
	if (argc != 3)
		tool_usage("profile-check WHAT FILE");
	text = file_read(argv[2], 1 << 28, NULL);
	if (!text)
		err(EXIT_TROUBLE, "%s", argv[2]);
	if (!strcmp(argv[1], "ncu"))
		check_ncu(text);
	else if (!strcmp(argv[1], "ptxas"))
		check_ptxas(text);
	else if (!strcmp(argv[1], "remarks"))
		check_remarks(text);
	else
		check_mix(text, !strcmp(argv[1], "sass"));
	free(text);
	return 0;
}
