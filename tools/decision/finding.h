/* finding - the outcome and reason that the evidence asks for */
#ifndef FINDING_H
#define FINDING_H

#include "evidence.h"

/* The decision, and the measurements that its numbers come from. */
struct finding {
	const char *outcome, *reason;
	char *detail;                       /* a sentence for people, or NULL */
	const struct measurements *numbers; /* NULL where there are none */
};

/* Strings other than detail belong to the evidence. */
void finding_make(const struct evidence *e, struct finding *out);
void finding_free(struct finding *found);

#endif
