/* markup - fuzz entry: any bytes as Markdown and as a diff come out as HTML
 * whose elements are ours, each ended
 */
#include "diff_view.h"
#include "input.h"
#include "markdown.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* Every '<' begins one of these, or their end. */
static const char *const known[] = {
        "p>",     "ul>",     "li>",  "pre>",     "pre class=\"diff\">",
        "code>",  "b>",      "ins>", "del>",     "table>",
        "thead>", "tr>",     "td>",  "th scope", "th>",
        "tbody>", "h2>",     "h3>",  "h4>",      "h5>",
        "h6>",    "div cla", "div>"};

static long depth_after(const char *html)
{
	long depth = 0;

	for (const char *at = html; (at = strchr(at, '<')); at++) {
		int is_end = at[1] == '/';
		size_t i = 0, n = sizeof known / sizeof *known;

		while (i < n && strncmp(at + 1 + is_end, known[i],
		                        strlen(known[i])) != 0)
			i++;
		if (i == n)
			abort();
		depth += is_end ? -1 : 1;
	}
	return depth;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	size_t len, added, removed;
	char *html;
	FILE *p = xmemstream(&html, &len);

	markdown(p, text, size, 3, 40);
	diff_view(p, text, size, 40);
	diff_count(text, size, &added, &removed);
	fclose(p);
	if (strlen(html) != len || depth_after(html) != 0)
		abort();
	free(html);
	return 0;
}
