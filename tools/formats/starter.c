/* starter - what the files of a kernel begin as */
#include "starter.h"
#include "memory.h"
#include "workload.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_EXTENT 16 /* of a variable axis in the workload we begin with */

/* Is a name of the definition a word of C or C++? */
static int is_keyword(const char *name)
{
	static const char words[] =
	        " and asm auto bool break case catch char class const continue "
	        "default delete do double else enum explicit export extern "
	        "false float for friend goto if inline int long mutable "
	        "namespace new not operator or private protected public "
	        "register restrict return run short signed sizeof static "
	        "struct switch template this throw true try typedef typeid "
	        "typename union unsigned using virtual void volatile while "
	        "xor ";
	char *word = xasprintf(" %s ", name);
	int is = strstr(words, word) != NULL;

	free(word);
	return is;
}

/* A name of the definition as a C identifier. */
static void put_name(FILE *p, const char *name)
{
	int is_taken = is_keyword(name);

	if (isdigit((unsigned char)*name))
		fputc('_', p);
	for (; *name; name++)
		fputc(isalnum((unsigned char)*name) ? *name : '_', p);
	if (is_taken)
		fputc('_', p);
}

static const char *scalar_kind(const struct tensor_spec *t)
{
	if (t->dtype == DTYPE_BOOL)
		return "boolean";
	return dtype_is_float(t->dtype) ? "float64" : "int64";
}

static void put_parameters(FILE *p, const struct tensor_spec *t, size_t n,
                           const char **comma)
{
	for (size_t i = 0; i < n; i++) {
		fprintf(p, "%s%s%s", *comma,
		        t[i].is_scalar ? dtype_scalar(t[i].dtype)
		                       : "const DLTensor *",
		        t[i].is_scalar ? " " : "");
		put_name(p, t[i].name);
		*comma = ", ";
	}
}

static void put_kinds(FILE *p, const struct tensor_spec *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(p, ", %s",
		        t[i].is_scalar ? scalar_kind(&t[i]) : "tensor");
}

static void put_want(FILE *p, const struct definition *d,
                     const struct tensor_spec *t, const char **before)
{
	if (t->is_scalar || t->ndim == 0)
		return;
	fprintf(p, "%sRATCHET_WANT(", *before);
	put_name(p, t->name);
	fputs(", RATCHET_", p);
	for (const char *s = dtype_name(t->dtype); *s; s++)
		fputc(toupper((unsigned char)*s), p);
	for (int i = 0; i < t->ndim; i++) {
		const struct axis *a = &d->axes[t->axis[i]];

		fprintf(p, ", %lld", a->is_var ? -1 : (long long)a->value);
		fputs(" /* ", p);
		put_name(p, a->name);
		fputs(" */", p);
	}
	fputc(')', p);
	*before = " ||\n\t    ";
}

/* What the stub does not look at. */
static void put_unused(FILE *p, const struct tensor_spec *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!t[i].is_scalar && t[i].ndim > 0)
			continue;
		fputs("\t(void)", p);
		put_name(p, t[i].name);
		fputs(";\n", p);
	}
}

char *starter_stub(const struct definition *d, const char *what)
{
	const char *comma = "", *before = "\tif (";
	char *text;
	size_t len;
	FILE *p = xmemstream(&text, &len);

	fprintf(p, "/* %s - %s */\n#include \"ratchet.h\"\n\nstatic int run(",
	        d->name, what);
	put_parameters(p, d->inputs, d->ninputs, &comma);
	put_parameters(p, d->outputs, d->noutputs, &comma);
	fputs(")\n{\n", p);
	for (size_t i = 0; i < d->ninputs; i++)
		put_want(p, d, &d->inputs[i], &before);
	for (size_t i = 0; i < d->noutputs; i++)
		put_want(p, d, &d->outputs[i], &before);
	if (strcmp(before, "\tif (") != 0)
		fputs(")\n\t\treturn -1;\n", p);
	put_unused(p, d->inputs, d->ninputs);
	put_unused(p, d->outputs, d->noutputs);
	fputs("\treturn ratchet_fail(\"RuntimeError\", \"not written yet\");\n"
	      "}\nRATCHET_EXPORT(run",
	      p);
	put_kinds(p, d->inputs, d->ninputs);
	put_kinds(p, d->outputs, d->noutputs);
	fputs(")\n", p);
	fclose(p);
	return text;
}

/* By FlashInfer-Bench's rule, which goes by the name; and where an output has
 * so few bits that rounding the other way is a large error. */
static int is_low_bit(const struct definition *d)
{
	for (size_t i = 0; i < d->noutputs; i++) {
		enum dtype t = d->outputs[i].dtype;

		if (dtype_bits(t) <= 8 && dtype_ulp(t, 1) > 0)
			return 1;
	}
	return strstr(d->name, "moe_fp8_block_scale") != NULL;
}

char *starter_settings(const struct definition *d)
{
	char *text;
	size_t len;
	FILE *p = xmemstream(&text, &len);

	fprintf(p,
	        "# %s: how it is built and judged; ratchet-files(5) says what "
	        "each key\n# means\ncflags.cpu = -O3 -march=native -fopenmp\n\n"
	        "atol = 1e-2\nrtol = 1e-2\n%s\n# Once the solution is written, "
	        "`make precision KERNEL=%s` prints\n# the bound on errors to "
	        "put here.\n\n# It must be right beyond the list's shapes, and "
	        "for rare values, too.\n",
	        d->name, is_low_bit(d) ? "matched_ratio = 0.95\n" : "",
	        d->name);
	for (size_t i = 0; i < d->naxes; i++)
		if (d->axes[i].is_var)
			fprintf(p, "# hidden.%s = 1..%d\n", d->axes[i].name,
			        FIRST_EXTENT);
	fputs("# plant = large tiny rows integers\n", p);
	fclose(p);
	return text;
}

/* One shape to begin with: every variable axis the same, inputs at random. */
char *starter_workload(const struct definition *d)
{
	json *axes = json_object(), *inputs = json_object();
	char *text, *lines;

	for (size_t i = 0; i < d->naxes; i++)
		if (d->axes[i].is_var)
			json_add_integer(axes, d->axes[i].name, FIRST_EXTENT);
	for (size_t i = 0; i < d->ninputs; i++) {
		const struct tensor_spec *t = &d->inputs[i];
		json *spec = json_add(inputs, t->name, json_object());

		json_add_string(spec, "type",
		                t->is_scalar ? "scalar" : "random");
		if (t->is_scalar && t->dtype == DTYPE_BOOL)
			json_add_boolean(spec, "value", 1);
		else if (t->is_scalar)
			json_add_integer(spec, "value", 1);
	}
	text = workload_text(d->name, "00000000-0000-4000-8000-000000000001",
	                     axes, inputs);
	lines = xasprintf("%s\n", text);
	free(text);
	return lines;
}
