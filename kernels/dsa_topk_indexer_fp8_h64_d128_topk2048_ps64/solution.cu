/* dsa_topk_indexer - a CTA for each page of what is scored, and each of them
 * sees all scores and writes its own winners
 *
 * Half of the warps have the page's keys, as the A operand of WGMMAs in
 * registers, and the others lay out the queries: in float16, as sums of 8-bit
 * products are not exact enough. The scores are published in memory that was
 * zero, as words that never are, and all read those of the row the same way.
 * Each CTA then finds the bin of the threshold for itself, in a histogram
 * between the extremes of the row's first scores. What is above it before the
 * page's own tokens is counted along, and gives their places in the answer; an
 * own token in that bin is ranked among all of the row.
 *
 * Other CTAs copy the rows that need no scores. The last CTA that has all
 * scores of the launch sets the memory back to zero. Nobody waits for ever: see
 * give_up().
 */
#include "ratchet.h"

#include <climits>

#include <cuda_fp16.h>
#include <cuda_fp8.h>

namespace
{
constexpr int HEADS = 64, DIM = 128, PAGE = 64, TOPK = 2048;
constexpr int PAGE_BYTES = PAGE * (DIM + 4);
constexpr int THREADS = 256, WARPS = THREADS / 32;

/* CTAs that score, at most: no more than can be resident at once. */
// knob: SCORERS 64 96 128
#define SCORERS 128

/* Fours of scores that a thread keeps; of a longer row it reads the rest again
 * and again. */
// knob: KEPT 4 6 8
#define KEPT 6

// knob: BINS 1024 2048
#define BINS 2048
constexpr int EACH = BINS / THREADS; /* bins of a thread */
constexpr int MOST_COUNTED = 65535;  /* tokens, in half a word of a bin */

/* Tokens in the bin of the threshold that are ranked among themselves. */
// knob: LISTED 64 128 256
#define LISTED 128

// knob: COPY_THREADS 128 256 512
#define COPY_THREADS 128

/* Cycles to wait for other CTAs. */
#define PATIENCE 200000

struct problem {
	const uint8_t *q;
	const char *cache;
	const float *weight;
	const int *len, *table;
	int *out;
	int rows, width; /* of the block table */
	int scorers;
	unsigned *counter; /* arrived << 16 | gave up; left */
	unsigned *word;    /* scores of the long rows, in pages */
};

/* A page of a long row, and where its row is. */
struct place {
	int row, len;
	int first; /* page of the row, among all rows' */
	int total; /* pages of all rows */
	int page;
};

/* What there is to know before the lengths: of the first 32 rows. */
struct glance {
	int len, page;
};

/* How to find a number's bin. */
struct scale {
	float factor, offset;
};
constexpr float BASE = 8388608; /* a float's low bits are a number above it */

/* Where the last winner is. */
struct alignas(16) threshold {
	int bin;
	unsigned above; /* as in a bin: in all higher ones */
	unsigned with;  /* and with this one */
};

struct shared {
	alignas(1024) unsigned char q[HEADS * DIM * 2]; /* float16 */
	alignas(16) unsigned bin[BINS]; /* how many; << 16: before own ones */
	alignas(16) unsigned own[PAGE]; /* scores */
	alignas(16) float weight[HEADS];
	alignas(16) unsigned sum[WARPS];
	uint64_t list[LISTED];
	unsigned listed;
	int rank[PAGE];
	scale to_bin;
	threshold chosen;
	int is_heir, gave_up;
};

__device__ __forceinline__ uint4 peek4(const uint4 *p)
{
	uint4 x;

	asm volatile("ld.relaxed.gpu.global.v4.u32 {%0, %1, %2, %3}, [%4];"
	             : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w)
	             : "l"(p)
	             : "memory");
	return x;
}

__device__ __forceinline__ void put(unsigned *p, unsigned x)
{
	asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" ::"l"(p), "r"(x)
	             : "memory");
}

__device__ __forceinline__ unsigned add(unsigned *p, unsigned x)
{
	unsigned old;

	asm volatile("atom.relaxed.gpu.global.add.u32 %0, [%1], %2;"
	             : "=r"(old)
	             : "l"(p), "r"(x)
	             : "memory");
	return old;
}

__device__ __forceinline__ bool is_here(uint4 x)
{
	return (x.x != 0) & (x.y != 0) & (x.z != 0) & (x.w != 0);
}

/* Integers in the order of the numbers, signed. */
__device__ __forceinline__ int ordered(float x)
{
	int i = __float_as_int(x);

	return i ^ (i >> 31 & 0x7fffffff);
}

__device__ __forceinline__ float number(int i)
{
	return __int_as_float(i ^ (i >> 31 & 0x7fffffff));
}

