/* wire - the judge's requests to launchers, and their replies
 *
 * Fixed-size messages over a SOCK_SEQPACKET pair; descriptors of memory travel
 * beside them.
 */
#ifndef WIRE_H
#define WIRE_H

#include "check.h"
#include "cuda.h"
#include "fault.h"

#include <stdint.h>

#define WIRE_SETS 32
#define WIRE_FDS 2

enum wire_op {
	WIRE_HELLO,   /* -> the device; a runner's input and output memory */
	WIRE_FIRST,   /* one call on each of count sets: reset, not timed */
	WIRE_MEASURE, /* the same, timed, once they had their first */
	WIRE_PREPARE, /* of host code: all is reset for the calls from first on
	               */
	WIRE_CALL,    /* these calls, until they are done */
	WIRE_BATCH,   /* calls back to back, sets in rotation */
	WIRE_ADOPT,   /* to the reference: a runner's memory; fill its inputs */
	WIRE_CHECK,   /* to the reference: are these outputs right? */
	WIRE_DRAW,    /* to the reference: new values for the sets */
	WIRE_DROP,    /* to the reference: the runner is gone */
	WIRE_PROBE,   /* to the reference: how fast is the device now? */
};

enum wire_mode { MODE_COLD, MODE_WARM, MODE_GRAPH };

struct wire_request {
	uint32_t op, mode;
	uint32_t runner; /* to the reference: which runner's memory */
	uint32_t side;   /* ADOPT: whose kernel it calls */
	uint32_t workload;
	uint32_t count, calls;
	uint32_t first;        /* PREPARE, CALL: of the sets; `calls` of them */
	uint32_t check_inputs; /* were they changed? */
	uint32_t set[WIRE_SETS];
	uint64_t seed; /* of the poison of set[0]; the next has + 1 */
};

struct wire_reply {
	int32_t fault;   /* detail holds trouble of ours, not the kernel's */
	char reason[24]; /* of verdict.h, or "" */
	char detail[200];
	uint32_t wrong_call; /* with a reason: which call, from 1; 0: unknown */
	int64_t time_ns;     /* events around the calls */
	int64_t host_ns;     /* the launcher's clock around them */
	int64_t anchor_ns;   /* HELLO: events around nothing */
	double least_bytes;  /* CHECK: that the calls had to move */
	double copy_bytes_per_ns; /* HELLO, PROBE: read + written */
	uint64_t free_bytes;      /* HELLO: device memory */
	int64_t draws;            /* CHECK: of measurement */
	struct cuda_device device;
	struct check check;
};

/* Sends a message with fds (fd may be NULL). -1 with errno set. */
int wire_send(int sock, const void *message, size_t len, const int *fd,
              int fds);

/* Waits at most timeout_s (< 0: for ever) for a message of exactly len bytes.
 * Returns 1; 0 at the end of the stream; -1 with errno set, ETIMEDOUT too.
 * *fds descriptors at most come into fd; *fds becomes their number. */
int wire_receive(int sock, void *message, size_t len, int *fd, int *fds,
                 double timeout_s);

#endif
