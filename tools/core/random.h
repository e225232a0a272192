/* random - one counter-based generator, the same numbers in C and in CUDA C
 *
 * Philox4x32-10 (Salmon et al., SC 2011). An element's value depends on its
 * seed, its stream (which tensor) and its index alone, so any part of a tensor
 * can be made anywhere, in any order. Only exactly rounded operations are
 * used, without contraction, so that CPU and GPU agree to the bit: build with
 * -ffp-contract=off, and -fmad=false for device code.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <math.h>
#include <stdint.h>

#ifdef __CUDACC__
#define RANDOM_FN static __host__ __device__ __forceinline__
#else
#define RANDOM_FN static inline
#endif

struct random4 {
	uint32_t word[4];
};

RANDOM_FN struct random4 random_block(uint64_t seed, uint64_t stream,
                                      uint64_t block)
{
	uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
	struct random4 c = {{(uint32_t)block, (uint32_t)(block >> 32),
	                     (uint32_t)stream, (uint32_t)(stream >> 32)}};

	for (int round = 0; round < 10; round++) {
		uint64_t a = (uint64_t)0xD2511F53u * c.word[0];
		uint64_t b = (uint64_t)0xCD9E8D57u * c.word[2];
		struct random4 next = {
		        {(uint32_t)(b >> 32) ^ c.word[1] ^ k0, (uint32_t)b,
		         (uint32_t)(a >> 32) ^ c.word[3] ^ k1, (uint32_t)a}};

		c = next;
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
	return c;
}

/* Element i: word i % 4 of block i / 4. */
RANDOM_FN uint32_t random_word(uint64_t seed, uint64_t stream, uint64_t i)
{
	return random_block(seed, stream, i / 4).word[i % 4];
}

/* Natural logarithm of p > 0, to about 1e-6. */
RANDOM_FN float random_log(float p)
{
	union {
		float f;
		uint32_t u;
	} bits;
	float exponent, s, s2;

	bits.f = p;
	exponent = (float)((int)(bits.u >> 23) - 127);
	bits.u = (bits.u & 0x7FFFFFu) | 0x3F800000u;
	s = (bits.f - 1.0f) / (bits.f + 1.0f);
	s2 = s * s;
	s2 = s * (2.0f + s2 * (0.6666667f + s2 * (0.4f + s2 * 0.2857143f)));
	return exponent * 0.69314718f + s2;
}

/* A standard normal number from one word: the inverse of the distribution
 * function by Abramowitz and Stegun 26.2.23 (error below 4.5e-4), within
 * +-6.3. */
RANDOM_FN float random_normal(uint32_t word)
{
	float p = ((float)(word & 0x7FFFFFFFu) + 0.5f) * 2.3283064e-10f;
	float log_p = random_log(p);
	float t = sqrtf(-2.0f * log_p);
	float top = 2.515517f + t * (0.802853f + t * 0.010328f);
	float bottom = 1.0f + t * (1.432788f + t * (0.189269f + t * 0.001308f));
	float x = t - top / bottom;

	return word >> 31 ? -x : x;
}

/* What the elements of an input are drawn from, by its type (the same rules as
 * FlashInfer-Bench's). */
enum random_kind {
	RANDOM_NORMAL,  /* float32, float16, bfloat16 */
	RANDOM_NORMAL2, /* float8, float4: normal, within +-2 */
	RANDOM_BIT,     /* bool */
	RANDOM_BYTE,    /* int8: -128 to 127 */
	RANDOM_KILO     /* other integers: -1024 to 1023 */
};

RANDOM_FN float random_element(enum random_kind kind, uint32_t word)
{
	float x;

	switch (kind) {
	case RANDOM_BIT:
		return (float)(word >> 31);
	case RANDOM_BYTE:
		return (float)((int)(word >> 24) - 128);
	case RANDOM_KILO:
		return (float)((int)(word >> 21) - 1024);
	default:
		x = random_normal(word);
		if (kind == RANDOM_NORMAL2)
			x = x < -2.0f ? -2.0f : x > 2.0f ? 2.0f : x;
		return x;
	}
}

