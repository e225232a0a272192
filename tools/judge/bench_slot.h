/* bench_slot - some calls of one side on one workload */
#ifndef BENCH_SLOT_H
#define BENCH_SLOT_H

#include "bench_rows.h"

/* A call on planted values, among those of a slot. */
struct probe {
	int set; /* -1: none */
	int at;  /* after so many calls of the slot */
};

/* Draws whether the slots of a triple have a probe, and which. */
struct probe bench_probe(struct bench *b, int calls);

/* Values for so many calls that no process has seen: nothing to remember
 * answers by. Returns -1 with the fault set. */
int bench_draw(struct bench *b, size_t workload, int calls, struct fault *f);

/* Takes a slot's time, but for the probe (which may be NULL). s->set becomes
 * its first set. 0, or as bench_fail. */
int bench_slot(struct bench *b, struct slot *s, const struct probe *probe,
               struct measurement *m, struct fault *f);

#endif
