/* cold - puts memory out of the processor's caches */
#ifndef COLD_H
#define COLD_H

#include <stddef.h>

/* Afterwards no cache holds any of it. */
void cold_flush(const void *memory, size_t bytes);

#endif
