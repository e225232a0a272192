/* answer_page - a request's answer, whole */
#ifndef ANSWER_PAGE_H
#define ANSWER_PAGE_H

#include "buffer.h"
#include "pages.h"
#include "request.h"

/* The answer to a request; NULL: to what is none. port: the only one whose
 * names for this machine a Host may have. */
void answer_page(struct pages *p, const struct request *r, int port,
                 struct buffer *out);

#endif
