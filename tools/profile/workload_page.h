/* workload_page - workload_profile.md: what the workloads of a kernel are like
 */
#ifndef WORKLOAD_PAGE_H
#define WORKLOAD_PAGE_H

#include "index_tensor.h"
#include "path_class.h"

/* What was read of a stored input, over all workloads. */
struct stored_input {
	size_t workloads; /* that store it */
	size_t missing;   /* whose file is not there */
	size_t damaged;
	char reason[200]; /* why the first damaged one is */
	struct index_tensor index;
};

struct workload_facts {
	const struct definition *definition;
	const struct workload_list *list;
	const char *device;
	const struct times *times;
	struct path_classes classes;
	struct stored_input *stored; /* [input] */
};

#define WORKLOAD_PAGE_MAX ((size_t)8 << 10)

/* The same facts give the same text, of at most that many bytes. Caller
 * frees. */
char *workload_page(const struct workload_facts *w);

#endif
