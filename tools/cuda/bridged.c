/* bridged - the command that starts Python where a program of ours would be */
#include "bridged.h"
#include "file.h"
#include "memory.h"
#include "tool.h"

#include <stdlib.h>

#define SCRIPT "bridge.py"
#define MAX_SCRIPT ((size_t)64 << 10) /* an argument has no more */

int bridged_make(struct bridged *b, const char *python, const char *what,
                 const char *job_dir, struct fault *f)
{
	char *path = xasprintf("%s/" SCRIPT, tool_dir());

	*b = (struct bridged){
	        .text = file_read(path, MAX_SCRIPT, NULL),
	        .library = xasprintf("%s/bridge.so", tool_dir()),
	        .code = xasprintf("%s/device.fatbin", tool_dir())};
	if (!b->text) {
		fault_errno(f, "%s", path);
		bridged_free(b);
	} else {
		const char *const argv[] = {python,  "-I",       "-B", "-c",
		                            b->text, b->library, what, job_dir};
		const char *const reads[] = {b->library, b->code, job_dir};

		for (size_t i = 0; i < sizeof argv / sizeof *argv; i++)
			b->argv[i] = argv[i];
		for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
			b->reads[i] = reads[i];
	}
	free(path);
	return b->text ? 0 : -1;
}

void bridged_free(struct bridged *b)
{
	free(b->text);
	free(b->library);
	free(b->code);
	*b = (struct bridged){0};
}