/* All tokens of a row in one order: by score, then the earlier first. */
__device__ __forceinline__ uint64_t rank_key(unsigned x, int token)
{
	return (uint64_t)((unsigned)ordered(__uint_as_float(x)) ^ 0x80000000u)
	               << 32 |
	       ~(unsigned)token;
}

/* ------------------------------------------------------------ copying */

/* Four places of the answer of a row that needs no scores. */
__device__ __forceinline__ void copy(const problem &p, unsigned row, unsigned i)
{
	int column = i / PAGE, len = __ldg(&p.len[row]), page = 0, x[4];

	if (column < p.width)
		page = __ldg(&p.table[(int64_t)row * p.width + column]);
	if (len > TOPK)
		return;
#pragma unroll
	for (int k = 0; k < 4; k++)
		x[k] = (int)i + k < len ? page * PAGE + (int)(i % PAGE) + k
		                        : -1;
	*(int4 *)&p.out[(int64_t)row * TOPK + i] =
	        make_int4(x[0], x[1], x[2], x[3]);
}

__global__ void __launch_bounds__(COPY_THREADS)
        copy_only(const __grid_constant__ problem p)
{
	constexpr int CTAS = TOPK / 4 / COPY_THREADS; /* of a row */

	copy(p, blockIdx.x / CTAS,
	     (blockIdx.x % CTAS * COPY_THREADS + threadIdx.x) * 4);
}

/* ------------------------------------------------------------ scoring */

__device__ __forceinline__ glance look(const problem &p, int page)
{
	int row = threadIdx.x % 32;
	glance g = {};

	if (row < p.rows) {
		g.len = __ldg(&p.len[row]);
		if (page < p.width)
			g.page = __ldg(&p.table[(int64_t)row * p.width + page]);
	}
	return g;
}

/* Finds a page of the long rows; all lanes of a warp get it. What was loaded
 * along with the lengths is right if it is of the first long row, as it mostly
 * is. */
__device__ __forceinline__ place find(const problem &p, int page, glance g)
{
	place at = {-1, 0, 0, 0, 0};

#pragma unroll 1
	for (int base = 0;;) {
		int n = g.len > TOPK ? (g.len + PAGE - 1) / PAGE : 0;
		unsigned left = __ballot_sync(~0u, n);

		for (; left; left &= left - 1) {
			int from = __ffs(left) - 1;
			int pages = __shfl_sync(~0u, n, from),
			    len = __shfl_sync(~0u, g.len, from),
			    entry = __shfl_sync(~0u, g.page, from);

			if (page >= at.total && page < at.total + pages) {
				at.row = base + from;
				at.len = len;
				at.first = at.total;
				at.page = entry;
			}
			at.total += pages;
		}
		base += 32;
		if (base >= p.rows)
			break;
		int row = base + (int)threadIdx.x % 32;
		g.len = row < p.rows ? __ldg(&p.len[row]) : 0;
	}
	if (at.row >= 32 || (at.row >= 0 && at.first))
		at.page = __ldg(
		        &p.table[(int64_t)at.row * p.width + page - at.first]);
	return at;
}

/* Where numbers of a key are as an operand: lane t of a quad loads pieces t and
 * t + 4 of 16 bytes, and each of their words is two pairs of a product of 16
 * numbers, in float16. A sum does not mind the order: queries are laid out to
 * match, and so that they are stored without conflicts. */
__device__ __forceinline__ void load_keys(uint4 k[2][2], const char *row)
{
#pragma unroll
	for (int half = 0; half < 2; half++)
#pragma unroll
		for (int i = 0; i < 2; i++)
			k[half][i] = __ldg(
			        (const uint4 *)(row + half * 8 * DIM + i * 64));
}

__device__ __forceinline__ unsigned word_of(const uint4 &x, int i)
{
	return i == 0 ? x.x : i == 1 ? x.y : i == 2 ? x.z : x.w;
}

/* Four numbers in float16, exactly. */
__device__ __forceinline__ uint2 widen(unsigned four)
{
	__half2_raw a = __nv_cvt_fp8x2_to_halfraw2((__nv_fp8x2_storage_t)four,
	                                           __NV_E4M3);
	__half2_raw b = __nv_cvt_fp8x2_to_halfraw2(
	        (__nv_fp8x2_storage_t)(four >> 16), __NV_E4M3);

	return make_uint2(a.x | (unsigned)a.y << 16, b.x | (unsigned)b.y << 16);
}

/* The operands of eight products: four of the pieces t, four of t + 4. */
struct keys {
	unsigned a[8][4];
};

__device__ __forceinline__ void widen_keys(keys &w, const uint4 k[2][2])
{
#pragma unroll
	for (int i = 0; i < 8; i++) {
#pragma unroll
		for (int half = 0; half < 2; half++) {
			uint2 x = widen(
			        word_of(k[half][i / 4], i % 4 ^ i / 4 * 2));

			w.a[i][half] = x.x;
			w.a[i][2 + half] = x.y;
		}
		/* Here, not behind the barrier. */
		asm volatile(""
		             : "+r"(w.a[i][0]), "+r"(w.a[i][1]),
		               "+r"(w.a[i][2]), "+r"(w.a[i][3]));
	}
}

