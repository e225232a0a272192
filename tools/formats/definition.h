/* definition - a FlashInfer-Trace Definition: what a kernel computes */
#ifndef DEFINITION_H
#define DEFINITION_H

#include "dtype.h"
#include "fault.h"
#include "json.h"

#include <stddef.h>
#include <stdint.h>

#define DEFINITION_NAME_MAX 128
#define DEFINITION_MAX ((size_t)16 << 20) /* bytes, where one is copied */

#define MAX_DIMS 8

struct axis {
	const char *name;
	int is_var;
	int64_t value; /* of a const axis */
};

struct tensor_spec {
	const char *name;
	enum dtype dtype;
	int is_scalar; /* shape null: passed by value */
	int ndim;
	int axis[MAX_DIMS]; /* indices into definition.axes */
};

struct definition {
	const char *name; /* [a-z0-9_]+, as tools/kernel-name.sh says, too */
	const char *op_type;
	const char *reference; /* Python */
	struct axis *axes;
	size_t naxes;
	struct tensor_spec *inputs, *outputs; /* in call order */
	size_t ninputs, noutputs;
	json *document; /* owns the strings above; written again exactly */
};

/* Checks all of the schema but what needs Python: a reference must have a line
 * that begins with "def run(", constraints must be strings. Returns NULL with
 * the fault set ("path:line: reason"). */
struct definition *definition_read(const char *path, struct fault *f);
void definition_free(struct definition *d);

/* Fills shape[0..ndim-1] from the axes' values (naxes of them, in the order
 * of d->axes, const ones included). Returns the number of elements (1 for
 * scalars and 0-D), or -1 if it overflows int64 or an axis is negative. */
int64_t tensor_shape(const struct definition *d, const struct tensor_spec *t,
                     const int64_t *axis_value, int64_t shape[MAX_DIMS]);

#endif
