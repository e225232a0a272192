/* ncu_csv - what Nsight Compute counted, and what it means */
#include "ncu_csv.h"
#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 1024 /* some 400 are printed, whatever is asked for */
#define NAME "Kernel Name"
#define GRID "Grid Size"
#define BLOCK "Block Size"
#define STALL(what)                                                            \
	"smsp__average_warps_issue_stalled_" what "_per_issue_active.ratio"

static const char *const metric[NCU_METRICS] = {
        [NCU_TIME] = "gpu__time_duration.sum",
        [NCU_SM] = "sm__throughput.avg.pct_of_peak_sustained_elapsed",
        [NCU_MEMORY] = "gpu__compute_memory_throughput.avg.pct_of_peak_"
                       "sustained_elapsed",
        [NCU_DRAM] = "gpu__dram_throughput.avg.pct_of_peak_sustained_elapsed",
        [NCU_DRAM_RATE] = "dram__bytes.sum.per_second",
        [NCU_L1_HIT] = "l1tex__t_sector_hit_rate.pct",
        [NCU_L2_HIT] = "lts__t_sector_hit_rate.pct",
        [NCU_OCCUPANCY] = "sm__warps_active.avg.pct_of_peak_sustained_active",
        [NCU_OCCUPANCY_MOST] = "sm__maximum_warps_per_active_cycle_pct",
        [NCU_REGISTERS] = "launch__registers_per_thread",
        [NCU_SHARED_STATIC] = "launch__shared_mem_per_block_static",
        [NCU_SHARED_DYNAMIC] = "launch__shared_mem_per_block_dynamic",
        [NCU_TENSOR] = "sm__inst_executed_pipe_tensor.sum",
        [NCU_BANK_CONFLICTS] = "l1tex__data_bank_conflicts_pipe_lsu.sum",
        [NCU_SECTORS] = "l1tex__average_t_sectors_per_request_pipe_lsu_mem_"
                        "global_op_ld.ratio",
        [NCU_STALL_LONG] = STALL("long_scoreboard"),
        [NCU_STALL_SHORT] = STALL("short_scoreboard"),
        [NCU_STALL_WAIT] = STALL("wait"),
        [NCU_STALL_BARRIER] = STALL("barrier"),
        [NCU_STALL_MATH] = STALL("math_pipe_throttle"),
        [NCU_STALL_MIO] = STALL("mio_throttle"),
        [NCU_STALL_LG] = STALL("lg_throttle"),
};

/* What a unit is in the one that ncu_csv.h says. ncu --print-units base would
 * say these alone, but its versions differ in their names. */
static const struct {
	const char *unit;
	double is;
} units[] = {
        {"second", 1e9},
        {"msecond", 1e6},
        {"usecond", 1e3},
        {"s", 1e9},
        {"ms", 1e6},
        {"us", 1e3},
        {"byte/second", 1},
        {"Kbyte/second", 1e3},
        {"Mbyte/second", 1e6},
        {"Gbyte/second", 1e9},
        {"Tbyte/second", 1e12},
        {"byte/s", 1},
        {"Kbyte/s", 1e3},
        {"Mbyte/s", 1e6},
        {"Gbyte/s", 1e9},
        {"Tbyte/s", 1e12},
        {"Kbyte/block", 1e3},
        {"Mbyte/block", 1e6},
};

struct row {
	char *cell[COLUMNS];
	size_t count;
};

char *ncu_metrics(void)
{
	char *list;
	size_t len;
	FILE *p = xmemstream(&list, &len);

	for (int i = 0; i < NCU_METRICS; i++)
		fprintf(p, "%s%s", i ? "," : "", metric[i]);
	fclose(p);
	return list;
}

static void row_free(struct row *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->cell[i]);
	r->count = 0;
}

/* A cell between quotes, in which a quote is doubled. Returns what is behind
 * it, or NULL. */
static const char *read_cell(const char *p, struct row *r)
{
	size_t n = 0, room = strcspn(p, "\n");
	char *cell;

	if (*p++ != '"' || r->count == COLUMNS)
		return NULL;
	cell = xcalloc(room + 1, 1);
	r->cell[r->count++] = cell;
	for (; *p && *p != '\n'; p++) {
		if (*p == '"' && *++p != '"')
			return p;
		cell[n++] = *p;
	}
	return NULL;
}

/* One line of cells. Returns 0, or -1 if it is none. */
static int read_row(const char *p, struct row *r)
{
	r->count = 0;
	while ((p = read_cell(p, r)) && *p == ',')
		p++;
	if (p && *p == '\r')
		p++;
	return p && (*p == '\n' || !*p) ? 0 : -1;
}

static int find(const struct row *head, const char *name)
{
	for (size_t i = 0; i < head->count; i++)
		if (!strcmp(head->cell[i], name))
			return (int)i;
	return -1;
}

static const char *cell(const struct row *r, int column)
{
	return column >= 0 && (size_t)column < r->count ? r->cell[column] : "";
}

/* A number, in whose digits there may be commas. */
static double number(const char *text)
{
	char plain[64], *end;
	size_t n = 0;
	double x;

	for (; *text && n + 1 < sizeof plain; text++)
		if (*text != ',')
			plain[n++] = *text;
	plain[n] = '\0';
	x = strtod(plain, &end);
	return n && !*end && !*text && isfinite(x) ? x : NAN;
}

static double scale(const char *unit)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (!strcmp(units[i].unit, unit))
			return units[i].is;
	return 1;
}

static void add(struct ncu_report *out, const struct row *head,
                const struct row *unit, const struct row *r)
{
	struct ncu_kernel *k;

	if (out->count == NCU_KERNELS)
		return;
	out->item = xrealloc(out->item, out->count + 1, sizeof *out->item);
	k = &out->item[out->count++];
	k->name = xstrdup(cell(r, find(head, NAME)));
	k->grid = xstrdup(cell(r, find(head, GRID)));
	k->block = xstrdup(cell(r, find(head, BLOCK)));
	for (int i = 0; i < NCU_METRICS; i++) {
		int column = find(head, metric[i]);

		k->value[i] =
		        number(cell(r, column)) * scale(cell(unit, column));
	}
}

static const char *next_line(const char *p)
{
	p += strcspn(p, "\n");
	return p + (*p == '\n');
}

int ncu_parse(const char *text, struct ncu_report *out, struct fault *f)
{
	const char *p = text;
	struct row head, unit, r;
	int failed = 0;

	*out = (struct ncu_report){.count = 0};
	while (*p && strncmp(p, "\"ID\",", 5))
		p = next_line(p);
	if (!*p) {
		const char *error = strstr(text, "==ERROR==");

		return fault_set(f, "ncu: no table: %.300s",
		                 error ? error : text);
	}
	failed = read_row(p, &head) || find(&head, NAME) < 0;
	p = next_line(p);
	failed |= read_row(p, &unit) || unit.count != head.count;
	for (p = next_line(p); *p == '"' && !failed; p = next_line(p)) {
		failed = read_row(p, &r) || r.count != head.count;
		if (!failed)
			add(out, &head, &unit, &r);
		row_free(&r);
	}
	row_free(&head);
	row_free(&unit);
	if (failed || !out->count) {
		ncu_free(out);
		return fault_set(f, "ncu: no row, or a row that is none");
	}
	return 0;
}

void ncu_free(struct ncu_report *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->item[i].name);
		free(r->item[i].grid);
		free(r->item[i].block);
	}
	free(r->item);
	*r = (struct ncu_report){0};
}
