/* counting - what a device counts while it runs a candidate
 *
 * In a session as the judge's, on the smallest and the largest workload: by
 * Nsight Compute on a GPU, by the processor's own counters on a CPU.
 */
#ifndef COUNTING_H
#define COUNTING_H

#include "cpu_counters.h"
#include "ncu_csv.h"

#define COUNTED 2 /* workloads */

struct counting {
	struct counted {
		const struct workload *workload; /* of the list */
		struct ncu_report ncu;           /* on a GPU */
		struct cpu_counts cpu;           /* on a CPU */
	} item[COUNTED];
	size_t count;
	char *reason;     /* why there are less, or NULL */
	char *tool;       /* that counted, or NULL */
	double copy_gb_s; /* what a GPU copies, read and written; or 0 */
};

/* parts: reference, candidate and what else a job needs, but for what to
 * select. ncu: its path, or NULL to look for it. What cannot be counted is no
 * trouble: the reason is kept. */
void counting_do(const struct job_parts *parts,
                 const struct workload_list *list, const char *ncu,
                 struct counting *out);
void counting_free(struct counting *c);

#endif
