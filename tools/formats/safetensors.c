/* safetensors - tensors in a file, as huggingface/safetensors defines it
 *
 * Eight bytes (little endian) say how long the JSON header is, then comes the
 * header, then the tensors; offsets count from the header's end.
 */
#include "safetensors.h"
#include "file.h"
#include "memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_HEADER ((uint64_t)100 << 20) /* as the original has it */
#define PREFIX 8

static int find_dtype(const char *name, enum dtype *out)
{
	for (int t = 0; t < DTYPE_COUNT; t++) {
		if (strcmp(dtype_safetensors_name((enum dtype)t), name) == 0) {
			*out = (enum dtype)t;
			return 0;
		}
	}
	return -1;
}

static int wrong(const char *path, const char *key, const char *what,
                 struct fault *f)
{
	return fault_set(f, "%s: tensor \"%s\" %s", path, key, what);
}

/* Bytes of a tensor with the shape given, or -1. */
static int tensor_bytes(const struct safetensor *t, size_t *out)
{
	size_t elements = 1;

	for (int i = 0; i < t->ndim; i++) {
		if (__builtin_mul_overflow(elements, (size_t)t->shape[i],
		                           &elements))
			return -1;
	}
	*out = dtype_bytes(t->dtype, elements);
	if (*out == SIZE_MAX || elements * dtype_bits(t->dtype) % 8)
		return -1;
	return 0;
}

static int read_shape(struct safetensor *t, const json *shape, const char *path,
                      struct fault *f)
{
	if (!json_is_array(shape))
		return wrong(path, t->key, "has no shape", f);
	for (const json *v = json_first(shape); v; v = json_next(v)) {
		if (t->ndim == MAX_DIMS)
			return wrong(path, t->key, "has more than 8 axes", f);
		if (json_integer(v, &t->shape[t->ndim]) ||
		    t->shape[t->ndim] < 0)
			return wrong(path, t->key,
			             "wants a shape of integers, none negative",
			             f);
		t->ndim++;
	}
	return 0;
}

