/* progress - one line on standard error that says how far a program is
 *
 * On a terminal the line is written over again; elsewhere a new one appears
 * every few seconds.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

void progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Takes the line away, before anything else is printed. */
void progress_clear(void);

#endif
