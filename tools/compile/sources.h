/* sources - the text files that one build reads: a solution's and our headers
 */
#ifndef SOURCES_H
#define SOURCES_H

#include "fault.h"
#include "sha256.h"

#include <stddef.h>

#define SOURCES_PREFIX "__tvm_ffi_" /* of what a solution exports */

struct source_file {
	char *path; /* relative; [A-Za-z0-9._/-] */
	char *text;
	size_t len;
};

struct sources {
	char *name;              /* of the solution's file, without folders */
	char *symbol;            /* what it exports: "__tvm_ffi_run" */
	char sha256[SHA256_HEX]; /* of the solution's file */
	const char *language;    /* "python" or "triton": nothing to compile,
	                            symbol is "run"; NULL: another */
	struct source_file *file;
	size_t count;
};

/* What is judged of a Solution in Python or Triton: how it is called, and its
 * text. It is a file of its sources. */
#define SOURCES_PYTHON "kernel.json"

/* Reads a .c, .cpp or .cu file, or a Solution .json of one or more of them, for
 * a device. A lone file is named solution.EXT whatever its name, so that equal
 * text gives equal code. The strings live as long as the program. Returns -1
 * with the fault set. */
int sources_read(struct sources *s, const char *path, const char *device,
                 struct fault *f);

/* Adds the headers (.h, .cuh, .hpp) of a folder, but for those whose name a
 * source has. A folder that does not exist adds nothing. */
int sources_add_headers(struct sources *s, const char *dir, struct fault *f);

/* Does the path end in one of the extensions (".c .cpp")? */
int sources_has_extension(const char *path, const char *extensions);

/* Writes all files beneath dir. */
int sources_write(const struct sources *s, const char *dir, struct fault *f);

#endif
