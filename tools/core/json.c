/* json - strict JSON in, exact JSON out (cJSON inside, and only here)
 *
 * Two fields of cJSON that its own functions leave to us hold what it forgets:
 * valueint the line of a value (0 if it was built), and a number's valuestring
 * its digits.
 */
#include "json.h"
#include "file.h"
#include "json_scan.h"
#include "memory.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE ((size_t)64 << 20)

/* Gives each value its mark, in the order of the text. Returns the next. */
static const struct json_mark *
mark_values(cJSON *v, const struct json_mark *mark, const char *end)
{
	v->valueint = mark->line < INT_MAX ? (int)mark->line : INT_MAX;
	if (cJSON_IsNumber(v))
		v->valuestring = xasprintf(
		        "%.*s", (int)json_number_length(mark->at, end),
		        mark->at);
	mark++;
	for (cJSON *child = v->child; child; child = child->next)
		mark = mark_values(child, mark, end);
	return mark;
}

static int by_key(const void *a, const void *b)
{
	const cJSON *x = *(cJSON *const *)a, *y = *(cJSON *const *)b;

	return strcmp(x->string, y->string);
}

static int check_members(const cJSON *object, const char *path, struct fault *f)
{
	size_t count = json_count(object), i = 0;
	const cJSON **member = xcalloc(count, sizeof *member);
	int failed = 0;

	for (const cJSON *v = object->child; v; v = v->next)
		member[i++] = v;
	qsort(member, count, sizeof *member, by_key);
	for (i = 1; i < count && !failed; i++) {
		const cJSON *a = member[i - 1], *b = member[i];

		if (strcmp(a->string, b->string) == 0)
			failed = fault_set(
			        f, "%s:%d: the key \"%s\" appears twice", path,
			        a->valueint > b->valueint ? a->valueint
			                                  : b->valueint,
			        a->string);
	}
	free(member);
	return failed;
}

static int check_keys(const cJSON *v, const char *path, struct fault *f)
{
	if (cJSON_IsObject(v) && check_members(v, path, f))
		return -1;
	for (const cJSON *child = v->child; child; child = child->next) {
		if (check_keys(child, path, f))
			return -1;
	}
	return 0;
}

json *json_parse(const char *text, size_t len, const char *path,
                 long first_line, struct fault *f)
{
	struct json_mark *mark = json_scan(text, len, path, first_line, f);
	cJSON *v;

	if (!mark)
		return NULL;
	v = cJSON_ParseWithLengthOpts(text, len, NULL, 0);
	if (!v) {
		fault_set(f, "%s:%ld: cJSON cannot read this", path,
		          first_line);
	} else {
		mark_values(v, mark, text + len);
		if (check_keys(v, path, f)) {
			cJSON_Delete(v);
			v = NULL;
		}
	}
	free(mark);
	return v;
}

json *json_read(const char *path, struct fault *f)
{
	size_t len;
	char *text = file_read(path, MAX_FILE, &len);
	json *v;

	if (!text) {
		fault_errno(f, "%s", path);
		return NULL;
	}
	v = json_parse(text, len, path, 1, f);
	free(text);
	return v;
}

void json_free(json *value)
{
	cJSON_Delete(value);
}

long json_line(const json *v)
{
	return v ? v->valueint : 0;
}

int json_is_object(const json *v)
{
	return cJSON_IsObject(v);
}

int json_is_array(const json *v)
{
	return cJSON_IsArray(v);
}

int json_is_null(const json *v)
{
	return cJSON_IsNull(v);
}

const json *json_get(const json *object, const char *key)
{
	if (!cJSON_IsObject(object))
		return NULL;
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *json_string(const json *v)
{
	return cJSON_IsString(v) ? v->valuestring : NULL;
}

int json_number(const json *v, double *out)
{
	const char *s = json_string(v);

	if (cJSON_IsNumber(v))
		*out = v->valuedouble;
	else if (s && strcmp(s, "Infinity") == 0)
		*out = INFINITY;
	else if (s && strcmp(s, "-Infinity") == 0)
		*out = -INFINITY;
	else if (s && strcmp(s, "NaN") == 0)
		*out = NAN;
	else
		return -1;
	/* digits that say 1e999 are no number that anybody meant */
	return cJSON_IsNumber(v) && !isfinite(*out) ? -1 : 0;
}

int json_integer(const json *v, int64_t *out)
{
	const char *text = cJSON_IsNumber(v) ? v->valuestring : "x";
	char *end;
	long long x;

	errno = 0;
	x = strtoll(text, &end, 10);
	if (errno || end == text || *end)
		return -1;
	*out = x;
	return 0;
}

int json_boolean(const json *v, int *out)
{
	if (!cJSON_IsBool(v))
		return -1;
	*out = cJSON_IsTrue(v);
	return 0;
}

size_t json_count(const json *container)
{
	size_t n = 0;

	for (const json *v = json_first(container); v; v = v->next)
		n++;
	return n;
}

const json *json_first(const json *container)
{
	return container ? container->child : NULL;
}

const json *json_next(const json *v)
{
	return v->next;
}

const char *json_key(const json *v)
{
	return v->string;
}
