/* standing - how far each kernel has come, on each device, by its ledger */
#ifndef STANDING_H
#define STANDING_H

#include "ledger.h"

#include <dirent.h>

struct standing {
	char *kernel;
	const char *device;
	struct ledger ledger; /* of the kernel, all devices */
	struct link *link;
	char *stopped; /* why its loop stopped itself, or NULL */
	double *best;  /* times of the incumbents, the start's being 1 */
	size_t bests;  /* the start first */
	size_t count;  /* experiments of this device */
	size_t accepted;
	const struct ledger_entry *stands; /* NULL: what was shipped */
	const struct ledger_entry *last;   /* of this device */
};

struct standings {
	struct standing *item; /* by kernel, then device */
	size_t count;
};

/* Is it a folder of records? Beside them lies the page of all. */
int is_records(const struct dirent *e);

/* Of every folder of experiments that has a ledger; experiments is the folder
 * above them. Returns -1 with the fault set. */
int standings_read(const char *experiments, struct standings *out,
                   struct fault *f);
void standings_free(struct standings *s);

#endif
