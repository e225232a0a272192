/* conversation-check - the functions of conversation.h, from a shell
 *
 *   conversation-check begin DIR SYSTEM PROMPT
 *   conversation-check say DIR TURN PROMPT
 *   conversation-check show DIR
 */
#include "conversation.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int show(const char *dir, struct fault *f)
{
	struct conversation c;

	if (conversation_read(dir, &c, f))
		return -1;
	for (size_t i = 0; i < c.count; i++)
		printf("%s -> %s\n", c.turn[i].prompt,
		       c.turn[i].reply ? c.turn[i].reply : "?");
	puts(conversation_is_waiting(&c) ? "waiting" : "not waiting");
	conversation_free(&c);
	return 0;
}

int main(int argc, char *argv[])
{
	struct fault f;
	int failed = -1;

	tool_start();
	if (argc == 3 && strcmp(argv[1], "show") == 0)
		failed = show(argv[2], &f);
	else if (argc == 5 && strcmp(argv[1], "begin") == 0)
		failed = conversation_begin(argv[2], argv[3], argv[4], &f);
	else if (argc == 5 && strcmp(argv[1], "say") == 0)
		failed = conversation_say(argv[2], strtoul(argv[3], NULL, 10),
		                          argv[4], &f);
	else
		tool_usage("conversation-check begin|say|show ...");
	if (failed)
		errx(EXIT_TROUBLE, "%s", f.text);
	return EXIT_YES;
}