/* Queries are in two blocks of 64 numbers of each head, rows of 128 bytes with
 * 16-byte pieces exchanged, as WGMMA wants them. Where the first word of a
 * piece goes. */
__device__ __forceinline__ unsigned query_place(const unsigned char *q)
{
	unsigned tid = threadIdx.x % 128, row = tid / 8, block = tid % 8 / 4;

	return (unsigned)__cvta_generic_to_shared(q) + block * HEADS * 128 +
	       row * 128 + ((row & 7) ^ block * 4) * 16 + tid % 4 * 4;
}

__device__ __forceinline__ void store_query(unsigned to, uint4 x)
{
	/* Not to have registers for all places in a CTA's first page already.
	 */
	asm volatile("" : "+r"(to));
#pragma unroll
	for (int i = 0; i < 4; i++) {
		uint2 w = widen(word_of(x, i));

		asm volatile("st.shared.u32 [%0], %1;" ::"r"(to ^ i * 32),
		             "r"(w.x)
		             : "memory");
		asm volatile("st.shared.u32 [%0], %1;" ::"r"(to ^ i * 32 ^ 16),
		             "r"(w.y)
		             : "memory");
	}
}

/* Products of 16 keys of a warp, of lane / 4 and 8 further, with all heads. In
 * 8 bits they would be summed up in too few. */
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
__device__ __forceinline__ void multiply(float d[32], const unsigned a[4],
                                         uint64_t b, int adds)
{
	asm volatile("{ .reg .pred adds; setp.ne.s32 adds, %37, 0;\n"
	             "wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 "
	             "{%0, %1, %2, %3, %4, %5, %6, %7, "
	             "%8, %9, %10, %11, %12, %13, %14, %15, "
	             "%16, %17, %18, %19, %20, %21, %22, %23, "
	             "%24, %25, %26, %27, %28, %29, %30, %31}, "
	             "{%32, %33, %34, %35}, %36, adds, 1, 1, 0; }"
	             : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]),
	               "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7]),
	               "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11]),
	               "+f"(d[12]), "+f"(d[13]), "+f"(d[14]), "+f"(d[15]),
	               "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19]),
	               "+f"(d[20]), "+f"(d[21]), "+f"(d[22]), "+f"(d[23]),
	               "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27]),
	               "+f"(d[28]), "+f"(d[29]), "+f"(d[30]), "+f"(d[31])
	             : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b),
	               "r"(adds));
}

__device__ __forceinline__ void multiply_all(float d[32], const keys &k,
                                             const unsigned char *q)
{
	unsigned at = (unsigned)__cvta_generic_to_shared(q) >> 4;
	/* 8 rows are 1024 bytes; swizzled by 128. */
	uint64_t b = at | 1ull << 16 | 64ull << 32 | 1ull << 62;

	asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#pragma unroll
	for (int i = 0; i < 8; i++)
		multiply(d, k.a[i], b + i / 4 * (HEADS * 8) + i % 4 * 2, i > 0);
	asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
	asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
#pragma unroll
	for (int i = 0; i < 32; i++)
		asm volatile("" : "+f"(d[i])::"memory");
}
#else
__device__ __forceinline__ void multiply(float *d, const unsigned a[4],
                                         unsigned b0, unsigned b1)
{
	asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
	             "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
	             "{%0, %1, %2, %3};"
	             : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
	             : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0),
	               "r"(b1));
}

__device__ __forceinline__ void multiply_all(float d[32], const keys &k,
                                             const unsigned char *q)
{
	int row = threadIdx.x % 32 / 4, at = threadIdx.x % 4 * 4;

#pragma unroll
	for (int i = 0; i < 32; i++)
		d[i] = 0;
#pragma unroll
	for (int i = 0; i < 8; i++)
#pragma unroll
		for (int n = 0; n < HEADS / 8; n++) {
			const unsigned char *head = q + i / 4 * (HEADS * 128) +
			                            (n * 8 + row) * 128 + at;
			int piece = i % 4 * 2 ^ row;

			multiply(d + n * 4, k.a[i],
			         *(const unsigned *)(head + piece * 16),
			         *(const unsigned *)(head + (piece ^ 1) * 16));
		}
}
#endif

/* Scores of two tokens, of which lanes 0 and 2 of a quad return the first, 1
 * and 3 the second. */
