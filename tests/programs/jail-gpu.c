/* jail-gpu - runs a program as CUDA processes are run, in the jail
 *
 * jail-gpu PROGRAM [ARGUMENT...]; prints what it printed.
 */
#include "sandbox.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
	struct sandbox s = {.argv = (const char *const *)argv + 1,
	                    .env = env,
	                    .gpu = "",
	                    .forks = 1};
	struct pollfd p = {.events = POLLIN};
	struct jailed j;
	struct fault f;
	char text[4096];
	ssize_t n;

	if (argc < 2)
		return 2;
	sandbox_require();
	if (sandbox_spawn(&s, &j, &f)) {
		fprintf(stderr, "jail-gpu: %s\n", f.text);
		return 2;
	}
	for (p.fd = j.log; poll(&p, 1, 10000) > 0;) {
		n = read(j.log, text, sizeof text);
		if (n <= 0)
			break;
		fwrite(text, 1, (size_t)n, stdout);
	}
	sandbox_kill(&j);
	sandbox_free(&j);
	return 0;
}
