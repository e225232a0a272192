/* counters - a candidate's kernels under Nsight Compute (ncu)
 *
 * The counters belong to the driver: it may keep them for administrators, and
 * then ncu says ERR_NVGPUCTRPERM.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include "session.h"

/* Where ncu is: on PATH or where NVIDIA's packages put it; NULL if it is not
 * here. Caller frees. */
char *counters_find(void);

/* Has ncu count metrics (names, separated by commas) during one call of the
 * candidate on a workload. Returns what it wrote, tables and words, bounded
 * and not trusted; NULL with the fault set. Caller frees. */
char *counters_read(struct session *s, const char *ncu, const char *metrics,
                    size_t workload, struct fault *f);

/* What the device's memory gives when it is copied, GB/s, read and written. */
double counters_copy_gb_s(const struct session *s);

#endif