__device__ __forceinline__ float weigh(const float d[32], const float2 w[8])
{
	float a[2] = {}, b[2] = {};

#pragma unroll
	for (int n = 0; n < HEADS / 8; n++) {
		float2 x = w[n];

#pragma unroll
		for (int half = 0; half < 2; half++) {
			a[half] += fmaxf(d[n * 4 + half * 2], 0) * x.x;
			b[half] += fmaxf(d[n * 4 + half * 2 + 1], 0) * x.y;
		}
	}
	float mine = threadIdx.x & 1 ? a[1] + b[1] : a[0] + b[0];
	float other = threadIdx.x & 1 ? a[0] + b[0] : a[1] + b[1];
	mine += __shfl_xor_sync(~0u, other, 1);
	return mine + __shfl_xor_sync(~0u, mine, 2);
}

/* What a thread has of a page, as bytes from its start, or of the queries. */
struct thread {
	unsigned key, scale, query; /* the last in shared memory */
};

__device__ __forceinline__ thread place_thread(const shared &s)
{
	unsigned tid = threadIdx.x, row = tid / 32 % 4 * 16 + tid % 32 / 4;
	thread t = {row * DIM + tid % 4 * 16,
	            PAGE * DIM + (row + tid % 2 * 8) * 4, query_place(s.q)};

	/* It is to be known before it is needed. */
	asm volatile("" : "+r"(t.key), "+r"(t.scale), "+r"(t.query));
	return t;
}

/* Scores a page and publishes that. */
__device__ __forceinline__ void score(shared &s, const problem &p,
                                      const place &at, int page, thread t)
{
	unsigned tid = threadIdx.x;
	bool is_scorer = tid < 128; /* the others have the queries */
	keys wide;
	float d[32], scale = 0;

	if (is_scorer) {
		const char *from = p.cache + at.page * (int64_t)PAGE_BYTES;
		uint4 k[2][2];
		float weight = 0;

		load_keys(k, from + t.key);
		scale = __ldg((const float *)(from + t.scale));
		if (tid < HEADS)
			weight =
			        __ldg(&p.weight[(int64_t)at.row * HEADS + tid]);
		widen_keys(wide, k);
		if (tid < HEADS) {
			s.weight[tid] = weight;
			s.rank[tid] = 0;
			s.listed = 0;
		}
	} else {
		const uint4 *q =
		        (const uint4 *)(p.q + (int64_t)at.row * HEADS * DIM) +
		        (tid - 128);
		uint4 x[4];

#pragma unroll
		for (int i = 0; i < 4; i++)
			x[i] = __ldg(&q[i * 128]);
#pragma unroll
		for (int i = 0; i < 4; i++)
			store_query(t.query + i * 16 * 128, x[i]);
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
		asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
#endif
	}
	__syncthreads();
	if (is_scorer) {
		float2 w[HEADS / 8];

#pragma unroll
		for (int n = 0; n < HEADS / 8; n++)
			w[n] = *(const float2 *)&s
			                .weight[n * 8 + threadIdx.x % 4 * 2];
		multiply_all(d, wide, s.q);
		float sum = weigh(d, w) * scale;
		int token = (page - at.first) * PAGE +
		            (int)(t.scale - PAGE * DIM) / 4;

		/* What fills up the last four is the least there is. */
		if (token >= at.len)
			sum = -INFINITY;
		unsigned bits = __float_as_uint(sum);

		bits = bits ? bits : 0x80000000u;
		if (tid % 4 < 2 && token < (at.len + 3) / 4 * 4)
			put(p.word + (int64_t)at.first * PAGE + token, bits);
		if (tid % 4 < 2)
			s.own[token % PAGE] = bits;
	}
}

/* ---------------------------------------------------------- selecting */

/* The scores of a row: a thread's first ones are kept. A lane has two of the
 * page's own ones. */
struct scores {
	uint4 kept[KEPT];
	uint2 own;
	const uint4 *word;
	int fours;
	int start, len; /* of own ones, of the row */
	bool has_own;   /* in shared memory already */
};

/* f(four scores, index of the first / 4) for all that are a thread's. */
template <typename F> __device__ __forceinline__ void each(const scores &x, F f)
{
#pragma unroll
	for (int i = 0; i < KEPT; i++) {
		int at = threadIdx.x + i * THREADS;

		if (at < x.fours)
			f(x.kept[i], at);
	}
#pragma unroll 1
	for (int at = threadIdx.x + KEPT * THREADS; at < x.fours; at += THREADS)
		f(peek4(x.word + at), at);
}

__device__ __forceinline__ int own_token(const scores &x)
{
	return x.start + 2 * ((int)threadIdx.x % 32);
}

/* Reads them; false if some are not there. */
__device__ __forceinline__ bool take(scores &x)
{
	bool here = true;

#pragma unroll
	for (int i = 0; i < KEPT; i++) {
		int at = threadIdx.x + i * THREADS;

		x.kept[i] = make_uint4(1, 1, 1, 1);
		if (at < x.fours)
			x.kept[i] = peek4(x.word + at);
	}
#pragma unroll
	for (int i = 0; i < KEPT; i++)
		here &= is_here(x.kept[i]);
#pragma unroll 1
	for (int at = threadIdx.x + KEPT * THREADS; at < x.fours; at += THREADS)
		here &= is_here(peek4(x.word + at));
	return here;
}

