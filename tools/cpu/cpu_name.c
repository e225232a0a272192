/* cpu_name - this processor and its system, for the records */
#include "cpu_name.h"
#include "cpu_runner.h"

#include <stdio.h>
#include <sys/utsname.h>

void cpu_model(char *out, size_t len)
{
	char name[64] = "cpu", line[512];
	FILE *in = fopen("/proc/cpuinfo", "re");

	while (in && fgets(line, sizeof line, in)) {
		if (sscanf(line, "model name : %63[^\n]", name) == 1)
			break;
	}
	if (in)
		fclose(in);
	copy_printable(out, len, name, sizeof name);
}

void cpu_system(char *out, size_t len)
{
	struct utsname u;
	char line[sizeof u.sysname + sizeof u.release + 1] = "";

	if (uname(&u) == 0)
		snprintf(line, sizeof line, "%s %s", u.sysname, u.release);
	copy_printable(out, len, line, sizeof line);
}

void cpu_name(struct session *s, int threads)
{
	char name[64];

	cpu_model(name, sizeof name);
	snprintf(s->name, sizeof s->name, "%s, %d thread%s", name, threads,
	         threads == 1 ? "" : "s");
	cpu_system(s->driver, sizeof s->driver);
}
