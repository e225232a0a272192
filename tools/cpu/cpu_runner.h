/* cpu_runner - a worker that calls one kernel, and what is in its memory
 *
 * Whatever a kernel can do wrong becomes a reason of verdict.h, and the runner
 * is spent.
 */
#ifndef CPU_RUNNER_H
#define CPU_RUNNER_H

#include "cpu_calls.h"
#include "cpu_worker.h"
#include "device.h"

struct cpu_runner {
	struct runner base;
	const struct cpu_calls *calls;
	struct worker worker;
	int writable;
	double timeout_s;
	uint64_t poison; /* of the last call; random, then counted */
	const struct cpu_call *shown; /* whose inputs and arguments are there */
	uint64_t shown_drawn;         /* and which of its values */
	struct cpu_runner *reference; /* which has evaluate */
	char *views; /* what evaluate made of the outputs that it left */
	struct sampling_tally *tally; /* [workload], of a side */
	uint64_t *counted;            /* [workload][set]: sampling_is_new's */
	const char *reason;           /* why it is spent, or NULL */
	char detail[200];
};

/* kernel, python: as worker_needs has them, but by the kernel's name in the
 * job. NULL with the fault set only for trouble that is no fault of the kernel.
 */
struct cpu_runner *cpu_runner_start(const struct cpu_calls *calls,
                                    const char *kernel, const char *python,
                                    int writable, int threads, struct fault *f);
void cpu_runner_stop(struct cpu_runner *r);

/* Makes arguments, inputs and outputs what a call begins with. */
void cpu_runner_show(struct cpu_runner *r, size_t workload, int set);

/* Has it carry out a command, with so many of the arguments that are there. */
void cpu_runner_ring(struct cpu_runner *r, enum doorbell_op op, uint32_t nargs,
                     int64_t *ns);

/* Calls the kernel once, on fresh poison; *ns is the judge's own time. */
void cpu_runner_call(struct cpu_runner *r, size_t workload, int set,
                     int is_cold, int64_t *ns);

/* Looks at everything that the last call left. Returns NULL or a reason, with
 * r->detail; the process can be called again unless r->reason is set too. */
const char *cpu_runner_check(struct cpu_runner *r, size_t workload, int set,
                             struct check *worst);

/* Copies text of unknown origin: at most max bytes up to a NUL, as printable
 * ASCII. */
void copy_printable(char *to, size_t len, const char *from, size_t max);

#endif
