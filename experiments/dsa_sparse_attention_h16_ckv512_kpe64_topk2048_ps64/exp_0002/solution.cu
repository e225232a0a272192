/* dsa_sparse_attention - the lists of all tokens are dealt out evenly to CTAs;
 * what each made of its keys is merged through the second-level cache */
#include "ratchet.h"

#include <cuda.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace
{
constexpr int HEADS = 16, CKV = 512, KPE = 64, TOPK = 2048;
constexpr int THREADS = 256, WARPS = THREADS / 32;
constexpr int CTAS = 128;     /* that share a few tokens */
constexpr int TOKENS = WARPS; /* so few */
constexpr int CHUNK = 16;     /* keys that are copied at once */
constexpr int GROUP = 4;      /* chunks between two softmaxes */
constexpr int ALONE = 4;      /* chunks that one CTA does without others */
#ifndef MOST_
#define MOST_ 32
#endif
constexpr int LEAST = 8, MOST = MOST_; /* CTAs that share a token */
constexpr int BLOCK = CHUNK * 128; /* bytes: 64 columns of a chunk */
constexpr int SLOT = 9 * BLOCK;    /* 512 columns, then 64 */
constexpr int P_PITCH = GROUP * CHUNK * 2 + 16;
constexpr int TILES = CKV / 8;     /* of the output, 8 columns each */
/* Of a tile: float16, and their scale. What is written together fills sectors
 * of 32 bytes, because else a reader waits for the rest from memory. */
constexpr int WORDS = HEADS * 8 / 2 + 8;
constexpr int OWNERS = 32;         /* of a token's tiles, at most */
#ifndef PATIENCE
#define PATIENCE 100000 /* cycles */
#endif

struct shared {
	alignas(1024) unsigned char slot[WARPS + 1][SLOT]; /* keys; the queries */
	alignas(16) unsigned char p[HEADS * P_PITCH];
	alignas(16) float part[GROUP][2][32][4];
	alignas(16) float most[HEADS][GROUP], sum[HEADS][GROUP]; /* of each chunk */
	alignas(16) int last[WARPS]; /* chunk that a warp saw, plus one */
	alignas(16) int extent[TOKENS]; /* of a list, in pieces of 64 */
	int mask[WARPS];             /* valid keys of a chunk */
	alignas(16) float weight[MOST][HEADS];
	float top[WARPS][HEADS], all[WARPS][HEADS], scale[HEADS];
	unsigned given_up;
	alignas(8) uint64_t full[WARPS + 1];
};

struct problem {
	const __nv_bfloat16 *ckv, *kpe;
	const int *indices;
	float scale; /* to base 2 */
	__nv_bfloat16 *output;
	float *lse;
	int tokens; /* that share the CTAs; 0: each CTA has its own */
	unsigned long long *arrived; /* [token]: how many were here, << 56; who gave up */
	unsigned *tile; /* [tile][CTA][WORDS] */
	unsigned *heads; /* [CTA][owner][head]: logarithm of the sum */
};

/* What a CTA has to do: chunks first to first + count - 1 of a token's list, and
 * of those that nobody expected, behind `expected`, its share. */
struct share {
	int token, rank, sharers, first, count, expected;
};

__device__ __forceinline__ uint32_t address(const void *p)
{
	return (uint32_t)__cvta_generic_to_shared(p);
}

__device__ __forceinline__ void barrier_init(uint64_t *b, int count)
{
	asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(address(b)), "r"(count) : "memory");
}

__device__ __forceinline__ void barrier_expect(uint64_t *b, int bytes)
{
	asm volatile("mbarrier.arrive.expect_tx.shared.b64 _, [%0], %1;" ::"r"(address(b)), "r"(bytes) : "memory");
}

__device__ __forceinline__ void barrier_arrive(uint64_t *b)
{
	asm volatile("mbarrier.arrive.shared.b64 _, [%0];" ::"r"(address(b)) : "memory");
}

__device__ __forceinline__ void barrier_wait(uint64_t *b, int parity)
{
	uint32_t done = 0;

	while (!done)
		asm volatile("{ .reg .pred p;\n"
		             "mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2;\n"
		             "selp.u32 %0, 1, 0, p; }"
		             : "=r"(done) : "r"(address(b)), "r"(parity) : "memory");
}

