/* charges - the processes that we started, and the strangers they leave
 *
 * As their subreaper we inherit the orphans of what we start: any child of
 * ours that we did not start is one.
 */
#ifndef CHARGES_H
#define CHARGES_H

#include <sys/types.h>

void charges_add(pid_t pid);
void charges_remove(pid_t pid);

/* Where the kernel cannot say (CONFIG_PROC_CHILDREN): 0. */
int charges_has_children(pid_t pid);
int charges_has_strangers(void);

/* Kills a child and waits for it; kills all strangers. */
void charges_reap(pid_t pid);
void charges_kill_strangers(void);

#endif
