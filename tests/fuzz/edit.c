/* edit - fuzz entry: any bytes as a reply, applied to two kinds of solution */
#include "edit.h"
#include "input.h"

#include <string.h>

static const char lone[] = "int a;\nint b;\nint a;\nint c;";
static const char document[] =
        "{\"name\": \"s\", \"sources\": [{\"path\": \"solution.c\", "
        "\"content\": \"int a;\\nint b;\"}, "
        "{\"path\": \"x/y.h\", \"content\": \"\"}]}";

static void apply(const char *path, const char *text, const struct reply *r)
{
	struct edit_target t = {path, text, strlen(text), "solution.c x/y.h"};
	struct fault why = {""};
	char *out = edit_apply(&t, r, &why);

	if (!out && !*why.text)
		abort();
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reply r, plan[2];
	struct fault why = {""};

	if (reply_read((const char *)data, size, &r, &why) == 0) {
		if (!r.count || !*r.hypothesis || !(r.predicts > 0))
			abort();
		apply("k/solution.c", lone, &r);
		apply("k/solution.json", document, &r);
		reply_free(&r);
	} else if (!*why.text) {
		abort();
	}
	if (reply_read_plans((const char *)data, size, 2, plan, &why) == 0) {
		reply_free(&plan[0]);
		reply_free(&plan[1]);
	}
	return 0;
}
