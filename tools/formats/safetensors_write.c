/* safetensors_write - tensors into a file */
#include "file.h"
#include "memory.h"
#include "safetensors.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX 8

static int by_width(const void *a, const void *b)
{
	const struct safetensor *const *x = a, *const *y = b;
	unsigned wide = dtype_bits((*x)->dtype),
	         other = dtype_bits((*y)->dtype);

	if (wide != other)
		return wide > other ? -1 : 1;
	return strcmp((*x)->key, (*y)->key);
}

/* Says in the header where a tensor goes, offset bytes from the data's start.
 */
static void describe(json *header, const struct safetensor *t, size_t offset)
{
	json *v = json_add(header, t->key, json_object()), *list;

	json_add_string(v, "dtype", dtype_safetensors_name(t->dtype));
	list = json_add(v, "shape", json_array());
	for (int i = 0; i < t->ndim; i++)
		json_add_integer(list, NULL, t->shape[i]);
	list = json_add(v, "data_offsets", json_array());
	json_add_integer(list, NULL, (int64_t)offset);
	json_add_integer(list, NULL, (int64_t)(offset + t->bytes));
}

/* The header's length, the header, filled up to a multiple of 8 bytes, and the
 * tensors. */
static char *lay_out(const char *header, const struct safetensor *const *item,
                     size_t count, size_t data_bytes, size_t *len)
{
	size_t text = strlen(header), room = (text + 7) / 8 * 8;
	char *file, *at;

	*len = PREFIX + room + data_bytes;
	file = xcalloc(*len, 1);
	for (int i = 0; i < PREFIX; i++)
		file[i] = (char)(room >> (8 * i));
	memset(file + PREFIX, ' ', room);
	memcpy(file + PREFIX, header, text);
	at = file + PREFIX + room;
	for (size_t i = 0; i < count; i++) {
		if (item[i]->bytes > 0)
			memcpy(at, item[i]->data, item[i]->bytes);
		at += item[i]->bytes;
	}
	return file;
}

int safetensors_write(const char *path, const struct safetensor *item,
                      size_t count, struct fault *f)
{
	const struct safetensor **sorted = xcalloc(count, sizeof *sorted);
	json *header = json_object();
	size_t offset = 0, len;
	char *text, *file;
	int failed;

	/* the widest types first: so every tensor lies aligned */
	for (size_t i = 0; i < count; i++)
		sorted[i] = &item[i];
	qsort(sorted, count, sizeof *sorted, by_width);
	for (size_t i = 0; i < count; i++) {
		describe(header, sorted[i], offset);
		offset += sorted[i]->bytes;
	}
	text = json_text(header, 0);
	file = lay_out(text, sorted, count, offset, &len);
	failed = file_write(path, file, len) ? fault_errno(f, "%s", path) : 0;
	free(file);
	free(text);
	free(sorted);
	json_free(header);
	return failed;
}