/* 16 rows from `row` on, of a matrix whose columns are in blocks of 64. */
__device__ __forceinline__ void copy_rows(const CUtensorMap *ckv, const CUtensorMap *kpe,
                                          unsigned char *to, uint64_t *full, int row)
{
	barrier_expect(full, SLOT);
	asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes "
	             "[%0], [%1, {%2, %3, %4}], [%5];" ::"r"(address(to)), "l"(ckv), "r"(0), "r"(row), "r"(0), "r"(address(full)) : "memory");
	asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes "
	             "[%0], [%1, {%2, %3}], [%4];" ::"r"(address(to + 8 * BLOCK)), "l"(kpe), "r"(0), "r"(row), "r"(address(full)) : "memory");
}

/* Where 16 bytes of a row are: blocks of 64 columns, swizzled as copied. */
__device__ __forceinline__ int place(int row, int piece)
{
	return (piece >> 3) * BLOCK + row * 128 + (((piece & 7) ^ (row & 7)) << 4);
}

__device__ __forceinline__ void load4(uint32_t r[4], uint32_t a)
{
	asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(a));
}

__device__ __forceinline__ void load4t(uint32_t r[4], uint32_t a)
{
	asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(a));
}

__device__ __forceinline__ void mma(float c[4], const uint32_t a[4], uint32_t b0, uint32_t b1)
{
	asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
	             : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

__device__ __forceinline__ float exp2_(float x)
{
	float y;

	asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
	return y;
}

__device__ __forceinline__ float log2_(float x)
{
	float y;

	asm("lg2.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
	return y;
}

__device__ __forceinline__ unsigned peek(const unsigned *p)
{
	unsigned x;

	asm volatile("ld.relaxed.gpu.global.u32 %0, [%1];" : "=r"(x) : "l"(p) : "memory");
	return x;
}

__device__ __forceinline__ uint4 peek4(const uint4 *p)
{
	uint4 x;

	asm volatile("ld.relaxed.gpu.global.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w) : "l"(p) : "memory");
	return x;
}

__device__ __forceinline__ void put(unsigned *p, unsigned x)
{
	asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" ::"l"(p), "r"(x) : "memory");
}

__device__ __forceinline__ void put2(unsigned *p, unsigned x, unsigned y)
{
	asm volatile("st.relaxed.gpu.global.v2.u32 [%0], {%1, %2};" ::"l"(p), "r"(x), "r"(y) : "memory");
}

__device__ __forceinline__ unsigned nonzero(unsigned x)
{
	return x ? x : 0x80000000u;
}

/* A warp copies its chunk piece by piece, because it is no run. */
__device__ __forceinline__ void copy_pieces(const problem &p, int x, unsigned char *to)
{
	int lane = threadIdx.x % 32;

#pragma unroll 1
	for (int row = 0; row < CHUNK; row++) {
		int64_t key = __shfl_sync(0xffffffffu, x, row);

		if (key < 0)
			continue;
#pragma unroll 1
		for (int piece = lane; piece < 72; piece += 32) {
			const __nv_bfloat16 *from = piece < 64 ? p.ckv + key * CKV + piece * 8 : p.kpe + key * KPE + (piece - 64) * 8;

			asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address(to + place(row, piece))), "l"(from) : "memory");
		}
	}
	asm volatile("cp.async.wait_all;" ::: "memory");
	__syncwarp();
}


#ifdef STAMPS
__device__ long long stamps[1024][12];
#define STAMP(i) do { if (threadIdx.x == 0) { long long t_; asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(t_)); stamps[blockIdx.x][i] = t_; } } while (0)
#else
#define STAMP(i)
#endif

__device__ __forceinline__ int sharers_of(int chunks, int each, unsigned magic)
{
	return chunks <= ALONE ? 1 : min(MOST, max(LEAST, (int)((chunks + each - 1) * magic >> 16)));
}

/* Deals the lists out: as few chunks to each CTA as there are CTAs for. Every
 * thread of every CTA comes to the same. */
__device__ __forceinline__ share deal(const int *extent, int cta)
{
	int lane = threadIdx.x % 32, each = lane % 8 + 1, sum = 0;
	unsigned magic = 65536 / each + 1;

#pragma unroll
	for (int t = 0; t < TOKENS; t++)
		if (extent[t] >= 0)
			sum += sharers_of(extent[t] * 4, each, magic);
	each = __ffs(__ballot_sync(0xffffffffu, sum <= CTAS));
	magic = 65536 / each + 1;

	int chunks = lane < TOKENS ? extent[lane] * 4 : -1;
	int sharers = chunks < 0 ? 0 : sharers_of(chunks, each, magic), end = sharers;
#pragma unroll
	for (int d = 1; d < TOKENS; d *= 2) {
		int other = __shfl_up_sync(0xffffffffu, end, d);

		end += lane >= d ? other : 0;
	}
	int token = __ffs(__ballot_sync(0xffffffffu, lane < TOKENS && end > cta)) - 1;
	share mine = {token, 0, 0, 0, 0, 0};

	if (token < 0)
		return mine;
	mine.sharers = __shfl_sync(0xffffffffu, sharers, token);
	mine.rank = cta - __shfl_sync(0xffffffffu, end, token) + mine.sharers;
	mine.expected = __shfl_sync(0xffffffffu, chunks, token);
	each = mine.sharers == 1 ? mine.expected : (mine.expected + mine.sharers - 1) / mine.sharers;
	mine.first = mine.rank * each;
	mine.count = max(0, min(each, mine.expected - mine.first));
	return mine;
}

__device__ __forceinline__ int begin_more(const share &m)
{
	return max(GROUP, (m.count + GROUP - 1) / GROUP * GROUP);
}

/* Where the places of a CTA's i-th chunk are. Chunks that were not expected
 * begin with a group of their own; -1 is before them. */
__device__ __forceinline__ int chunk_of(const share &m, int i)
{
	int more = i - begin_more(m);

	return i < m.count ? m.first + i : more < 0 ? -1 : m.expected + m.rank + more * m.sharers;
}

__device__ __forceinline__ int places_of(const int *lists, const share &m, int i)
{
	int lane = threadIdx.x % 32, chunk = chunk_of(m, i);

	return lane < CHUNK && chunk >= 0 ? lists[chunk * CHUNK + lane] : -1;
}

/* A warp takes the chunk that it has the places of, in a slot of its own. */
__device__ __forceinline__ void fetch(shared &s, const problem &p, const CUtensorMap *ckv, const CUtensorMap *kpe, int x)
{
	int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
	int head = __shfl_sync(0xffffffffu, x, 0), valid = __ballot_sync(0xffffffffu, x >= 0);
	bool odd = __any_sync(0xffffffffu, x >= 0 && x != head + lane) || valid & (valid + 1);

	if (lane == 0)
		s.mask[warp] = valid;
	if (valid && !odd) {
		if (lane == 0)
			copy_rows(ckv, kpe, s.slot[warp], &s.full[warp], head);
		return;
	}
	if (valid)
		copy_pieces(p, x, s.slot[warp]);
	if (lane == 0)
		barrier_arrive(&s.full[warp]);
}

/* Adds up what all sharers have for an owner's tiles. Words are never zero once
 * they are written, and are left zero. False if somebody does not come. */
__device__ __forceinline__ bool reduce(shared &s, const problem &p, const share &m, int owner, int owners)
{
	int tid = threadIdx.x, warp = tid / 32, lane = tid % 32, half = lane / 16, h = lane % 16;
	int tiles = TILES / owners, cta = blockIdx.x - m.rank, token = m.token; /* the first sharer */
	int tile = owner * tiles + warp % tiles, step = 2 * (WARPS / tiles), from = 2 * (warp / tiles) + half;
	unsigned *word = p.tile + ((int64_t)tile * CTAS + cta) * WORDS;
	unsigned *heads = p.heads + ((int64_t)(cta + tid / 16) * OWNERS + owner) * HEADS + h;
	long long start = clock64();
	bool here;
	uint4 v[8];
	unsigned f[8], x[4];

	do {
		here = true;
#pragma unroll
		for (int i = 0; i < 4; i++)
			x[i] = tid / 16 + 16 * i < m.sharers ? peek(heads + 16 * i * OWNERS * HEADS) : 0xff800000u;
#pragma unroll
		for (int i = 0; i < 4; i++)
			here = here && x[i];
	} while (!here && clock64() - start < PATIENCE);
	STAMP(9);
	/* Not sooner: what is asked for before it is there comes from memory. */
	bool all_here;

	do {
		all_here = true;
#pragma unroll
		for (int i = 0; i < 8; i++) {
			int source = from + i * step;

			v[i] = make_uint4(1, 1, 1, 1);
			f[i] = 1;
			if (here && source < m.sharers) {
				v[i] = peek4((const uint4 *)(word + source * WORDS) + h);
				f[i] = peek(word + source * WORDS + WORDS - 8);
			}
			all_here = all_here && v[i].x && v[i].y && v[i].z && v[i].w && f[i];
		}
	} while (!all_here);
	float top = fmaxf(fmaxf(__uint_as_float(x[0]), __uint_as_float(x[1])), fmaxf(__uint_as_float(x[2]), __uint_as_float(x[3])));

	top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 16));
	if (half == 0)
		s.top[warp][h] = top;
	if (!__syncthreads_and(here))
		return false;
