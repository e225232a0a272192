/* asking - how a model is asked, as the environment has it */
#include "asking.h"
#include "reply.h"
#include "variable.h"

#include <string.h>

#define MANY 1000000

static const char *word(const char *name)
{
	const char *value = variable(name);

	return value ? value : "";
}

/* A model's name goes into records, and to a server. */
static int names(const char *name, const char *also, const char **out,
                 struct fault *f)
{
	const char *p = word(name);

	*out = p;
	while (*p) {
		p += strspn(p, "abcdefghijklmnopqrstuvwxyz"
		               "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		               "0123456789._:/@+-");
		if (!*p || !strchr(also, *p))
			break;
		p++;
	}
	return *p ? fault_set(f,
	                      "%s=%.80s: want letters, digits and ._:/@+- in "
	                      "a model's name",
	                      name, word(name))
	          : 0;
}

int asking_read(const char *proposer, struct asking *out, struct fault *f)
{
	*out = (struct asking){.proposer = proposer,
	                       .candidates = 1,
	                       .stall = 5,
	                       .tune_after = 4};
	return names("MODEL", "", &out->model, f) ||
	                       names("MODELS", " ", &out->models, f) ||
	                       names("PLANNER_MODEL", "", &out->planner, f) ||
	                       variable_count("CANDIDATES", 1, MAX_PLANS,
	                                      &out->candidates, f) ||
	                       variable_count("STALL", 1, MANY, &out->stall,
	                                      f) ||
	                       variable_count("TUNE_AFTER", 0, MANY,
	                                      &out->tune_after, f) ||
	                       variable_count("PROMPT_TOKENS", 1000, 100 * MANY,
	                                      &out->tokens, f)
	               ? -1
	               : 0;
}
