/* affine - y = a * x + 1 and h = bfloat16(x), in all the ways that matter
 *
 * -DVARIANT=name chooses how it is launched, or how it cheats. `honest` is
 * also the reference.
 */
#include "ratchet.h"

#include <cooperative_groups.h>
#include <cuda.h>
#include <cuda_bf16.h>
#include <unistd.h>

namespace cg = cooperative_groups;

enum variant {
	honest,          /* one launch */
	two_launches,    /* a memset, then two launches that share scratch */
	copies,          /* a copy to scratch first */
	cluster,         /* clusters of 16 */
	shared_memory,   /* 100 KB of dynamic shared memory */
	tensor_map,      /* a TMA descriptor as parameter */
	cooperative,     /* a grid-wide barrier */
	dependent,       /* programmatic dependent launch */
	forked,          /* two streams that join again */
	counters,        /* zeroed() counters that it clears itself */
	constants,       /* reads __constant__ and __device__ tables */
	many_globals,    /* counts calls in globals of many sizes */
	wrong_element,   /* one, in the last place */
	unwritten,       /* the last 64 elements */
	nothing,         /* launches an empty kernel */
	nan_element,     /* one */
	outside,         /* 16 bytes beyond the output */
	mutate,          /* changes its input back and forth: x[0] */
	stray,           /* writes to an address of nobody's */
	trap,            /* traps */
	hang,            /* never ends */
	memo_global,     /* right at its first call: counts calls in a global */
	memo_scratch,    /* the same in scratch memory */
	memo_shared,     /* the same in shared memory */
	memo_shared_all, /* at the end of all shared memory that there is */
	memo_reserved,   /* in what the system keeps of shared memory */
	memo_cluster,    /* in the shared memory of the cluster's next block */
	memo_local,      /* in an array of each thread */
	memo_local_end,  /* beyond the stack, at the end of local memory */
	memo_local_deep, /* at the depth of the stack's limit */
	memo_large,      /* in a large array of each thread */
	memo_rest,       /* in memory behind a small workload's outputs */
	evict_last,      /* asks that its input stay in the L2 */
	launches,        /* launches from the device */
	shared_outside,  /* writes beyond a shared array */
	reads_unwritten, /* scratch memory that nobody wrote */
	races,           /* on shared memory; the answer is right anyway */
	dirty,           /* leaves zeroed() memory dirty */
	device_malloc,   /* allocates on the device */
	prints,          /* printf on the device */
	big_globals,     /* more than 1 MiB */
	too_much,        /* asks for more shared memory than there is */
	host_sync,       /* synchronizes the stream */
	host_read,       /* copies to the host */
	host_callback,   /* a host function in the stream */
	host_malloc,     /* cudaMallocAsync */
	other_stream,    /* launches on a stream of its own */
	no_launch,       /* launches nothing */
	dies,            /* exits in a constructor */
	sleeps,          /* never returns */
	fails,           /* reports an error */
	breaks_out,      /* tries to get out of its jail: breakout.c */
};
constexpr variant V = VARIANT;

#define THREADS 256

__device__ int calls;
__constant__ float constant_one = 1;
__device__ float table[4] = {0, 1, 2, 3};
struct sizes {
	char one, three[3];
	double eight[5];
};
__device__ sizes some;
__device__ char few[7];
__device__ int64_t more[100] = {5};
#if VARIANT_IS_BIG
__device__ char big[(1 << 20) + 16];
#endif

struct problem {
	const float *x;
	float a;
	float *y;
	__nv_bfloat16 *h;
	int64_t n;
	int *scratch;
};

#include "memo.h"

#if VARIANT_LAUNCHES
__global__ void child(float *y)
{
	y[0] = 0;
}
#endif

__device__ float load(const float *x)
{
	uint64_t policy;
	float v;

	if (V != evict_last)
		return *x;
	asm volatile("createpolicy.fractional.L2::evict_last.b64 %0, 1.0;"
	             : "=l"(policy));
	asm volatile("ld.global.L2::cache_hint.f32 %0, [%1], %2;"
	             : "=f"(v)
	             : "l"(x), "l"(policy));
	return v;
}

__device__ void element(const problem &p, int64_t i, float one)
{
	if (V == unwritten && i >= p.n - 64)
		return;
	p.y[i] = p.a * load(p.x + i) + one;
	if (V == wrong_element && i == p.n - 1)
		p.y[i] += 0.5f;
	if (V == nan_element && i == p.n / 2)
		p.y[i] = NAN;
	p.h[i] = __float2bfloat16_rn(load(p.x + i));
}

