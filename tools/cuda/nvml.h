/* nvml - the GPU's clock, whether it was lowered, and who else uses the GPU */
#ifndef NVML_H
#define NVML_H

struct nvml;

/* For the device of that UUID (as in struct cuda_device). NULL where the
 * library or the device is not there. */
struct nvml *nvml_open(const char *uuid);
void nvml_close(struct nvml *n);

/* The multiprocessors' clock in MHz (0 if unknown), and whether heat or the
 * hardware's own protection lowers it now. n may be NULL. */
int nvml_clock(struct nvml *n, int *throttled);

/* The process of somebody else, no child of this one, that computes on the
 * device, while the device is busy; 0 for none, or if that cannot be known.
 * Where processes are in other containers, none is seen. */
int nvml_other(struct nvml *n);

#endif
