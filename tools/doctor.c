/* doctor - what this machine has and lacks, and the remedy
 *
 * A line a thing: "ok" or "missing", what it is, what was found, and what to
 * do. Only what `make optimize` cannot do without decides the exit status.
 */
#include "command.h"
#include "gpus.h"
#include "host.h"
#include "memory.h"
#include "program.h"
#include "sandbox.h"
#include "tool.h"

#include <dlfcn.h>
#include <err.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define USAGE "doctor [-d | -f | -g | -s]"
#define DISK_WANTED ((unsigned long long)1 << 30)

static int needed_missing;

enum need { NEEDED, OPTIONAL };

/* found: NULL or "" where it is missing. */
static void say(enum need need, const char *what, const char *found,
                const char *remedy)
{
	int ok = found && *found;

	printf("%-8s%-12s %s\n", ok ? "ok" : "missing", what,
	       ok ? found : remedy);
	if (!ok && need == NEEDED)
		needed_missing = 1;
}

/* The first line that a program prints, or NULL. Caller frees. */
static char *first_line(const char *program, char *const *arguments)
{
	char *argv[8] = {(char *)program};
	struct command c = {.argv = argv, .limit_s = 10};
	struct command_result r;
	struct fault f;
	char *file = program_find(program), *line = NULL;

	for (int i = 0; i < 6 && arguments[i]; i++)
		argv[i + 1] = arguments[i];
	c.file = file;
	if (file && command_run(&c, &r, &f) == 0) {
		if (r.ok)
			line = xstrdup(strtok(r.output, "\n") ? r.output : "");
		free(r.output);
	}
	free(file);
	return line;
}

static void check_program(enum need need, const char *program,
                          const char *argument, const char *remedy)
{
	char *arguments[] = {(char *)argument, NULL};
	char *line = first_line(program, arguments);

	say(need, program, line, remedy);
	free(line);
}

/* Debian 12's make is 4.3; older ones lack grouped targets. */
static void check_make(void)
{
	char *arguments[] = {(char *)"--version", NULL};
	char *line = first_line("make", arguments);
	int major = 0, minor = 0;

	if (line && sscanf(line, "GNU Make %d.%d", &major, &minor) == 2 &&
	    major * 100 + minor < 403)
		line[0] = '\0';
	say(NEEDED, "make", line, "want GNU Make 4.3 or later: make deps");
	free(line);
}

/* OpenMP needs a library beside the compiler: compile something. */
static void check_openmp(void)
{
	char dir[] = "/tmp/ratchet-doctor-XXXXXX";
	char *argv[] = {(char *)"cc",        (char *)"-fopenmp",
	                (char *)"-shared",   (char *)"-xc",
	                (char *)"/dev/null", (char *)"-o",
	                (char *)"o",         NULL};
	struct command c = {.argv = argv, .dir = dir, .limit_s = 20};
	struct command_result r = {0};
	struct fault f;
	char *file = program_find("cc"), *object;

	if (!mkdtemp(dir))
		err(EXIT_TROUBLE, "%s", dir);
	c.file = file;
	if (!file || command_run(&c, &r, &f))
		r.ok = 0;
	say(OPTIONAL, "OpenMP", r.ok ? "cc -fopenmp" : NULL,
	    "CPU kernels use one core: make deps");
	object = xasprintf("%s/o", dir);
	unlink(object);
	rmdir(dir);
	free(object);
	free(file);
	free(r.output);
}

static char *first_line_of_file(const char *path)
{
	FILE *p = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;

	if (p && getline(&line, &room, p) > 0)
		line[strcspn(line, "\n")] = '\0';
	if (p)
		fclose(p);
	return line;
}

static void check_cores(void)
{
	cpu_set_t set;
	char text[128];
	char *governor = first_line_of_file(
	        "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");

	if (sched_getaffinity(0, sizeof set, &set))
		err(EXIT_TROUBLE, "sched_getaffinity");
	snprintf(text, sizeof text, "%d usable", CPU_COUNT(&set));
	say(NEEDED, "cores", text, "");
	if (!governor)
		say(OPTIONAL, "governor", "not visible here", "");
	else
		say(OPTIONAL, "governor",
		    strcmp(governor, "performance") == 0 ? governor : NULL,
		    "clocks vary: cpupower frequency-set -g performance");
	free(governor);
}

/* The number of GPUs that the driver serves, with its version, or -1. */
static int gpu_count(int *version)
{
	void *driver = dlopen("libcuda.so.1", RTLD_NOW);
	union {
		void *data;
		int (*call)(unsigned);
	} init = {driver ? dlsym(driver, "cuInit") : NULL};
	union {
		void *data;
		int (*call)(int *);
	} get = {driver ? dlsym(driver, "cuDeviceGetCount") : NULL};
	int n = 0;

	if (!init.data || !get.data || init.call(0) || get.call(&n))
		return -1;
	get.data = dlsym(driver, "cuDriverGetVersion");
	if (!get.data || get.call(version))
		*version = 0;
	return n;
}

