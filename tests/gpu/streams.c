/* streams - is a kernel right on two streams at once?
 *
 *	streams cache kernel_dir workloads build.json reference.json
 *
 * Each workload runs alone first, and then beside itself with other values, and
 * beside the one as far from the list's other end, CALLS times each, on streams
 * of their own. Outputs must be what they were, to the bit. Prints a row for
 * each pair; status 1 if one differs; a kernel that hangs ends the program.
 *
 * The kernel gets no memory from here, as in other programs: not linked with
 * -rdynamic, so that scratch() and zeroed() allocate.
 */
#include "direct.h"
#include "memory.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CALLS 20
#define SECONDS 60 /* for a pair */

struct side {
	struct layout_arg *a;
	cu_stream stream;
	cu_address *expected; /* [output] */
};

static void call(struct direct *k, const struct side *s)
{
	hooks.stream = s->stream;
	direct_must(direct_call(k, s->a));
	hooks.stream = k->gpu.stream;
}

static void wait_for(const struct side *s)
{
	direct_must(CU(cuStreamSynchronize(s->stream), &direct_fault));
}

/* So that what is not written shows. */
static void spoil(struct direct *k, const struct side *s)
{
	for (size_t i = k->d->ninputs; i < direct_count(k); i++)
		direct_must(CU(cuMemsetD8Async(s->a[i].address, 0xa5,
		                               s->a[i].bytes, s->stream),
		               &direct_fault));
}

/* Values, and what they give alone. */
static void begin(struct direct *k, struct side *s, const struct workload *w,
                  uint64_t seed)
{
	s->a = direct_arguments(k, w, seed);
	s->expected = xcalloc(k->d->noutputs, sizeof *s->expected);
	spoil(k, s);
	call(k, s);
	for (size_t i = 0; i < k->d->noutputs; i++) {
		const struct layout_arg *a = &s->a[k->d->ninputs + i];

		direct_must(CU(cuMemAlloc(&s->expected[i], a->bytes + 256),
		               &direct_fault) ||
		            CU(cuMemcpyDtoDAsync(s->expected[i], a->address,
		                                 a->bytes, s->stream),
		               &direct_fault));
	}
	wait_for(s);
}

static void end(struct direct *k, struct side *s)
{
	for (size_t i = 0; i < k->d->noutputs; i++)
		cuda.cuMemFree(s->expected[i]);
	free(s->expected);
	direct_free(k, s->a);
}

static uint64_t different(struct direct *k, const struct side *s)
{
	uint64_t sum = 0, n;

	for (size_t i = 0; i < k->d->noutputs; i++) {
		const struct layout_arg *a = &s->a[k->d->ninputs + i];

		direct_must(gpu_count_different(&k->gpu, s->expected[i],
		                                a->address, a->bytes, &n,
		                                &direct_fault));
		sum += n;
	}
	return sum;
}

/* Both at once, so often. Returns how many bytes came out otherwise. */
static uint64_t at_once(struct direct *k, struct side side[2])
{
	uint64_t sum = 0;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 2; i++)
			spoil(k, &side[i]);
		for (int n = 0; n < CALLS; n++)
			for (int i = 0; i < 2; i++)
				call(k, &side[i]);
		for (int i = 0; i < 2; i++)
			wait_for(&side[i]);
		for (int i = 0; i < 2; i++)
			sum += different(k, &side[i]);
	}
	return sum;
}

static uint64_t try_pair(struct direct *k, struct side side[2], size_t a,
                         size_t b)
{
	const struct workload *w = k->list.item;
	uint64_t bytes;

	alarm(SECONDS);
	begin(k, &side[0], &w[a], 1);
	begin(k, &side[1], &w[b], 2);
	bytes = at_once(k, side);
	printf("%s\t%s\t%llu\n", w[a].uuid, w[b].uuid,
	       (unsigned long long)bytes);
	fflush(stdout);
	for (int i = 0; i < 2; i++)
		end(k, &side[i]);
	return bytes;
}

int main(int argc, char *argv[])
{
	struct direct k = {0};
	struct side side[2] = {0};
	uint64_t bytes = 0;

	tool_start();
	if (argc != 6)
		tool_usage("streams cache kernel_dir workloads build.json "
		           "reference.json");
	direct_open(&k, argv + 1);
	for (int i = 0; i < 2; i++)
		direct_must(
		        CU(cuStreamCreate(&side[i].stream, 1), &direct_fault));
	printf("uuid\tbeside\tdifferent_bytes\n");
	for (size_t i = 0; i < k.list.count; i++) {
		bytes += try_pair(&k, side, i, i);
		bytes += try_pair(&k, side, i, k.list.count - 1 - i);
	}
	return bytes ? EXIT_NO : EXIT_YES;
}
