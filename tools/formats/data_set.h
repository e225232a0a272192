/* data_set - the files of a FlashInfer-Trace data set, at whatever depth
 *
 * definitions, workloads, solutions and traces are folders of documents; blob
 * has the tensors that workloads name.
 */
#ifndef DATA_SET_H
#define DATA_SET_H

#include "fault.h"

#include <stddef.h>

struct data_set_files {
	char **path;
	size_t count;
};

/* The regular files beneath ROOT/FOLDER whose names end in SUFFIX, sorted; none
 * where there is no such folder. Returns -1 with the fault set: a link, which
 * may lead anywhere, something unreadable, or too many. */
int data_set_find(const char *root, const char *folder, const char *suffix,
                  struct data_set_files *out, struct fault *f);
void data_set_free(struct data_set_files *files);

/* What a path of a workload is beneath the root of its data set. */
enum tensor_state { TENSOR_STORED, TENSOR_MISSING, TENSOR_POINTER };
enum tensor_state data_set_tensor(const char *root, const char *path);

#endif
