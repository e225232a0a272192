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

/* Adds the command that runs bubblewrap, up to and with BWRAP_OURS "/enter". It
 * writes to descriptor info which process it made; if it drops root, it then
 * waits at descriptor info + 1 for the users' maps. */
void bwrap_command(struct words *w, const char *bwrap, const struct sandbox *s,
                   int info);

/* What it can do here, 1 until it is found that it cannot: bound the size of a
 * tmpfs; let us, if we are root, say which users there are inside. */
extern int bwrap_sizes, bwrap_users;

/* Started by root, a program is root inside as long as enter has not made
 * itself nobody, which the kernel then takes for the system's nobody, not for
 * root. Else it is nobody by name only: so what has the GPU, or reads files of
 * the user's and writes none. */
int bwrap_drops_root(const struct sandbox *s);

/* The path that the folder where it starts has in there. */
const char *bwrap_dir(const struct sandbox *s);

/* The path that a program out here has in there. Caller frees. */
char *bwrap_path(const char *program);

#endif