__device__ void misbehave(const problem &p)
{
	leave_mark(p);
	if (blockIdx.x || threadIdx.x)
		return;
	if (V == memo_global)
		calls++;
	if (V == many_globals) {
		calls++;
		some.three[1]++;
		some.eight[4]++;
		few[3]++;
		more[99]++;
	}
	if (V == outside)
		for (int i = 0; i < 4; i++)
			p.y[p.n + i] = 1;
	if (V == mutate)
		((volatile float *)p.x)[0] = p.x[0] + 1;
	if (V == stray)
		*(volatile int *)0x123456789000 = 1;
	if (V == trap)
		__trap();
	if (V == device_malloc)
		*(char *)malloc(16) = 1;
	if (V == prints)
		printf("verdict: accept\n");
	if (V == dirty)
		p.scratch[1] = 1;
	while (V == hang && p.n > 0)
		__nanosleep(1000);
#if VARIANT_LAUNCHES
	child<<<1, 1>>>(p.y);
#endif
#if VARIANT_IS_BIG
	big[p.n & 1023] = 1;
#endif
}

__global__ void affine(problem p)
{
	bool fine = V == memo_local   ? first_in_array<8>(p.n)
	            : V == memo_large ? first_in_array<2048>(p.n)
	                              : first_call(p);
	float one = V == constants ? constant_one * table[1] : 1;
	int64_t step = (int64_t)gridDim.x * blockDim.x;

	for (int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
	     i < p.n; i += step)
		element(p, i, fine ? one : 3);
	__syncthreads();
	check_tools(p);
	misbehave(p);
}

/* scratch = a * x, then y = scratch + 1. */
__global__ void first_half(problem p, float *part)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	cudaTriggerProgrammaticLaunchCompletion();
	if (i < p.n)
		part[i] = p.a * p.x[i];
}

__global__ void second_half(problem p, const float *part)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (V == dependent)
		cudaGridDependencySynchronize();
	if (i >= p.n)
		return;
	p.y[i] = part[i] + 1;
	p.h[i] = __float2bfloat16_rn(p.x[i]);
}

__global__ void only_h(problem p)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < p.n)
		p.h[i] = __float2bfloat16_rn(p.x[i]);
}

__global__ void only_y(problem p)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < p.n)
		p.y[i] = p.a * p.x[i] + 1;
}

__global__ void in_clusters(problem p)
{
	cg::cluster_group c = cg::this_cluster();
	int64_t step = (int64_t)gridDim.x * blockDim.x;
	__shared__ float one;

	if (threadIdx.x == 0)
		*c.map_shared_rank(&one, (c.block_rank() + 1) % 16) =
		        (float)c.num_blocks() / 16;
	c.sync();
	for (int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
	     i < p.n; i += step)
		element(p, i, one);
	c.sync();
}

__global__ void in_shared(problem p)
{
	extern __shared__ float keep[];
	float *mine = keep + 100 * 256 - THREADS + threadIdx.x;
	int64_t step = (int64_t)gridDim.x * blockDim.x;

	for (int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
	     i < p.n; i += step) {
		*mine = p.x[i];
		p.y[i] = p.a * *mine + 1;
		p.h[i] = __float2bfloat16_rn(*mine);
	}
}

/* Every block fetches its 256 elements through the descriptor. */
__global__ void by_tensor_map(const __grid_constant__ CUtensorMap map,
                              problem p)
{
	__shared__ alignas(128) float box[THREADS];
	__shared__ alignas(8) unsigned long long bar;
	unsigned b = (unsigned)__cvta_generic_to_shared(&bar);
	unsigned d = (unsigned)__cvta_generic_to_shared(box);
	int64_t i = (int64_t)blockIdx.x * THREADS + threadIdx.x;
	unsigned done = 0;

	if (threadIdx.x == 0) {
		asm volatile("mbarrier.init.shared.b64 [%0], 1;" ::"r"(b));
		asm volatile("fence.proxy.async.shared::cta;");
		asm volatile("mbarrier.arrive.expect_tx.shared.b64 _, [%0], "
		             "1024;" ::"r"(b));
		asm volatile("cp.async.bulk.tensor.1d.shared::cluster.global."
		             "mbarrier::complete_tx::bytes [%0], [%1, {%2}], "
		             "[%3];" ::"r"(d),
		             "l"(&map), "r"((int)(blockIdx.x * THREADS)), "r"(b)
		             : "memory");
	}
	__syncthreads();
	while (!done)
		asm volatile("{.reg .pred p; mbarrier.try_wait.parity.shared."
		             "b64 p, [%1], 0; selp.u32 %0, 1, 0, p;}"
		             : "=r"(done)
		             : "r"(b));
	if (i < p.n) {
		p.y[i] = p.a * box[threadIdx.x] + 1;
		p.h[i] = __float2bfloat16_rn(box[threadIdx.x]);
	}
}

