/* conversation - a folder of prompts and replies, which grows and never changes
 *
 *   system.md      what every turn begins with
 *   1.prompt.md    what is asked
 *   1.reply.json   what was answered (answer.h); then 2.prompt.md, ...
 *
 * The last turn waits while it has a prompt and no reply. Whoever asks writes
 * prompts (conversation_begin, conversation_say); `ask` alone writes replies.
 * Texts are UTF-8 without NUL, a prompt of at most CONVERSATION_MAX bytes.
 */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include "fault.h"

#include <stddef.h>

#define CONVERSATION_MAX ((size_t)4 << 20)

struct turn {
	char *prompt;
	char *reply; /* its text; NULL while it waits */
};

struct conversation {
	char *dir;
	char *system; /* NULL where nothing was said yet */
	struct turn *turn;
	size_t count;
};

/* A folder that is missing, or holds no 1.prompt.md, has no turns. Returns -1
 * with the fault set, and nothing to free. */
int conversation_read(const char *dir, struct conversation *out,
                      struct fault *f);
void conversation_free(struct conversation *c);

/* The last turn has no reply. */
int conversation_is_waiting(const struct conversation *c);

/* Makes the folder, and writes system.md, then 1.prompt.md. */
int conversation_begin(const char *dir, const char *system, const char *prompt,
                       struct fault *f);

/* Writes the prompt of a turn (from 1), the one before it being answered. A
 * prompt that is there already must be the same. */
int conversation_say(const char *dir, size_t turn, const char *prompt,
                     struct fault *f);

/* The path of a turn's (from 1) reply. Caller frees. */
char *conversation_reply_path(const char *dir, size_t turn);

#endif
