/* statement - proposal.txt: what its author expects of a candidate
 *
 * The four fields of a model's reply (reply.h) without a block. A person's and
 * an agent's candidate has one beside it.
 */
#ifndef STATEMENT_H
#define STATEMENT_H

#include "reply.h"

#define STATEMENT_MAX ((size_t)16 << 10)

/* name is for the reason. Returns -1 with it set and nothing to free; else the
 * fields of out are set, for reply_free. */
int statement_read(const char *text, size_t len, const char *name,
                   struct reply *out, struct fault *why);

/* The four lines again. Caller frees. */
char *statement_text(const struct reply *r);

/* As paragraphs of proposal.md, from where HYPOTHESIS is read again
 * (hypothesis.h). Caller frees. */
char *statement_page(const struct reply *r);

#endif
