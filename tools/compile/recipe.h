/* recipe - the compiler's command for one solution, and what identifies it
 *
 * The command runs in a folder that holds the sources; all names in it are
 * relative, so that the same text gives the same code in every clone.
 */
#ifndef RECIPE_H
#define RECIPE_H

#include "fault.h"
#include "settings.h"
#include "sha256.h"
#include "sources.h"
#include "toolchain.h"

struct recipe {
	const char *device; /* "cpu" or "cuda" */
	char *arch;         /* "sm_90", or NULL */
	char *line;         /* the command, its words parted by spaces */
	char *cubin;        /* a cubin's name without ".cubin", or NULL */
	const char *object; /* what it makes for the host: "kernel.so" */
	struct toolchain toolchain;
	char key[SHA256_HEX];   /* of all that can change the result */
	char *flashinfer_bench; /* what it needs for the same build */
};

/* Chooses compiler and flags for sources, to run in dir, which exists. The
 * settings' arch wins, then arch ("sm_90", "90a"); NULL: the device's.
 * sanitize: words of sanitize.h, or NULL. report: the compiler is to say what
 * it did with loops, or what each kernel takes (ptxas.h, remarks.h). Adds to
 * sources the headers that include folders hold. The strings live as long as
 * the program. Returns -1 with the fault set. */
int recipe_make(struct recipe *r, struct sources *s, const char *device,
                const char *arch, const char *sanitize, int report,
                const struct settings *settings, const char *kernel_dir,
                const char *dir, struct fault *f);

/* Only that. */
int recipe_headers(struct sources *s, const struct settings *settings,
                   const char *kernel_dir, struct fault *f);

#endif
