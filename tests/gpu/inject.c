/* inject - CUPTI's view of what a launcher does, for comparison
 *
 * Built as a shared object and named in CUDA_INJECTION64_PATH, it appends a
 * line for each kernel, memset and copy to /tmp/ratchet-cupti.PID: begin and
 * end in nanoseconds, and the name.
 */
#include <cupti.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)1 << 20)

int InitializeInjection(void);

static FILE *out;

static void CUPTIAPI request(uint8_t **buffer, size_t *size, size_t *records)
{
	*buffer = aligned_alloc(8, BUFFER_BYTES);
	*size = BUFFER_BYTES;
	*records = 0;
}

static void print(const CUpti_Activity *record)
{
	if (record->kind == CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL) {
		const CUpti_ActivityKernel10 *k = (const void *)record;

		fprintf(out, "%llu\t%llu\t%s\n", (unsigned long long)k->start,
		        (unsigned long long)k->end, k->name);
	} else if (record->kind == CUPTI_ACTIVITY_KIND_MEMSET) {
		const CUpti_ActivityMemset4 *m = (const void *)record;

		fprintf(out, "%llu\t%llu\t[memset]\n",
		        (unsigned long long)m->start,
		        (unsigned long long)m->end);
	} else if (record->kind == CUPTI_ACTIVITY_KIND_MEMCPY) {
		const CUpti_ActivityMemcpy6 *m = (const void *)record;

		fprintf(out, "%llu\t%llu\t[copy]\n",
		        (unsigned long long)m->start,
		        (unsigned long long)m->end);
	}
}

static void CUPTIAPI complete(CUcontext context, uint32_t stream,
                              uint8_t *buffer, size_t size, size_t valid)
{
	CUpti_Activity *record = NULL;

	(void)context;
	(void)stream;
	(void)size;
	while (!cuptiActivityGetNextRecord(buffer, valid, &record))
		print(record);
	fflush(out);
	free(buffer);
}

/* The launcher ends by being killed, so that nothing may wait for its end. */
static void *flush(void *unused)
{
	for (;;) {
		usleep(20000);
		cuptiActivityFlushAll(0);
	}
	return unused;
}

int InitializeInjection(void)
{
	char path[64];
	pthread_t thread;

	snprintf(path, sizeof path, "/tmp/ratchet-cupti.%d", (int)getpid());
	out = fopen(path, "w");
	if (!out || cuptiActivityRegisterCallbacks(request, complete) ||
	    cuptiActivityEnable(CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL) ||
	    cuptiActivityEnable(CUPTI_ACTIVITY_KIND_MEMSET) ||
	    cuptiActivityEnable(CUPTI_ACTIVITY_KIND_MEMCPY) ||
	    pthread_create(&thread, NULL, flush, NULL))
		return 0;
	return 1;
}
