/* nvml - the GPU's clock, whether it was lowered, and who else uses the GPU */
#include "nvml.h"

#include "memory.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLOCK_SM 1
#define BUSY 10 /* percent of the time */
#define PROCESSES 64
/* Hardware slowdown, software and hardware thermal, power brake. A power cap
 * is no fault of the room: it meets both sides alike. */
#define LOWERED (0x8ull | 0x20ull | 0x40ull | 0x80ull)

struct utilization {
	unsigned gpu, memory; /* percent, over about the last second */
};

struct process {
	unsigned pid;
	unsigned long long bytes;
	unsigned gpu_instance, compute_instance;
};

struct nvml {
	void *library, *device;
	int (*clock)(void *device, int type, unsigned *mhz);
	int (*reasons)(void *device, unsigned long long *mask);
	int (*utilization)(void *device, struct utilization *u);
	int (*processes)(void *device, unsigned *count, struct process *p);
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
	find(n->library, "nvmlDeviceGetUtilizationRates", &n->utilization);
	find(n->library, "nvmlDeviceGetComputeRunningProcesses_v3",
	     &n->processes);
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

/* -1 if there is no such process, or none to be seen. */
static int parent_of(int pid)
{
	char path[64], line[512] = "", *p;
	FILE *file;
	int parent = -1;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	/* Its name, in parentheses, may hold anything. */
	if (fgets(line, sizeof line, file) && (p = strrchr(line, ')')) != NULL)
		parent = atoi(p + strcspn(p, "RSDTtZXxKWPI") + 1);
	fclose(file);
	return parent;
}

/* Is it alive, and no child of this process? */
static int is_other(int pid)
{
	int me = (int)getpid();

	for (int i = 0; pid > 1 && i < 64; i++) {
		if (pid == me)
			return 0;
		pid = parent_of(pid);
	}
	return pid >= 0;
}

int nvml_other(struct nvml *n)
{
	struct process p[PROCESSES];
	struct utilization u;
	unsigned count = PROCESSES;

	if (!n || !n->processes || !n->utilization ||
	    n->utilization(n->device, &u) || u.gpu < BUSY ||
	    n->processes(n->device, &count, p))
		return 0;
	for (unsigned i = 0; i < count; i++)
		if (is_other((int)p[i].pid))
			return (int)p[i].pid;
	return 0;
}
