/* workload - FlashInfer-Trace Workloads: the shapes that a kernel serves
 *
 * A list is JSONL, one Trace a line with solution and evaluation null.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "definition.h"

struct input_spec {
	enum { INPUT_RANDOM, INPUT_SCALAR, INPUT_SAFETENSORS } kind;
	double scalar;   /* INPUT_SCALAR, floating point and bool */
	int64_t integer; /* INPUT_SCALAR, integer dtypes */
	const char *path,
	        *key; /* INPUT_SAFETENSORS; path beneath the trace set */
};

struct workload {
	const char *uuid;
	int64_t *axis_value;      /* in the order of definition.axes */
	struct input_spec *input; /* in the order of definition.inputs */
	long line;
	json *document; /* the Trace line */
};

struct workload_list {
	struct workload *item;
	size_t count;
};

/* Reads and checks a list against its definition. Returns -1 with the fault
 * set: unknown or missing axes and inputs, a path that is absolute or has
 * "..", a duplicate uuid, a list with no line. */
int workload_list_read(const char *path, const struct definition *d,
                       struct workload_list *out, struct fault *f);
/* The same of a list in memory; path serves messages. */
int workload_list_parse(const char *text, size_t len, const char *path,
                        const struct definition *d, struct workload_list *out,
                        struct fault *f);
void workload_list_free(struct workload_list *list);

/* A line of a list, without its newline. Takes axes and inputs; caller frees.
 */
char *workload_text(const char *definition, const char *uuid, json *axes,
                    json *inputs);

/* The name of the definition that the first line of a list is of; NULL with the
 * fault set. Caller frees. */
char *workload_list_definition(const char *path, struct fault *f);

/* What the uuids of shapes begin with that a verification adds to the listed
 * ones (hidden.h). */
#define HIDDEN_UUID "hidden-"
int workload_is_hidden(const char *uuid);

/* Bytes of one input or output of a workload of a list that was read. */
size_t workload_tensor_bytes(const struct definition *d,
                             const struct tensor_spec *t,
                             const struct workload *w);

/* Bytes of all inputs and outputs of one workload; a list is refused where
 * they would overflow. */
size_t workload_bytes(const struct definition *d, const struct workload *w);

#endif
