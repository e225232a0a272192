/* dsa_sparse_attention - 16 CTAs share a token's list, and merge through the L2
 *
 * A warp has 16 places of the list at a time: almost always a run of rows,
 * which one bulk copy brings, swizzled, for tensor cores. It multiplies them
 * with the queries; all warps together make weights of the products; and then
 * each warp sums up its 64 columns of all the CTA's rows. What the CTAs of a
 * token have is merged by all of them, each for some columns, from words that
 * are zero until they are written. A list of up to ALONE chunks is left to one
 * CTA; of up to DIRECT to two, which have it in registers, for key and value,
 * so that only sums and weights go through shared memory.
 */
#include "ratchet.h"

#include <cuda.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace
{
constexpr int HEADS = 16, CKV = 512, KPE = 64, TOPK = 2048;
constexpr int THREADS = 256, WARPS = THREADS / 32;
constexpr int CHUNK = 16; /* keys that are copied at once, for a warp */
constexpr int CHUNKS = TOPK / CHUNK; /* of a list */
constexpr int ALONE = 4;  /* chunks that one CTA does without others */
constexpr int DIRECT = 2; /* that two have in registers, each for half of the
                           * output, as to write takes long */
constexpr int BLOCK = CHUNK * 128; /* bytes: 64 columns of a chunk */
constexpr int SLOT = 9 * BLOCK;    /* 512 columns, then 64 */
constexpr int P_PITCH = WARPS * CHUNK * 2 + 16;
constexpr int PARTS = 16;        /* of the output, 32 columns each */
constexpr int PATIENCE = 100000; /* cycles that one waits for others */

struct shared {
	alignas(1024) unsigned char slot[WARPS + 1]
	                                [SLOT]; /* keys; the queries */
	alignas(16) unsigned char p[HEADS * P_PITCH];
	alignas(16) float most[HEADS][WARPS],
	        sum[HEADS][WARPS];   /* of each chunk */
	alignas(16) int last[WARPS]; /* chunk that a warp saw, plus one */
	int mask[WARPS];             /* valid keys of a chunk */
	unsigned left; /* what others gave up, ~0: one's own, too */
	alignas(8) uint64_t full[WARPS + 1];
};

/* What a source has for a part of the output; the first of 16 bytes are zero
 * until they are written.
 * What is written together fills sectors of 32 bytes, because else a reader
 * waits for the rest from memory. */
struct alignas(32) box {
	uint4 word[HEADS]
	          [4]; /* float16: columns 0, 1, 8, 9, 16, 17, 24, 25; .. */
	unsigned factor[8]; /* of them, eight times the same */
	uint2 stat[HEADS];  /* maximum, sum: in an owner's first part */
};

struct problem {
	const __nv_bfloat16 *q, *q_pe, *ckv, *kpe;
	const int *indices;
	float scale; /* to base 2 */
	__nv_bfloat16 *output;
	float *lse;
	unsigned *arrived; /* [token]: how many were here, << 28; who gave up */
	box *boxes;        /* [token][part][source] */
};

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900
__device__ __forceinline__ uint32_t address(const void *p)
{
	return (uint32_t)__cvta_generic_to_shared(p);
}

__device__ __forceinline__ void barrier_init(uint64_t *b, int count)
{
	asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(address(b)),
	             "r"(count)
	             : "memory");
}

__device__ __forceinline__ void barrier_expect(uint64_t *b, int bytes)
{
	asm volatile("mbarrier.arrive.expect_tx.shared.b64 _, [%0], %1;" ::"r"(
	                     address(b)),
	             "r"(bytes)
	             : "memory");
}

__device__ __forceinline__ void barrier_arrive(uint64_t *b)
{
	asm volatile("mbarrier.arrive.shared.b64 _, [%0];" ::"r"(address(b))
	             : "memory");
}

__device__ __forceinline__ void barrier_wait(uint64_t *b, int parity)
{
	uint32_t done = 0;

	while (!done)
		asm volatile("{ .reg .pred p;\n"
		             "mbarrier.try_wait.parity.shared::cta.b64 p, "
		             "[%1], %2;\n"
		             "selp.u32 %0, 1, 0, p; }"
		             : "=r"(done)
		             : "r"(address(b)), "r"(parity)
		             : "memory");
}

/* So that a copy does not wait for what it is told by. */
__device__ __forceinline__ void prefetch_map(const CUtensorMap *map)
{
	asm volatile("prefetch.tensormap [%0];" ::"l"(map) : "memory");
}

/* 16 rows from `row` on, of a matrix whose columns are in blocks of 64. */
__device__ __forceinline__ void copy_rows(const CUtensorMap *ckv,
                                          const CUtensorMap *kpe,
                                          unsigned char *to, uint64_t *full,
                                          int row)
{
	barrier_expect(full, SLOT);
	asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::"
	             "complete_tx::bytes "
	             "[%0], [%1, {%2, %3, %4}], [%5];" ::"r"(address(to)),
	             "l"(ckv), "r"(0), "r"(row), "r"(0), "r"(address(full))
	             : "memory");
	asm volatile(
	        "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::"
	        "complete_tx::bytes "
	        "[%0], [%1, {%2, %3}], [%4];" ::"r"(address(to + 8 * BLOCK)),
	        "l"(kpe), "r"(0), "r"(row), "r"(address(full))
	        : "memory");
}

/* Where 16 bytes of a row are: blocks of 64 columns, swizzled as copied. */
__device__ __forceinline__ int place(int row, int piece)
{
	return (piece >> 3) * BLOCK + row * 128 +
	       (((piece & 7) ^ (row & 7)) << 4);
}

__device__ __forceinline__ void load4(uint32_t r[4], uint32_t a)
{
	asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, "
	             "%3}, [%4];"
	             : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
	             : "r"(a));
}

__device__ __forceinline__ void load4t(uint32_t r[4], uint32_t a)
{
	asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, "
	             "%2, %3}, [%4];"
	             : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
	             : "r"(a));
}