/* data points at the first byte after the header, len bytes of it. */
static int read_tensor(struct safetensor *t, const json *v, const char *data,
                       size_t len, const char *path, struct fault *f)
{
	const json *offsets = json_get(v, "data_offsets");
	const json *first = json_first(offsets);
	const char *dtype = json_string(json_get(v, "dtype"));
	int64_t begin, end;
	size_t bytes;

	t->key = json_key(v);
	if (!dtype)
		return wrong(path, t->key, "wants an object with a dtype", f);
	if (find_dtype(dtype, &t->dtype))
		return wrong(path, t->key, "has a dtype that is not known here",
		             f);
	if (read_shape(t, json_get(v, "shape"), path, f))
		return -1;
	if (!json_is_array(offsets) || json_count(offsets) != 2 ||
	    json_integer(first, &begin) ||
	    json_integer(json_next(first), &end) || begin < 0 || end < begin)
		return wrong(path, t->key, "has no two offsets in order", f);
	if ((uint64_t)end > len)
		return wrong(path, t->key, "ends beyond the file", f);
	if (tensor_bytes(t, &bytes) || bytes != (uint64_t)(end - begin))
		return wrong(path, t->key,
		             "has offsets that disagree with its shape", f);
	t->data = data + begin;
	t->bytes = bytes;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct safetensor *x = a, *y = b;

	if (x->data != y->data)
		return (const char *)x->data < (const char *)y->data ? -1 : 1;
	return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/* In the order of their data, one must begin where the last ended. */
static int check_places(struct safetensors *s, const char *data, size_t len,
                        const char *path, struct fault *f)
{
	const char *at = data;

	qsort(s->item, s->count, sizeof *s->item, by_place);
	for (size_t i = 0; i < s->count; i++) {
		const struct safetensor *t = &s->item[i];

		if ((const char *)t->data != at)
			return wrong(path, t->key,
			             "overlaps another or leaves a hole", f);
		at += t->bytes;
	}
	if (at != data + len)
		return fault_set(f, "%s: bytes after the last tensor", path);
	return 0;
}

static int check_metadata(const json *v, const char *path, struct fault *f)
{
	if (!json_is_object(v))
		return fault_set(f, "%s: want __metadata__ to be an object",
		                 path);
	for (v = json_first(v); v; v = json_next(v)) {
		if (!json_string(v))
			return fault_set(f,
			                 "%s: want __metadata__ to hold "
			                 "strings only",
			                 path);
	}
	return 0;
}

static int read_items(struct safetensors *s, const char *data, size_t len,
                      const char *path, struct fault *f)
{
	s->item = xcalloc(json_count(s->header), sizeof *s->item);
	for (const json *v = json_first(s->header); v; v = json_next(v)) {
		if (strcmp(json_key(v), "__metadata__") == 0) {
			if (check_metadata(v, path, f))
				return -1;
		} else if (read_tensor(&s->item[s->count++], v, data, len, path,
		                       f)) {
			return -1;
		}
	}
	return check_places(s, data, len, path, f);
}

int safetensors_is_pointer(const void *data, size_t len)
{
	static const char head[] = "version https://git-lfs";

	return len >= sizeof head - 1 &&
	       memcmp(data, head, sizeof head - 1) == 0;
}

static int read_header(struct safetensors *s, const char *path, struct fault *f)
{
	const unsigned char *map = s->map;
	const char *text = (const char *)map + PREFIX;
	uint64_t len = 0;

	if (safetensors_is_pointer(map, s->map_len))
		return fault_set(f,
		                 "%s: a Git LFS pointer; fetch the tensors "
		                 "with git lfs pull",
		                 path);
	for (int i = PREFIX - 1; i >= 0; i--)
		len = len << 8 | map[i];
	if (len > MAX_HEADER || len > s->map_len - PREFIX || len == 0)
		return fault_set(f,
		                 "%s: no safetensors: want a header of %llu "
		                 "bytes",
		                 path, (unsigned long long)len);
	if (*text != '{')
		return fault_set(f, "%s: want the header to begin with '{'",
		                 path);
	s->header = json_parse(text, len, path, 1, f);
	if (!s->header)
		return -1;
	return read_items(s, text + len, s->map_len - PREFIX - len, path, f);
}

/* fd, which is closed, is the file path. */
static int map_file(struct safetensors *s, int fd, const char *path,
                    struct fault *f)
{
	struct stat st;
	int failed = 0;

	if (fd < 0)
		return fault_errno(f, "%s", path);
	if (fstat(fd, &st))
		failed = fault_errno(f, "%s", path);
	else if (!S_ISREG(st.st_mode))
		failed = fault_set(f, "%s: not a regular file", path);
	else if (st.st_size < PREFIX)
		failed = fault_set(f, "%s: too short for safetensors", path);
	if (!failed) {
		s->map_len = (size_t)st.st_size;
		s->map = mmap(NULL, s->map_len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (s->map == MAP_FAILED) {
			s->map = NULL;
			failed = fault_errno(f, "%s", path);
		}
	}
	close(fd);
	return failed;
}

static int read_from(int fd, const char *path, struct safetensors *out,
                     struct fault *f)
{
	*out = (struct safetensors){NULL, 0, NULL, 0, NULL};
	if (map_file(out, fd, path, f) || read_header(out, path, f)) {
		safetensors_free(out);
		return -1;
	}
	return 0;
}

int safetensors_read(const char *path, struct safetensors *out, struct fault *f)
{
	return read_from(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), path,
	                 out, f);
}

int safetensors_read_beneath(const char *dir, const char *name,
                             struct safetensors *out, struct fault *f)
{
	char *path = xasprintf("%s/%s", dir, name);
	int failed = read_from(file_open_beneath(dir, name), path, out, f);

	free(path);
	return failed;
}

int safetensors_are_beneath(const char *dir, const char *name, struct fault *f)
{
	struct safetensors s;

	if (safetensors_read_beneath(dir, name, &s, f))
		return -1;
	safetensors_free(&s);
	return 0;
}

void safetensors_free(struct safetensors *s)
{
	free(s->item);
	json_free(s->header);
	if (s->map)
		munmap(s->map, s->map_len);
	*s = (struct safetensors){NULL, 0, NULL, 0, NULL};
}

const struct safetensor *safetensors_find(const struct safetensors *s,
                                          const char *key)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->item[i].key, key) == 0)
			return &s->item[i];
	}
	return NULL;
}