#pragma unroll
	for (int i = 0; i < WARPS; i++)
		top = fmaxf(top, s.top[i][h]);
	float all = 0;
#pragma unroll
	for (int i = 0; i < 4; i++)
		if (tid / 16 + 16 * i < m.sharers) {
			float e = exp2_(__uint_as_float(x[i]) - top);

			s.weight[tid / 16 + 16 * i][h] = e;
			all += e;
			heads[16 * i * OWNERS * HEADS] = 0;
		}
	all += __shfl_xor_sync(0xffffffffu, all, 16);
	if (half == 0)
		s.all[warp][h] = all;
	__syncthreads();
	if (tid < HEADS) {
		all = 0;
#pragma unroll
		for (int i = 0; i < WARPS; i++)
			all += s.all[i][tid];
		s.scale[tid] = __fdividef(1, all);
		if (owner == 0)
			p.lse[token * HEADS + tid] = top + log2_(all);
	}
	float o[8] = {};
#pragma unroll
	for (int i = 0; i < 8; i++) {
		int source = from + i * step;

		if (source >= m.sharers)
			continue;
		const unsigned u[4] = {v[i].x, v[i].y, v[i].z, v[i].w};
		float w[2] = {s.weight[source][h >> 1] * __uint_as_float(f[i]), s.weight[source][(h >> 1) + 8] * __uint_as_float(f[i])};
#pragma unroll
		for (int k = 0; k < 4; k++) {
			float2 t = __half22float2(*(const __half2 *)&u[k]);

			o[2 * k] += t.x * w[k & 1];
			o[2 * k + 1] += t.y * w[k & 1];
		}
		((uint4 *)(word + source * WORDS))[h] = make_uint4(0, 0, 0, 0);
		if (h < 8)
			word[source * WORDS + WORDS - 8 + h] = 0;
	}
	/* Rows r and r + 8, four columns each. */
	float4 *to = (float4 *)s.slot[0] + (warp * 2 + half) * 32 + h * 2;

	to[0] = make_float4(o[0], o[1], o[4], o[5]);
	to[1] = make_float4(o[2], o[3], o[6], o[7]);
	__syncthreads();
	STAMP(10);
	for (int k = tid; k < tiles * 64; k += THREADS) {
		int t = k / 64, row = k % 64 / 4, pair = k % 4;
		const float2 *in = (const float2 *)s.slot[0] + (row % 8 * 2 + (pair >> 1)) * 4 + row / 8 * 2 + (pair & 1);
		float x = 0, y = 0, sum;

		for (int w = t; w < WARPS; w += tiles) {
			x += in[w * 128].x + in[w * 128 + 64].x;
			y += in[w * 128].y + in[w * 128 + 64].y;
		}
		sum = s.scale[row];
		*(__nv_bfloat162 *)&p.output[((int64_t)token * HEADS + row) * CKV + (owner * tiles + t) * 8 + pair * 2] = __floats2bfloat162_rn(x * sum, y * sum);
	}
	STAMP(11);
	return true;
}

