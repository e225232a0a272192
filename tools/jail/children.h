/* children - the processes that we started, and the strangers they leave
 *
 * As their subreaper we inherit the orphans of what we start: any child of
 * ours that we did not start is one.
 */
#ifndef CHILDREN_H
#define CHILDREN_H

#include <sys/types.h>

void children_add(pid_t pid);
void children_remove(pid_t pid);

/* Kills a child and waits for it; kills all strangers. A child that does not
 * end within ten seconds ends the program, with a message and EXIT_TROUBLE. */
void children_reap(pid_t pid);
void children_kill_strangers(void);

#endif
