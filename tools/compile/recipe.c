/* recipe - the compiler's command for one solution, and what identifies it */
#include "recipe.h"
#include "cpu_name.h"
#include "host.h"
#include "memory.h"
#include "sanitize.h"
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNITY "all_sources.cu" /* includes every .cu file of a solution */
#define CXX ".cpp .cc .cxx"

/* "sm_90a" and "90a" name the same architecture. */
static int set_arch(struct recipe *r, const char *arch, struct fault *f)
{
	const char *p = !strncmp(arch, "sm_", 3) ? arch + 3 : arch;
	size_t digits = strspn(p, "0123456789");
	size_t suffix = strspn(p + digits, "af");

	if (digits < 2 || digits > 3 || suffix > 1 || p[digits + suffix])
		return fault_set(f,
		                 "want arch to be such as sm_90 or 90a, got "
		                 "%s",
		                 arch);
	r->arch = xasprintf("sm_%s", p);
	return 0;
}

/* That of the device which will judge. */
static int find_arch(struct recipe *r, struct fault *f)
{
	struct host host;

	if (host_read(&host, f))
		return -1;
	if (!*host.arch)
		return fault_set(f,
		                 "no GPU %s; say which device to compile for: "
		                 "-a sm_90a",
		                 host.is_here ? "here" : "there");
	return set_arch(r, host.arch, f);
}

/* "native" means this processor, but it may be judged on another. */
static int check_native(const char *flags, const struct settings *settings,
                        struct fault *f)
{
	struct host there;
	char here[sizeof there.cpu];

	if (!strstr(flags, "=native"))
		return 0;
	if (host_read(&there, f))
		return -1;
	cpu_model(here, sizeof here);
	if (strcmp(here, there.cpu) == 0)
		return 0;
	return fault_set(f,
	                 "%s: native is %s here, but %s where it is judged: "
	                 "name in cflags.cpu what both have, such as "
	                 "-march=x86-64-v3",
	                 settings->path, here, there.cpu);
}

/* Headers of a relative folder are copied beside the sources, so that the
 * command names nothing of this machine; an absolute one is named as it is.
 * Returns the flags that this needs, or NULL with the fault set. */
static char *include_folders(struct sources *s, const char *kernel_dir,
                             const char *folders, struct fault *f)
{
	char **word = toolchain_words(folders);
	char *flags = xstrdup("");
	int failed = 0;

	for (char **w = word; *w && !failed; w++) {
		char *path = xasprintf("%s/%s", kernel_dir, *w);

		if (**w == '/') {
			char *longer = xasprintf("%s -I%s", flags, *w);

			free(flags);
			flags = longer;
		} else {
			failed = sources_add_headers(s, path, f);
		}
		free(path);
	}
	free(word[0]);
	free(word);
	if (!failed)
		return flags;
	free(flags);
	return NULL;
}

static size_t count_of(const struct sources *s, const char *extensions)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += (size_t)sources_has_extension(s->file[i].path, extensions);
	return n;
}

static void print_names(FILE *out, const struct sources *s,
                        const char *extensions, const char *before,
                        const char *after)
{
	for (size_t i = 0; i < s->count; i++)
		if (sources_has_extension(s->file[i].path, extensions))
			fprintf(out, "%s%s%s", before, s->file[i].path, after);
}

/* A cubin comes from one translation unit, so several .cu files become one. */
static void unite(struct sources *s)
{
	struct source_file all = {.path = xstrdup(UNITY)};
	FILE *out = open_memstream(&all.text, &all.len);

	print_names(out, s, ".cu", "#include \"", "\"\n");
	fclose(out);
	s->file = xrealloc(s->file, s->count + 1, sizeof *s->file);
	s->file[s->count++] = all;
}

/* The linker must find the symbol, and says so when it does not. Callers look
 * for __tvm_ffi_run whatever the entry point is called. */
