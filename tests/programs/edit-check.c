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
	struct edit_target t = {.path = argv[1], .editable = argv[3]};
	struct reply r;
	struct fault why;
	size_t len;
	char *text, *answer, *out;

	if (argc < 3)
		return 2;
	if (argc == 3)
		t.editable = "";
	text = file_read(argv[1], SOURCE_MAX, &t.len);
	answer = file_read(argv[2], REPLY_MAX + 1, &len);
	t.text = text;
	if (!text || !answer)
		err(2, "%s", text ? argv[2] : argv[1]);
	out = reply_read(answer, len, &r, &why) ? NULL
	                                        : edit_apply(&t, &r, &why);
	puts(out ? out : why.text);
	return out ? 0 : 1;
}