__global__ void with_barrier(problem p, float *part)
{
	int64_t step = (int64_t)gridDim.x * blockDim.x;
	int64_t from = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	for (int64_t i = from; i < p.n; i += step)
		part[p.n - 1 - i] = p.a * p.x[p.n - 1 - i];
	cg::this_grid().sync();
	for (int64_t i = from; i < p.n; i += step) {
		p.y[i] = part[i] + 1;
		p.h[i] = __float2bfloat16_rn(p.x[i]);
	}
}

/* The last block to arrive does the last element, and clears the counter. */
__global__ void with_counter(problem p, unsigned *counter)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
	__shared__ bool last;

	if (i < p.n - 1)
		element(p, i, 1);
	__syncthreads();
	if (threadIdx.x == 0)
		last = atomicAdd(counter, 1) == gridDim.x - 1;
	__syncthreads();
	if (last && threadIdx.x == 0) {
		element(p, p.n - 1, 1);
		*counter = 0;
	}
}

static void launch_with(const void *kernel, unsigned grid, unsigned shared,
                        void **args, cudaStream_t stream,
                        cudaLaunchAttributeID id, unsigned value)
{
	cudaLaunchConfig_t c = {};
	cudaLaunchAttribute a[1] = {};

	a[0].id = id;
	if (id == cudaLaunchAttributeClusterDimension) {
		a[0].val.clusterDim.x = value;
		a[0].val.clusterDim.y = a[0].val.clusterDim.z = 1;
	} else if (id == cudaLaunchAttributeCooperative) {
		a[0].val.cooperative = (int)value;
	} else {
		a[0].val.programmaticStreamSerializationAllowed = (int)value;
	}
	c.gridDim = dim3(grid);
	c.blockDim = dim3(THREADS);
	c.dynamicSmemBytes = shared;
	c.stream = stream;
	c.attrs = a;
	c.numAttrs = 1;
	cudaLaunchKernelExC(&c, kernel, args);
}

static int launch_tensor_map(problem p, unsigned grid, cudaStream_t stream)
{
	cuuint64_t size[1] = {(cuuint64_t)p.n}, stride[1] = {0};
	cuuint32_t box[1] = {THREADS}, step[1] = {1};
	cudaDriverEntryPointQueryResult found;
	void *encode = NULL;
	CUtensorMap map;

	cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &encode,
	                                 12000, cudaEnableDefault, &found);
	if (!encode ||
	    ((decltype(&cuTensorMapEncodeTiled))encode)(
	            &map, CU_TENSOR_MAP_DATA_TYPE_FLOAT32, 1, (void *)p.x, size,
	            stride, box, step, CU_TENSOR_MAP_INTERLEAVE_NONE,
	            CU_TENSOR_MAP_SWIZZLE_NONE, CU_TENSOR_MAP_L2_PROMOTION_NONE,
	            CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE))
		return ratchet_fail("RuntimeError", "no tensor map");
	by_tensor_map<<<grid, THREADS, 0, stream>>>(map, p);
	return 0;
}

static void launch_forked(problem p, unsigned grid, cudaStream_t stream)
{
	static cudaStream_t other;
	static cudaEvent_t forked, joined;

	if (!other) {
		cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking);
		cudaEventCreateWithFlags(&forked, cudaEventDisableTiming);
		cudaEventCreateWithFlags(&joined, cudaEventDisableTiming);
	}
	cudaEventRecord(forked, stream);
	cudaStreamWaitEvent(other, forked);
	only_h<<<grid, THREADS, 0, other>>>(p);
	only_y<<<grid, THREADS, 0, stream>>>(p);
	cudaEventRecord(joined, other);
	cudaStreamWaitEvent(stream, joined);
}

static void launch_halves(problem p, unsigned grid, cudaStream_t stream)
{
	float *part = (float *)scratch((size_t)p.n * 4 + 256);
	void *args[] = {&p, &part};

	if (V == two_launches)
		cudaMemsetAsync(part, 0x11, (size_t)p.n * 4, stream);
	if (V == copies) {
		cudaMemcpyAsync(part, p.x, (size_t)p.n * 4,
		                cudaMemcpyDeviceToDevice, stream);
		p.x = part;
		affine<<<grid, THREADS, 0, stream>>>(p);
		return;
	}
	first_half<<<grid, THREADS, 0, stream>>>(p, part);
	if (V == dependent)
		launch_with((const void *)second_half, grid, 0, args, stream,
		            cudaLaunchAttributeProgrammaticStreamSerialization,
		            1);
	else
		second_half<<<grid, THREADS, 0, stream>>>(p, part);
}

static void launch_cooperative(problem p, cudaStream_t stream)
{
	float *part = (float *)scratch((size_t)p.n * 4);
	void *args[] = {&p, &part};

	launch_with((const void *)with_barrier, 132, 0, args, stream,
	            cudaLaunchAttributeCooperative, 1);
}

