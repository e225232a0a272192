/* side_run - a launcher's requests: reset all state, run calls, time them */
#ifndef SIDE_RUN_H
#define SIDE_RUN_H

#include "gpu.h"
#include "layout.h"
#include "replay.h"
#include "wire.h"

struct side {
	struct gpu gpu;
	const struct layout *layout;
	struct plan *plan;
	struct cubin cubin;
	struct replay replay;
	uint64_t mapped[ARENAS];
	char *called; /* which calls ran before */
};

/* Does what a request asks for and fills the reply. */
void side_perform(struct side *s, const struct wire_request *q,
                  struct wire_reply *reply);

#endif
