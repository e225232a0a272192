/* sha256 - FIPS 180-4 digests as 64 lower-case hex digits */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>

#define SHA256_HEX 65 /* 64 digits and a NUL */

void sha256_hex(const void *data, size_t len, char out[SHA256_HEX]);

/* Of a regular file's bytes. Returns -1 with errno set if unreadable. */
int sha256_file(const char *path, char out[SHA256_HEX]);

#endif
