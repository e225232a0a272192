/* base - base.json: what an experiment was made from
 *
 * Written last when an experiment is claimed: a folder without it is a claim
 * that died, and may be taken over.
 */
#ifndef BASE_H
#define BASE_H

#include "build.h"
#include "fault.h"
#include "json.h"
#include "lineage.h"

struct base {
	const char *experiment, *kernel, *device, *proposer;
	const char *incumbent;  /* "shipped" or an experiment */
	const char *created_at; /* ISO 8601 */
	const char *source, *incumbent_source, *incumbent_object; /* sha256 */
	const char *device_name, *driver; /* of what is to judge it, as
	                                     host.h; NULL: not known */
	const char *reference; /* sha256, of a project its harness; "" */
	const json *knobs;     /* {"NAME": "VALUE"} */
	int allows_host;       /* it may be accepted by times that are host's */
	/* Where a model proposed it; direction NULL where none did. */
	const char *direction; /* direction.h */
	const char *parent;    /* whose source the change was made to */
	const char *model;     /* "" where the proposer did not say */
	double predicted;      /* times as fast; NAN where nothing was said */
	int64_t turns;         /* of code/, the last being the candidate's */
	json *document;        /* owns what is above */
};

/* Returns -1 with the fault set ("path:line: reason"). */
int base_read(const char *path, struct base *out, struct fault *f);
void base_free(struct base *b);

/* Was the result at path measured on such a device? Returns -1 with the fault
 * set: what is not is never compared. */
int base_agrees(const struct base *b, const char *path, const char *device_name,
                const char *driver, struct fault *f);

/* What an experiment stands on: all that its hashes cover. */
struct ground {
	const char *kernel_dir, *device, *workloads;
	struct incumbent incumbent;
	struct build build; /* the incumbent's */
};

/* The text of base.json for an experiment on this ground, with what the
 * variable ALLOW_HOST_TIMED allows: of b, the experiment, proposer, created_at,
 * source, knobs and what is a model's count. Caller frees. Returns NULL with
 * the fault set. */
char *base_text(const struct base *b, const struct ground *g, struct fault *f);

#endif
