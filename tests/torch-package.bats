load setup

setup() {
	cd "$BATS_TEST_TMPDIR"
	python=${PYTHON:-python3}
	mkdir -p kernels/mixed
	ln -s "$ROOT/kernels/include" kernels/include
	cat >kernels/mixed/definition.json <<-'END'
	{"name": "mixed", "op_type": "test",
	 "axes": {"n": {"type": "var"}, "k": {"type": "const", "value": 4}},
	 "inputs": {"lambda": {"shape": ["n", "k"], "dtype": "float32"},
	            "index": {"shape": ["n"], "dtype": "int32"},
	            "scale": {"shape": null, "dtype": "float32"},
	            "count": {"shape": null, "dtype": "int32"},
	            "flag": {"shape": null, "dtype": "bool"}},
	 "outputs": {"y": {"shape": ["n", "k"], "dtype": "float32"},
	             "total": {"shape": ["n"], "dtype": "float32"}},
	 "reference": "import torch\n\ndef run(x, index, scale, count, flag):\n    y = x * scale + count * flag + index[:, None]\n    return y, y.sum(1)\n"}
	END
	echo 'cflags = -O2' >kernels/mixed/settings
	cat >kernels/mixed/solution.c <<-'END'
	#include "ratchet.h"

	static int run(const DLTensor *x, const DLTensor *index, double scale,
	               int64_t count, bool flag, const DLTensor *y,
	               const DLTensor *total)
	{
		const float *in = (const float *)ratchet_data(x);
		const int32_t *at = (const int32_t *)ratchet_data(index);
		float *out = (float *)ratchet_data(y);
		float *sum = (float *)ratchet_data(total);

		if (ratchet_extent(x, 0) == 13)
			return ratchet_fail("ValueError", "13 is unlucky");
		for (int64_t i = 0; i < ratchet_extent(x, 0); i++) {
			sum[i] = 0;
			for (int k = 0; k < 4; k++) {
				out[4 * i + k] = in[4 * i + k] * (float)scale +
				                 (float)(flag ? count : 0) +
				                 (float)at[i];
				sum[i] += out[4 * i + k];
			}
		}
		return 0;
	}
	RATCHET_EXPORT(run, tensor, tensor, float64, int64, boolean, tensor, tensor)
	END
}

package() {
	torch-package -d cpu -k kernels/mixed -o out kernels/mixed/solution.c
}

@test "a solution becomes a package with all that it needs" {
	run -0 package
	[ "${#lines[@]}" -eq 10 ]
	cmp kernels/mixed/solution.c out/csrc/solution.c
	cmp "$ROOT/kernels/include/ratchet.h" out/csrc/ratchet.h
	cmp "$ROOT/tools/torch/ratchet_torch.h" out/csrc/ratchet_torch.h
	grep -q 'axes.want(a_0, "lambda", at::kFloat, {"n", "k"})' out/csrc/binding.cpp
	grep -q 'ratchet_torch::call({in_0, in_1, a_2, a_3, a_4, out_0, out_1})' \
		out/csrc/binding.cpp
	grep -q '^run(lambda: float32\[n, 4\], index: int32\[n\], scale: float32, ' \
		out/mixed/__init__.py
	grep -q '^def run' out/tests/reference.py
}

@test "a GPU's package has its architecture and flags" {
	printf 'arch = 90a\ncflags = -O3 --use_fast_math\n' >kernels/mixed/settings
	cp kernels/mixed/solution.c solution.cu
	torch-package -d cuda -k kernels/mixed -o out solution.cu
	grep -q 'CUDAExtension' out/setup.py
	grep -qF 'extra_compile_args={"nvcc": ["-O3", "--use_fast_math", "-gencode=arch=compute_90a,code=sm_90a"]}' \
		out/setup.py
	grep -q '^DEVICE = "cuda"$' out/tests/test_mixed.py
}

@test "without an architecture, a GPU's package takes what that GPU alone has" {
	cp kernels/mixed/solution.c solution.cu
	torch-package -d cuda -k kernels/mixed -o out solution.cu
	grep -q 'os.environ.setdefault("TORCH_CUDA_ARCH_LIST",$' out/setup.py
	rm -r out
	echo 'arch = sm_90a' >kernels/mixed/settings
	torch-package -d cuda -k kernels/mixed -o out solution.cu
	! grep -q TORCH_CUDA_ARCH_LIST out/setup.py
	grep -qF '"-gencode=arch=compute_90a,code=sm_90a"' out/setup.py
}

