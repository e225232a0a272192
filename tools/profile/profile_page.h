/* profile_page - profile.DEVICE.md: where a solution's time goes, and what is
 * not known of it
 */
#ifndef PROFILE_PAGE_H
#define PROFILE_PAGE_H

#include "build.h"
#include "mix.h"
#include "ncu_csv.h"
#include "ptxas.h"
#include "remarks.h"
#include "times.h"

/* What was measured of a workload by counters. */
struct profile_counters {
	const struct workload *workload;
	struct ncu_report report;
};

/* What is absent has a reason, for people. */
struct profile_facts {
	const struct definition *definition;
	const struct workload_list *list;
	const struct build *build;
	const struct times *times;
	const char *at;   /* the present time */
	const char *tool; /* that took the code apart: its version, or NULL */
	struct profile_counters *counters;
	size_t ncounters;
	const char *no_counters;
	double copy_gb_s; /* what the device copies, or 0 */
	const struct mix *mix;
	const char *no_mix;
	const char *log; /* of a build with the compiler's report */
	const char *no_log;
};

#define PROFILE_PAGE_MAX ((size_t)7 << 10)

/* The page, of at most that many bytes. Caller frees. */
char *profile_page(const struct profile_facts *p);

#endif
