/* samples - bench.tsv and confirm.tsv: raw timings, one row a slot
 *
 * "# key value" lines, the header, then rows. What the columns mean is in
 * ratchet-files(5).
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "fault.h"
#include "session.h"
#include "sha256.h"

struct sample {
	char phase[8];     /* anchor, bench, wall, trial */
	int process, pair; /* from 1 */
	enum side side;    /* SIDE_COUNT ("-") for anchor */
	char mode[8];
	char workload[64]; /* uuid, or "-" for anchor */
	int set;           /* the first of the slot, or -1 */
	int calls;
	int64_t time_ns, wall_ns; /* totals of calls */
	int sm_mhz, throttled;
	char status[24]; /* ok, or a reason */
};

struct samples {
	struct sample *row;
	size_t count;
	char *notes; /* "# key value" lines, newline-terminated, or "" */
	char sha256[SHA256_HEX]; /* of the text that was read */
};

/* Reads path or, where it is not there, path.gz, which has the same text.
 * Returns -1 with the fault set ("path:line: reason") and nothing to free. */
int samples_read(const char *path, struct samples *s, struct fault *f);

/* Returns -1 with errno set. */
int samples_write(const char *path, const struct samples *s);

/* A zeroed struct samples is empty; both copy what they are given. */
void samples_add(struct samples *s, const struct sample *row);
void samples_note(struct samples *s, const char *key, const char *value);

/* The value of a note, or NULL; caller frees. */
char *samples_get_note(const struct samples *s, const char *key);
void samples_free(struct samples *s);

#endif
