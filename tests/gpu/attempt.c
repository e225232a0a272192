/* attempt - what tests/kernels/breakout.c attempts, for a CUDA kernel's host */
#define _GNU_SOURCE
#include "ratchet.h"

#undef RATCHET_EXPORT
#define RATCHET_EXPORT(run, ...)                                               \
	const char *breakout_attempt(void);                                    \
	const char *breakout_attempt(void)                                     \
	{                                                                      \
		(void)run;                                                     \
		return attempt();                                              \
	}
#include "../kernels/breakout.c"
