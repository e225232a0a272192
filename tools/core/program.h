/* program - where programs are found */
#ifndef PROGRAM_H
#define PROGRAM_H

/* PATH, or what it usually is. */
const char *program_path(void);

/* The path of a program on PATH, or NULL. Caller frees. */
char *program_find(const char *name);

#endif
