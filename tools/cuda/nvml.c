/* nvml - the GPU's clock, and whether it was lowered */
#include "nvml.h"

#include "memory.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_SM 1
/* Hardware slowdown, software and hardware thermal, power brake. A power cap
 * is no fault of the room: it meets both sides alike. */
#define LOWERED (0x8ull | 0x20ull | 0x40ull | 0x80ull)

struct nvml {
	void *library, *device;
	int (*clock)(void *device, int type, unsigned *mhz);
	int (*reasons)(void *device, unsigned long long *mask);
};

static void find(void *library, const char *name, void *out)
{
	void *symbol = dlsym(library, name);

	memcpy(out, &symbol, sizeof symbol);
}

struct nvml *nvml_open(const char *uuid)
{
	struct nvml *n = xcalloc(1, sizeof *n);
	int (*init)(void), (*by_uuid)(const char *, void **);
	char name[64];

	snprintf(name, sizeof name, "GPU-%s", uuid);
	n->library = dlopen("libnvidia-ml.so.1", RTLD_NOW);
	if (!n->library)
		goto none;
	find(n->library, "nvmlInit_v2", &init);
	find(n->library, "nvmlDeviceGetHandleByUUID", &by_uuid);
	find(n->library, "nvmlDeviceGetClockInfo", &n->clock);
	find(n->library, "nvmlDeviceGetCurrentClocksEventReasons", &n->reasons);
	if (!n->reasons)
		find(n->library, "nvmlDeviceGetCurrentClocksThrottleReasons",
		     &n->reasons);
	if (init && by_uuid && !init() && !by_uuid(name, &n->device))
		return n;
none:
	nvml_close(n);
	return NULL;
}

void nvml_close(struct nvml *n)
{
	if (n && n->library)
		dlclose(n->library);
	free(n);
}

int nvml_clock(struct nvml *n, int *throttled)
{
	unsigned long long mask = 0;
	unsigned mhz = 0;

	*throttled = 0;
	if (!n)
		return 0;
	if (!n->clock || n->clock(n->device, CLOCK_SM, &mhz))
		mhz = 0;
	if (n->reasons && !n->reasons(n->device, &mask))
		*throttled = (mask & LOWERED) != 0;
	return (int)mhz;
}
