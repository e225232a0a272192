/* toolchain - which compiler is here, and a hash that changes when it does */
#ifndef TOOLCHAIN_H
#define TOOLCHAIN_H

#include "fault.h"
#include "sha256.h"

struct toolchain {
	char *program;           /* path */
	char *version;           /* one line, for people */
	char sha256[SHA256_HEX]; /* of all that it says of itself and of flags
	                          */
};

/* name is "cc", "c++" or "nvcc". flags may hold -march=native: what that means
 * on this machine is part of the hash. dir is where programs may run. The
 * strings live as long as the program. Returns -1 with the fault set. */
int toolchain_find(struct toolchain *t, const char *name, const char *flags,
                   const char *dir, struct fault *f);

/* An interpreter, by its path, or NULL: that of PYTHON. It must have PyTorch,
 * and for the language "triton" Triton too. */
int toolchain_python(struct toolchain *t, const char *python,
                     const char *language, const char *dir, struct fault *f);

/* The words of a line, as an argument vector. Caller frees it and its [0]. */
char **toolchain_words(const char *line);

#endif
