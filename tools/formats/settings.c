/* settings - a kernel's "key = value" lines, and a job's */
#include "settings.h"
#include "file.h"
#include "memory.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE ((size_t)1 << 20)
#define KEY_CHARS                                                              \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

static char *trim(char *s)
{
	char *end;

	s += strspn(s, " \t\r");
	for (end = s + strlen(s); end > s && strchr(" \t\r", end[-1]); end--)
		;
	*end = '\0';
	return s;
}

/* NAME itself, NAME.cpu and NAME.cuda; NAME. and whatever follows. */
static int is_known(const char *key, const char *const *known)
{
	for (; *known; known++) {
		size_t n = strlen(*known);
		const char *rest = key + n;

		if (strncmp(key, *known, n))
			continue;
		if (n > 0 && (*known)[n - 1] == '.' ? *rest != '\0'
		                                    : *rest == '\0')
			return 1;
		if (strcmp(rest, ".cpu") == 0 || strcmp(rest, ".cuda") == 0)
			return 1;
	}
	return 0;
}

static const struct setting *find(const struct settings *s, const char *key)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->item[i].key, key) == 0)
			return &s->item[i];
	}
	return NULL;
}

/* Takes one line, without its '\n', apart. */
static int add_line(struct settings *s, char *text, long line,
                    const char *const *known, struct fault *f)
{
	const struct setting *earlier;
	char *key, *value;

	text[strcspn(text, "#")] = '\0';
	key = trim(text);
	if (!*key)
		return 0;
	value = strchr(key, '=');
	if (!value)
		return fault_set(f, "%s:%ld: want \"key = value\", got \"%s\"",
		                 s->path, line, key);
	*value++ = '\0';
	key = trim(key);
	value = trim(value);
	if (!*key || key[strspn(key, KEY_CHARS)])
		return fault_set(f, "%s:%ld: \"%s\" is no key", s->path, line,
		                 key);
	for (const char *p = value; *p; p++) {
		if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
			return fault_set(f, "%s:%ld: %s holds byte 0x%02x",
			                 s->path, line, key, (unsigned char)*p);
	}
	if (!is_known(key, known))
		return fault_set(f, "%s:%ld: unknown key %s", s->path, line,
		                 key);
	earlier = find(s, key);
	if (earlier)
		return fault_set(f, "%s:%ld: %s stands on line %ld already",
		                 s->path, line, key, earlier->line);
	s->item = xrealloc(s->item, s->count + 1, sizeof *s->item);
	s->item[s->count++] =
	        (struct setting){xstrdup(key), xstrdup(value), line};
	return 0;
}

int settings_read(const char *path, const char *device,
                  const char *const *known, struct settings *out,
                  struct fault *f)
{
	size_t len;
	char *text = file_read(path, MAX_FILE, &len), *at = text;
	int failed = 0;

	*out = (struct settings){.path = NULL};
	if (!text)
		return fault_errno(f, "%s", path);
	out->path = xstrdup(path);
	out->device = xstrdup(device);
	if (strlen(text) != len)
		failed = fault_set(f, "%s: holds a NUL byte", path);
	for (long line = 1; at && !failed; line++) {
		char *end = strchr(at, '\n');

		if (end)
			*end++ = '\0';
		failed = add_line(out, at, line, known, f);
		at = end;
	}
	free(text);
	if (failed)
		settings_free(out);
	return failed;
}

void settings_free(struct settings *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->item[i].key);
		free(s->item[i].value);
	}
	free(s->item);
	free(s->path);
	free(s->device);
	*s = (struct settings){.path = NULL};
}

static const struct setting *lookup(const struct settings *s, const char *key)
{
	char *own = xasprintf("%s.%s", key, s->device ? s->device : "");
	const struct setting *found = find(s, own);

	free(own);
	return found ? found : find(s, key);
}

const char *settings_string(const struct settings *s, const char *key,
                            const char *fallback)
{
	const struct setting *found = lookup(s, key);

	return found ? found->value : fallback;
}

int settings_number(const struct settings *s, const char *key, double lo,
                    double hi, double *out, struct fault *f)
{
	const struct setting *found = lookup(s, key);
	char *end;
	double x;

	if (!found)
		return 0;
	errno = 0;
	x = strtod(found->value, &end);
	/* strtod's hexadecimal, "inf" and "nan" are not for a settings file */
	if (end == found->value || *end ||
	    strspn(found->value, "0123456789+-.eE") != strlen(found->value) ||
	    (errno && fabs(x) > 1) || !(x >= lo && x <= hi))
		return fault_set(f,
		                 "%s:%ld: want %s to be a number from %g to "
		                 "%g, got \"%s\"",
		                 s->path, found->line, found->key, lo, hi,
		                 found->value);
	*out = x;
	return 0;
}
