/* bytes - a growing buffer to write, and a bounded one to read */
#include "bytes.h"

#include "memory.h"

#include <string.h>

void put_blob(struct bytes_out *b, const void *p, size_t len)
{
	if (b->len + len > b->room) {
		b->room = 2 * (b->len + len);
		b->data = xrealloc(b->data, b->room, 1);
	}
	if (len)
		memcpy(b->data + b->len, p, len);
	b->len += len;
}

void put_u32(struct bytes_out *b, uint32_t v)
{
	put_blob(b, &v, sizeof v);
}

void put_u64(struct bytes_out *b, uint64_t v)
{
	put_blob(b, &v, sizeof v);
}

const void *get_blob(struct bytes_in *b, size_t len)
{
	const void *p = b->at;

	if (b->bad || len > b->left) {
		b->bad = 1;
		return NULL;
	}
	b->at += len;
	b->left -= len;
	return p;
}

uint32_t get_u32(struct bytes_in *b)
{
	const void *p = get_blob(b, sizeof(uint32_t));
	uint32_t v = 0;

	if (p)
		memcpy(&v, p, sizeof v);
	return v;
}

uint64_t get_u64(struct bytes_in *b)
{
	const void *p = get_blob(b, sizeof(uint64_t));
	uint64_t v = 0;

	if (p)
		memcpy(&v, p, sizeof v);
	return v;
}