/* The same for all of a row's CTAs: by its first scores, which one warp has. To
 * ask for them more than once a CTA holds up the L2. */
__device__ __forceinline__ void note_scale(shared &s, uint4 v)
{
	int a = ordered(__uint_as_float(v.x)),
	    b = ordered(__uint_as_float(v.y)),
	    c = ordered(__uint_as_float(v.z)),
	    d = ordered(__uint_as_float(v.w));
	bool is_first = threadIdx.x < PAGE / 4;
	int least = is_first ? min(min(a, b), min(c, d)) : INT_MAX;
	int most = is_first ? max(max(a, b), max(c, d)) : INT_MIN;
	float low = number(__reduce_min_sync(~0u, least));
	float high = number(__reduce_max_sync(~0u, most));
	/* The others' are beyond these by a little. */
	float factor = __fdividef(1 / 1.5f, high - low);

	if (threadIdx.x == 0)
		s.to_bin = {factor, 0.5f - (high + low) * 0.5f * factor};
}

/* Hands around a page's own scores, which some threads have. */
__device__ __forceinline__ void share_own(shared &s, const scores &x)
{
	each(x, [&](uint4 v, int at) {
		unsigned i = at * 4 - x.start;

		if (i < PAGE)
			*(uint4 *)&s.own[i] = v;
	});
}

/* What is no number, as all scores are equal, is in the first. */
__device__ __forceinline__ int bin_of(unsigned x, scale c)
{
	float part =
	        __saturatef(__fmaf_rn(__uint_as_float(x), c.factor, c.offset));

	return (int)(__float_as_uint(__fmaf_rd(part, BINS - 1, BASE)) -
	             0x4b000000u);
}

__device__ __forceinline__ void count_bins(shared &s, const scores &x, scale c)
{
	each(x, [&](uint4 v, int at) {
		unsigned one = at * 4 < x.start ? 0x10001 : 1;

		atomicAdd(&s.bin[bin_of(v.x, c)], one);
		atomicAdd(&s.bin[bin_of(v.y, c)], one);
		atomicAdd(&s.bin[bin_of(v.z, c)], one);
		atomicAdd(&s.bin[bin_of(v.w, c)], one);
	});
}

/* Finds the bin where the last winner is, counted from the top. Leaves all bins
 * zero. */
__device__ __forceinline__ void choose_bin(shared &s)
{
	int tid = threadIdx.x, lane = tid % 32, warp = tid / 32;
	unsigned with[EACH], sum = 0; /* of a thread's bins, from the top */
	uint4 *mine = (uint4 *)&s.bin[BINS - EACH * (tid + 1)];

#pragma unroll
	for (int i = EACH / 4 - 1; i >= 0; i--) {
		uint4 v = mine[i];
		unsigned two = v.w + v.z, three = two + v.y;

		with[EACH - 4 - i * 4] = sum + v.w;
		with[EACH - 3 - i * 4] = sum + two;
		with[EACH - 2 - i * 4] = sum + three;
		with[EACH - 1 - i * 4] = sum += three + v.x;
		mine[i] = make_uint4(0, 0, 0, 0);
	}
	unsigned upto = sum;
#pragma unroll
	for (int d = 1; d < 32; d *= 2) {
		unsigned v = __shfl_up_sync(~0u, upto, d);

		upto += lane >= d ? v : 0;
	}
	if (lane == 31)
		s.sum[warp] = upto;
	__syncthreads();
	uint4 a = *(const uint4 *)&s.sum[0], b = *(const uint4 *)&s.sum[4];
	unsigned base = (((warp > 0 ? a.x : 0) + (warp > 1 ? a.y : 0)) +
	                 ((warp > 2 ? a.z : 0) + (warp > 3 ? a.w : 0))) +
	                (((warp > 4 ? b.x : 0) + (warp > 5 ? b.y : 0)) +
	                 ((warp > 6 ? b.z : 0) + (upto - sum)));
	if ((base & 0xffff) < TOPK && ((base + sum) & 0xffff) >= TOPK) {
		threshold t = {BINS - 1 - EACH * tid, base, base + sum};

#pragma unroll
		for (int i = 0; i < EACH; i++) {
			bool is_above = ((base + with[i]) & 0xffff) < TOPK;

			t.bin -= is_above;
			t.above = is_above ? base + with[i] : t.above;
		}
#pragma unroll
		for (int i = EACH - 1; i >= 0; i--)
			t.with = ((base + with[i]) & 0xffff) < TOPK
			                 ? t.with
			                 : base + with[i];
		*(int4 *)&s.chosen =
		        make_int4(t.bin, (int)t.above, (int)t.with, 0);
	}
	__syncthreads();
}

