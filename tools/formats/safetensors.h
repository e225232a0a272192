/* safetensors - tensors in a file, as huggingface/safetensors defines it */
#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include "definition.h"

struct safetensor {
	const char *key;
	enum dtype dtype;
	int ndim;
	int64_t shape[MAX_DIMS];
	const void *data; /* inside the mapped file when read */
	size_t bytes;
};

struct safetensors {
	struct safetensor *item;
	size_t count;
	void *map;
	size_t map_len;
	json *header;
};

/* 1 if a file that begins so is a Git LFS pointer to what was to be there. */
int safetensors_is_pointer(const void *data, size_t len);

/* Maps and checks a file: header length and JSON, known dtypes, offsets that
 * are in order, inside the file, without holes or overlaps, and that agree
 * with shape and dtype. Returns -1 with the fault set. */
int safetensors_read(const char *path, struct safetensors *out,
                     struct fault *f);

/* The same of a name beneath a folder, as file_open_beneath has it. */
int safetensors_read_beneath(const char *dir, const char *name,
                             struct safetensors *out, struct fault *f);
/* Is it such a file? Returns -1 with the fault set. */
int safetensors_are_beneath(const char *dir, const char *name, struct fault *f);
void safetensors_free(struct safetensors *s);
const struct safetensor *safetensors_find(const struct safetensors *s,
                                          const char *key);

/* Writes key, dtype, ndim, shape, data, bytes of each item, atomically. */
int safetensors_write(const char *path, const struct safetensor *item,
                      size_t count, struct fault *f);

#endif
