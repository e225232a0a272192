/* key - API keys: read once, then out of sight */
#include "key.h"
#include "memory.h"
#include "tool.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define SECRET_MIN 8

static struct {
	const char *name;
	char *value;
} keys[] = {{"ANTHROPIC_API_KEY", NULL},
            {"ANTHROPIC_AUTH_TOKEN", NULL},
            {"CLAUDE_CODE_OAUTH_TOKEN", NULL},
            {"OPENAI_API_KEY", NULL}};
#define KEYS (sizeof keys / sizeof *keys)

/* At the end there is nothing left to hide, and a sanitizer may look. */
static void forget(void)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (keys[i].value)
			explicit_bzero(keys[i].value, strlen(keys[i].value));
		free(keys[i].value);
		keys[i].value = NULL;
	}
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

void keys_hide(void)
{
	struct rlimit none = {0, 0};

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    setrlimit(RLIMIT_CORE, &none) || atexit(forget))
		err(EXIT_TROUBLE, "forbidding core dumps");
	for (size_t i = 0; i < KEYS; i++) {
		char *value = getenv(keys[i].name);

		if (!value)
			continue;
		if (*value)
			keys[i].value = xstrdup(value);
		/* unsetenv leaves the bytes where /proc shows them. */
		explicit_bzero(value, strlen(value));
		unsetenv(keys[i].name);
	}
}

int key_find(const char *name, const char **key, struct fault *f)
{
	*key = NULL;
	for (size_t i = 0; i < KEYS; i++) {
		if (strcmp(keys[i].name, name) == 0)
			*key = keys[i].value;
	}
	if (*key && strlen(*key) > KEY_MAX)
		return fault_set(f, "%s: longer than %d characters", name,
		                 KEY_MAX);
	for (const char *p = *key; p && *p; p++) {
		if (*p <= ' ' || *p > '~')
			return fault_set(f,
			                 "%s: want printable ASCII without "
			                 "blanks: see character %zu",
			                 name, (size_t)(p - *key) + 1);
	}
	return 0;
}

void key_redact(char *text)
{
	for (size_t i = 0; i < KEYS; i++) {
		size_t len = keys[i].value ? strlen(keys[i].value) : 0;

		if (len < SECRET_MIN)
			continue;
		for (char *p = text; (p = strstr(p, keys[i].value)); p += len)
			memset(p, '*', len);
	}
}