/* Lists the tokens in the threshold's bin. They are few: most threads have
 * none. */
__device__ __forceinline__ void list_bin(shared &s, const scores &x, scale c,
                                         int chosen)
{
	each(x, [&](uint4 v, int at) {
		const unsigned u[4] = {v.x, v.y, v.z, v.w};
		bool is[4];

#pragma unroll
		for (int i = 0; i < 4; i++)
			is[i] = bin_of(u[i], c) == chosen;
		if (is[0] | is[1] | is[2] | is[3])
#pragma unroll
			for (int i = 0; i < 4; i++) {
				unsigned to = is[i] ? atomicInc(&s.listed, ~0u)
				                    : LISTED;

				if (to < LISTED)
					s.list[to] = rank_key(u[i], at * 4 + i);
			}
	});
	__syncthreads();
}

/* How many in the list are better. */
__device__ __forceinline__ int rank_listed(const shared &s, uint64_t mine)
{
	int n = (int)s.listed, better = 0;

#pragma unroll 4
	for (int i = 0; i < n; i++)
		better += s.list[i] > mine;
	return better;
}

/* Ranks some own tokens among all of the row, by all threads: the two that
 * lanes have, as far as their bits are set. */
__device__ __forceinline__ void rank_all(shared &s, const scores &x,
                                         const unsigned which[2])
{
#pragma unroll
	for (int k = 0; k < 2; k++)
#pragma unroll 1
		for (unsigned left = which[k]; left; left &= left - 1) {
			int lane = __ffs(left) - 1, better = 0;
			uint64_t mine = rank_key(
			        __shfl_sync(~0u, k ? x.own.y : x.own.x, lane),
			        x.start + 2 * lane + k);

			each(x, [&](uint4 v, int at) {
				unsigned u[4] = {v.x, v.y, v.z, v.w};

#pragma unroll
				for (int i = 0; i < 4; i++) {
					/* Not in registers for the next, too.
					 */
					asm volatile("" : "+r"(u[i]));
					better += rank_key(u[i], at * 4 + i) >
					          mine;
				}
			});
			better = __reduce_add_sync(~0u, better);
			if (threadIdx.x % 32 == 0)
				atomicAdd(&s.rank[2 * lane + k], better);
		}
	__syncthreads();
}

/* The own tokens that are above the threshold's bin, and those in it, as bits
 * of the lanes that have two each. */
struct winners {
	unsigned sure[2], ranked[2];
	int above, before; /* sure ones of the row, and before the own */
	bool is_listed;
};

/* Writes those above the bin, in their order, and those in it that win: by two
 * warps. */
__device__ __forceinline__ void write_own(const shared &s, const problem &p,
                                          const place &at, const scores &x,
                                          const winners &w)
{
	int k = threadIdx.x / 32, lane = threadIdx.x % 32, to = TOPK;
	unsigned sure = k ? w.sure[1] : w.sure[0];

	if (k > 1)
		return;
	if (sure >> lane & 1)
		to = w.before + (k ? __popc(w.sure[0]) : 0) +
		     __popc(sure & ((1u << lane) - 1));
	else if ((k ? w.ranked[1] : w.ranked[0]) >> lane & 1)
		to = w.is_listed
		             ? w.above + rank_listed(
		                                 s,
		                                 rank_key(k ? x.own.y : x.own.x,
		                                          own_token(x) + k))
		             : s.rank[2 * lane + k];
	if (to < TOPK)
		p.out[(int64_t)at.row * TOPK + to] =
		        at.page * PAGE + 2 * lane + k;
}

/* What the last thread of a CTA knows of the others. */
struct visit {
	int ctas;
	unsigned arrived, left; /* the counters, before this CTA */
};

__device__ __forceinline__ bool is_speaker()
{
	return threadIdx.x == THREADS - 1;
}

/* No words are read any more, unless selections of others are left to this CTA,
 * as the last to arrive. */
__device__ __forceinline__ void leave(shared &s, const problem &p, visit &v)
{
	if (!is_speaker())
		return;
	s.is_heir = v.arrived >> 16 == v.ctas - 1 && v.arrived & 0xffff;
	if (!s.is_heir)
		v.left = add(&p.counter[1], 1);
}

/* Scores did not come in time: CTAs may be waiting for a place on the GPU that
 * this one has. It goes, and leaves its part to the last to arrive, for which
 * all scores are there. False if that one has been here. */
__device__ __forceinline__ bool give_up(shared &s, const problem &p,
                                        const visit &v)
{
	if (is_speaker())
		s.gave_up = add(&p.counter[0], 1) >> 16 != v.ctas;
	__syncthreads();
	return s.gave_up;
}

/* Waits for the scores of a row. False if they do not come. The first of them
 * mostly come before others, and make the scale meanwhile. */
