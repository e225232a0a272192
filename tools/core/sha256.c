/* sha256 - FIPS 180-4 digests as 64 lower-case hex digits */
#include "sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 64

/* The first 32 bits of the fractions of the cube roots of the first primes. */
static const uint32_t round_word[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
        0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
        0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
        0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
        0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
        0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
        0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
        0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

struct sha256 {
	uint32_t h[8];
	uint64_t len;
	unsigned char block[BLOCK]; /* len % BLOCK bytes of it are in use */
};

/* The first 32 bits of the fractions of the square roots of the first primes.
 */
static const struct sha256 empty = {
        .h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
              0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
};

static uint32_t turn(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void schedule(uint32_t w[64], const unsigned char *block)
{
	for (int i = 0; i < 16; i++, block += 4)
		w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 |
		       (uint32_t)block[2] << 8 | block[3];
	for (int i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) +
		       w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
	}
}

static void mix(uint32_t h[8], const unsigned char *block)
{
	uint32_t w[64], v[8];

	schedule(w, block);
	memcpy(v, h, sizeof v);
	for (int i = 0; i < 64; i++) {
		uint32_t a = v[0], e = v[4];
		uint32_t choose = (e & v[5]) ^ (~e & v[6]);
		uint32_t most = (a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]);
		uint32_t x = v[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
		             choose + round_word[i] + w[i];
		uint32_t y = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + most;

		memmove(v + 1, v, 7 * sizeof *v);
		v[4] += x;
		v[0] = x + y;
	}
	for (int i = 0; i < 8; i++)
		h[i] += v[i];
}

static void add(struct sha256 *s, const unsigned char *data, size_t len)
{
	size_t used = (size_t)(s->len % BLOCK);

	s->len += len;
	while (used + len >= BLOCK) {
		size_t n = BLOCK - used;

		memcpy(s->block + used, data, n);
		mix(s->h, s->block);
		data += n;
		len -= n;
		used = 0;
	}
	if (len > 0)
		memcpy(s->block + used, data, len);
}

static void finish(struct sha256 *s, char out[SHA256_HEX])
{
	static const unsigned char padding[BLOCK] = {0x80};
	uint64_t bits = s->len * 8;
	unsigned char tail[8];

	/* to 8 bytes before the end of a block */
	add(s, padding, 1 + (size_t)((2 * BLOCK - 9 - s->len % BLOCK) % BLOCK));
	for (int i = 0; i < 8; i++)
		tail[i] = (unsigned char)(bits >> (56 - 8 * i));
	add(s, tail, sizeof tail);
	for (int i = 0; i < 8; i++)
		snprintf(out + 8 * i, 9, "%08x", (unsigned)s->h[i]);
}

void sha256_hex(const void *data, size_t len, char out[SHA256_HEX])
{
	struct sha256 s = empty;

	add(&s, data, len);
	finish(&s, out);
}

static int add_file(struct sha256 *s, int fd)
{
	unsigned char buf[1 << 16];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return -1;
	}
	while ((n = read(fd, buf, sizeof buf)) != 0) {
		if (n > 0)
			add(s, buf, (size_t)n);
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

int sha256_file(const char *path, char out[SHA256_HEX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct sha256 s = empty;
	int failed, error;

	if (fd < 0)
		return -1;
	failed = add_file(&s, fd);
	error = errno;
	close(fd);
	errno = error;
	if (failed)
		return -1;
	finish(&s, out);
	return 0;
}
