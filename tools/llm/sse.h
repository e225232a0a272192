/* sse - server-sent events, however the bytes of a stream are cut
 *
 * As the HTML standard reads them: lines end with LF, CR or both; comments and
 * unknown fields are passed over; an event's data lines are joined by LF; what
 * is not UTF-8 becomes U+FFFD; an event that the end of the stream cuts off is
 * none.
 */
#ifndef SSE_H
#define SSE_H

#include "buffer.h"

#define SSE_MAX ((size_t)4 << 20) /* bytes of one event */

/* One event's data, with a NUL after it. Nonzero ends the reading. */
typedef int sse_take(void *to, const char *data, size_t len);

struct sse { /* all zero at the start */
	struct buffer line, data;
	int after_cr, begun;
};

/* Returns 0, what take returned if that was not 0, or -1 if an event is longer
 * than SSE_MAX. */
int sse_feed(struct sse *s, const char *bytes, size_t len, sse_take *take,
             void *to);
void sse_free(struct sse *s);

#endif
