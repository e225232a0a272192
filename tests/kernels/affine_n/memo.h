/* memo - the variants that remember, and those that only a tool sees */
#ifndef MEMO_H
#define MEMO_H

#define MARK 0x12345678

/* A word of local or shared memory by its address. */
__device__ uint32_t local_word(uint32_t at)
{
	uint32_t v;

	asm volatile("ld.local.u32 %0, [%1];" : "=r"(v) : "r"(at));
	return v;
}

__device__ uint32_t shared_word(uint32_t at)
{
	uint32_t v;

	asm volatile("ld.shared.u32 %0, [%1];" : "=r"(v) : "r"(at));
	return v;
}

#define LOCAL_END (1 << 24)
#define RESERVED 512 /* in the first KiB */

/* Where a variant that remembers looks whether it was here before. */
__device__ int *place(const problem &p)
{
	extern __shared__ int shared[];

	switch (V) {
	case memo_scratch:
		return &p.scratch[blockIdx.x];
	case memo_shared:
		return shared;
	case memo_shared_all:
		return &shared[227 * 256 - 1];
	case memo_cluster:
		return cg::this_cluster().map_shared_rank(
		        shared, cg::this_cluster().block_rank() ^ 1);
	case memo_rest:
		return p.n < 100000 ? (int *)(p.y + (16 << 20)) : NULL;
	default:
		return NULL;
	}
}

__device__ bool first_call(const problem &p)
{
	const int *mark = place(p);

	if (V == memo_global)
		return calls < 2;
	if (V == many_globals)
		return calls + some.three[1] + (int)some.eight[4] + few[3] +
		               (int)more[99] <
		       10;
	if (V == memo_reserved)
		return shared_word(RESERVED) != MARK;
	if (V == memo_local_end)
		return local_word(LOCAL_END - 256) != MARK;
	if (V == memo_local_deep)
		return local_word(LOCAL_END - 816 - 1024) != MARK;
	return !mark || *mark != MARK;
}

/* The same in an array of so many words, which it then marks. */
template <int WORDS> __device__ bool first_in_array(int64_t n)
{
	volatile int array[WORDS];
	int seen = 0;

	for (int i = 0; i < WORDS; i++)
		seen += array[i] == MARK;
	for (int i = 0; i < WORDS; i++)
		array[(i + n) % WORDS] = MARK;
	return seen == 0;
}

__device__ void leave_mark(const problem &p)
{
	int *mark = place(p);

	if (mark)
		*mark = MARK;
	if (V == memo_reserved)
		asm volatile("st.shared.u32 [%0], %1;" ::"r"(RESERVED),
		             "r"(MARK));
	if (V == memo_local_end)
		asm volatile("st.local.u32 [%0], %1;" ::"r"(LOCAL_END - 256),
		             "r"(MARK));
	if (V == memo_local_deep)
		asm volatile(
		        "st.local.u32 [%0], %1;" ::"r"(LOCAL_END - 816 - 1024),
		        "r"(MARK));
	if (V == memo_cluster)
		cg::this_cluster().sync();
}

/* What only compute-sanitizer sees. */
__device__ void check_tools(const problem &p)
{
	__shared__ volatile int some_words[THREADS], behind[THREADS];
	__shared__ volatile int odd_words[THREADS + 1];

	/* Within what the block is given, which is in pieces of 128 bytes. */
	if (V == shared_outside) {
		odd_words[threadIdx.x] = 1;
		if (threadIdx.x == 0)
			asm volatile("st.shared.u32 [%0], %1;" ::"r"(
			                     (unsigned)(1024 +
			                                sizeof odd_words + 16)),
			             "r"(1));
	}
	if (V == races) {
		some_words[threadIdx.x / 2] = (int)threadIdx.x;
		behind[threadIdx.x] = some_words[(threadIdx.x + 64) % THREADS];
	}
	if (V == reads_unwritten && p.scratch[threadIdx.x + 64] == MARK)
		p.scratch[0] = 1;
}

#endif
