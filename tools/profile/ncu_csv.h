/* ncu_csv - what Nsight Compute counted, and what it means
 *
 * From ncu --csv --page raw: lines of its own, a line of names, one of units,
 * one a kernel launch. The names of kernels are a candidate's. A number that is
 * absent or malformed is NAN.
 */
#ifndef NCU_CSV_H
#define NCU_CSV_H

#include "fault.h"

#include <stddef.h>

enum ncu_metric {
	NCU_TIME, /* ns */
	NCU_SM,   /* % of the peak; so are the next two */
	NCU_MEMORY,
	NCU_DRAM,
	NCU_DRAM_RATE, /* bytes a second */
	NCU_L1_HIT,    /* % */
	NCU_L2_HIT,
	NCU_OCCUPANCY, /* % of the warps, achieved */
	NCU_OCCUPANCY_MOST,
	NCU_REGISTERS,
	NCU_SHARED_STATIC, /* bytes of a block */
	NCU_SHARED_DYNAMIC,
	NCU_TENSOR, /* instructions of that pipe */
	NCU_BANK_CONFLICTS,
	NCU_SECTORS, /* of a request for global loads; 4 is what is dense */
	NCU_STALL,   /* from here on: warps that wait, an issued instruction */
	NCU_STALL_LONG = NCU_STALL,
	NCU_STALL_SHORT,
	NCU_STALL_WAIT,
	NCU_STALL_BARRIER,
	NCU_STALL_MATH,
	NCU_STALL_MIO,
	NCU_STALL_LG,
	NCU_METRICS /* at most 24: more makes a prompt worse */
};

struct ncu_kernel {
	char *name, *grid, *block; /* as they stand */
	double value[NCU_METRICS];
};

struct ncu_report {
	struct ncu_kernel *item;
	size_t count;
};

#define NCU_KERNELS 256 /* launches; more are left out */

/* The metrics' names, separated by commas, for ncu --metrics. Caller frees. */
char *ncu_metrics(void);

/* Returns -1 with the fault set, and nothing to free, where there is no table,
 * or a row that is none: the first words of the text are in it. */
int ncu_parse(const char *text, struct ncu_report *out, struct fault *f);
void ncu_free(struct ncu_report *r);

#endif
