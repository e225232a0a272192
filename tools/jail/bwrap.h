/* bwrap - what bubblewrap shows to a program, and what not
 *
 * The program sees the system's folders, those that it is to read, its own
 * file, an empty folder for temporary files, and nothing else; it is process 1
 * of its namespaces, where there is no network and no other process.
 */
#ifndef BWRAP_H
#define BWRAP_H

#include "sandbox.h"
#include "words.h"

/* Where programs of ours are in there. */
#define BWRAP_OURS "/ratchet"

/* Adds the command that runs bubblewrap, up to what it shall execute:
 * BWRAP_OURS
 * "/enter" is there. program: its path out here. It writes to descriptor info
 * which process it made. */
void bwrap_command(struct words *w, const char *bwrap, const struct sandbox *s,
                   int info);

/* Can it bound the size of a tmpfs? 1 until it is found that it cannot. */
extern int bwrap_sizes;

/* The path that a program out here has in there. Caller frees. */
char *bwrap_path(const char *program);

#endif
