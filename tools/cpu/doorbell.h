/* doorbell - what the judge and a worker write to each other
 *
 * One page or so of shared memory. The judge describes a call, adds one to
 * bell and wakes the worker; the worker carries it out, copies bell's value to
 * done and wakes the judge. The judge believes nothing that it reads here.
 */
#ifndef DOORBELL_H
#define DOORBELL_H

#include "definition.h"

#include <stdatomic.h>
#include <stdint.h>

#define DOORBELL_ARGS 64
#define DOORBELL_MESSAGE 160

/* The worker's descriptors. */
enum { WORKER_DOORBELL = 3, WORKER_INPUTS, WORKER_OUTPUTS, WORKER_KERNEL };

enum doorbell_op {
	DOORBELL_LOAD,     /* say whether the kernel could be loaded */
	DOORBELL_RUN,      /* call the kernel once, with the arguments below */
	DOORBELL_EMPTY,    /* do nothing, to see what that costs */
	DOORBELL_INPUTS,   /* call the reference's inputs so */
	DOORBELL_EVALUATE, /* and its evaluate */
	DOORBELL_OPS
};

struct doorbell_arg {
	enum { ARG_INPUT, ARG_OUTPUT, ARG_INTEGER, ARG_FLOAT, ARG_BOOL } kind;
	uint8_t code, bits; /* as DLDataType's */
	int32_t ndim;
	int64_t shape[MAX_DIMS];
	uint64_t offset; /* in the memory of inputs or outputs */
	int64_t integer;
	double number;
};

struct doorbell {
	_Atomic uint32_t bell, done;
	uint32_t op;
	uint32_t writable;              /* map the inputs writable */
	char sanitizer[32];             /* a library to run under, or "" */
	uint32_t exports;               /* 1 << op of what there is to call */
	int32_t failed;                 /* what the kernel returned */
	char message[DOORBELL_MESSAGE]; /* and said */
	uint32_t nargs;
	struct doorbell_arg arg[DOORBELL_ARGS];
};

/* Sleeps while *word is value, at most so many ns (< 0: for ever). May return
 * early. */
void doorbell_wait(_Atomic uint32_t *word, uint32_t value, int64_t ns);
void doorbell_wake(_Atomic uint32_t *word);

#endif
