/* device - what implements session.h for one kind of device
 *
 * A device's own session and runner begin with the structs below.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "session.h"

struct device {
	struct session *(*open)(const struct job *job, struct fault *f);
	void (*close)(struct session *s);
	/* NULL where nothing of a call outlives it. */
	int (*refresh)(struct session *s, size_t workload, int set,
	               struct fault *f);
	struct runner *(*start)(struct session *s, enum side side, int writable,
	                        struct fault *f);
	void (*end)(struct runner *r); /* NULL where stop is quick */
	void (*stop)(struct runner *r);
	int (*measure)(struct runner *r, size_t workload, const int *set,
	               int count, const char *mode, struct measurement *m,
	               struct fault *f);
	int (*batch)(struct runner *r, size_t workload, int calls,
	             struct measurement *m, struct fault *f);
	int64_t (*anchor_ns)(struct session *s);
	/* NULL where there is nobody to wait for, or nothing to hang. */
	int (*wait)(struct session *s, struct fault *f);
	int (*answers)(struct fault *f);
};

struct session {
	const struct device *device;
	char name[128], driver[64]; /* for the records */
	char reference[64];         /* and these: as session_reference */
	const char *timing;         /* TIMING_* */
	int fits;                   /* as session_fits, or 0 */
};

struct runner {
	const struct device *device;
};

extern const struct device cpu_device;     /* cpu_session.c */
extern const struct device cuda_device;    /* cuda_session.c */
extern const struct device harness_device; /* harness_session.c */

#endif
