/* gpumem - device memory at addresses of our choosing, shared by descriptor */
#ifndef GPUMEM_H
#define GPUMEM_H

#include "cuda.h"

/* Physical memory; bytes is a multiple of ARENA_GRANULE. */
int gpumem_create(size_t bytes, cu_memory *out, struct fault *f);

/* A descriptor of it for another process, or -1. */
int gpumem_export(cu_memory m, struct fault *f);
int gpumem_import(int fd, cu_memory *out, struct fault *f);

/* Keeps addresses free for what is mapped below. */
int gpumem_reserve(cu_address address, size_t bytes, struct fault *f);

/* Maps it at exactly that address, which is reserved. access is CU_ACCESS_READ
 * or _READ_WRITE. */
int gpumem_map_at(cu_memory m, size_t bytes, cu_address address, int access,
                  struct fault *f);

/* Maps it wherever there is room. */
int gpumem_map(cu_memory m, size_t bytes, cu_address *address, struct fault *f);
void gpumem_unmap(cu_address address, size_t bytes);

/* Makes bytes at address, reserved, usable with as little memory as will do:
 * one small zeroed piece, mapped again and again. */
int gpumem_decoy(size_t bytes, cu_address address, struct fault *f);

#endif
