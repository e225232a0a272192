/* cpu_name - this processor and its system, for the records */
#ifndef CPU_NAME_H
#define CPU_NAME_H

#include "device.h"

/* "Intel(R) Xeon(R) Processor, 2 threads", "Linux 6.1.0". */
/* Its model: "Intel(R) Xeon(R) Processor"; the system: "Linux 6.1.0". */
void cpu_model(char *out, size_t len);
void cpu_system(char *out, size_t len);

/* Both into a session, the model with the threads that are used. */
void cpu_name(struct session *s, int threads);

#endif