@test "an output of which several are right is compared by its shape" {
	package
	grep -q '^VIEWED = \[\] ' out/tests/test_mixed.py
	rm -r out
	echo 'view.total = float32' >>kernels/mixed/settings
	package
	grep -q '^VIEWED = \[1\] ' out/tests/test_mixed.py
}

@test "the package builds, is what the reference says, and refuses what is wrong" {
	"$python" -c 'import torch, setuptools' 2>/dev/null ||
		skip "no torch for $python"
	package
	cd out
	run -0 "$python" setup.py -q build_ext --inplace
	PYTHONPATH=. run -0 "$python" tests/test_mixed.py
	[[ $output == *"Ran 2 tests"*OK ]]
	PYTHONPATH=. run -0 "$python" - <<-'PY'
	import torch, mixed
	x, index = torch.randn(8, 4), torch.arange(8, dtype=torch.int32)
	y, total = mixed.run(x, index, 2.0, 3, True)
	torch.testing.assert_close(y, x * 2 + 3 + index[:, None])
	torch.testing.assert_close(total, y.sum(1))
	turned = torch.randn(4, 8).t()  # not contiguous
	torch.testing.assert_close(mixed.run(turned, index, 1.0, 0, False)[0],
	                           turned + index[:, None])
	def refused(words, *arguments, **named):
	    try:
	        mixed.run(*arguments, **named)
	    except (RuntimeError, TypeError) as e:
	        assert words in str(e), e
	    else:
	        raise AssertionError(words)
	refused("lambda: want Float, got Double", x.double(), index, 1.0, 0, False)
	refused("lambda: want 4 for k, got 5", torch.randn(8, 5), index, 1.0, 0, False)
	refused("index: want 8 for n, got 7", x, index[:7], 1.0, 0, False)
	refused("lambda: want 2 axes, got 1", x[0], index, 1.0, 0, False)
	refused("ValueError: 13 is unlucky", torch.randn(13, 4),
	        torch.arange(13, dtype=torch.int32), 1.0, 0, False)
	refused("incompatible function arguments", x, index)
	PY
}

@test "what PyTorch has no tensors of, or none of, is refused, and nothing made" {
	sed -i 's/"y": {"shape": \["n", "k"\], "dtype": "float32"/"y": {"shape": ["n", "k"], "dtype": "float4_e2m1"/' \
		kernels/mixed/definition.json
	run -2 package
	[ "$output" = "torch-package: mixed: y is of float4_e2m1, of which PyTorch has no tensors" ]
	sed -i '/"lambda"/s/\["n", "k"\]/null/; /"index"/s/\["n"\]/null/' \
		kernels/mixed/definition.json
	sed -i 's/float4_e2m1/float32/' kernels/mixed/definition.json
	run -2 package
	[ "$output" = "torch-package: mixed: no input is a tensor" ]
	[ ! -e out ]
}

@test "what is not there is named, and a full disk leaves no half of a file" {
	run -2 torch-package -d cpu -k kernels/mixed -o out nowhere.c
	[ "$output" = "torch-package: nowhere.c: No such file or directory" ]
	run -2 torch-package -d cpu -k nowhere -o out kernels/mixed/solution.c
	[[ $output == "torch-package: nowhere/definition.json: No such file"* ]]
	[ ! -e out ]
	echo file >out
	run -2 package
	[[ $output == "torch-package: out"*"Not a directory" ]]
	rm out
	run -2 bash -c "ulimit -f 0; trap '' XFSZ; torch-package -d cpu -k kernels/mixed -o out kernels/mixed/solution.c"
	[ -z "$(find out -type f 2>/dev/null)" ]
	run -2 bash -c "torch-package -d cpu -k kernels/mixed -o out kernels/mixed/solution.c >/dev/full"
}

@test "make export-torch packs the incumbent, or SOLUTION, into OUT" {
	mk() {
		make -C "$ROOT" -s export-torch BUILD="$BUILD" KERNEL=mixed \
			DEVICE=cpu KERNELS="$PWD/kernels" "$@"
	}
	run -0 mk OUT="$PWD/out"
	cmp kernels/mixed/solution.c out/csrc/solution.c
	sed 's/unlucky/lucky/' kernels/mixed/solution.c >mine.c
	run -0 mk OUT="$PWD/out" SOLUTION="$PWD/mine.c"
	cmp mine.c out/csrc/solution.c
	run -2 mk
	[[ $output == *"want OUT="* ]]
}
