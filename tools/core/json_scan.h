/* json_scan - the strict half of reading JSON: what cJSON would let pass
 *
 * Only json.c uses this.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include "fault.h"

#include <stddef.h>

/* Where a value begins. */
struct json_mark {
	const char *at;
	long line;
};

/* Checks one document of RFC 8259, nested at most 64 deep, without a BOM,
 * NUL, invalid UTF-8, lone surrogate or trailing text. Returns a mark for
 * every value in the order of the text (caller frees), or NULL with the fault
 * set. Keys are not compared here. */
struct json_mark *json_scan(const char *text, size_t len, const char *path,
                            long first_line, struct fault *f);

/* The length of the number that begins at at, or 0 if none does. */
size_t json_number_length(const char *at, const char *end);

#endif