__device__ __forceinline__ bool wait(shared &s, const problem &p, scores &x,
                                     const visit &v)
{
	bool here, has_scale = threadIdx.x >= 32;

	for (;;) {
		long long start = clock64();

		do {
			here = __all_sync(~0u, take(x));
			if (!has_scale &&
			    __all_sync(~0u, threadIdx.x >= PAGE / 4 ||
			                            is_here(x.kept[0]))) {
				note_scale(s, x.kept[0]);
				has_scale = true;
			}
		} while (!here && clock64() - start < PATIENCE);
		if (!x.has_own)
			share_own(s, x);
		if (__syncthreads_and(here)) {
			x.own = *(const uint2 *)&s.own[threadIdx.x % 32 * 2];
			return true;
		}
		if (give_up(s, p, v))
			return false;
	}
}

/* Which of a page's tokens win, by a histogram of the row. */
__device__ __forceinline__ winners choose(shared &s, const scores &x)
{
	scale c = s.to_bin;
	int token = own_token(x);
	int a = bin_of(x.own.x, c), b = bin_of(x.own.y, c);
	winners w;

	count_bins(s, x, c);
	__syncthreads();
	choose_bin(s);
	int4 t = *(const int4 *)&s.chosen;
	/* All of that bin may win. */
	bool is_whole = (t.z & 0xffff) == TOPK;
	int chosen = t.x, least = is_whole ? chosen : chosen + 1,
	    above = is_whole ? t.z : t.y;
	w.above = above & 0xffff;
	w.before = (int)((unsigned)above >> 16);
	w.sure[0] = __ballot_sync(~0u, token < x.len && a >= least);
	w.sure[1] = __ballot_sync(~0u, token + 1 < x.len && b >= least);
	w.ranked[0] =
	        __ballot_sync(~0u, token < x.len && a < least && a == chosen);
	w.ranked[1] = __ballot_sync(~0u, token + 1 < x.len && b < least &&
	                                         b == chosen);
	if (w.ranked[0] | w.ranked[1])
		list_bin(s, x, c, chosen);
	w.is_listed = s.listed <= LISTED;
	return w;
}

/* Selects from a row, for one of its pages: the last that this CTA has, if it
 * may leave then. False if others do not come. */
__device__ __forceinline__ bool select(shared &s, const problem &p,
                                       const place &at, int page, visit &v,
                                       bool may_leave)
{
	scores x = {};
	winners w = {};

	x.word = (const uint4 *)(p.word + (int64_t)at.first * PAGE);
	x.fours = (at.len + 3) / 4;
	x.start = (page - at.first) * PAGE;
	x.len = at.len;
	x.has_own = at.total <= p.scorers && may_leave;
	bool is_kept = x.fours <= KEPT * THREADS;

	if (!wait(s, p, x, v))
		return false;
	if (may_leave && is_kept)
		leave(s, p, v);
	if (at.len <= MOST_COUNTED) {
		w = choose(s, x);
	} else {
		w.ranked[0] = __ballot_sync(~0u, own_token(x) < at.len);
		w.ranked[1] = __ballot_sync(~0u, own_token(x) + 1 < at.len);
	}
	if (!w.is_listed)
		rank_all(s, x, w.ranked);
	if (may_leave && !is_kept) {
		leave(s, p, v);
		__syncthreads();
	}
	write_own(s, p, at, x, w);
	return true;
}

/* The next page of a CTA that has several. */
__device__ __forceinline__ place next(shared &s, const problem &p, int page)
{
	__syncthreads();
	if (threadIdx.x < PAGE) {
		s.rank[threadIdx.x] = 0;
		s.listed = 0;
	}
	__syncthreads();
	return find(p, page, look(p, page));
}

/* Sets back to zero what was written. */
__device__ __forceinline__ void clean(const problem &p, int total)
{
	uint4 *word = (uint4 *)p.word;

#pragma unroll 8
	for (int i = threadIdx.x % 32; i < total * PAGE / 4; i += 32)
		word[i] = make_uint4(0, 0, 0, 0);
	if (threadIdx.x % 32 == 0)
		p.counter[0] = p.counter[1] = 0;
}

/* So that zeros are in the second-level cache when words are to be compared. */
__device__ __forceinline__ void prefetch(const problem &p)
{
	const char *at = (const char *)(p.word + blockIdx.x * PAGE);
	int i = threadIdx.x - (THREADS - 32);

	if (i == PAGE / 32)
		at = (const char *)p.counter;
	else
		at += i * 128;
	if (i >= 0 && i <= PAGE / 32)
		asm volatile("prefetch.global.L2 [%0];" ::"l"(at));
}