__device__ __forceinline__ void mma(float c[4], const uint32_t a[4],
                                    uint32_t b0, uint32_t b1)
{
	asm volatile(
	        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, "
	        "%2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
	        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
	        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
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

	asm volatile("ld.relaxed.gpu.global.u32 %0, [%1];"
	             : "=r"(x)
	             : "l"(p)
	             : "memory");
	return x;
}

/* 16 bytes that come and go as one */
__device__ __forceinline__ uint4 peek4(const uint4 *p)
{
	uint4 x;

	asm volatile("{ .reg .b128 x; .reg .b64 low, high;\n"
	             "ld.relaxed.gpu.global.b128 x, [%4];\n"
	             "mov.b128 {low, high}, x;\n"
	             "mov.b64 {%0, %1}, low;\n"
	             "mov.b64 {%2, %3}, high; }"
	             : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w)
	             : "l"(p)
	             : "memory");
	return x;
}

__device__ __forceinline__ uint2 peek2(const uint2 *p)
{
	uint2 x;

	asm volatile("ld.relaxed.gpu.global.v2.u32 {%0, %1}, [%2];"
	             : "=r"(x.x), "=r"(x.y)
	             : "l"(p)
	             : "memory");
	return x;
}

__device__ __forceinline__ void put(unsigned *p, unsigned x)
{
	asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" ::"l"(p), "r"(x)
	             : "memory");
}

__device__ __forceinline__ void put2(uint2 *p, unsigned x, unsigned y)
{
	asm volatile("st.relaxed.gpu.global.v2.u32 [%0], {%1, %2};" ::"l"(p),
	             "r"(x), "r"(y)
	             : "memory");
}

__device__ __forceinline__ void put4(uint4 *p, const unsigned *x)
{
	asm volatile("{ .reg .b128 x; .reg .b64 low, high;\n"
	             "mov.b64 low, {%1, %2};\n"
	             "mov.b64 high, {%3, %4};\n"
	             "mov.b128 x, {low, high};\n"
	             "st.relaxed.gpu.global.b128 [%0], x; }" ::"l"(p),
	             "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3])
	             : "memory");
}

__device__ __forceinline__ unsigned nonzero(unsigned x)
{
	return x ? x : 0x80000000u;
}

/* Which chunk a CTA has as its i-th: the first has the first few, so that a
 * short list needs no other, and the last; the others take turns. */
template <int SPLIT> __device__ __forceinline__ int chunk_of(int rank, int i)
{
	if (SPLIT == 1)
		return i;
	if (rank)
		return ALONE + rank - 1 + i * (SPLIT - 1);
	return i < ALONE ? i : CHUNKS - CHUNKS / SPLIT + i;
}

/* How many chunks a CTA has of a list of so many. */
template <int SPLIT>
__device__ __forceinline__ int chunks_of(int rank, int total)
{
	constexpr int EACH = CHUNKS / SPLIT, others = SPLIT > 1 ? SPLIT - 1 : 1;
	int rest = max(total - ALONE - rank + others, 0);

	if (SPLIT == 1)
		return total;
	return rank ? min(rest / others, EACH)
	            : min(total, ALONE) +
	                       max(0, total - (CHUNKS - EACH) - ALONE);
}

/* A warp begins to copy a chunk that is no run, piece by piece. */
__device__ __forceinline__ void copy_pieces(const problem &p, int x,
                                            unsigned char *to)
{
	int lane = threadIdx.x % 32;

#pragma unroll 4
	for (int row = 0; row < CHUNK; row++) {
		int key = __shfl_sync(0xffffffffu, x, row);
		const __nv_bfloat16 *from =
		        p.ckv + (int64_t)key * CKV + lane * 8;

#pragma unroll
		for (int i = 0; i < 2 && key >= 0; i++)
			asm volatile(
			        "cp.async.cg.shared.global [%0], [%1], 16;" ::
			                "r"(address(to +
			                            place(row, lane + 32 * i))),
			        "l"(from + i * 256)
			        : "memory");
	}
#pragma unroll
	for (int i = 0; i < CHUNK * 8; i += 32) {
		int row = i / 8 + lane / 8,
		    key = __shfl_sync(0xffffffffu, x, row);

		if (key >= 0)
			asm volatile(
			        "cp.async.cg.shared.global [%0], [%1], 16;" ::
			                "r"(address(to +
			                            place(row, 64 + lane % 8))),
			        "l"(p.kpe + (int64_t)key * KPE + lane % 8 * 8)
			        : "memory");
	}
}

/* What a lane has of the first chunks of a list: of 64 columns that are its
 * warp's, and of 16 of kpe's in every other chunk. A sum does not mind its
 * order: a lane's 8 adjacent columns are two steps of a product. */
struct direct {
	uint4 q[2][2], k[DIRECT][2][2]; /* [row of eight][32 columns] */
	uint2 q_pe[2], k_pe[DIRECT][2];
	unsigned valid; /* keys */
};

__device__ __forceinline__ uint4 load16(const void *p, bool is_there)
{
	uint4 x = {};

	asm volatile("{ .reg .pred there; setp.ne.s32 there, %5, 0;\n"
	             "@there ld.global.nc.v4.u32 {%0, %1, %2, %3}, [%4]; }"
	             : "+r"(x.x), "+r"(x.y), "+r"(x.z), "+r"(x.w)
	             : "l"(p), "r"((int)is_there));
	return x;
}

__device__ __forceinline__ uint2 load8(const void *p, bool is_there)
{
	uint2 x = {};

	asm volatile("{ .reg .pred there; setp.ne.s32 there, %3, 0;\n"
	             "@there ld.global.nc.v2.u32 {%0, %1}, [%2]; }"
	             : "+r"(x.x), "+r"(x.y)
	             : "l"(p), "r"((int)is_there));
	return x;
}

