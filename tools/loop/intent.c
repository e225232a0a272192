/* intent - intent.json: what an experiment was begun for, before its candidate
 */
#include "intent.h"
#include "memory.h"

#include <stdlib.h>

int intent_read(const char *path, struct intent *out, struct fault *f)
{
	json *d = json_read(path, f);

	*out = (struct intent){.document = d};
	if (!d)
		return -1;
	if (json_want_string(d, "experiment", path, &out->experiment, f) ||
	    json_want_string(d, "device", path, &out->device, f) ||
	    json_want_string(d, "proposer", path, &out->proposer, f) ||
	    json_want_string(d, "created_at", path, &out->created_at, f) ||
	    json_want_string(d, "direction", path, &out->direction, f) ||
	    json_want_string(d, "parent", path, &out->parent, f) ||
	    json_want_string(d, "parent_source", path, &out->parent_source,
	                     f) ||
	    json_want_string(d, "model", path, &out->model, f) ||
	    json_want_string(d, "planner", path, &out->planner, f) ||
	    json_want_string(d, "first", path, &out->first, f) ||
	    json_want_integer(d, "candidate", path, &out->candidate, f) ||
	    json_want_integer(d, "members", path, &out->members, f)) {
		intent_free(out);
		return -1;
	}
	return 0;
}

void intent_free(struct intent *i)
{
	json_free(i->document);
	*i = (struct intent){0};
}

char *intent_text(const struct intent *i)
{
	json *d = json_object();
	char *text, *line;

	json_add_string(d, "experiment", i->experiment);
	json_add_string(d, "device", i->device);
	json_add_string(d, "proposer", i->proposer);
	json_add_string(d, "created_at", i->created_at);
	json_add_string(d, "direction", i->direction);
	json_add_string(d, "parent", i->parent);
	json_add_string(d, "parent_source", i->parent_source);
	json_add_string(d, "model", i->model);
	json_add_string(d, "planner", i->planner);
	json_add_string(d, "first", i->first);
	json_add_integer(d, "candidate", i->candidate);
	json_add_integer(d, "members", i->members);
	text = json_text(d, 2);
	line = xasprintf("%s\n", text);
	free(text);
	json_free(d);
	return line;
}
