/* occupancy - how many warps of a kernel a multiprocessor holds at once */
#ifndef OCCUPANCY_H
#define OCCUPANCY_H

struct occupancy {
	int blocks, warps; /* at once */
	int of;            /* warps that the multiprocessor could hold */
	const char *limit; /* "registers", "shared memory", "warps", "blocks" */
};

/* Of a kernel on "sm_90" or "sm_90a": registers of a thread, bytes of shared
 * memory and threads of a block. Returns -1 for an architecture that it does
 * not know, or what does not fit. */
int occupancy_compute(const char *arch, int registers, int shared, int threads,
                      struct occupancy *out);

#endif
