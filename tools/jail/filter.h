/* filter - the system calls that foreign code is refused
 *
 * By seccomp, in whatever the caller executes next and in all that it starts.
 */
#ifndef FILTER_H
#define FILTER_H

/* Refuses, with EPERM, what looks into other processes, makes namespaces or
 * mounts, loads programs into the kernel, or undoes PR_SET_PDEATHSIG. Without
 * forks it refuses new processes too (threads are none), and a signal that is
 * meant to kill the caller does: as the first process of its namespace it
 * would else be spared. Wants PR_SET_NO_NEW_PRIVS. Returns -1 with errno set.
 */
int filter_install(int forks);

#endif
