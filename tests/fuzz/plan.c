/* plan - fuzz entry: any bytes as a plan, then what was read is written */
#include "plan.h"
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct layout *l = xcalloc(1, sizeof *l);
	struct fault f;
	struct plan *p;
	size_t len;

	l->workloads = l->sets = 1;
	for (int i = 0; i < ARENAS; i++) {
		l->arena[i] = ARENA_BASE + (uint64_t)i * ARENA_GAP;
		l->arena_bytes[i] = ARENA_GRANULE;
	}
	p = plan_decode(data, size, l, &f);
	if (p)
		free(plan_encode(p, &len));
	plan_free(p);
	free(l);
	return 0;
}
