/* packed - the sources of a build as a FlashInfer-Trace Solution */
#include "packed.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static json *spec(const struct sources *s, const char *device)
{
	json *o = json_object();
	char *entry = xasprintf("%s::%s", s->name,
	                        s->symbol + strlen(SOURCES_PREFIX));

	json_add_string(o, "language",
	                strcmp(device, "cuda") == 0 ? "cuda" : "cpp");
	json_add_string(json_add(o, "target_hardware", json_array()), NULL,
	                device);
	json_add_string(o, "entry_point", entry);
	json_add(o, "dependencies", json_array());
	json_add_boolean(o, "destination_passing_style", 1);
	json_add_string(o, "binding", "tvm-ffi");
	free(entry);
	return o;
}

json *packed_solution(const struct sources *s, const char *device,
                      const char *name, const char *definition,
                      const char *author)
{
	json *o = json_object(), *list;

	json_add_string(o, "name", name);
	json_add_string(o, "definition", definition);
	json_add_string(o, "author", author);
	json_add(o, "spec", spec(s, device));
	list = json_add(o, "sources", json_array());
	for (size_t i = 0; i < s->count; i++) {
		json *file = json_add(list, NULL, json_object());

		json_add_string(file, "path", s->file[i].path);
		json_add_string(file, "content", s->file[i].text);
	}
	return o;
}
