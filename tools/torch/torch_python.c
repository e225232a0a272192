/* torch_python - what is Python of a PyTorch extension: how it is built,
 * imported and tested */
#include "torch_python.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_tensors(FILE *f, const struct definition *d,
                          const struct tensor_spec *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fprintf(f, "%s%s: %s", i ? ", " : "", t[i].name,
		        dtype_name(t[i].dtype));
		for (int k = 0; k < t[i].ndim; k++) {
			const struct axis *a = &d->axes[t[i].axis[k]];

			fputs(k ? ", " : "[", f);
			if (a->is_var)
				fputs(a->name, f);
			else
				fprintf(f, "%lld", (long long)a->value);
		}
		fputs(t[i].ndim ? "]" : "", f);
	}
}

char *torch_module(const struct definition *d)
{
	char *text;
	size_t len;
	FILE *f = xmemstream(&text, &len);

	fprintf(f, "\"\"\"%s\n\nrun(", d->name);
	print_tensors(f, d, d->inputs, d->ninputs);
	fputs(") -> ", f);
	print_tensors(f, d, d->outputs, d->noutputs);
	fputs("\n\nOutputs are new tensors, on the device and the current "
	      "stream "
	      "of the inputs.\n\"\"\"\nimport torch  # its libraries, before "
	      "ours\n\nfrom . import _C\n\n__all__ = [\"run\"]\n\n\n"
	      "def run(*args, **kwargs):\n"
	      "    outputs = _C.run(*args, **kwargs)\n"
	      "    return outputs[0] if len(outputs) == 1 else "
	      "tuple(outputs)\n",
	      f);
	fclose(f);
	return text;
}

/* Words as a list of Python's strings. */
static void print_words(FILE *f, const char *words)
{
	const char *comma = "";

	fputc('[', f);
	for (size_t n; *(words += strspn(words, " ")); words += n) {
		n = strcspn(words, " ");
		fprintf(f, "%s\"%.*s\"", comma, (int)n, words);
		comma = ", ";
	}
	fputc(']', f);
}

/* As recipe.c chooses it. */
#define PROBE                                                                  \
	"\n# With what only this GPU has, as it was judged: 9.0a, not 9.0.\n"  \
	"if torch.cuda.is_available():\n"                                      \
	"    major, minor = torch.cuda.get_device_capability()\n"              \
	"    os.environ.setdefault(\"TORCH_CUDA_ARCH_LIST\",\n"                \
	"                          f\"{major}.{minor}\" + \"a\" * (major >= "  \
	"9))\n"

char *torch_setup(const struct definition *d, const struct sources *s,
                  const struct settings *settings)
{
	int is_cuda = strcmp(settings->device, "cuda") == 0;
	const char *flags = settings_string(settings, "cflags", "");
	const char *arch = settings_string(settings, "arch", "");
	int probes = is_cuda && !*arch;
	char *text, *all;
	size_t len;
	FILE *f = xmemstream(&text, &len);

	fprintf(f,
	        "%sfrom pathlib import Path\n\n%sfrom setuptools import setup\n"
	        "from torch.utils.cpp_extension import BuildExtension, %s\n\n"
	        "here = Path(__file__).resolve().parent\n%s\n"
	        "setup(\n    name=\"%s\",\n    version=\"0.1\",\n"
	        "    packages=[\"%s\"],\n    ext_modules=[\n        %s(\n"
	        "            \"%s._C\",\n            [\"csrc/binding.cpp\"",
	        probes ? "import os\n" : "", probes ? "import torch\n" : "",
	        is_cuda ? "CUDAExtension" : "CppExtension", probes ? PROBE : "",
	        d->name, d->name, is_cuda ? "CUDAExtension" : "CppExtension",
	        d->name);
	for (size_t i = 0; i < s->count; i++)
		if (!sources_has_extension(s->file[i].path, ".h .cuh .hpp"))
			fprintf(f, ", \"csrc/%s\"", s->file[i].path);
	fputs("],\n            include_dirs=[str(here / \"csrc\")],\n", f);
	arch += strncmp(arch, "sm_", 3) ? 0 : 3;
	all = *arch ? xasprintf("%s -gencode=arch=compute_%s,code=sm_%s", flags,
	                        arch, arch)
	            : xstrdup(flags);
	if (is_cuda) {
		fputs("            define_macros=[(\"RATCHET_TORCH_CUDA\", "
		      "None)],\n            libraries=[\"cuda\"],\n"
		      "            extra_compile_args={\"nvcc\": ",
		      f);
		print_words(f, all);
		fputs("},\n", f);
	} else {
		fputs("            extra_compile_args=", f);
		print_words(f, all);
		fputs(",\n            extra_link_args=", f);
		print_words(f, strstr(flags, "-fopenmp") ? "-fopenmp" : "");
		fputs(",\n", f);
	}
	fputs("        )\n    ],\n    cmdclass={\"build_ext\": "
	      "BuildExtension.with_options(use_ninja=False)},\n)\n",
	      f);
	fclose(f);
	free(all);
	return text;
}