/* Of a list's first 32 keys, a lane's `key` is one. */
__device__ __forceinline__ void load_direct(direct &d, const problem &p,
                                            int token, int key)
{
	int warp = threadIdx.x / 32, lane = threadIdx.x % 32,
	    column = warp * 64 + (lane & 3) * 8,
	    column_pe = (warp & 3) * 16 + (lane & 3) * 4;

	d.valid = __ballot_sync(0xffffffffu, key >= 0);
#pragma unroll
	for (int i = 0; i < DIRECT * 2; i++) {
		int c = i / 2, t = i % 2,
		    from = __shfl_sync(0xffffffffu, key, i * 8 + lane / 4);
		const __nv_bfloat16 *k = p.ckv + (int64_t)from * CKV + column;

		d.k[c][t][0] = load16(k, from >= 0);
		d.k[c][t][1] = load16(k + 32, from >= 0);
		d.k_pe[c][t] = load8(p.kpe + (int64_t)from * KPE + column_pe,
		                     from >= 0 && warp / 4 == c);
		if (i == 0) /* what all need comes with the first key */
#pragma unroll
			for (int j = 0; j < 2; j++) {
				int64_t row = token * HEADS + j * 8 + lane / 4;
				const __nv_bfloat16 *q =
				        p.q + row * CKV + column;

				d.q[j][0] = load16(q, true);
				d.q[j][1] = load16(q + 32, true);
				d.q_pe[j] = load8(
				        p.q_pe + row * KPE + column_pe, true);
			}
		if (i == 1 && !(d.valid >> 16)) {
#pragma unroll
			for (int j = 0; j < 2; j++)
				d.k[1][j][0] = d.k[1][j][1] = {},
				d.k_pe[1][j] = {};
			break;
		}
	}
}

template <int SPLIT>
__device__ __forceinline__ box *box_of(const problem &p, int token, int part,
                                       int source)
{
	return p.boxes + ((int64_t)token * PARTS + part) * SPLIT + source;
}

/* How a CTA counts, so that all make 16. */
template <int SPLIT> __device__ __forceinline__ unsigned step_of(int rank)
{
	return rank ? 1 : 17 - SPLIT;
}

/* A CTA will write all that it has for the others, and wait for theirs: their
 * boxes have to be in the L2 until then, because what is polled before it is
 * written comes from memory. Thread 0 gets to know who began before; nothing
 * waits for that here. */
template <int SPLIT>
__device__ __forceinline__ unsigned begin(const problem &p, int token, int rank)
{
	unsigned old = 0;

	asm volatile("{ .reg .pred first;\n"
	             "setp.eq.u32 first, %1, 0;\n"
	             "@first atom.relaxed.gpu.global.add.u32 %0, [%2], %3;\n"
	             "@first cp.async.bulk.prefetch.L2.global [%4], %5; }"
	             : "+r"(old)
	             : "r"(threadIdx.x), "l"(&p.arrived[token]),
	               "r"(step_of<SPLIT>(rank) << 28),
	               "l"(box_of<SPLIT>(p, token, rank * PARTS / SPLIT, 0)),
	               "r"((int)sizeof(box) * PARTS)
	             : "memory");
	return old;
}

/* The last 8 of what a lane has go to others: a lane is left with the sum, over
 * four lanes, of the two floats that its number names. */
__device__ __forceinline__ float2 add_lanes(const float a[8])
{
	int lane = threadIdx.x % 32;
	float b[4], c[2];

#pragma unroll
	for (int i = 0; i < 4; i++)
		b[i] = (lane & 16 ? a[i + 4] : a[i]) +
		       __shfl_xor_sync(0xffffffffu, lane & 16 ? a[i] : a[i + 4],
		                       16);
#pragma unroll
	for (int i = 0; i < 2; i++)
		c[i] = (lane & 8 ? b[i + 2] : b[i]) +
		       __shfl_xor_sync(0xffffffffu, lane & 8 ? b[i] : b[i + 2],
		                       8);
	return make_float2(c[0], c[1]);
}

/* A lane asks for the maximum and sum that a source has of a head: a warp has
 * two heads, all sources. */
template <int SPLIT>
__device__ __forceinline__ uint2 *stat_of(const problem &p, int token,
                                          int owner)
{
	int lane = threadIdx.x % 32, head = threadIdx.x / 32 * 2 + lane / 16;

	return &box_of<SPLIT>(p, token, owner * PARTS / SPLIT, lane % 16)
	                ->stat[head];
}

template <int SPLIT>
__device__ __forceinline__ uint2 ask(const problem &p, int token, int owner,
                                     int active)
{
	return threadIdx.x % 16 < active
	               ? peek2(stat_of<SPLIT>(p, token, owner))
	               : make_uint2(0xff800000u, 0x80000000u);
}

/* Of the head and source that a lane asked for: what the source's words are
 * multiplied by. */
__device__ __forceinline__ float weigh(const problem &p, int token, int owner,
                                       uint2 x)
{
	float m = __uint_as_float(x.x), top = m;

#pragma unroll
	for (int d = 8; d; d /= 2)
		top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, d));
	float e = exp2_(m - top), all = __uint_as_float(x.y) * e;
#pragma unroll
	for (int d = 8; d; d /= 2)
		all += __shfl_xor_sync(0xffffffffu, all, d);
	if (owner == 0 && threadIdx.x % 16 == 0)
		p.lse[token * HEADS + threadIdx.x / 16] = top + log2_(all);
	return __fdividef(e, all);
}

/* What a lane gets of four sources: 16 bytes, and what they are scaled by. */
struct words {
	uint4 v[4];
	unsigned f[4];
};

/* Asks for those that were not there when it was last asked for them, and tells
 * whether there were any. */
template <int SPLIT>
__device__ __forceinline__ bool missing(words &w, const box *from, int active)
{
	int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
	bool any = false;

#pragma unroll
	for (int k = 0; k < 4; k++)
		if ((lane / 8 + 4 * k) % SPLIT < active &&
		    !(w.v[k].x && w.f[k])) {
			w.v[k] = peek4(
			        &from[4 * k].word[0][warp * 8 + lane % 8]);
			w.f[k] = peek(&from[4 * k].factor[warp]);
			any = true;
		}
	return any;
}

/* Adds up what all sources have for an owner's columns: a warp has two heads,
 * eight lanes a source. What they wrote is left zero. False if not all have
 * begun; who has will write all words. */