static void print_link(FILE *out, const struct sources *s, const char *pass)
{
	fprintf(out, " -shared %s--build-id=none", pass);
	if (strcmp(s->symbol, "__tvm_ffi_run"))
		fprintf(out, " %s--defsym=__tvm_ffi_run=%s", pass, s->symbol);
	fprintf(out, " %s--require-defined=__tvm_ffi_run -o kernel.so", pass);
}

static int print_cpu(FILE *out, const struct sources *s, const char *flags,
                     struct fault *f)
{
	int is_cxx = count_of(s, CXX) > 0;

	if (is_cxx && count_of(s, ".c"))
		return fault_set(f, "%s: want sources in C or in C++, not both",
		                 s->name);
	fprintf(out, "%s -fPIC -O2 -I. %s", is_cxx ? "c++ -std=c++17" : "cc",
	        flags);
	print_link(out, s, "-Wl,");
	print_names(out, s, is_cxx ? CXX : ".c", " ", "");
	fprintf(out, " -lm");
	return 0;
}

/* --keep leaves the very cubin that goes into the shared object, and gives
 * temporary files names without a process id, which would get into the code. */
static void print_cuda(FILE *out, struct recipe *r, struct sources *s,
                       const char *flags)
{
	size_t units = count_of(s, ".cu");
	const char *base = "";

	if (units > 1)
		unite(s);
	fprintf(out, "nvcc -std=c++17 -O2 -gencode=arch=compute_%s,code=%s",
	        r->arch + 3, r->arch);
	fprintf(out, " -I. -Xcompiler -fPIC -cudart static --keep %s", flags);
	print_link(out, s, "-Xlinker ");
	if (units > 1)
		fprintf(out, " %s", UNITY);
	else
		print_names(out, s, ".cu", " ", "");
	print_names(out, s, CXX, " ", "");
	fprintf(out, " -Xlinker --as-needed -lcuda");
	for (size_t i = 0; i < s->count; i++) /* the last one is UNITY */
		if (sources_has_extension(s->file[i].path, ".cu"))
			base = s->file[i].path;
	base = strrchr(base, '/') ? strrchr(base, '/') + 1 : base;
	if (*base)
		r->cubin = xasprintf("%.*s", (int)strlen(base) - 3, base);
}

static void set_key(struct recipe *r, const struct sources *s,
                    const char *kernel_dir)
{
	char *text, digest[SHA256_HEX];
	size_t len;
	FILE *out = open_memstream(&text, &len);

	/* The report says of which file it is, also where its code is equal. */
	fprintf(out, "%s\n%s\n%s\n%s\n%s\n", strrchr(kernel_dir, '/') + 1,
	        s->name, s->sha256, r->line, r->toolchain.sha256);
	for (size_t i = 0; i < s->count; i++) {
		sha256_hex(s->file[i].text, s->file[i].len, digest);
		fprintf(out, "%s %s\n", digest, s->file[i].path);
	}
	fclose(out);
	sha256_hex(text, len, r->key);
	free(text);
}

/* FlashInfer-Bench has no field for flags; it takes the architecture from the
 * device or from a variable. */
static char *what_flashinfer_needs(const struct recipe *r, const char *flags)
{
	size_t n = r->arch ? strlen(r->arch) : 0;
	char *arch, *needs;

	if (n > 3 && strchr("af", r->arch[n - 1]))
		arch = xasprintf("TVM_FFI_CUDA_ARCH_LIST=%.*s.%s; ", (int)n - 5,
		                 r->arch + 3, r->arch + n - 2);
	else
		arch = xstrdup("");
	flags += strspn(flags, " ");
	if (*flags)
		needs = xasprintf("%sit builds without: %s", arch, flags);
	else
		needs = xasprintf("%sthe same flags", arch);
	free(arch);
	return needs;
}

