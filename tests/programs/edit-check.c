/* edit-check - applies a reply's blocks: edit-check SOLUTION REPLY [EDITABLE]
 *
 * Prints the solution that comes of it; else the reason, with exit 1.
 */
#include "edit.h"
#include "file.h"
#include "lineage.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct edit_target t = {.editable = argc > 3 ? argv[3] : ""};
	struct reply r = {0};
	struct fault why;
	size_t len;
	char *text, *answer, *out = NULL;
	int refused;

	if (argc < 3)
		return 2;
	text = file_read(argv[1], SOURCE_MAX, &t.len);
	answer = file_read(argv[2], REPLY_MAX + 1, &len);
	if (!text || !answer)
		err(2, "%s", text ? argv[2] : argv[1]);
	t.path = argv[1];
	t.text = text;
	if (reply_read(answer, len, &r, &why) == 0)
		out = edit_apply(&t, &r, &why);
	refused = !out;
	puts(out ? out : why.text);
	reply_free(&r);
	free(text);
	free(answer);
	free(out);
	return refused;
}
