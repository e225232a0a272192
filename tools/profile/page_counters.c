/* page_counters - a profile's section on what the device counted */
#include "bottleneck.h"
#include "page_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LAUNCHES 3 /* the longest of a call */
#define STALLS 5

static int compare(const void *a, const void *b)
{
	const struct ncu_kernel *const *x = a, *const *y = b;
	double s = (*x)->value[NCU_TIME], t = (*y)->value[NCU_TIME];

	if (isnan(s) || isnan(t))
		return isnan(s) - isnan(t);
	return (s < t) - (s > t);
}

/* " NAME 12.3 %;"; nothing for what was not counted. */
static void print_value(FILE *p, const char *name, double value,
                        const char *unit)
{
	if (!isnan(value))
		fprintf(p, " %s %.3g%s;", name, value, unit);
}

/* The stalls that cost most. */
static void print_stalls(FILE *p, const struct ncu_kernel *k)
{
	int used[NCU_METRICS] = {0};

	fputs("  - warps wait for, in warps an issued instruction:", p);
	for (int n = 0; n < STALLS; n++) {
		int top = -1;

		for (int i = NCU_STALL; i < NCU_METRICS; i++)
			if (!used[i] && !isnan(k->value[i]) &&
			    (top < 0 || k->value[i] > k->value[top]))
				top = i;
		if (top < 0)
			break;
		used[top] = 1;
		fprintf(p, "%s %s %.2f", n ? "," : "", stall_name(top),
		        k->value[top]);
	}
	fputc('\n', p);
}

static void print_launch(FILE *p, const struct ncu_kernel *k)
{
	const double *v = k->value;
	char *limit = bottleneck(k);

	fputs("- ", p);
	print_data(p, k->name, strlen(k->name), 60);
	fputs(", grid ", p);
	print_data(p, k->grid, strlen(k->grid), 24);
	fputs(", block ", p);
	print_data(p, k->block, strlen(k->block), 24);
	fprintf(p, "\n  - **limited by** %s\n  -", limit);
	print_value(p, "time", v[NCU_TIME] * 1e-3, " us");
	print_value(p, "SM", v[NCU_SM], " %");
	print_value(p, "memory", v[NCU_MEMORY], " %");
	print_value(p, "DRAM", v[NCU_DRAM], " %");
	print_value(p, "DRAM rate", v[NCU_DRAM_RATE] * 1e-9, " GB/s");
	print_value(p, "L1 hits", v[NCU_L1_HIT], " %");
	print_value(p, "L2 hits", v[NCU_L2_HIT], " %");
	fputs("\n  -", p);
	print_value(p, "occupancy achieved", v[NCU_OCCUPANCY], " %");
	print_value(p, "possible", v[NCU_OCCUPANCY_MOST], " %");
	print_value(p, "registers", v[NCU_REGISTERS], "");
	print_value(p, "static shared", v[NCU_SHARED_STATIC], " bytes");
	print_value(p, "dynamic shared", v[NCU_SHARED_DYNAMIC], " bytes");
	print_value(p, "tensor pipe instructions", v[NCU_TENSOR], "");
	print_value(p, "bank conflicts", v[NCU_BANK_CONFLICTS], "");
	print_value(p, "sectors a request", v[NCU_SECTORS], "");
	fputc('\n', p);
	print_stalls(p, k);
	free(limit);
}

static void print_gpu(FILE *p, const struct ncu_report *r)
{
	const struct ncu_kernel *order[NCU_KERNELS];

	for (size_t k = 0; k < r->count; k++)
		order[k] = &r->item[k];
	qsort(order, r->count, sizeof *order, compare);
	fprintf(p, "%zu kernel launches in a call\n\n", r->count);
	for (size_t k = 0; k < r->count && k < LAUNCHES; k++)
		print_launch(p, order[k]);
}

/* " NAME 12.3;", of each unit that was counted too. */
static void print_ratio(FILE *p, const char *name, const struct cpu_counts *c,
                        enum cpu_event part, double times, enum cpu_event of)
{
	if (c->value[of] > 0)
		print_value(p, name, times * c->value[part] / c->value[of], "");
}

static void print_cpu(FILE *p, const struct cpu_counts *c)
{
	fprintf(p,
	        "%d calls\n\n- %.3g us a call; %.2f threads busy (other work "
	        "on the machine lowers it, waiting in a loop counts)\n",
	        c->calls, c->ns / c->calls * 1e-3,
	        c->value[CPU_BUSY_NS] / c->ns);
	if (*c->absent)
		fprintf(p, "- not all was counted: %s\n", c->absent);
	if (isnan(c->value[CPU_INSTRUCTIONS]))
		return;
	fputs("-", p);
	print_ratio(p, "instructions a cycle", c, CPU_INSTRUCTIONS, 1,
	            CPU_CYCLES);
	print_ratio(p, "of 1000: first-level misses", c, CPU_L1_MISSES, 1000,
	            CPU_INSTRUCTIONS);
	print_ratio(p, "last-level misses", c, CPU_CACHE_MISSES, 1000,
	            CPU_INSTRUCTIONS);
	print_ratio(p, "mispredicted branches", c, CPU_BRANCH_MISSES, 1000,
	            CPU_INSTRUCTIONS);
	fputc('\n', p);
}

void print_counters(FILE *p, const struct profile_facts *x)
{
	for (size_t i = 0; i < x->counting->count; i++) {
		const struct counted *c = &x->counting->item[i];

		fputs("\n## Counters, ", p);
		print_shape(p, x->definition, c->workload);
		fputs(": ", p);
		if (c->ncu.count)
			print_gpu(p, &c->ncu);
		else
			print_cpu(p, &c->cpu);
	}
}