/* Nobody waits for ever: who has waited too long leaves its tiles to the last
 * that comes. */
__device__ __forceinline__ void merge(shared &s, const problem &p, const share &m, int owners)
{
	unsigned long long *arrived = &p.arrived[m.token];
	unsigned left = 0;

	unsigned step = m.rank ? 1 : 257 - m.sharers;
	unsigned long long old = 0;

	if (threadIdx.x == THREADS - 1) {
		old = atomicAdd(arrived, (unsigned long long)step << 56);
		s.given_up = 0;
	}
	/* First one's own, then what others gave up. */
#pragma unroll 1
	for (int owner = m.rank;; owner = __ffs(left) - 1, left &= left - 1) {
		if (owner >= owners)
			__syncthreads();
		else
			while (!reduce(s, p, m, owner, owners))
				if (owner == m.rank) {
					if (threadIdx.x == 0 && atomicOr(arrived, 1ull << owner) >> 56 == 0)
						atomicAnd(arrived, ~(1ull << owner));
					else if (threadIdx.x == 0)
						s.given_up = ~0u;
					__syncthreads();
					if (s.given_up == ~0u)
						return;
				}
		if (owner == m.rank) {
			if (threadIdx.x == THREADS - 1 && (unsigned)(old >> 56) + step == 256 && (unsigned)old) {
				s.given_up = (unsigned)old;
				atomicAnd(arrived, ~(old & 0xffffffffu));
			}
			__syncthreads();
			left = s.given_up;
		}
		if (!left)
			return;
		__syncthreads();
	}
}

