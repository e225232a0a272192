/* cubin - a kernel's device code: what it may not have, and its globals */
#include "cubin.h"

#include "memory.h"
#include "verdict.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* The bounded view of an ELF file. */
struct elf {
	const char *image;
	size_t len;
	const Elf64_Ehdr *head;
	const Elf64_Shdr *section;
	const Elf64_Sym *symbol;
	size_t symbols;
	const char *names; /* of symbols; NUL-terminated as a whole */
	size_t names_len;
};

static int inside(const struct elf *e, uint64_t offset, uint64_t bytes)
{
	return offset <= e->len && bytes <= e->len - offset;
}

/* A NUL-terminated string table, or NULL. */
static const char *strings(const struct elf *e, uint64_t section, size_t *len)
{
	const Elf64_Shdr *s = &e->section[section];

	if (section >= e->head->e_shnum || !s->sh_size ||
	    !inside(e, s->sh_offset, s->sh_size) ||
	    e->image[s->sh_offset + s->sh_size - 1])
		return NULL;
	*len = s->sh_size;
	return e->image + s->sh_offset;
}

static int elf_open(struct elf *e, const char *image, size_t len)
{
	memset(e, 0, sizeof *e);
	e->image = image;
	e->len = len;
	e->head = (const void *)image;
	if (len < sizeof *e->head || memcmp(image, ELFMAG, SELFMAG) ||
	    e->head->e_ident[EI_CLASS] != ELFCLASS64 ||
	    e->head->e_shentsize != sizeof *e->section ||
	    e->head->e_shoff % 8 ||
	    !inside(e, e->head->e_shoff,
	            (uint64_t)e->head->e_shnum * sizeof *e->section))
		return -1;
	e->section = (const void *)(image + e->head->e_shoff);
	for (size_t i = 0; i < e->head->e_shnum; i++) {
		const Elf64_Shdr *s = &e->section[i];

		if (s->sh_type != SHT_SYMTAB)
			continue;
		if (!inside(e, s->sh_offset, s->sh_size) || s->sh_offset % 8)
			return -1;
		e->symbol = (const void *)(image + s->sh_offset);
		e->symbols = s->sh_size / sizeof *e->symbol;
		e->names = strings(e, s->sh_link, &e->names_len);
	}
	return e->symbol && e->names ? 0 : -1;
}

static const char *symbol_name(const struct elf *e, const Elf64_Sym *s)
{
	return s->st_name < e->names_len ? e->names + s->st_name : "";
}

static int begins(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* Functions of the device's run-time system that keep state or start work.
 * That which launches may have been linked in. */
static int is_refused(const char *name, int is_import)
{
	if (begins(name, "__cudaCDP") || begins(name, "__cuda_syscall_cnp"))
		return 1;
	return is_import && (!strcmp(name, "malloc") || !strcmp(name, "free") ||
	                     begins(name, "cudaLaunchDevice") ||
	                     begins(name, "cudaGetParameterBuffer") ||
	                     begins(name, "cudaGraphLaunch"));
}

static int check_imports(const struct elf *e, struct fault *f)
{
	for (size_t i = 0; i < e->symbols; i++) {
		const Elf64_Sym *s = &e->symbol[i];

		if (is_refused(symbol_name(e, s), s->st_shndx == SHN_UNDEF))
			return fault_set(f, "the device code uses %s",
			                 symbol_name(e, s));
	}
	return 0;
}

/* Remembers a variable's content. The driver places variables one by one,
 * whatever their places in the section. */
static int keep_variable(struct cubin *c, const char *name, size_t want,
                         struct fault *f)
{
	struct cubin_region *r;
	size_t size;

	c->region = xrealloc(c->region, c->regions + 1, sizeof *c->region);
	r = &c->region[c->regions];
	if (cuda.cuModuleGetGlobal(&r->address, &size, c->module, name) ||
	    size < want)
		return fault_set(f,
		                 "global %s cannot be reset: use scratch() or "
		                 "zeroed()",
		                 name);
	r->bytes = size;
	r->content = xcalloc(r->bytes, 1);
	c->regions++;
	return CU(cuMemcpyDtoH(r->content, r->address, r->bytes), f);
}

/* Remembers a section of globals; what no variable covers must be padding. */
static int keep_section(const struct elf *e, size_t section, struct cubin *c,
                        struct fault *f)
{
	const Elf64_Shdr *s = &e->section[section];
	size_t covered = 0, variables = 1;

	for (size_t i = 0; i < e->symbols; i++) {
		const Elf64_Sym *v = &e->symbol[i];

		if (v->st_shndx != section ||
		    ELF64_ST_TYPE(v->st_info) != STT_OBJECT || !v->st_size)
			continue;
		if (v->st_size > s->sh_size)
			return fault_set(f, "globals that overlap");
		if (keep_variable(c, symbol_name(e, v), v->st_size, f))
			return -1;
		covered += v->st_size;
		variables++;
	}
	if (covered + variables * s->sh_addralign < s->sh_size)
		return fault_set(f, "%zu bytes of globals of no name",
		                 (size_t)s->sh_size - covered);
	return 0;
}

static int is_globals(const char *name)
{
	return !strcmp(name, ".nv.global") ||
	       !strcmp(name, ".nv.global.init") ||
	       !strcmp(name, ".nv.constant3");
}

static int keep_globals(const struct elf *e, struct cubin *c, struct fault *f)
{
	size_t len = 0, total = 0;
	const char *names = e->head->e_shstrndx < e->head->e_shnum
	                            ? strings(e, e->head->e_shstrndx, &len)
	                            : NULL;

	for (size_t i = 0; i < e->head->e_shnum; i++) {
		const Elf64_Shdr *s = &e->section[i];

		if (!names || s->sh_name >= len)
			return fault_set(f, "device code without names of its "
			                    "sections");
		if (!s->sh_size || !is_globals(names + s->sh_name))
			continue;
		total += s->sh_size < CUBIN_MAX_GLOBALS ? s->sh_size
		                                        : CUBIN_MAX_GLOBALS + 1;
		if (total > CUBIN_MAX_GLOBALS)
			return fault_set(f,
			                 "more than %zu bytes of globals: "
			                 "use scratch()",
			                 CUBIN_MAX_GLOBALS);
		if (keep_section(e, i, c, f))
			return -1;
	}
	return 0;
}

int cubin_load(const char *image, size_t len, struct cubin *c,
               const char **reason, struct fault *f)
{
	struct elf e;

	memset(c, 0, sizeof *c);
	*reason = REASON_LAUNCH_ERROR;
	if (elf_open(&e, image, len))
		return fault_set(f, "the device code is not a cubin");
	*reason = REASON_DEVICE_STATE;
	if (check_imports(&e, f))
		return -1;
	*reason = REASON_LAUNCH_ERROR;
	if (CU(cuModuleLoadData(&c->module, image), f))
		return -1;
	*reason = REASON_DEVICE_STATE;
	return keep_globals(&e, c, f);
}

int cubin_restore(const struct cubin *c, cu_stream stream, struct fault *f)
{
	for (size_t i = 0; i < c->regions; i++) {
		const struct cubin_region *r = &c->region[i];

		if (CU(cuMemcpyHtoDAsync(r->address, r->content, r->bytes,
		                         stream),
		       f))
			return -1;
	}
	return 0;
}
