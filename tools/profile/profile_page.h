/* profile_page - profile.DEVICE.md: where a solution's time goes, and what is
 * not known of it
 */
#ifndef PROFILE_PAGE_H
#define PROFILE_PAGE_H

#include "build.h"
#include "counting.h"
#include "mix.h"
#include "ptxas.h"
#include "remarks.h"
#include "times.h"

/* What is absent has a reason, for people. */
struct profile_facts {
	const struct definition *definition;
	const struct workload_list *list;
	const struct build *build;
	const struct times *times;
	const double *moved; /* bytes of each workload (moved.h) */
	const char *at;      /* the present time */
	const char *tool; /* that took the code apart: its version, or NULL */
	const struct counting *counting;
	const struct mix *mix;
	const char *no_mix;
	const char *log; /* of a build with the compiler's report */
	const char *no_log;
};

#define PROFILE_PAGE_MAX ((size_t)7 << 10)

/* The page, of at most that many bytes. Caller frees. */
char *profile_page(const struct profile_facts *p);

#endif
