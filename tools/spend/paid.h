/* paid - a command that runs under a charge */
#ifndef PAID_H
#define PAID_H

#include "amount.h"
#include "fault.h"

/* Reserves cap as the next attempt "ABOUT#n", runs argv in a process group of
 * its own, and settles the same with the seconds that it took as gpu_s. One
 * that takes longer than its cap is charged on, as "ABOUT#n+1" and so on, while
 * the budgets allow it, and ended when they do not. Signals to this process are
 * handed on to the group; argv is ended should this process be killed.
 *
 * Returns 0, *status being the command's exit status as a shell gives it; 1
 * over a budget: not run, or ended, and the fault says which; -1 trouble. A
 * settlement that fails is said on standard error: the charge stays at cap. */
int paid_run(const char *path, const char *about, const char *kind,
             const struct amount *cap, char *const argv[], int *status,
             struct fault *f);

#endif
