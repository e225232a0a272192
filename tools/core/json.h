/* json - strict JSON in, exact JSON out (cJSON inside, and only here)
 *
 * Reading refuses what RFC 8259 refuses, and also duplicate keys, "\u0000",
 * invalid UTF-8, trailing text and nesting beyond 64. Every value remembers
 * its line, every number its own text, so that what is read and written again
 * keeps key order, unknown keys and digits.
 */
#ifndef JSON_H
#define JSON_H

#include "fault.h"

#include <stddef.h>
#include <stdint.h>

typedef struct cJSON json;

/* Parses one document. path and first_line serve messages ("path:line: ...")
 * and json_line. Returns NULL with the fault set. Free with json_free. */
json *json_parse(const char *text, size_t len, const char *path,
                 long first_line, struct fault *f);
json *json_read(const char *path, struct fault *f); /* a whole file */
void json_free(json *value);

/* Reading. A getter returns NULL or -1 where the value is absent (v may be
 * NULL) or of another kind. Strings belong to the document. */
long json_line(const json *v);
int json_is_object(const json *v);
int json_is_array(const json *v);
int json_is_null(const json *v);
const json *json_get(const json *object, const char *key);
const char *json_string(const json *v);
/* A finite number, or one of the strings Infinity, -Infinity and NaN. */
int json_number(const json *v, double *out);
int json_integer(const json *v, int64_t *out); /* exact, also beyond 2^53 */
int json_boolean(const json *v, int *out);
size_t json_count(const json *container);
const json *json_first(const json *container);
const json *json_next(const json *v); /* the next in the same container */
const char *json_key(const json *v);  /* a member's key */

/* json_get + getter + message "path:line: want KEY to be a string" on failure.
 * Returns 0, or -1 with the fault set. A name is a
 * string that is not empty. */
int json_want_string(const json *object, const char *key, const char *path,
                     const char **out, struct fault *f);
int json_want_name(const json *object, const char *key, const char *path,
                   const char **out, struct fault *f);
int json_want_number(const json *object, const char *key, const char *path,
                     double *out, struct fault *f);
int json_want_integer(const json *object, const char *key, const char *path,
                      int64_t *out, struct fault *f);

/* Checks of members whose content nobody needs: a string, null or absent; an
 * array of at least least strings that are not empty (0: or absent). */
int json_check_string(const json *object, const char *key, const char *path,
                      struct fault *f);
int json_check_strings(const json *object, const char *key, size_t least,
                       const char *path, struct fault *f);

/* Building. json_add_* put a member at the end of an object (key) or array
 * (key NULL). json_add takes ownership of value. Infinity and NaN are written
 * as strings. Doubles print with the fewest digits that read back the same. */
json *json_object(void);
json *json_array(void);
json *json_copy(const json *v);
json *json_add(json *container, const char *key, json *value);
void json_add_string(json *container, const char *key, const char *s);
void json_add_number(json *container, const char *key, double x);
void json_add_integer(json *container, const char *key, int64_t x);
void json_add_boolean(json *container, const char *key, int x);
void json_add_null(json *container, const char *key);

/* The text, indented by indent spaces a level, or on one line with indent 0
 * (", " and ": " as separators). No final newline. Caller frees. */
char *json_text(const json *v, int indent);

#endif
