/* sanitizer - kernels that were built with sanitizers: what they need and say
 */
#include "sanitizer.h"
#include "file.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_KERNEL ((size_t)1 << 30)
#define LIBRARY "libasan.so."
#define ADDRESS "AddressSanitizer: "
#define UNDEFINED "runtime error: "

int sanitizer_library(const char *so, char *name, size_t len, struct fault *f)
{
	size_t bytes, digits;
	char *code = file_read(so, MAX_KERNEL, &bytes);
	const char *at;

	if (!code)
		return fault_errno(f, "%s", so);
	at = memmem(code, bytes, LIBRARY, strlen(LIBRARY));
	digits = at ? strspn(at + strlen(LIBRARY), "0123456789") : 0;
	*name = '\0';
	if (digits)
		snprintf(name, len, "%.*s", (int)(strlen(LIBRARY) + digits),
		         at);
	free(code);
	return 0;
}

/* "in run /tmp/x/solution.c:7" of the first frame, without the folders. */
static void append_frame(char *detail, size_t len, const char *report)
{
	const char *frame = strstr(report, "#0 "), *name, *file;

	name = frame ? strstr(frame, " in ") : NULL;
	if (!name)
		return;
	name += strlen(" in ");
	file = name + strcspn(name, " \n");
	for (const char *p = file; *p && *p != '\n'; p++)
		if (*p == '/')
			file = p + 1;
	snprintf(detail + strlen(detail), len - strlen(detail),
	         ", in %.*s, %.*s", (int)strcspn(name, " \n"), name,
	         (int)strcspn(file, "\n"), file);
}

/* The kind, the access, and where it is. */
static void describe(const char *report, char *detail, size_t len)
{
	const char *access = strstr(report, " of size ");

	snprintf(detail, len, "%.*s", (int)strcspn(report, " \n"), report);
	if (access)
		snprintf(
		        detail + strlen(detail), len - strlen(detail),
		        ", a %s%.*s bytes",
		        access[-1] == 'D' ? "read of " : "write of ",
		        (int)strspn(access + strlen(" of size "), "0123456789"),
		        access + strlen(" of size "));
	append_frame(detail, len, report);
}

const char *sanitizer_reason(const char *output, char *detail, size_t len)
{
	const char *address = strstr(output, ADDRESS);
	const char *undefined = strstr(output, UNDEFINED);

	if (address) {
		describe(address + strlen(ADDRESS), detail, len);
		return REASON_RED_ZONE;
	}
	if (!undefined)
		return NULL;
	while (undefined > output && undefined[-1] != '\n')
		undefined--;
	snprintf(detail, len, "%.*s", (int)strcspn(undefined, "\n"), undefined);
	return REASON_WRONG;
}