char *torch_readme(const struct definition *d)
{
	const char *name = d->name;

	return xasprintf("# %s\n\nA kernel that Ratchet made faster, for "
	                 "PyTorch:\n\n    pip install --no-build-isolation .\n"
	                 "    python tests/test_%s.py\n\n    import %s\n"
	                 "    help(%s)\n\n`csrc/` is the kernel as it was "
	                 "judged, and what calls it; `tests/reference.py` is "
	                 "what it\ncomputes.\n",
	                 name, name, name, name);
}

static void print_inputs(FILE *f, const struct definition *d)
{
	for (size_t i = 0; i < d->ninputs; i++) {
		const struct tensor_spec *t = &d->inputs[i];

		if (t->is_scalar) {
			fprintf(f, "            %s,\n",
			        t->dtype == DTYPE_BOOL     ? "True"
			        : dtype_is_float(t->dtype) ? "1.0"
			                                   : "1");
			continue;
		}
		fprintf(f, "            draw(torch.%s", dtype_name(t->dtype));
		for (int k = 0; k < t->ndim; k++)
			fprintf(f, ", AXIS_%d", t->axis[k]);
		fputs("),\n", f);
	}
}

/* Of an output that the judge looks at through a view there are several right
 * ones: only its shape is compared. */
static void print_viewed(FILE *f, const struct definition *d,
                         const struct settings *settings)
{
	const char *comma = "";

	fputs("VIEWED = [", f);
	for (size_t i = 0; i < d->noutputs; i++) {
		char *key = xasprintf("view.%s", d->outputs[i].name);

		if (settings_string(settings, key, NULL)) {
			fprintf(f, "%s%zu", comma, i);
			comma = ", ";
		}
		free(key);
	}
	fputs("]  # outputs of which several are right\n", f);
}

/* On random values of the axes' sizes that environment variables say. */
char *torch_test(const struct definition *d, const struct settings *settings)
{
	int is_cuda = strcmp(settings->device, "cuda") == 0;
	char *text;
	size_t len;
	FILE *f = xmemstream(&text, &len);

	fprintf(f,
	        "\"\"\"Compares the extension with the definition's reference "
	        "on random values.\n\nA size for each axis that varies comes "
	        "from the environment (%s=...), or is 16.\n\"\"\"\n"
	        "import os\nimport unittest\n\nimport torch\n\nimport %s\n"
	        "import reference\n\nDEVICE = \"%s\"\n",
	        d->naxes ? d->axes[0].name : "N", d->name,
	        is_cuda ? "cuda" : "cpu");
	print_viewed(f, d, settings);
	for (size_t i = 0; i < d->naxes; i++) {
		if (d->axes[i].is_var)
			fprintf(f,
			        "AXIS_%zu = int(os.environ.get(\"%s\", "
			        "\"16\"))\n",
			        i, d->axes[i].name);
		else
			fprintf(f, "AXIS_%zu = %lld  # %s\n", i,
			        (long long)d->axes[i].value, d->axes[i].name);
	}
	fputs("\n\ndef draw(dtype, *shape):\n"
	      "    if dtype == torch.bool:\n"
	      "        return torch.randint(0, 2, shape, "
	      "device=DEVICE).bool()\n"
	      "    if not dtype.is_floating_point:\n"
	      "        return torch.randint(0, 16, shape, "
	      "device=DEVICE).to(dtype)\n"
	      "    return torch.randn(shape, device=DEVICE).clamp(-2, "
	      "2).to(dtype)\n\n\nclass Test(unittest.TestCase):\n"
	      "    def test_reference(self):\n        inputs = [\n",
	      f);
	print_inputs(f, d);
	fprintf(f,
	        "        ]\n        got = %s.run(*inputs)\n"
	        "        want = reference.run(*inputs)\n"
	        "        if torch.is_tensor(got):\n"
	        "            got, want = [got], [want]\n"
	        "        for i, (a, b) in enumerate(zip(got, want)):\n"
	        "            self.assertEqual(a.shape, b.shape)\n"
	        "            if i not in VIEWED:\n"
	        "                torch.testing.assert_close(\n"
	        "                    a.float(), b.float(), atol=1e-2, "
	        "rtol=1e-2\n"
	        "                )\n\n    def test_wrong_shape(self):\n"
	        "        with self.assertRaises((RuntimeError, TypeError)):\n"
	        "            %s.run(torch.zeros(1, 1, 1, 1, 1, 1, 1, 1, 1, "
	        "device=DEVICE))\n\n\nif __name__ == \"__main__\":\n"
	        "    unittest.main()\n",
	        d->name, d->name);
	fclose(f);
	return text;
}
