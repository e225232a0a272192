/* nvml - the GPU's clock, and whether it was lowered */
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

#endif
