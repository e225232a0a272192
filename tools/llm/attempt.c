/* attempt - one try to have a turn answered, as spend.jsonl knows it */
#include "attempt.h"
#include "memory.h"
#include "tool.h"
#include "variable.h"

#include <stdlib.h>

static char *spend_path(const struct question *q)
{
	return xasprintf("%s/spend.jsonl", q->experiments);
}

static char *about(const struct question *q, size_t turn)
{
	return xasprintf("%s/%zu", q->name, turn);
}

int attempt_begin(const struct question *q, const char *what,
                  const struct amount *cap, char **id, struct fault *f)
{
	char *path = spend_path(q), *turn = about(q, q->said->count);
	struct spend s;
	int status = spend_read(path, &s, f);

	*id = NULL;
	if (status == 0) {
		*id = xasprintf("%s#%d", turn, spend_attempts(&s, turn) + 1);
		spend_free(&s);
		status = spend_reserve(path, *id, what, cap, f);
	}
	if (status) {
		free(*id);
		*id = NULL;
	}
	free(turn);
	free(path);
	return status < 0 ? EXIT_TROUBLE : status ? EXIT_NO : EXIT_YES;
}

int attempt_end(const struct question *q, const char *id,
                const struct amount *spent, struct fault *f)
{
	char *path = spend_path(q);
	int status = spend_settle(path, id, spent, f);

	free(path);
	return status;
}

int attempt_settle(const struct question *q, size_t turn,
                   const struct answer *a, struct fault *f)
{
	struct amount spent = {.usd = a->usd,
	                       .tokens = usage_tokens(&a->usage)};
	char *path = spend_path(q), *name = about(q, turn), *id = NULL;
	const struct charge *c = NULL;
	struct spend s;
	int status = spend_read(path, &s, f);

	if (status == 0) {
		id = xasprintf("%s#%d", name, spend_attempts(&s, name));
		c = spend_find(&s, id);
		if (c && !c->settled_at)
			status = spend_settle(path, id, &spent, f);
		spend_free(&s);
	}
	free(id);
	free(name);
	free(path);
	return status;
}

int attempt_limit(double *out, struct fault *f)
{
	*out = 1800;
	return variable_number("ASK_LIMIT_S", 0.001, 86400, out, f);
}
