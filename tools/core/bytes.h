/* bytes - a growing buffer to write, and a bounded one to read
 *
 * Reading beyond the end yields zeros and sets `bad`, so that a reader checks
 * once at the end, not at every field.
 */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes_out {
	unsigned char *data;
	size_t len, room;
};

void put_u32(struct bytes_out *b, uint32_t v);
void put_u64(struct bytes_out *b, uint64_t v);
void put_blob(struct bytes_out *b, const void *p, size_t len);

struct bytes_in {
	const unsigned char *at;
	size_t left;
	int bad;
};

uint32_t get_u32(struct bytes_in *b);
uint64_t get_u64(struct bytes_in *b);

/* len bytes in place, or NULL. */
const void *get_blob(struct bytes_in *b, size_t len);

#endif
