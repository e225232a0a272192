/* build - what build-kernel reports about one solution: build.json */
#ifndef BUILD_H
#define BUILD_H

#include "fault.h"
#include "json.h"
#include "sha256.h"

struct build {
	int ok;                      /* it compiled and exports the symbol */
	const char *kernel, *device; /* device: "cpu" or "cuda" */
	const char *source;          /* file name without folders */
	const char *source_sha256, *object_sha256; /* object NULL if not ok */
	const char *key; /* the folder under the cache */
	const char *compiler, *toolchain_sha256;
	const char *harness;  /* hash of a project's; NULL: a kernel */
	const char *language; /* as of sources.h, whose kernel.json it made */
	json *document;       /* owns the strings above */
};

/* Reads build.json. Returns -1 with the fault set ("path:line: reason"). */
int build_read(const char *path, struct build *out, struct fault *f);
void build_free(struct build *b);

/* CACHE/KEY/NAME for what the build made: "kernel.so", "kernel.json" or
 * "kernel.cubin". Caller frees. */
char *build_file(const struct build *b, const char *cache, const char *name);

/* The hash of what a folder holds: kernel.so and, if there is one,
 * kernel.cubin; or kernel.json. Returns -1 with errno set if neither can be
 * read. */
int build_object_hash(const char *dir, char out[SHA256_HEX]);

/* Is what an ok build made still in the cache, unaltered? */
int build_is_cached(const struct build *b, const char *cache);

#endif