template <int SPLIT>
__device__ __forceinline__ bool reduce(const problem &p, int token, int owner,
                                       int active, uint2 x)
{
	constexpr int EACH = PARTS / SPLIT; /* parts of an owner */
	int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
	box *from = box_of<SPLIT>(p, token, owner * EACH, lane / 8);
	words w = {};
	long long start = clock64();

	missing<SPLIT>(w, from, active);
	while (!__all_sync(0xffffffffu, x.x && x.y) &&
	       !__any_sync(0xffffffffu, clock64() - start > PATIENCE))
		x = ask<SPLIT>(p, token, owner, active);
	if (!__syncthreads_and(x.x && x.y))
		return false;
	if (lane % 16 < active)
		*stat_of<SPLIT>(p, token, owner) = make_uint2(0, 0);

	float weight = weigh(p, token, owner, x);

	while (__any_sync(0xffffffffu, missing<SPLIT>(w, from, active)))
		;
#pragma unroll
	for (int b = 0; b < EACH; b++) {
		float a[8] = {};

#pragma unroll
		for (int k = b * 4 / EACH; k < (b + 1) * 4 / EACH; k++) {
			int source = (lane / 8 + 4 * k) % SPLIT;
			const unsigned u[4] = {w.v[k].x, w.v[k].y, w.v[k].z,
			                       w.v[k].w};
			float f = __shfl_sync(0xffffffffu, weight,
			                      (lane & 4) * 4 + source);

			if (source >= active)
				continue;
			f *= __uint_as_float(w.f[k]);
#pragma unroll
			for (int n = 0; n < 4; n++) {
				float2 h =
				        __half22float2(*(const __half2 *)&u[n]);

				a[2 * n] += h.x * f;
				a[2 * n + 1] += h.y * f;
			}
			from[4 * k].word[0][warp * 8 + lane % 8] =
			        make_uint4(0, 0, 0, 0);
			from[4 * k].factor[warp] = 0;
		}
		float2 c = add_lanes(a);
		int head = warp * 2 + (lane >> 2 & 1),
		    column = (owner * EACH + b) * 32 + (lane >> 4) * 16 +
		             (lane >> 3 & 1) * 8 + (lane & 3) * 2;

		*(__nv_bfloat162 *)&p
		         .output[((int64_t)token * HEADS + head) * CKV +
		                 column] = __floats2bfloat162_rn(c.x, c.y);
	}
	return true;
}

/* Nobody waits for ever: who has waited too long leaves its columns to the
 * last that began, `left` has them then. */
template <int SPLIT>
__device__ __forceinline__ void merge(shared &s, const problem &p, int token,
                                      int rank, int active, unsigned old,
                                      uint2 x)
{
	unsigned *arrived = &p.arrived[token];

	if (threadIdx.x == 0)
		s.left = (old >> 28) + step_of<SPLIT>(rank) == 16 ? old & 0xffff
		                                                  : 0;
	while (!reduce<SPLIT>(p, token, rank, active, x)) {
		/* Once all have begun they will come. */
		if (threadIdx.x == 0) {
			if (atomicOr(arrived, 1u << rank) >> 28 == 0)
				atomicAnd(arrived, ~(1u << rank));
			else
				s.left = ~0u;
		}
		__syncthreads();
		if (s.left == ~0u)
			return;
		x = ask<SPLIT>(p, token, rank, active);
	}
#pragma unroll 1
	for (unsigned left = s.left; left; left &= left - 1) {
		int owner = __ffs(left) - 1;

		while (!reduce<SPLIT>(p, token, owner, active,
		                      ask<SPLIT>(p, token, owner, active)))
			;
		if (threadIdx.x == 0)
			atomicAnd(arrived, ~(1u << owner));
	}
}

/* What a warp multiplies of a chunk: weights of 16 heads for 16 keys, and 64
 * columns of values. */
struct fragments {
	uint32_t p[4], v[4][4];
	int mask; /* valid keys */
};

__device__ __forceinline__ void fetch(fragments &f, const shared &s, int k,
                                      uint32_t at_p, const uint32_t at_v[4])
{
	load4(f.p, at_p + k * 32);
#pragma unroll
	for (int n = 0; n < 4; n++)
		load4t(f.v[n], at_v[n] + k * SLOT);
	f.mask = s.mask[k];
}

/* What was copied beyond the end of a list may be no number. */
__device__ __forceinline__ void add_values(float o[8][4], fragments &f)
{
	if (f.mask != 0xffff) {
		int mask = f.mask >> (threadIdx.x & 3) * 2;
		uint32_t low = (mask & 1) * 0xffffu | (mask & 2) * 0x7fff8000u,
		         high = (mask >> 8 & 1) * 0xffffu |
		                (mask >> 8 & 2) * 0x7fff8000u;

#pragma unroll
		for (int n = 0; n < 4; n++)
#pragma unroll
			for (int i = 0; i < 4; i++)
				f.v[n][i] &= i & 1 ? high : low;
	}
#pragma unroll
	for (int n = 0; n < 4; n++) {
		mma(o[2 * n], f.p, f.v[n][0], f.v[n][1]);
		mma(o[2 * n + 1], f.p, f.v[n][2], f.v[n][3]);
	}
}