/* Products of the weights of 16 heads for 16 keys with 64 columns of values;
 * what was copied beyond the end of a list may be no number. */
template <bool PARTIAL> __device__ __forceinline__ void add_values(float o[8][4], uint32_t at_p, const uint32_t at_v[4], int slot, int mask)
{
	uint32_t a[4], v[4][4], low = ~0u, high = ~0u;

	load4(a, at_p);
#pragma unroll
	for (int n = 0; n < 4; n++)
		load4t(v[n], at_v[n] + slot);
	if (PARTIAL) {
		low = (mask & 1) * 0xffffu | (mask & 2) * 0x7fff8000u;
		high = (mask >> 8 & 1) * 0xffffu | (mask >> 8 & 2) * 0x7fff8000u;
	}
#pragma unroll
	for (int n = 0; n < 4; n++) {
		mma(o[2 * n], a, v[n][0] & low, v[n][1] & high);
		mma(o[2 * n + 1], a, v[n][2] & low, v[n][3] & high);
	}
}

/* float16 of 64 columns, by tiles, scaled to at most 2^14 so that nothing is
 * lost; and what each head's exponentials add up to. */
__device__ __forceinline__ void publish(const problem &p, const float o[8][4], const float most[2], const float sum[2], int owners)
{
	int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
	float f[2] = {sum[0] > 0 ? __fdividef(1, sum[0]) : 0, sum[1] > 0 ? __fdividef(1, sum[1]) : 0};
	float l[2] = {most[0] + log2_(sum[0]), most[1] + log2_(sum[1])}, high[2] = {0, 0};
	unsigned *to = p.tile + ((int64_t)warp * 8 * CTAS + blockIdx.x) * WORDS;

#pragma unroll
	for (int n = 0; n < 8; n++)
#pragma unroll
		for (int i = 0; i < 4; i++)
			high[i >> 1] = fmaxf(high[i >> 1], fabsf(o[n][i]));
	int e = __reduce_max_sync(0xffffffffu, __float_as_int(fmaxf(high[0] * f[0], high[1] * f[1]))) >> 23, up = max(1, min(253, 267 - e));

	f[0] *= __int_as_float(up << 23);
	f[1] *= __int_as_float(up << 23);
#pragma unroll
	for (int n = 0; n < 8; n++) {
		__half2 a = __floats2half2_rn(o[n][0] * f[0], o[n][1] * f[0]), b = __floats2half2_rn(o[n][2] * f[1], o[n][3] * f[1]);

		put2(to + (int64_t)n * CTAS * WORDS + lane * 2, nonzero(*(unsigned *)&a), nonzero(*(unsigned *)&b));
	}
#pragma unroll
	for (int n = 0; n < 8; n += 4)
		put(to + (int64_t)(n + lane / 8) * CTAS * WORDS + WORDS - 8 + lane % 8, (254 - up) << 23);
	float a = __shfl_sync(0xffffffffu, l[0], lane % 8 * 4), b = __shfl_sync(0xffffffffu, l[1], lane % 8 * 4);

	for (int owner = warp * 2 + lane / 16; owner < owners; owner += WARPS * 2)
		put(p.heads + ((int64_t)blockIdx.x * OWNERS + owner) * HEADS + lane % 16, nonzero(__float_as_uint(lane % 16 < 8 ? a : b)));
}

