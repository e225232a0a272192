/* toolchain - which compiler is here, and a hash that changes when it does */
#include "toolchain.h"
#include "command.h"
#include "memory.h"
#include "program.h"
#include "python.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_S 20

/* Words are parted by spaces. */
#define VERSION "__import__('importlib.metadata').metadata.version"
#define ASK_PYTHON                                                             \
	"-I -c print('Python',__import__('platform').python_version()+',',"    \
	"'torch'," VERSION "('torch')"
#define ASK_TRITON "+',','triton'," VERSION "('triton')"

char **toolchain_words(const char *line)
{
	char *copy = xstrdup(line), *save = NULL;
	char **word = xcalloc(strlen(line) / 2 + 2, sizeof *word);
	size_t n = 0;

	for (char *w = strtok_r(copy, " \t", &save); w;
	     w = strtok_r(NULL, " \t", &save))
		word[n++] = w;
	if (n == 0)
		free(copy);
	return word;
}

static int find_program(struct toolchain *t, const char *name, struct fault *f)
{
	const char *usual = "/usr/local/cuda/bin/nvcc";

	t->program = program_find(name);
	if (t->program)
		return 0;
	if (strcmp(name, "nvcc"))
		return fault_set(f, "%s: not found; install gcc or clang",
		                 name);
	if (access(usual, X_OK))
		return fault_set(f, "nvcc: not found; install the CUDA toolkit "
		                    "or use DEVICE=cpu");
	t->program = xstrdup(usual);
	return 0;
}

/* What a program prints for these arguments; "" if it fails to run. */
static char *output_of(const char *program, const char *arguments,
                       const char *dir)
{
	char *line = xasprintf("program %s", arguments);
	char **argv = toolchain_words(line);
	struct command c = {
	        .file = program, .argv = argv, .dir = dir, .limit_s = LIMIT_S};
	struct command_result r;
	struct fault ignored;

	free(line);
	if (command_run(&c, &r, &ignored))
		r.output = xstrdup("");
	free(argv[0]);
	free(argv);
	return r.output;
}

/* The line that holds the version: nvcc's fourth, elsewhere the first. */
static char *version_line(const char *text)
{
	const char *release = strstr(text, "Cuda compilation tools");
	const char *from = release ? release : text;

	return xasprintf("%.*s", (int)strcspn(from, "\n"), from);
}

int toolchain_find(struct toolchain *t, const char *name, const char *flags,
                   const char *dir, struct fault *f)
{
	int is_nvcc = !strcmp(name, "nvcc");
	char *host = NULL, *probe, *says, *text;

	if (find_program(t, name, f))
		return -1;
	says = output_of(t->program, "--version", dir);
	t->version = version_line(says);
	/* nvcc's host compiler makes the launching half; of a C compiler we ask
	 * how it reads the flags, which expands "native". */
	host = is_nvcc ? program_find("gcc") : xstrdup(t->program);
	probe = is_nvcc ? xstrdup("--version")
	                : xasprintf("-### -E -x c %s /dev/null", flags);
	text = host ? output_of(host, probe, dir) : xstrdup("");
	free(probe);
	probe = xasprintf("%s\n%s\n%s\n", says, text, flags);
	sha256_hex(probe, strlen(probe), t->sha256);
	free(probe);
	free(text);
	free(host);
	free(says);
	return 0;
}

int toolchain_python(struct toolchain *t, const char *python,
                     const char *language, const char *dir, struct fault *f)
{
	int is_triton = !strcmp(language, "triton");
	char *says;

	t->program = python ? xstrdup(python) : python_find(f);
	if (!t->program)
		return -1;
	says = output_of(t->program,
	                 is_triton ? ASK_PYTHON ASK_TRITON ")" : ASK_PYTHON ")",
	                 dir);
	t->version = version_line(says);
	sha256_hex(says, strlen(says), t->sha256);
	free(says);
	if (strncmp(t->version, "Python ", 7) == 0)
		return 0;
	return fault_set(f,
	                 "PYTHON=%s: no PyTorch%s, which a solution in %s "
	                 "needs: python3 -m venv V; V/bin/pip install torch%s; "
	                 "and PYTHON=V/bin/python",
	                 t->program, is_triton ? " with Triton" : "",
	                 is_triton ? "Triton" : "Python",
	                 is_triton ? " triton" : "");
}
