/* view - all that make status knows, as text for a terminal or as JSON */
#ifndef VIEW_H
#define VIEW_H

#include "gpus.h"
#include "running.h"
#include "standing.h"

struct view {
	const char *experiments, *build; /* folders */
	struct standings standings;
	struct running_list running;
	struct gpus gpus; /* that judgements may use; none without a driver */
};

/* Lines of 80 columns at most. is_utf8: bars may be drawn. */
void view_text(const struct view *v, int is_utf8);

/* One object; ratchet-status(1) says what is in it. */
void view_json(const struct view *v);

/* The lock of the processor, or of a GPU. Caller frees. */
char *view_lock(const struct cuda_device *gpu);

#endif
