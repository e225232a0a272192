/* share - what of this machine is ours: all of it, or what a container allows
 */
#ifndef SHARE_H
#define SHARE_H

#include <stdint.h>

/* Processors that we may run on, by affinity and quota; at least 1. */
int share_processors(void);

/* Bytes of memory that are free. */
uint64_t share_memory(void);

#endif