static void allow_shared(const void *kernel, int bytes)
{
	cudaFuncSetAttribute(
	        kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
}

static void launch_shared(problem p, unsigned grid, cudaStream_t stream)
{
	allow_shared((const void *)in_shared, 100 * 1024);
	in_shared<<<grid, THREADS, 100 * 1024, stream>>>(p);
}

static void launch_clusters(problem p, unsigned grid, cudaStream_t stream)
{
	void *args[] = {&p};

	cudaFuncSetAttribute((const void *)in_clusters,
	                     cudaFuncAttributeNonPortableClusterSizeAllowed, 1);
	launch_with((const void *)in_clusters, (grid + 15) / 16 * 16, 0, args,
	            stream, cudaLaunchAttributeClusterDimension, 16);
}

static void do_nothing(void *)
{
}

/* What a host does besides launching. */
static void disturb(problem p, cudaStream_t stream)
{
	static float host[16];
	void *memory;

	if (V == host_sync)
		cudaStreamSynchronize(stream);
	if (V == host_read)
		cudaMemcpyAsync(host, p.x, sizeof host, cudaMemcpyDeviceToHost,
		                stream);
	if (V == host_callback)
		cudaLaunchHostFunc(stream, do_nothing, NULL);
	if (V == host_malloc) {
		cudaMallocAsync(&memory, 1024, stream);
		cudaFreeAsync(memory, stream);
	}
	while (V == sleeps)
		;
}

static cudaStream_t stream_of(const DLTensor *x)
{
	static cudaStream_t own;

	if (V != other_stream)
		return ratchet_stream(x);
	if (!own)
		cudaStreamCreateWithFlags(&own, cudaStreamNonBlocking);
	return own;
}

static int launch(problem p, unsigned grid, cudaStream_t stream)
{
	void *args[] = {&p};
	unsigned few = grid < 1024 ? grid : 1024;
	unsigned alone = grid < 128 ? grid : 128; /* one to a processor */

	switch (V) {
	case two_launches:
	case copies:
	case dependent:
		launch_halves(p, grid, stream);
		break;
	case cluster:
		launch_clusters(p, few, stream);
		break;
	case shared_memory:
		launch_shared(p, few, stream);
		break;
	case tensor_map:
		return launch_tensor_map(p, grid, stream);
	case cooperative:
		launch_cooperative(p, stream);
		break;
	case forked:
		launch_forked(p, grid, stream);
		break;
	case counters:
		with_counter<<<grid, THREADS, 0, stream>>>(
		        p, (unsigned *)zeroed(256));
		break;
	case nothing:
		p.n = 0;
		affine<<<1, THREADS, 0, stream>>>(p);
		break;
	case too_much:
		affine<<<grid, THREADS, 300 * 1024, stream>>>(p);
		break;
	case no_launch:
		break;
	case memo_shared:
	case memo_reserved:
		affine<<<alone, THREADS, 32 * 1024, stream>>>(p);
		break;
	case memo_shared_all:
		allow_shared((const void *)affine, 227 * 1024);
		affine<<<alone, THREADS, 227 * 1024, stream>>>(p);
		break;
	case memo_cluster:
		launch_with((const void *)affine, 128, 32 * 1024, args, stream,
		            cudaLaunchAttributeClusterDimension, 2);
		break;
	default:
		affine<<<few, THREADS, 0, stream>>>(p);
	}
	return 0;
}

struct killer {
	killer()
	{
		if (V == dies)
			_exit(0);
	}
};
static killer killer;

#if VARIANT_BREAKS_OUT
extern "C" const char *breakout_attempt(void);
#else
static const char *breakout_attempt(void)
{
	return NULL;
}
#endif

static int run(const DLTensor *x, double a, const DLTensor *y,
               const DLTensor *h)
{
	int64_t n = x->shape[0];
	problem p = {(const float *)ratchet_data(x),
	             (float)a,
	             (float *)ratchet_data(y),
	             (__nv_bfloat16 *)ratchet_data(h),
	             n,
	             NULL};

	if (RATCHET_WANT(x, RATCHET_FLOAT32, n) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n) ||
	    RATCHET_WANT(h, RATCHET_BFLOAT16, n))
		return -1;
	if (const char *got = breakout_attempt())
		return ratchet_fail("Breakout", got);
	if (V == fails)
		return ratchet_fail("ValueError", "not today");
	if (V == memo_scratch || V == reads_unwritten)
		p.scratch = (int *)scratch(65536);
	if (V == dirty)
		p.scratch = (int *)zeroed(256);
	disturb(p, stream_of(x));
	if (launch(p, (unsigned)((n + THREADS - 1) / THREADS), stream_of(x)))
		return -1;
	return V == too_much ? 0 : ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor, tensor)
