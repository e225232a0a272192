/* machine - what a device is, in a few lines for a prompt */
#ifndef MACHINE_H
#define MACHINE_H

#include "ledger.h"

/* cpu: this machine's model, usable cores, vector units, caches, from what the
 * kernel of the operating system says. cuda: the name that the last judgement
 * in the ledger was on, with what is known of GPUs of that name. A line a
 * fact, of a stranger's words in part; "" where nothing is known. Caller
 * frees. */
char *machine_facts(const char *device, const char *experiments,
                    const struct ledger *l);

/* GB/s of a GPU's memory by its data sheet; 0 where that is not known, and of
 * a CPU. */
double machine_bandwidth(const char *device, const char *experiments,
                         const struct ledger *l);

#endif
