/* proposal - a candidate's source and the page that explains it */
#ifndef PROPOSAL_H
#define PROPOSAL_H

#include "lineage.h"

struct proposal {
	char *source;
	size_t len;
	const char *extension; /* "c", "cu", "json" */
	json *knobs;           /* {"NAME": "VALUE"} */
	char *page;            /* proposal.md, without its heading */
};

/* The next point of the knobs' space. Returns 0, 1 where there is none left
 * (the fault says why), -1 with the fault set. */
int proposal_by_tune(const struct incumbent *inc, const char *device,
                     const struct ledger *l, struct proposal *out,
                     struct fault *f);

/* A person's file. Returns -1 with the fault set. */
int proposal_from_file(const char *path, const char *device,
                       struct proposal *out, struct fault *f);

/* A model's text for a solution of this name, without a page. Takes source.
 * Knobs that cannot be read are a fault. */
int proposal_from_text(char *source, const char *name, struct proposal *out,
                       struct fault *f);
void proposal_free(struct proposal *p);

#endif
