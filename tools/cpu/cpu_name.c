/* cpu_name - this processor and its system, for the records */
#include "cpu_name.h"
#include "cpu_runner.h"

#include <stdio.h>
#include <sys/utsname.h>

void cpu_name(struct session *s, int threads)
{
	char name[64] = "cpu", line[512];
	FILE *in = fopen("/proc/cpuinfo", "re");
	struct utsname u;

	while (in && fgets(line, sizeof line, in)) {
		if (sscanf(line, "model name : %63[^\n]", name) == 1)
			break;
	}
	if (in)
		fclose(in);
	copy_printable(s->name, sizeof s->name, name, sizeof name);
	snprintf(line, sizeof line, "%s, %d thread%s", name, threads,
	         threads == 1 ? "" : "s");
	copy_printable(s->name, sizeof s->name, line, sizeof line);
	if (uname(&u) == 0) {
		snprintf(line, sizeof line, "%s %s", u.sysname, u.release);
		copy_printable(s->driver, sizeof s->driver, line, sizeof line);
	}
}
