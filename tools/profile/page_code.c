/* page_code - a profile's sections on the code: registers, remarks, mix */
#include "occupancy.h"
#include "page_parts.h"

#include <string.h>

#define KERNELS 6
#define FUNCTIONS 6
#define REMARKS 8
#define NAME 60

static const int block_sizes[] = {128, 256, 512, 1024};

static void print_occupancy(FILE *p, const char *arch,
                            const struct ptxas_kernel *k)
{
	for (size_t i = 0; i < sizeof block_sizes / sizeof *block_sizes; i++) {
		struct occupancy o;

		if (!arch || occupancy_compute(arch, k->registers, k->shared,
		                               block_sizes[i], &o))
			fputs(" | -", p);
		else
			fprintf(p, " | %d %% (%s)", 100 * o.warps / o.of,
			        o.limit);
	}
}

void print_kernels(FILE *p, const struct profile_facts *x)
{
	const char *arch = json_string(json_get(x->build->document, "arch"));
	struct ptxas kernels;

	if (!x->log)
		return;
	ptxas_parse(x->log, &kernels);
	fputs("\n## Registers and memory of each kernel\n\n", p);
	if (!kernels.count) {
		fputs("The compiler reported no kernel.\n", p);
		return;
	}
	fputs("Occupancy is computed, for blocks of so many threads and "
	      "without dynamic shared\nmemory, with what limits it.\n\n"
	      "| kernel | registers | spilled bytes: stores, loads | stack | "
	      "static shared | 128 | 256 | 512 | 1024 |\n"
	      "|---|---|---|---|---|---|---|---|---|\n",
	      p);
	for (size_t i = 0; i < kernels.count && i < KERNELS; i++) {
		const struct ptxas_kernel *k = &kernels.item[i];

		fputs("| ", p);
		print_data(p, k->name, k->name_len, NAME);
		fprintf(p, " | %d | %d, %d | %d | %d", k->registers,
		        k->spill_stores, k->spill_loads, k->stack, k->shared);
		print_occupancy(p, arch, k);
		fputs(" |\n", p);
	}
	if (kernels.count > KERNELS)
		fprintf(p, "\n%zu more are left out.\n",
		        kernels.count + kernels.more - KERNELS);
}

static void print_list(FILE *p, const char *what, const struct remark *list,
                       size_t count)
{
	fprintf(p, "\n%s: %zu\n", what, count);
	for (size_t i = 0; i < count && i < REMARKS; i++) {
		fputs("- ", p);
		print_data(p, list[i].at, list[i].len, 120);
		fputc('\n', p);
	}
	if (count > REMARKS)
		fprintf(p, "- and %zu more\n", count - REMARKS);
}

void print_remarks(FILE *p, const struct profile_facts *x)
{
	struct remarks r;

	if (!x->log)
		return;
	remarks_parse(x->log, &r);
	fputs("\n## Loops, as the compiler says\n", p);
	print_list(p, "Vectorized", r.done, r.ndone);
	print_list(p, "Not vectorized", r.missed, r.nmissed);
}

/* "312 instructions: load 20 %, ..." */
static void print_function(FILE *p, const struct mix *m,
                           const struct mix_function *f)
{
	const char *comma = "";

	fputs("- ", p);
	print_data(p, f->name, f->name_len, NAME);
	fprintf(p, ": %zu instructions:", f->total);
	for (size_t c = 0; m->classes[c]; c++) {
		if (!f->count[c])
			continue;
		fprintf(p, "%s %s %zu (%.1f %%)", comma, m->classes[c],
		        f->count[c],
		        100 * (double)f->count[c] / (double)f->total);
		comma = ",";
	}
	fputc('\n', p);
}

void print_mix(FILE *p, const struct profile_facts *x)
{
	const struct mix *m = x->mix;

	if (!m)
		return;
	fputs("\n## Instructions in the code, the largest functions\n\n", p);
	if (!strcmp(x->build->device, "cpu"))
		fputs("One instruction may count more than once.\n\n", p);
	if (!m->count)
		fputs("No function that this program can read.\n", p);
	for (size_t i = 0; i < m->count && i < FUNCTIONS; i++)
		print_function(p, m, &m->item[i]);
	if (m->count > FUNCTIONS)
		fprintf(p, "- and %zu smaller ones\n", m->count - FUNCTIONS);
}
