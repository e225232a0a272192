/* cpu_name - this processor and its system, for the records */
#ifndef CPU_NAME_H
#define CPU_NAME_H

#include "device.h"

/* "Intel(R) Xeon(R) Processor, 2 threads", "Linux 6.1.0". */
void cpu_name(struct session *s, int threads);

#endif
