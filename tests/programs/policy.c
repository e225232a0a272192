/* policy - a scripted policy in the place of a model: what it knows of a kernel
 * is what the prompt says
 *
 * Reads an API's request on standard input and answers in the format that the
 * prompt asks for. It looks for lines `knob: NAME VALUES` with their #define,
 * and changes one of them that no sentence of the prompt says was changed so.
 */
#include "json.h"
#include "memory.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_VALUES 24
#define WORD "%47[A-Za-z0-9_.+-]"

struct knob {
	char name[48], current[48], value[MAX_VALUES][48];
	int count, at;
};

/* Every text of the request, in order: NAME=VALUE members that are strings. */
static void gather(const json *v, FILE *out)
{
	if (json_string(v)) {
		fprintf(out, "%s\n", json_string(v));
		return;
	}
	for (const json *i = json_first(v); i; i = json_next(i))
		gather(i, out);
}

/* The two lines of a knob; 0 if these are none. */
static int read_knob(const char *line, struct knob *k)
{
	const char *next = strchr(line, '\n');
	char name[48];
	int used;

	*k = (struct knob){.at = -1};
	if (sscanf(line, "// knob: " WORD "%n", k->name, &used) != 1 || !next ||
	    sscanf(next, "\n#define " WORD " " WORD, name, k->current) != 2 ||
	    strcmp(name, k->name) != 0)
		return 0;
	for (line += used; k->count < MAX_VALUES && line < next;
	     line += used, k->count++) {
		if (sscanf(line, " " WORD "%n", k->value[k->count], &used) != 1)
			break;
		if (strcmp(k->value[k->count], k->current) == 0)
			k->at = k->count;
	}
	return k->at >= 0;
}

/* The value to try in a round: first half way up, then each other one. */
static const char *propose(const struct knob *k, int round)
{
	int i = round ? (k->at + round) % k->count : (k->at + k->count) / 2;

	return i == k->at ? NULL : k->value[i];
}

static int was_tried(const char *text, const struct knob *k, const char *value)
{
	char *said = xasprintf("%s from %s to %s", k->name, k->current, value);
	const char *p = text;
	size_t n = strlen(said);
	int found = 0;

	/* "to 1" is not "to 16". */
	while (!found && (p = strstr(p, said))) {
		p += n;
		found = !strchr("0123456789", *p) || !*p;
	}
	free(said);
	return found;
}

static void answer(const struct knob *k, const char *value, const char *file)
{
	printf("HYPOTHESIS: %s from %s to %s\n"
	       "MECHANISM: the author marked it as a choice that depends on "
	       "the "
	       "machine\n"
	       "PREDICTS: 1.1\n"
	       "RISK: another value may suit this machine no better\n\n"
	       "<<<<<<< REPLACE %s\n#define %s %s\n=======\n#define %s %s\n"
	       ">>>>>>>\n",
	       k->name, k->current, value, file, k->name, k->current, k->name,
	       value);
}

/* Tries the knobs of the text, in order. Returns 1 if it answered. */
static int choose(const char *text, const char *file)
{
	struct knob k;

	for (int round = 0; round < MAX_VALUES; round++) {
		for (const char *line = text; line;
		     line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
			const char *value;

			if (!read_knob(line, &k) || round >= k.count ||
			    !(value = propose(&k, round)) ||
			    was_tried(text, &k, value))
				continue;
			answer(&k, value, file);
			return 1;
		}
	}
	return 0;
}

int main(void)
{
	char *body, *text;
	struct fault f;
	size_t len;
	FILE *in = xmemstream(&body, &len),
	     *all = xmemstream(&text, &(size_t){0});
	json *request;

	tool_start();
	for (int c; (c = getchar()) != EOF;)
		putc(c, in);
	fclose(in);
	request = json_parse(body, len, "request", 1, &f);
	if (!request)
		errx(EXIT_TROUBLE, "%s", f.text);
	gather(request, all);
	fclose(all);
	if (!choose(text,
	            strstr(text, "solution.cu") ? "solution.cu" : "solution.c"))
		puts("HYPOTHESIS: none is left");
	json_free(request);
	free(text);
	free(body);
	return EXIT_YES;
}
