/* side_run - a launcher's requests: reset all state, run calls, time them */
#ifndef SIDE_RUN_H
#define SIDE_RUN_H

#include "gpu.h"
#include "layout.h"
#include "replay.h"
#include "side.h"
#include "wire.h"

struct side {
	enum side_mode mode;
	struct gpu gpu;
	const struct layout *layout;
	struct plan *plan;
	ratchet_kernel *run; /* of SIDE_HOST, which has no plan */
	struct cubin *cubin; /* [0]: what was built; then the plan's modules */
	struct replay replay;
	uint64_t mapped[ARENAS]; /* bytes; of outputs: see below */
	cu_memory outputs;       /* of one workload at a time: */
	uint32_t shown;
	int is_shown;
	struct wire_request graph_of; /* whose calls this is a graph of: */
	cu_graph_exec graph;
};

/* Maps the outputs of a workload, where those of another may have been. */
int side_show(struct side *s, uint32_t workload, struct fault *f);

/* Does what a request asks for and fills the reply. */
void side_perform(struct side *s, const struct wire_request *q,
                  struct wire_reply *reply);

#endif
