/* claim - the numbered folders of experiments: exp_0001, exp_0002, ... */
#ifndef CLAIM_H
#define CLAIM_H

#include "fault.h"

#include <stddef.h>

/* "shipped" is no experiment. */
int is_experiment(const char *name);

/* The names in a folder, by number. Returns -1 with the fault set. */
struct names {
	char **item;
	size_t count;
};
int experiments_list(const char *dir, struct names *out, struct fault *f);
void names_free(struct names *n);

/* Makes the folder after the last one, and after the last that the ledger
 * names: a folder that was removed leaves its number. mkdir(2) decides between
 * rivals. Returns its path, or NULL with the fault set. Caller frees. */
char *experiment_claim(const char *dir, struct fault *f);

/* Writes DIR/NAME whole. Returns -1 with the fault set. */
int experiment_write(const char *dir, const char *name, const void *data,
                     size_t len, struct fault *f);

/* Takes the lock of a kernel's experiments, making their folder, and waits
 * for it. Returns a descriptor that holds it, or -1 with the fault set. */
int experiments_lock(const char *dir, struct fault *f);

/* Removes what a killed writer left of DIR/STEM.*, or of any file there where
 * stem is NULL: names such as result.md.Ab3dE9. Only under the lock. */
void sweep(const char *dir, const char *stem);

#endif