/* What an input set's values are like. Random values alone never show what a
 * kernel does with those that are rare in them. */
enum plant {
	PLANT_NONE,     /* as drawn */
	PLANT_LARGE,    /* all times form.large */
	PLANT_TINY,     /* all times 2^-12 */
	PLANT_ROWS,     /* of four rows one is as PLANT_ROW_* says */
	PLANT_INTEGERS, /* -2 to 2, so that sums are exact */
	PLANT_COUNT
};

/* One of a row's elements. Where two meet in a sum of products it stays far
 * from float16's end: there an honest rounding decides between the largest
 * number and infinity. */
#define RANDOM_OUTLIER 128

enum plant_row {
	PLANT_ROW_CONSTANT,
	PLANT_ROW_ZERO,
	PLANT_ROW_OUTLIER,     /* one of its elements is huge */
	PLANT_ROW_ALTERNATING, /* c, -c, c, -c, ... */
	PLANT_ROW_DENORMAL,    /* less than the type's smallest normal */
	PLANT_ROW_COUNT
};

/* What the elements of one tensor are drawn from. */
struct random_form {
	enum random_kind kind;
	enum plant plant;
	uint64_t row; /* elements of the last axis */
	float large;
	float denormal;     /* the type's smallest number above zero */
	uint32_t denormals; /* how many of its multiples to use */
};

/* splitmix64's last step */
RANDOM_FN uint64_t random_mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

/* Element `at` of a planted row, which `draw` is all about; x and word are what
 * it would have been. The first input's outlier is its row's last element half
 * of the time: what leaves out the tail of a sum is seen there. */
RANDOM_FN float random_in_row(const struct random_form *f, enum plant_row kind,
                              int is_first, uint64_t draw, uint64_t at, float x,
                              uint32_t word)
{
	/* Small, so that no sum of products leaves float16. */
	float c =
	        rintf(random_element(f->kind, (uint32_t)(draw >> 32)) * 16.0f) *
	        0.015625f;
	uint64_t place;

	switch (kind) {
	case PLANT_ROW_CONSTANT:
		return c;
	case PLANT_ROW_ZERO:
		return 0;
	case PLANT_ROW_OUTLIER:
		place = is_first && draw >> 63 ? f->row - 1
		                               : (draw >> 32) % f->row;
		return at == place ? RANDOM_OUTLIER : x;
	case PLANT_ROW_ALTERNATING:
		return at % 2 ? -c : c;
	default:
		x = (float)(word % (2 * f->denormals + 1));
		return (x - (float)f->denormals) * f->denormal;
	}
}

/* Element i of a tensor. word is random_word's. */
RANDOM_FN float random_value(const struct random_form *f, uint64_t seed,
                             uint64_t stream, uint64_t i, uint32_t word)
{
	float x = random_element(f->kind, word);
	uint64_t row, group, tensor, draw;

	switch (f->plant) {
	case PLANT_LARGE:
		return x * f->large;
	case PLANT_TINY:
		return x * 0.000244140625f;
	case PLANT_INTEGERS:
		return (float)((int)(word % 5) - 2);
	case PLANT_ROWS:
		row = i / f->row;
		group = row / 4;
		tensor = seed + random_mix(stream + 1);
		draw = random_mix(tensor + group);
		if (draw % 4 != row % 4)
			return x;
		/* One kind after the other, so that 20 rows have all. */
		group += random_mix(tensor) % PLANT_ROW_COUNT;
		return random_in_row(f,
		                     (enum plant_row)(group % PLANT_ROW_COUNT),
		                     stream == 0, draw, i % f->row, x, word);
	default:
		return x;
	}
}

/* The seed of one input set of a workload, from a judgement's seed. An input's
 * stream is its index among the inputs. */
RANDOM_FN uint64_t random_seed(uint64_t seed, uint64_t workload, uint64_t set)
{
	struct random4 r = random_block(seed, workload, set);

	return r.word[0] | (uint64_t)r.word[1] << 32;
}

#endif