/* Of eight rows by eight columns in a warp. */
__device__ __forceinline__ uint32_t transpose(uint32_t x)
{
	uint32_t y;

	asm("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(y) : "r"(x));
	return y;
}

/* The largest of a warp's. */
__device__ __forceinline__ float largest(float x)
{
	int i = __float_as_int(x);

	i = __reduce_max_sync(0xffffffffu, i ^ (i >> 31 & 0x7fffffff));
	return __int_as_float(i ^ (i >> 31 & 0x7fffffff));
}

__device__ __forceinline__ float total_of(float x)
{
#pragma unroll
	for (int d = 16; d; d /= 2)
		x += __shfl_xor_sync(0xffffffffu, x, d);
	return x;
}

/* Products of a warp's columns, for the others. */
__device__ __forceinline__ void multiply_direct(float *part, const direct &d,
                                                int total)
{
	int warp = threadIdx.x / 32, lane = threadIdx.x % 32;

#pragma unroll
	for (int c = 0; c < DIRECT; c++) {
		float a[2][2][4] = {};

		if (c >= total)
			break;
#pragma unroll
		for (int g = 0; g < 2; g++) {
			const uint32_t x[4] = {d.q[0][g].x, d.q[1][g].x,
			                       d.q[0][g].y, d.q[1][g].y},
			               y[4] = {d.q[0][g].z, d.q[1][g].z,
			                       d.q[0][g].w, d.q[1][g].w};

#pragma unroll
			for (int t = 0; t < 2; t++)
				mma(a[t][g], x, d.k[c][t][g].x, d.k[c][t][g].y);
#pragma unroll
			for (int t = 0; t < 2; t++)
				mma(a[t][g], y, d.k[c][t][g].z, d.k[c][t][g].w);
		}
		if (warp / 4 == c) {
			const uint32_t x[4] = {d.q_pe[0].x, d.q_pe[1].x,
			                       d.q_pe[0].y, d.q_pe[1].y};

#pragma unroll
			for (int t = 0; t < 2; t++)
				mma(a[t][0], x, d.k_pe[c][t].x, d.k_pe[c][t].y);
		}
#pragma unroll
		for (int t = 0; t < 2; t++)
#pragma unroll
			for (int half = 0; half < 2; half++) {
				int head = lane / 4 + 8 * half,
				    key = c * 16 + t * 8 + (lane & 3) * 2;
				const float *x = &a[t][0][2 * half],
				            *y = &a[t][1][2 * half];

				*(float2 *)&part[(warp * HEADS + head) * 32 +
				                 (key ^ (head & 3) * 8)] =
				        make_float2(x[0] + y[0], x[1] + y[1]);
			}
	}
}

/* Weights of two heads, a lane a key, and the logarithms of their sums. */
__device__ __forceinline__ void weigh_direct(shared &s, const float *part,
                                             const direct &d, float scale,
                                             float top[2], float e[2])
{
	int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
	const float *from = part + warp * 64;
	float x[2][WARPS];

#pragma unroll
	for (int h = 0; h < 2; h++)
#pragma unroll
		for (int w = 0; w < WARPS; w++)
			x[h][w] = from[w * HEADS * 32 + h * 32 +
			               (lane ^ ((warp & 1) * 2 + h) * 8)];
#pragma unroll
	for (int n = WARPS / 2; n; n /= 2)
#pragma unroll
		for (int w = 0; w < n; w++)
#pragma unroll
			for (int h = 0; h < 2; h++)
				x[h][w] += x[h][w + n];
#pragma unroll
	for (int h = 0; h < 2; h++) {
		float y = d.valid >> lane & 1 ? x[h][0] * scale : -INFINITY;

		top[h] = largest(fmaxf(y, -3e38f));
		e[h] = exp2_(y - top[h]);
		*(__nv_bfloat16 *)&s.p[(warp * 2 + h) * P_PITCH + lane * 2] =
		        __float2bfloat16(e[h]);
	}
}

/* A list of so few chunks that a CTA has them in registers: of each 64 columns
 * of the output the first or the last 32, by rank. */
__device__ __forceinline__ void finish_direct(shared &s, const problem &p,
                                              int token, int rank, int total,
                                              uint32_t at_p, const direct &d)
{
	int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
	float *part = (float *)s.slot[0], scale = p.scale;
	float top[2], e[2], all[4] = {}, o[4][4] = {};
	uint32_t v[DIRECT][4][2], w[DIRECT][4];
	__nv_bfloat16 *to = p.output +
	                    ((int64_t)token * HEADS + lane / 4) * CKV +
	                    warp * 64 + rank * 32 + (lane & 3) * 8;
	float *lse = p.lse + token * HEADS + warp * 2 + rank;

	multiply_direct(part, d, total);
	__syncthreads();
	weigh_direct(s, part, d, scale, top, e);
#pragma unroll
	for (int c = 0; c < DIRECT; c++)
		if (c < total)
#pragma unroll
			for (int t = 0; t < 2; t++) {
				uint4 k = rank ? d.k[c][t][1] : d.k[c][t][0];

				v[c][0][t] = transpose(k.x);
				v[c][1][t] = transpose(k.y);
				v[c][2][t] = transpose(k.z);
				v[c][3][t] = transpose(k.w);
			}
	__syncthreads();
#pragma unroll
	for (int c = 0; c < DIRECT; c++)
		if (c < total) {
			load4(w[c], at_p + c * 32);
			mma(all, w[c], 0x3f803f80u, 0x3f803f80u);
#pragma unroll
			for (int i = 0; i < 4; i++)
				mma(o[i], w[c], v[c][i][0], v[c][i][1]);
		}
	float sum = total_of(rank ? e[1] : e[0]);

#pragma unroll
	for (int half = 0; half < 2; half++) {
		float f = total ? __fdividef(1, all[2 * half]) : 0;
		uint32_t u[4];

#pragma unroll
		for (int i = 0; i < 4; i++) {
			__nv_bfloat162 y = __floats2bfloat162_rn(
			        o[i][2 * half] * f, o[i][2 * half + 1] * f);

			u[i] = *(uint32_t *)&y;
		}
		*(uint4 *)&to[half * 8 * CKV] =
		        make_uint4(u[0], u[1], u[2], u[3]);
	}
	if (lane == 0)
		*lse = (rank ? top[1] : top[0]) + log2_(sum);
}

#endif
template <int SPLIT>
__global__ void __launch_bounds__(THREADS, 1)
        attention(const __grid_constant__ problem p,
                  const __grid_constant__ CUtensorMap q_map,
                  const __grid_constant__ CUtensorMap qp_map,
                  const __grid_constant__ CUtensorMap ckv_map,
                  const __grid_constant__ CUtensorMap kpe_map)
{
#if __CUDA_ARCH__ >= 900
	constexpr int MOST = CHUNKS / SPLIT; /* chunks of a CTA */
	/* As such, not as a rounded pointer, for which loads are generic. */
	extern __shared__ __align__(1024) unsigned char memory[];
	shared &s = *(shared *)memory;
	int tid = threadIdx.x, warp = tid / 32, lane = tid % 32,
	    quad = lane & 3, row = lane >> 2;
	int token = blockIdx.x / SPLIT, rank = blockIdx.x % SPLIT, mine = MOST,
	    total = 0;
	const int *indices = p.indices + (int64_t)token * TOPK;
	int x = lane < CHUNK
	                ? indices[chunk_of<SPLIT>(rank, warp) * CHUNK + lane]
	                : -1;
	const int4 *list = (const int4 *)indices + tid * 2;
	int4 y = list[0], z = list[1];
	uint32_t at_q = address(s.slot[WARPS] + place(lane & 15, lane >> 4));
	uint32_t at_k =
	        address(s.slot[warp] +
	                place((lane & 7) + (lane >> 4) * 8, lane >> 3 & 1));
	uint32_t at_p = address(s.p + (lane & 15) * P_PITCH + (lane >> 4) * 16),
	         at_v[4];
	uint32_t q[9][4][4];
	float o[8][4] = {}, most[2] = {-3e38f, -3e38f}, sum[2] = {0, 0};
	unsigned before = 0; /* thread 0: who began before */
	bool is_asker = tid == THREADS - 1, is_direct = false;
	int key = -1, more = 0;
	direct d = {};

	if (SPLIT == 16 && rank < 2) {
		key = indices[lane];
		more = indices[DIRECT * CHUNK];
	}

#pragma unroll
	for (int n = 0; n < 4; n++)
		at_v[n] = address(s.slot[0] + warp * BLOCK +
		                  place(lane & 15, lane >> 4)) ^
		          n << 5;
	/* A warp's own; others wait for it only after the barrier below. */
	if (lane == 0)
		barrier_init(&s.full[warp], 1);
	if (is_asker)
		barrier_init(&s.full[WARPS], 1);
	asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
	if (tid == 0) {
		prefetch_map(&ckv_map);
		prefetch_map(&kpe_map);
	}
	if (is_asker)
		copy_rows(&q_map, &qp_map, s.slot[WARPS], &s.full[WARPS],
		          token * HEADS);
	__syncwarp();
	/* A short list, if valid ones come first: else it is copied later. */
	is_direct = SPLIT == 16 && more < 0;
	if (is_direct)
		load_direct(d, p, token, key);

#pragma unroll 1
	for (int first = 0; first < mine; first += WARPS) {
		int head = __shfl_sync(0xffffffffu, x, 0),
		    valid = __ballot_sync(0xffffffffu, x >= 0);
		bool is_run =
		        valid && !(valid & (valid + 1)) &&
		        __all_sync(0xffffffffu, x < 0 || x == head + lane);

		auto copy = [&] {
			if (is_run && lane == 0)
				copy_rows(&ckv_map, &kpe_map, s.slot[warp],
				          &s.full[warp], head);
			if (valid && !is_run)
				copy_pieces(p, x, s.slot[warp]);
		};

		if (first || !is_direct)
			copy();
		if (lane == 0)
			s.mask[warp] = valid;
		if (first == 0) {
			bool any = (y.x & y.y & y.z & y.w & z.x & z.y & z.z &
			            z.w) >= 0;
			int last = __reduce_max_sync(0xffffffffu,
			                             any ? tid / 2 + 1 : 0);

			if (lane == 0)
				s.last[warp] = last;
			__syncthreads();
			int4 a = *(const int4 *)&s.last[0],
			     b = *(const int4 *)&s.last[4];

			total = max(max(max(a.x, a.y), max(a.z, a.w)),
			            max(max(b.x, b.y), max(b.z, b.w)));
			mine = chunks_of<SPLIT>(rank, total);
			if (is_direct && total > DIRECT) {
				is_direct = false;
				copy();
			}
			if (total <= ALONE && (rank || is_direct)) {
				if (is_direct)
					finish_direct(s, p, token, rank, total,
					              at_p, d);
				if (is_asker) /* nothing may come later */
					barrier_wait(&s.full[WARPS], 0);
				return;
			}
			if (SPLIT > 1 && total > ALONE)
				before = begin<SPLIT>(p, token, rank);
			barrier_wait(&s.full[WARPS], 0);
			if (mine == 0)
				break;
			if (warp < mine)
#pragma unroll
				for (int i = 0; i < 9; i++)
#pragma unroll
					for (int j = 0; j < 4; j++)
						load4(q[i][j],
						      (at_q ^ j << 5) +
						              i * BLOCK);
		}

		float t[2][4], a[4][2][4] = {};

		if (first + warp < mine) {
			/* Products with queries: each warp its chunk. */
			if (!is_run) {
				asm volatile("cp.async.wait_all;" ::: "memory");
				__syncwarp();
				if (lane == 0)
					barrier_arrive(&s.full[warp]);
			}
			barrier_wait(&s.full[warp], first / WARPS & 1);
#pragma unroll
			for (int i = 0; i < 9; i++) {
				uint32_t k[4][4];

#pragma unroll
				for (int j = 0; j < 4; j++)
					load4(k[j],
					      (at_k ^ j << 5) + i * BLOCK);
#pragma unroll
				for (int j = 0; j < 4; j++) {
					mma(a[j][0], q[i][j], k[j][0], k[j][1]);
					mma(a[j][1], q[i][j], k[j][2], k[j][3]);
				}
			}
		}
#pragma unroll
		for (int n = 0; n < 2; n++)
#pragma unroll
			for (int i = 0; i < 4; i++)
				t[n][i] =
				        first + warp < mine &&
				                        valid >> (n * 8 +
				                                  quad * 2 +
				                                  (i & 1)) &
				                                1
				                ? ((a[0][n][i] + a[1][n][i]) +
				                   (a[2][n][i] + a[3][n][i])) *
				                          p.scale
				                : -INFINITY;
#pragma unroll
		for (int half = 0; half < 2; half++) {
			float m = fmaxf(
			        fmaxf(t[0][2 * half], t[0][2 * half + 1]),
			        fmaxf(t[1][2 * half], t[1][2 * half + 1]));

			m = fmaxf(m, __shfl_xor_sync(0xffffffffu, m, 1));
			m = fmaxf(m, __shfl_xor_sync(0xffffffffu, m, 2));
			if (quad == 0)
				s.most[row + 8 * half][warp] = m;
		}
		__syncthreads();
#pragma unroll
		for (int half = 0; half < 2; half++) {
			float4 m = *(const float4 *)&s.most[row + 8 * half][0],
			       l = *(const float4 *)&s.most[row + 8 * half][4];
			float top =
			        fmaxf(fmaxf(fmaxf(m.x, m.y), fmaxf(m.z, m.w)),
			              fmaxf(fmaxf(l.x, l.y), fmaxf(l.z, l.w)));
			float part = 0;

			top = fmaxf(top, most[half]);
			if (first) {
				float f = exp2_(most[half] - top);

				sum[half] *= f;
#pragma unroll
				for (int n = 0; n < 8; n++) {
					o[n][2 * half] *= f;
					o[n][2 * half + 1] *= f;
				}
			}
			most[half] = top;
#pragma unroll
			for (int n = 0; n < 2; n++) {
				float e = exp2_(t[n][2 * half] - top),
				      f = exp2_(t[n][2 * half + 1] - top);

				part += e + f;
				*(__nv_bfloat162 *)&s
				         .p[(row + 8 * half) * P_PITCH +
				            warp * 32 + n * 16 + quad * 4] =
				        __floats2bfloat162_rn(e, f);
			}
			part += __shfl_xor_sync(0xffffffffu, part, 1);
			part += __shfl_xor_sync(0xffffffffu, part, 2);
			if (quad == 0)
				s.sum[row + 8 * half][warp] = part;
		}
		__syncthreads();
		/* The next are on their way while these are multiplied. */
		fragments f[2];
		int count = min(WARPS, mine - first);

		fetch(f[0], s, 0, at_p, at_v);
#pragma unroll
		for (int half = 0; half < 2; half++) {
			float4 m = *(const float4 *)&s.sum[row + 8 * half][0],
			       l = *(const float4 *)&s.sum[row + 8 * half][4];

			sum[half] += (m.x + m.y) + (m.z + m.w) +
			             ((l.x + l.y) + (l.z + l.w));
		}
		if (SPLIT > 1 && total > ALONE && first + WARPS >= mine &&
		    warp * 2 < SPLIT) {
			int half = lane >> 1 & 1, owner = warp * 2 + (lane & 1);

			put2(&box_of<SPLIT>(p, token, owner * PARTS / SPLIT,
			                    rank)
			              ->stat[row + 8 * half],
			     nonzero(__float_as_uint(half ? most[1] : most[0])),
			     nonzero(__float_as_uint(half ? sum[1] : sum[0])));
		}
#pragma unroll 1
		for (int k = 0; k < count; k += 2) {
			if (k + 1 < count)
				fetch(f[1], s, k + 1, at_p, at_v);
			add_values(o, f[0]);
			if (k + 1 == count)
				break;
			if (k + 2 < count)
				fetch(f[0], s, k + 2, at_p, at_v);
			add_values(o, f[1]);
		}
		if (SPLIT == 16 || first + WARPS >= mine)
			break;
		x = lane < CHUNK && first + WARPS + warp < mine
		            ? indices[chunk_of<SPLIT>(rank,
		                                      first + WARPS + warp) *
		                              CHUNK +
		                      lane]
		            : -1;
		__syncthreads();
	}
	if (SPLIT == 1 || total <= ALONE) {
		unsigned char *mid = s.slot[0] + warp * BLOCK;
		__nv_bfloat16 *out =
		        p.output + (int64_t)token * HEADS * CKV + warp * 64;

		__syncwarp(); /* values were read there */
#pragma unroll
		for (int half = 0; half < 2; half++) {
			float f = total ? __fdividef(1, sum[half]) : 0;

			if (warp == 0 && quad == 0)
				p.lse[token * HEADS + row + 8 * half] =
				        most[half] + log2_(sum[half]);
#pragma unroll
			for (int n = 0; n < 8; n++)
				*(__nv_bfloat162
				          *)&mid[place(row + 8 * half, n) +
				                 quad * 4] =
				        __floats2bfloat162_rn(
				                o[n][2 * half] * f,
				                o[n][2 * half + 1] * f);
		}
		__syncwarp();
#pragma unroll
		for (int i = 0; i < 4; i++)
			*(int4 *)&out[(4 * i + (lane >> 3)) * CKV +
			              (lane & 7) * 8] =
			        *(const int4 *)&mid[place(4 * i + (lane >> 3),
			                                  lane & 7)];
		return;
	}
	if constexpr (SPLIT > 1) {
		int active = min(SPLIT, total - ALONE + 1);
		uint2 x = ask<SPLIT>(p, token, rank, active);

		if (mine) {
			float m[4] = {};

#pragma unroll
			for (int n = 0; n < 8; n++)
#pragma unroll
				for (int i = 0; i < 4; i++)
					m[i] = fmaxf(m[i], fabsf(o[n][i]));
			/* float16, scaled so that nothing is lost: to at most
			 * 2^14. */
			int e = __reduce_max_sync(
			                0xffffffffu,
			                __float_as_int(
			                        fmaxf(fmaxf(m[0], m[1]),
			                              fmaxf(m[2], m[3])))) >>
			        23,
			    up = max(1, min(253, 267 - e));
			float scale = __int_as_float(up << 23);
#pragma unroll
			for (int part = 0; part < 2; part++) {
				box *to = box_of<SPLIT>(p, token,
				                        warp * 2 + part, rank);
#pragma unroll
				for (int half = 0; half < 2; half++) {
					unsigned u[4];
#pragma unroll
					for (int n = 0; n < 4; n++) {
						const float *f =
						        &o[part * 4 + n]
						          [2 * half];
						__half2 h = __floats2half2_rn(
						        f[0] * scale,
						        f[1] * scale);

						u[n] = *(unsigned *)&h;
					}
					u[0] = nonzero(u[0]);
					put4(&to->word[row + 8 * half][quad],
					     u);
				}
				if (lane < 8)
					put(&to->factor[lane], (254 - up)
					                               << 23);
			}
		}
		merge<SPLIT>(s, p, token, rank, active, before, x);
	}
#endif
}

/* For what has no bulk copies: a head of a token, in two passes. */
__global__ void plain(const problem p)
{
	__shared__ float weight[TOPK];
	__shared__ float part[THREADS];
	const int *list = p.indices + (int64_t)blockIdx.x / HEADS * TOPK;
	const __nv_bfloat16 *q = p.q + (int64_t)blockIdx.x * CKV,
	                    *q_pe = p.q_pe + (int64_t)blockIdx.x * KPE;
	int tid = threadIdx.x;
	float most = -3e38f, sum = 0, o[2] = {0, 0};

	for (int i = tid; i < TOPK; i += THREADS) {
		int64_t key = list[i];
		float x = 0;

		for (int k = 0; k < CKV && key >= 0; k++)
			x += __bfloat162float(q[k]) *
			     __bfloat162float(p.ckv[key * CKV + k]);
		for (int k = 0; k < KPE && key >= 0; k++)
			x += __bfloat162float(q_pe[k]) *
			     __bfloat162float(p.kpe[key * KPE + k]);
		weight[i] = key >= 0 ? x * p.scale : -INFINITY;
		most = fmaxf(most, weight[i]);
	}
	part[tid] = most;
	__syncthreads();
	for (int i = 0; i < THREADS; i++)
		most = fmaxf(most, part[i]);
	for (int i = 0; i < TOPK; i++) {
		float e = exp2f(weight[i] - most);

		sum += e;
		for (int k = 0; k < 2 && list[i] >= 0; k++)
			o[k] += e *
			        __bfloat162float(p.ckv[(int64_t)list[i] * CKV +
			                               tid + k * THREADS]);
	}
	for (int k = 0; k < 2; k++)
		p.output[(int64_t)blockIdx.x * CKV + tid + k * THREADS] =
		        __float2bfloat16(sum > 0 ? o[k] / sum : 0);
	if (tid == 0)
		p.lse[blockIdx.x] = most + log2f(sum);
}

bool encode(CUtensorMap *map, const void *base, int width, int64_t rows)
{
	cudaDriverEntryPointQueryResult found;
	void *f = NULL;
	cuuint64_t size[3] = {64, (cuuint64_t)rows, (cuuint64_t)width / 64};
	cuuint64_t stride[2] = {(cuuint64_t)width * 2, 128};
	cuuint32_t box[3] = {64, CHUNK, (cuuint32_t)width / 64},
	           step[3] = {1, 1, 1};

	cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &f, 12000,
	                                 cudaEnableDefault, &found);
	return f && !((decltype(&cuTensorMapEncodeTiled))f)(
	                    map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16,
	                    width > 64 ? 3 : 2, (void *)base, size, stride, box,
	                    step, CU_TENSOR_MAP_INTERLEAVE_NONE,
	                    CU_TENSOR_MAP_SWIZZLE_128B,
	                    CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
	                    CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
}

int run(const DLTensor *q_nope, const DLTensor *q_pe, const DLTensor *ckv,
        const DLTensor *kpe, const DLTensor *indices, double sm_scale,
        const DLTensor *output, const DLTensor *lse)
{
	int64_t tokens = ratchet_extent(q_nope, 0),
	        pages = ratchet_extent(ckv, 0);
	problem p = {(const __nv_bfloat16 *)ratchet_data(q_nope),
	             (const __nv_bfloat16 *)ratchet_data(q_pe),
	             (const __nv_bfloat16 *)ratchet_data(ckv),
	             (const __nv_bfloat16 *)ratchet_data(kpe),
	             (const int *)ratchet_data(indices),
	             (float)(sm_scale * 1.4426950408889634),
	             (__nv_bfloat16 *)ratchet_data(output),
	             (float *)ratchet_data(lse)};
	CUtensorMap m[4];

	if (RATCHET_WANT(q_nope, RATCHET_BFLOAT16, -1, HEADS, CKV) ||
	    RATCHET_WANT(q_pe, RATCHET_BFLOAT16, tokens, HEADS, KPE) ||
	    RATCHET_WANT(ckv, RATCHET_BFLOAT16, -1, 64, CKV) ||
	    RATCHET_WANT(kpe, RATCHET_BFLOAT16, pages, 64, KPE) ||
	    RATCHET_WANT(indices, RATCHET_INT32, tokens, TOPK) ||
	    RATCHET_WANT(output, RATCHET_BFLOAT16, tokens, HEADS, CKV) ||
	    RATCHET_WANT(lse, RATCHET_FLOAT32, tokens, HEADS))
		return -1;
	if (!tokens)
		return 0;
	int device = 0, major = 0;
	cudaStream_t stream = ratchet_stream(q_nope);

	cudaGetDevice(&device);
	cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor,
	                       device);
	if (major < 9) {
		plain<<<(unsigned)tokens * HEADS, THREADS, 0, stream>>>(p);
		return ratchet_launched();
	}
	if (!encode(&m[0], ratchet_data(q_nope), CKV, tokens * HEADS) ||
	    !encode(&m[1], ratchet_data(q_pe), KPE, tokens * HEADS) ||
	    !encode(&m[2], p.ckv, CKV, pages * 64) ||
	    !encode(&m[3], p.kpe, KPE, pages * 64))
		return ratchet_fail("RuntimeError", "no tensor map");
	int split = tokens <= 8 ? 16 : tokens <= 32 ? 4 : 1;

	if (split > 1) {
		size_t boxes = (size_t)tokens * PARTS * split * sizeof(box);
		char *z = (char *)zeroed(boxes + (size_t)tokens * 4);

		if (!z)
			return ratchet_fail("RuntimeError", "no zeroed memory");
		p.boxes = (box *)z;
		p.arrived = (unsigned *)(z + boxes);
	}
	auto kernel = split == 16  ? attention<16>
	              : split == 4 ? attention<4>
	                           : attention<1>;

	cudaFuncSetAttribute(kernel,
	                     cudaFuncAttributeMaxDynamicSharedMemorySize,
	                     (int)sizeof(shared));
	kernel<<<(unsigned)(tokens * split), THREADS, sizeof(shared), stream>>>(
	        p, m[0], m[1], m[2], m[3]);
	return ratchet_launched();
}
} // namespace
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, float64, tensor,
               tensor)