__global__ void __launch_bounds__(THREADS)
        score_and_select(const __grid_constant__ problem p)
{
	constexpr int CTAS = TOPK / 4 / THREADS; /* that copy a row */
	__shared__ shared s;
	unsigned tid = threadIdx.x;
	int step = p.scorers, me = blockIdx.x;

	if (me >= step) {
		unsigned i = blockIdx.x - step;

		copy(p, i / CTAS, (i % CTAS * THREADS + tid) * 4);
		return;
	}
	glance g = look(p, me);
	thread t = place_thread(s);
	prefetch(p);
	for (int i = tid; i < BINS / 4; i += THREADS)
		((uint4 *)s.bin)[i] = make_uint4(0, 0, 0, 0);
	place at = find(p, me, g);
	if (me >= at.total)
		return;
	visit v = {min(at.total, step), 0, ~0u};
	/* Here already: it will publish its scores without waiting for any. */
	if (is_speaker())
		v.arrived = add(&p.counter[0], 1 << 16);
#pragma unroll 1
	for (int page = me;;) {
		score(s, p, at, page, t);
		page += step;
		if (page >= at.total)
			break;
		at = next(s, p, page);
	}
	__syncthreads(); /* not to ask before there is anything */
	bool is_heir = false;
#pragma unroll 1
	for (int page = me;;) {
		if (is_heir || at.total > step)
			at = next(s, p, page);
		int after = page + (is_heir ? 1 : step);
		bool is_last = after >= at.total;
		if (!select(s, p, at, page, v, is_last && !is_heir)) {
			leave(s, p, v);
			break;
		}
		page = after;
		if (!is_last)
			continue;
		if (is_heir && is_speaker())
			v.left = add(&p.counter[1], 1);
		if (is_heir || !s.is_heir)
			break;
		is_heir = true;
		page = 0;
	}
	if (tid / 32 == WARPS - 1 &&
	    __shfl_sync(~0u, v.left, 31) == (unsigned)v.ctas - 1)
		clean(p, at.total);
}

/* Rows that zeroed() has memory for. */
constexpr int64_t MOST_ZEROED = 4 << 20, COUNTERS = 256;

int launch(problem p, cudaStream_t stream)
{
	int64_t pages = p.width, each = pages * PAGE * 4;
	int64_t most = (MOST_ZEROED - COUNTERS) / each, rows = p.rows;
	char *z;

	if (p.width <= TOPK / PAGE) {
		copy_only<<<(unsigned)(rows * (TOPK / 4 / COPY_THREADS)),
		            COPY_THREADS, 0, stream>>>(p);
		return ratchet_launched();
	}
	most = most < rows ? most : rows;
	z = (char *)zeroed((size_t)(COUNTERS + (most ? most : 1) * each));
	if (!z)
		return ratchet_fail("RuntimeError", "no zeroed memory");
	p.counter = (unsigned *)z;
	p.word = (unsigned *)(z + COUNTERS);
	most = most ? most : 1;
	for (int64_t first = 0; first < rows; first += most) {
		int64_t n = rows - first < most ? rows - first : most;

		p.rows = (int)n;
		p.scorers = (int)(pages < SCORERS ? pages : SCORERS);
		score_and_select<<<(unsigned)(p.scorers +
		                              n * (TOPK / 4 / THREADS)),
		                   THREADS, 0, stream>>>(p);
		p.q += most * HEADS * DIM;
		p.weight += most * HEADS;
		p.len += most;
		p.table += most * p.width;
		p.out += most * TOPK;
	}
	return ratchet_launched();
}

int run(const DLTensor *q, const DLTensor *cache, const DLTensor *weights,
        const DLTensor *seq_lens, const DLTensor *block_table,
        const DLTensor *topk_indices)
{
	int64_t rows = ratchet_extent(q, 0);

	if (RATCHET_WANT(q, RATCHET_FLOAT8_E4M3FN, -1, HEADS, DIM) ||
	    RATCHET_WANT(cache, RATCHET_INT8, -1, PAGE, 1, DIM + 4) ||
	    RATCHET_WANT(weights, RATCHET_FLOAT32, rows, HEADS) ||
	    RATCHET_WANT(seq_lens, RATCHET_INT32, rows) ||
	    RATCHET_WANT(block_table, RATCHET_INT32, rows, -1) ||
	    RATCHET_WANT(topk_indices, RATCHET_INT32, rows, TOPK))
		return -1;
	problem p = {};
	p.q = (const uint8_t *)ratchet_data(q);
	p.cache = (const char *)ratchet_data(cache);
	p.weight = (const float *)ratchet_data(weights);
	p.len = (const int *)ratchet_data(seq_lens);
	p.table = (const int *)ratchet_data(block_table);
	p.out = (int *)ratchet_data(topk_indices);
	p.rows = (int)rows;
	p.width = (int)ratchet_extent(block_table, 1);
	return rows ? launch(p, ratchet_stream(q)) : 0;
}
} // namespace
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, tensor)
