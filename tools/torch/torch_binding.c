/* torch_binding - C++ that calls a kernel with PyTorch's tensors */
#include "torch_binding.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static const char *torch_type(const struct tensor_spec *t)
{
	static const struct {
		enum dtype dtype;
		const char *name;
	} type[] = {
	        {DTYPE_FLOAT32, "at::kFloat"},
	        {DTYPE_FLOAT16, "at::kHalf"},
	        {DTYPE_BFLOAT16, "at::kBFloat16"},
	        {DTYPE_FLOAT8_E4M3FN, "at::kFloat8_e4m3fn"},
	        {DTYPE_FLOAT8_E5M2, "at::kFloat8_e5m2"},
	        {DTYPE_INT64, "at::kLong"},
	        {DTYPE_INT32, "at::kInt"},
	        {DTYPE_INT16, "at::kShort"},
	        {DTYPE_INT8, "at::kChar"},
	        {DTYPE_BOOL, "at::kBool"},
	};

	for (size_t i = 0; i < sizeof type / sizeof *type; i++)
		if (type[i].dtype == t->dtype)
			return type[i].name;
	return NULL;
}

static void print_shape(FILE *f, const struct definition *d,
                        const struct tensor_spec *t)
{
	fputc('{', f);
	for (int i = 0; i < t->ndim; i++)
		fprintf(f, "%s\"%s\"", i ? ", " : "", d->axes[t->axis[i]].name);
	fputc('}', f);
}

/* Checked inputs and made outputs, by names that no argument has. */
static void print_body(FILE *f, const struct definition *d)
{
	size_t first = d->ninputs; /* of them that is a tensor */

	fputs("\tratchet_torch::axes axes;\n", f);
	for (size_t i = 0; i < d->naxes; i++)
		if (!d->axes[i].is_var)
			fprintf(f, "\taxes.is(\"%s\", %lld);\n",
			        d->axes[i].name, (long long)d->axes[i].value);
	for (size_t i = 0; i < d->ninputs; i++) {
		const struct tensor_spec *t = &d->inputs[i];

		if (t->is_scalar)
			continue;
		first = i < first ? i : first;
		fprintf(f, "\tauto in_%zu = axes.want(a_%zu, \"%s\", %s, ", i,
		        i, t->name, torch_type(t));
		print_shape(f, d, t);
		fputs(");\n", f);
	}
	for (size_t i = 0; i < d->noutputs; i++) {
		const struct tensor_spec *t = &d->outputs[i];

		fprintf(f, "\tauto out_%zu = axes.make(in_%zu.device(), %s, ",
		        i, first, torch_type(t));
		print_shape(f, d, t);
		fputs(");\n", f);
	}
}

int torch_can(const struct definition *d, struct fault *f)
{
	size_t tensors = 0;

	for (size_t i = 0; i < d->ninputs + d->noutputs; i++) {
		const struct tensor_spec *t =
		        i < d->ninputs ? &d->inputs[i]
		                       : &d->outputs[i - d->ninputs];

		tensors += i < d->ninputs && !t->is_scalar;
		if (!t->is_scalar && !torch_type(t))
			return fault_set(
			        f,
			        "%s: %s is of %s, of which PyTorch has "
			        "no tensors",
			        d->name, t->name, dtype_name(t->dtype));
	}
	if (!tensors)
		return fault_set(f, "%s: no input is a tensor", d->name);
	return 0;
}

char *torch_binding(const struct definition *d, const char *symbol)
{
	char *text;
	size_t len;
	FILE *f = xmemstream(&text, &len);

	fprintf(f, "/* %s - as a function of PyTorch's tensors */\n", d->name);
	fprintf(f, "#define RATCHET_RUN %s\n#include \"ratchet_torch.h\"\n\n",
	        symbol);
	fputs("static std::vector<at::Tensor> run(", f);
	for (size_t i = 0; i < d->ninputs; i++)
		fprintf(f, "%s%s a_%zu", i ? ", " : "",
		        d->inputs[i].is_scalar
		                ? dtype_scalar(d->inputs[i].dtype)
		                : "const at::Tensor &",
		        i);
	fputs(")\n{\n", f);
	print_body(f, d);
	fputs("\tratchet_torch::call({", f);
	for (size_t i = 0; i < d->ninputs; i++)
		fprintf(f, "%s_%zu, ", d->inputs[i].is_scalar ? "a" : "in", i);
	for (size_t i = 0; i < d->noutputs; i++)
		fprintf(f, "%sout_%zu", i ? ", " : "", i);
	fputs("});\n\treturn {", f);
	for (size_t i = 0; i < d->noutputs; i++)
		fprintf(f, "%sout_%zu", i ? ", " : "", i);
	fputs("};\n}\n\nPYBIND11_MODULE(TORCH_EXTENSION_NAME, m)\n{\n"
	      "\tm.def(\"run\", &run",
	      f);
	for (size_t i = 0; i < d->ninputs; i++)
		fprintf(f, ", py::arg(\"%s\")", d->inputs[i].name);
	fputs(");\n}\n", f);
	fclose(f);
	return text;
}