__global__ void __launch_bounds__(THREADS, 1)
attention(const __grid_constant__ CUtensorMap q_map, const __grid_constant__ CUtensorMap qp_map,
          const __grid_constant__ CUtensorMap ckv_map, const __grid_constant__ CUtensorMap kpe_map, const __grid_constant__ problem p)
{
	extern __shared__ unsigned char memory[];
	shared &s = *(shared *)((uintptr_t)(memory + 1023) & ~(uintptr_t)1023);
	int tid = threadIdx.x, warp = tid / 32, lane = tid % 32, quad = lane & 3, row = lane >> 2;
	int base = p.tokens ? 0 : blockIdx.x, extent = -1;
	const int *lists = p.indices + (int64_t)base * TOPK;

	/* How long the lists seem, by one place in 64; the rest is on its way. */
	if (warp < max(p.tokens, 1))
		extent = 32 - __clz(__ballot_sync(0xffffffffu, lists[warp * TOPK + lane * 64] >= 0));
	if (p.tokens && tid < 4 && blockIdx.x * 4 + tid < p.tokens * 64)
		asm volatile("prefetch.global.L2 [%0];" ::"l"(lists + (blockIdx.x * 4 + tid) * 32));
	if (lane == 0)
		s.extent[warp] = extent;
	if (tid <= WARPS) {
		barrier_init(&s.full[tid], 1);
		asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
	}
	STAMP(0);
	__syncthreads();
	share m = {0, 0, 1, 0, s.extent[0] * 4, s.extent[0] * 4};

	if (p.tokens)
		m = deal(s.extent, blockIdx.x);

	STAMP(1);
	if (m.token < 0)
		return;
	lists += m.token * TOPK;
	m.token += base;
	int x = warp < m.count ? places_of(lists, m, warp) : -1, mine = m.count;
	int4 y = ((const int4 *)lists)[tid * 2], z = ((const int4 *)lists)[tid * 2 + 1];

	int owners = min(OWNERS, 1 << (31 - __clz(m.sharers)));

	if (m.sharers > 1 && m.rank < owners && tid < m.sharers * 2) /* polled later */
		asm volatile("prefetch.global.L2 [%0];" ::"l"(p.heads + ((int64_t)(blockIdx.x - m.rank + tid / 2) * OWNERS + m.rank) * HEADS + tid % 2 * 8));
	if (tid == 0 && m.sharers > 1)
		asm volatile("prefetch.global.L2 [%0];" ::"l"(&p.arrived[m.token]));
	if (tid == THREADS - 1)
		copy_rows(&q_map, &qp_map, s.slot[WARPS], &s.full[WARPS], m.token * HEADS);
	if (warp < m.count)
		fetch(s, p, &ckv_map, &kpe_map, x);
	STAMP(2);
	{
		bool any = (y.x & y.y & y.z & y.w & z.x & z.y & z.z & z.w) >= 0;
		int last = __reduce_max_sync(0xffffffffu, any ? tid / 2 + 1 : 0);

		if (lane == 0)
			s.last[warp] = last;
	}
	int c = warp % GROUP, half = warp / GROUP; /* a chunk, and every other pair of steps */
	uint32_t at_q = address(s.slot[WARPS] + place(lane & 15, half * 4 + (lane >> 4)));
	uint32_t at_k = address(s.slot[c] + place((lane & 7) + (lane >> 4) * 8, half * 4 + (lane >> 3 & 1)));
	uint32_t at_p = address(s.p + (lane & 15) * P_PITCH + (lane >> 4) * 16), at_v[4], q[9][2][4];
	float o[8][4] = {}, most[2] = {-3e38f, -3e38f}, sum[2] = {0, 0};

#pragma unroll
	for (int n = 0; n < 4; n++)
		at_v[n] = address(s.slot[0] + warp * BLOCK + place(lane & 15, lane >> 4)) ^ n << 5;
	barrier_wait(&s.full[WARPS], 0);
#pragma unroll
	for (int i = 0; i < 9; i++)
#pragma unroll
		for (int j = 0; j < 2; j++)
			load4(q[i][j], (at_q ^ j << 5) + i * BLOCK);
	bool is_known = false;

#pragma unroll 1
	for (int first = 0; first < mine || !is_known; first += GROUP) {
		int slots = first % WARPS, count = (first < m.count ? m.count : mine) - first;
		float a[2][2][4] = {};

		if (c < count) {
			uint32_t from = at_k + slots * SLOT;

			barrier_wait(&s.full[slots + c], first / WARPS & 1);
			if (first == 0) STAMP(3);
#pragma unroll
			for (int i = 0; i < 9; i++) {
				uint32_t k[2][4];

				load4(k[0], from + i * BLOCK);
				load4(k[1], (from ^ 32) + i * BLOCK);
#pragma unroll
				for (int j = 0; j < 2; j++) {
					mma(a[j][0], q[i][j], k[j][0], k[j][1]);
					mma(a[j][1], q[i][j], k[j][2], k[j][3]);
				}
			}
		}
#pragma unroll
		for (int n = 0; n < 2; n++)
			if (half)
				*(float4 *)s.part[c][n][lane] = make_float4(a[0][n][0] + a[1][n][0], a[0][n][1] + a[1][n][1], a[0][n][2] + a[1][n][2], a[0][n][3] + a[1][n][3]);
		__syncthreads();
		if (!is_known) { /* exactly how long the list is */
			int4 u = *(const int4 *)&s.last[0], v = *(const int4 *)&s.last[4];
			int last = max(max(max(u.x, u.y), max(u.z, u.w)), max(max(v.x, v.y), max(v.z, v.w)));

			int more = max(0, last - m.expected - m.rank + m.sharers - 1) / m.sharers;

			is_known = true;
			if (more) {
				mine = begin_more(m) + more;
				if (warp >= m.count && warp < mine)
					fetch(s, p, &ckv_map, &kpe_map, places_of(lists, m, warp));
			}
		}
		float t[2][4];

		if (!half) {
			int mask = c < count ? s.mask[slots + c] >> quad * 2 : 0;
#pragma unroll
			for (int n = 0; n < 2; n++) {
				float4 b = *(const float4 *)s.part[c][n][lane];

				t[n][0] = mask >> 8 * n & 1 ? (a[0][n][0] + a[1][n][0] + b.x) * p.scale : -INFINITY;
				t[n][1] = mask >> 8 * n & 2 ? (a[0][n][1] + a[1][n][1] + b.y) * p.scale : -INFINITY;
				t[n][2] = mask >> 8 * n & 1 ? (a[0][n][2] + a[1][n][2] + b.z) * p.scale : -INFINITY;
				t[n][3] = mask >> 8 * n & 2 ? (a[0][n][3] + a[1][n][3] + b.w) * p.scale : -INFINITY;
			}
#pragma unroll
			for (int k = 0; k < 2; k++) {
				float b = fmaxf(fmaxf(t[0][2 * k], t[0][2 * k + 1]), fmaxf(t[1][2 * k], t[1][2 * k + 1]));

				b = fmaxf(b, __shfl_xor_sync(0xffffffffu, b, 1));
				b = fmaxf(b, __shfl_xor_sync(0xffffffffu, b, 2));
				if (quad == 0)
					s.most[row + 8 * k][c] = b;
			}
		}
		__syncthreads();
		if (first == 0) STAMP(4);
#pragma unroll
		for (int k = 0; k < 2; k++) {
			float4 b = *(const float4 *)&s.most[row + 8 * k][0];
			float now = fmaxf(fmaxf(most[k], fmaxf(b.x, b.y)), fmaxf(b.z, b.w));

			if (first) {
				float f = exp2_(most[k] - now);

				sum[k] *= f;
#pragma unroll
				for (int n = 0; n < 8; n++) {
					o[n][2 * k] *= f;
					o[n][2 * k + 1] *= f;
				}
			}
			most[k] = now;
			if (half)
				continue;
			float part = 0;
#pragma unroll
			for (int n = 0; n < 2; n++) {
				float e = exp2_(t[n][2 * k] - now), f = exp2_(t[n][2 * k + 1] - now);

				part += e + f;
				*(__nv_bfloat162 *)&s.p[(row + 8 * k) * P_PITCH + c * 32 + n * 16 + quad * 4] = __floats2bfloat162_rn(e, f);
			}
			part += __shfl_xor_sync(0xffffffffu, part, 1);
			part += __shfl_xor_sync(0xffffffffu, part, 2);
			if (quad == 0)
				s.sum[row + 8 * k][c] = part;
		}
		__syncthreads();
		if (first == 0) STAMP(5);
#pragma unroll
		for (int k = 0; k < GROUP; k++)
			if (k < count) {
				int mask = s.mask[slots + k];

				if (mask == 0xffff)
					add_values<false>(o, at_p + k * 32, at_v, (slots + k) * SLOT, 0);
				else
					add_values<true>(o, at_p + k * 32, at_v, (slots + k) * SLOT, mask >> quad * 2);
			}
#pragma unroll
		for (int k = 0; k < 2; k++) {
			float4 b = *(const float4 *)&s.sum[row + 8 * k][0];

			sum[k] += (b.x + b.y) + (b.z + b.w);
		}
		if (first + GROUP >= mine)
			break;
		__syncthreads();
		if (warp / GROUP == slots / GROUP && first + WARPS + c < mine)
			fetch(s, p, &ckv_map, &kpe_map, places_of(lists, m, first + WARPS + c));
	}
	STAMP(6);
	if (m.sharers == 1) {
		unsigned char *mid = s.slot[0] + warp * BLOCK;
		__nv_bfloat16 *out = p.output + (int64_t)m.token * HEADS * CKV + warp * 64;

#pragma unroll
		for (int k = 0; k < 2; k++) {
			float f = sum[k] > 0 ? __fdividef(1, sum[k]) : 0;

			if (warp == 0 && quad == 0)
				p.lse[m.token * HEADS + row + 8 * k] = most[k] + log2_(sum[k]);
#pragma unroll
			for (int n = 0; n < 8; n++)
				*(__nv_bfloat162 *)&mid[place(row + 8 * k, n) + quad * 4] = __floats2bfloat162_rn(o[n][2 * k] * f, o[n][2 * k + 1] * f);
		}
		__syncwarp();
#pragma unroll
		for (int i = 0; i < 4; i++)
			*(int4 *)&out[(4 * i + (lane >> 3)) * CKV + (lane & 7) * 8] = *(const int4 *)&mid[place(4 * i + (lane >> 3), lane & 7)];
		STAMP(7);
		return;
	}
	publish(p, o, most, sum, owners);
	STAMP(8);
	merge(s, p, m, owners);
}

