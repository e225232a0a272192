/* solution - a FlashInfer-Trace Solution: sources and how to call them */
#ifndef SOLUTION_H
#define SOLUTION_H

#include "fault.h"
#include "json.h"

#include <stddef.h>

struct solution_source {
	const char *path; /* relative, no "..", unique */
	const char *content;
};

struct solution {
	const char *name, *definition, *author;
	const char *language; /* python, triton, cpp, cuda, tilelang */
	const char *entry_file, *entry_symbol; /* of "file::symbol" */
	const char *binding; /* "tvm-ffi" (also for null), "torch" */
	int destination_passing;
	struct solution_source *source;
	size_t nsources;
	json *document;
};

/* Returns NULL with the fault set. */
struct solution *solution_read(const char *path, struct fault *f);
void solution_free(struct solution *s);

#endif
