/* json_write - building JSON values and their text */
#include "json.h"
#include "memory.h"
#include "utf8.h"

#include <cjson/cJSON.h>
#include <err.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cJSON *need(cJSON *made)
{
	if (!made)
		errx(2, "no memory for a JSON value");
	return made;
}

json *json_object(void)
{
	return need(cJSON_CreateObject());
}

json *json_array(void)
{
	return need(cJSON_CreateArray());
}

json *json_copy(const json *v)
{
	return need(cJSON_Duplicate(v, 1));
}

json *json_add(json *container, const char *key, json *value)
{
	int added = key ? cJSON_AddItemToObject(container, key, value)
	                : cJSON_AddItemToArray(container, value);

	if (!added)
		errx(2, "no memory for a JSON member");
	return value;
}

void json_add_string(json *container, const char *key, const char *s)
{
	json_add(container, key, need(cJSON_CreateString(s)));
}

/* A number whose digits are text, which it takes. */
static void add_digits(json *container, const char *key, double x, char *text)
{
	cJSON *v = need(cJSON_CreateNumber(x));

	v->valueint = 0; /* no line: json.c */
	v->valuestring = text;
	json_add(container, key, v);
}

void json_add_number(json *container, const char *key, double x)
{
	char text[32];

	if (!isfinite(x)) {
		json_add_string(container, key,
		                isnan(x) ? "NaN"
		                : x > 0  ? "Infinity"
		                         : "-Infinity");
		return;
	}
	if (x == trunc(x) && fabs(x) < 1e15) {
		snprintf(text, sizeof text, "%.0f", x);
	} else {
		for (int n = 1; n <= 17; n++) {
			snprintf(text, sizeof text, "%.*g", n, x);
			if (strtod(text, NULL) == x)
				break;
		}
	}
	add_digits(container, key, x, xstrdup(text));
}

void json_add_integer(json *container, const char *key, int64_t x)
{
	add_digits(container, key, (double)x, xasprintf("%" PRId64, x));
}

void json_add_boolean(json *container, const char *key, int x)
{
	cJSON *v = need(cJSON_CreateBool(x != 0));

	v->valueint = 0;
	json_add(container, key, v);
}

void json_add_null(json *container, const char *key)
{
	json_add(container, key, need(cJSON_CreateNull()));
}

/* Bytes that are no UTF-8 (a program's output) become U+FFFD, so that what we
 * write can be read. */
static void write_string(FILE *out, const char *s)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	const char *end = s + strlen(s);

	putc('"', out);
	while (s < end) {
		const char *e = strchr(escaped, *s);
		size_t n = utf8_length(s, end);

		if (e)
			fprintf(out, "\\%c", letter[e - escaped]);
		else if ((unsigned char)*s < ' ')
			fprintf(out, "\\u%04x", (unsigned)*s);
		else if (n == 0)
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(s, 1, n, out);
		s += n ? n : 1;
	}
	putc('"', out);
}

static void new_line(FILE *out, int indent, int depth)
{
	if (indent > 0)
		fprintf(out, "\n%*s", indent * depth, "");
}

static void write_value(FILE *out, const cJSON *v, int indent, int depth);

static void write_container(FILE *out, const cJSON *v, int indent, int depth)
{
	int is_object = cJSON_IsObject(v);

	putc(is_object ? '{' : '[', out);
	for (const cJSON *child = v->child; child; child = child->next) {
		new_line(out, indent, depth + 1);
		if (is_object) {
			write_string(out, child->string);
			fputs(": ", out);
		}
		write_value(out, child, indent, depth + 1);
		if (child->next)
			fputs(indent > 0 ? "," : ", ", out);
	}
	if (v->child)
		new_line(out, indent, depth);
	putc(is_object ? '}' : ']', out);
}

static void write_value(FILE *out, const cJSON *v, int indent, int depth)
{
	if (v->child || cJSON_IsObject(v) || cJSON_IsArray(v))
		write_container(out, v, indent, depth);
	else if (cJSON_IsString(v))
		write_string(out, v->valuestring);
	else if (cJSON_IsNumber(v))
		fputs(v->valuestring, out);
	else
		fputs(cJSON_IsTrue(v)    ? "true"
		      : cJSON_IsFalse(v) ? "false"
		                         : "null",
		      out);
}

char *json_text(const json *v, int indent)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		err(2, "open_memstream");
	write_value(out, v, indent, 0);
	if (fclose(out))
		err(2, "open_memstream");
	return text;
}
