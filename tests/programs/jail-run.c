/* jail-run - runs a program as compilers are run, in the jail
 *
 * jail-run SECONDS DIR PROGRAM [ARGUMENT...]; prints how it ended, then what
 * it printed.
 */
#include "command.h"
#include "sandbox.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct command_result r;
	struct command c;
	struct fault f;

	if (argc < 4)
		return 2;
	sandbox_require();
	c = (struct command){.file = argv[3],
	                     .argv = argv + 3,
	                     .dir = argv[2],
	                     .limit_s = atoi(argv[1])};
	if (command_run(&c, &r, &f)) {
		fprintf(stderr, "jail-run: %s\n", f.text);
		return 2;
	}
	printf("%s\n%s", r.ended, r.output);
	free(r.output);
	return !r.ok;
}