static char *find_nvcc(void)
{
	char *path = program_find("nvcc");

	if (!path && access("/usr/local/cuda/bin/nvcc", X_OK) == 0)
		path = xstrdup("/usr/local/cuda/bin/nvcc");
	return path;
}

static void check_cuda(void)
{
	char *nvcc = find_nvcc(), text[128];
	int version = 0, n = gpu_count(&version);

	say(OPTIONAL, "nvcc", nvcc,
	    "no CUDA kernels: install NVIDIA's CUDA toolkit");
	snprintf(text, sizeof text, "%d, driver serves CUDA %d.%d", n,
	         version / 1000, version % 1000 / 10);
	say(OPTIONAL, "GPUs", n > 0 ? text : NULL,
	    "no CUDA kernels: want NVIDIA's driver (libcuda.so.1) and a GPU");
	free(nvcc);
}

/* At what level a candidate runs here, and what to do for a better one. */
static void check_jail(void)
{
	struct fault f;
	const char *level = sandbox_find_level(&f);
	char *found;

	if (level && strcmp(level, "bwrap") == 0) {
		say(OPTIONAL, "jail",
		    sandbox_is_root() ? "bwrap, where root stays root: there "
		                        "is no nobody here"
		                      : "bwrap",
		    "");
		return;
	}
	found = level ? xasprintf("SANDBOX=%s: candidates run unconfined; "
	                          "unset it for a jail",
	                          level)
	              : xstrdup(f.text);
	say(OPTIONAL, "jail", NULL, found);
	free(found);
}

/* The level of a candidate, or why it is refused. */
static int print_level(void)
{
	struct fault f;
	const char *level = sandbox_find_level(&f);

	if (level)
		puts(level);
	else
		warnx("%s", f.text);
	return level ? EXIT_YES : EXIT_NO;
}

/* Of the machine that judges: what there is, or (-d) what it is used for. */
static int print_host(int how)
{
	struct host host;
	struct fault f;
	char *nvcc = find_nvcc();

	if (host_read(&host, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	if (how == 'f')
		host_print(stdout, &host);
	else
		puts(nvcc && *host.arch ? "cuda" : "cpu");
	free(nvcc);
	return EXIT_YES;
}

/* Where RUNNER judges, if that is elsewhere. */
static void check_host(void)
{
	struct host host;
	struct fault f;
	char *text;

	if (host_read(&host, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	if (host.is_here)
		return;
	text = xasprintf("%s: %s%s%s", host.node, host.gpu,
	                 *host.gpu ? ", " : "", host.cpu);
	say(OPTIONAL, "judged on", text, "");
	free(text);
}

static void check_disk(const char *dir)
{
	struct statvfs v;
	char text[256];
	unsigned long long room;

	if (statvfs(dir, &v))
		err(EXIT_TROUBLE, "%s", dir);
	room = (unsigned long long)v.f_bavail * v.f_frsize;
	snprintf(text, sizeof text, "%llu MiB free in %s", room >> 20, dir);
	say(NEEDED, "disk", room >= DISK_WANTED ? text : NULL,
	    "want 1 GiB free for builds and records");
}

/* access(2) says yes to root on a read-only file system: make a file. */
static void check_writable(const char *dir)
{
	char *path = xasprintf("%s/.doctor-XXXXXX", dir);
	int fd = mkstemp(path);

	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
	say(NEEDED, "writable", fd >= 0 ? dir : NULL,
	    "this folder cannot be written: chown it, or clone elsewhere");
	free(path);
}

/* The GPUs that GPUS names, a line each. */
static int print_gpus(void)
{
	static struct gpus g;
	struct fault f;

	if (gpus_read(&g, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	for (int i = 0; i < g.count; i++)
		printf("%d\tGPU-%s\t%s\n", g.item[i].device, g.item[i].uuid,
		       g.item[i].name);
	return EXIT_YES;
}

int main(int argc, char *argv[])
{
	int c, answer = 0;
	char *bats;

	tool_start();
	while ((c = getopt(argc, argv, "dfgs")) != -1) {
		if (answer || !strchr("dfgs", c))
			tool_usage(USAGE);
		answer = c;
	}
	if (optind != argc)
		tool_usage(USAGE);
	if (answer == 's')
		return print_level();
	if (answer == 'g')
		return print_gpus();
	if (answer)
		return print_host(answer);
	check_jail();
	sandbox_trust();
	check_program(NEEDED, "cc", "--version", "make deps");
	check_make();
	say(NEEDED, "cJSON", "built in", "");
	say(NEEDED, "libcurl", "built in", "");
	check_program(NEEDED, "diff", "--version", "make deps");
	check_program(NEEDED, "flock", "--version", "make deps");
	/* A script, which does not run in the jail. */
	bats = program_find("bats");
	say(OPTIONAL, "bats", bats, "make test does not run: make deps");
	free(bats);
	check_openmp();
	check_cuda();
	check_host();
	check_cores();
	check_disk(".");
	check_disk("/tmp");
	check_writable(".");
	puts(needed_missing ? "make optimize cannot run here yet"
	                    : "make optimize can run");
	return needed_missing ? EXIT_NO : EXIT_YES;
}