/* The settings' flags, more, and those that find headers. */
static char *make_flags(struct sources *s, const struct settings *settings,
                        const char *kernel_dir, const char *more,
                        struct fault *f)
{
	char *folders = xasprintf("../include %s",
	                          settings_string(settings, "include", ""));
	char *installed = xasprintf("%s/../../include/ratchet", tool_dir());
	char *include = include_folders(s, kernel_dir, folders, f);
	char *flags = NULL;

	if (include && sources_add_headers(s, installed, f) == 0)
		flags = xasprintf("%s%s%s%s",
		                  settings_string(settings, "cflags", ""),
		                  *more ? " " : "", more, include);
	free(include);
	free(installed);
	free(folders);
	return flags;
}

int recipe_headers(struct sources *s, const struct settings *settings,
                   const char *kernel_dir, struct fault *f)
{
	char *flags = make_flags(s, settings, kernel_dir, "", f);

	free(flags);
	return flags ? 0 : -1;
}

/* The flags, and those that have the compiler report. Frees what it is given.
 */
static char *add_report(char *flags, int is_cuda, const char *dir)
{
	const char *more = " -Xptxas -v";
	static struct toolchain t; /* as its strings live */
	struct fault ignored;
	char *longer;

	if (!is_cuda && toolchain_find(&t, "cc", "", dir, &ignored) == 0)
		more = strstr(t.version, "clang")
		               ? " -Rpass=loop-vectorize "
		                 "-Rpass-missed=loop-vectorize"
		               : " -fopt-info-vec-optimized-missed";
	longer = xasprintf("%s%s", flags, more);
	free(flags);
	return longer;
}

/* Reading it finds what no Python could run. */
static int make_python(struct recipe *r, const struct sources *s,
                       const char *sanitize, const char *kernel_dir,
                       const char *dir, struct fault *f)
{
	size_t len;
	FILE *out;

	if (sanitize && strcmp(s->language, "triton"))
		return fault_set(f,
		                 "%s: sanitizers are for code that is "
		                 "compiled, and it is Python",
		                 s->name);
	r->object = SOURCES_PYTHON;
	r->flashinfer_bench = xstrdup("nothing");
	out = open_memstream(&r->line, &len);
	fprintf(out, "python3 -I -X pycache_prefix=. -m py_compile");
	print_names(out, s, ".py", " ", "");
	fclose(out);
	if (toolchain_python(&r->toolchain, NULL, s->language, dir, f))
		return -1;
	set_key(r, s, kernel_dir);
	return 0;
}

int recipe_make(struct recipe *r, struct sources *s, const char *device,
                const char *arch, const char *sanitize, int report,
                const struct settings *settings, const char *kernel_dir,
                const char *dir, struct fault *f)
{
	int is_cuda = !strcmp(device, "cuda"), failed = 0;
	char *flags, *name, *more;
	size_t len;
	FILE *out;

	*r = (struct recipe){.device = device, .object = "kernel.so"};
	if (s->language)
		return make_python(r, s, sanitize, kernel_dir, dir, f);
	arch = settings_string(settings, "arch", arch);
	if (is_cuda && (arch ? set_arch(r, arch, f) : find_arch(r, f)))
		return -1;
	more = sanitize ? sanitize_flags(sanitize, device, f) : xstrdup("");
	flags = more ? make_flags(s, settings, kernel_dir, more, f) : NULL;
	free(more);
	if (!flags)
		return -1;
	out = open_memstream(&r->line, &len);
	if (report)
		flags = add_report(flags, is_cuda, dir);
	if (is_cuda)
		print_cuda(out, r, s, flags);
	else
		failed = check_native(flags, settings, f) ||
		         print_cpu(out, s, flags, f);
	fclose(out);
	name = xasprintf("%.*s", (int)strcspn(r->line, " "), r->line);
	if (!failed)
		failed = toolchain_find(&r->toolchain, name, flags, dir, f);
	if (!failed) {
		r->flashinfer_bench = what_flashinfer_needs(r, flags);
		set_key(r, s, kernel_dir);
	}
	free(name);
	free(flags);
	return failed;
}