bool encode(CUtensorMap *map, const void *base, int width, int64_t rows)
{
	cudaDriverEntryPointQueryResult found;
	void *f = NULL;
	cuuint64_t size[3] = {64, (cuuint64_t)rows, (cuuint64_t)width / 64};
	cuuint64_t stride[2] = {(cuuint64_t)width * 2, 128};
	cuuint32_t box[3] = {64, CHUNK, (cuuint32_t)width / 64}, step[3] = {1, 1, 1};

	cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &f, 12000, cudaEnableDefault, &found);
	return f && !((decltype(&cuTensorMapEncodeTiled))f)(map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, width > 64 ? 3 : 2, (void *)base, size, stride, box, step,
	            CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
}

int run(const DLTensor *q_nope, const DLTensor *q_pe, const DLTensor *ckv, const DLTensor *kpe, const DLTensor *indices, double sm_scale, const DLTensor *output, const DLTensor *lse)
{
	int64_t tokens = ratchet_extent(q_nope, 0), pages = ratchet_extent(ckv, 0);
	problem p = {(const __nv_bfloat16 *)ratchet_data(ckv), (const __nv_bfloat16 *)ratchet_data(kpe), (const int *)ratchet_data(indices),
	             (float)(sm_scale * 1.4426950408889634), (__nv_bfloat16 *)ratchet_data(output), (float *)ratchet_data(lse)};
	CUtensorMap m[4];

	if (RATCHET_WANT(q_nope, RATCHET_BFLOAT16, -1, HEADS, CKV) || RATCHET_WANT(q_pe, RATCHET_BFLOAT16, tokens, HEADS, KPE) ||
	    RATCHET_WANT(ckv, RATCHET_BFLOAT16, -1, 64, CKV) || RATCHET_WANT(kpe, RATCHET_BFLOAT16, pages, 64, KPE) ||
	    RATCHET_WANT(indices, RATCHET_INT32, tokens, TOPK) || RATCHET_WANT(output, RATCHET_BFLOAT16, tokens, HEADS, CKV) || RATCHET_WANT(lse, RATCHET_FLOAT32, tokens, HEADS))
		return -1;
	if (!tokens)
		return 0;
	if (!encode(&m[0], ratchet_data(q_nope), CKV, tokens * HEADS) || !encode(&m[1], ratchet_data(q_pe), KPE, tokens * HEADS) ||
	    !encode(&m[2], p.ckv, CKV, pages * 64) || !encode(&m[3], p.kpe, KPE, pages * 64))
		return ratchet_fail("RuntimeError", "no tensor map");
	unsigned ctas = (unsigned)tokens;

	if (tokens <= TOKENS) {
		size_t tile = (size_t)TILES * CTAS * WORDS * 4, heads = (size_t)CTAS * OWNERS * HEADS * 4;
		char *z = (char *)zeroed(tile + heads + TOKENS * 8);

		if (!z)
			return ratchet_fail("RuntimeError", "no zeroed memory");
		p.tile = (unsigned *)z;
		p.heads = (unsigned *)(z + tile);
		p.arrived = (unsigned long long *)(z + tile + heads);
		p.tokens = (int)tokens;
		ctas = CTAS;
	}
	cudaStream_t stream = ratchet_stream(q_nope);

	cudaFuncSetAttribute(attention, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)sizeof(shared) + 1024);
	attention<<<ctas, THREADS, sizeof(shared) + 1024, stream>>>(m[0], m[1], m[2], m[3], p);
	return ratchet_launched();
}
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, float64, tensor, tensor)
