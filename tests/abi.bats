load setup

# kernels/include/ratchet.h: what a kernel author writes, and what callers see.

CALL=$BUILD/tests/call

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# The example of the header's own comment.
example() {
	sed -n '/#include "ratchet.h"/,/RATCHET_EXPORT/s/^ \*\t\{0,1\}//p' \
		"$ROOT/kernels/include/ratchet.h"
}

# Compiles standard input into k.so.
compile() {
	cat >k.c
	cc -Wall -Wextra -Werror -fPIC -O2 -shared -I"$ROOT/kernels/include" \
		-o k.so k.c "$@"
}

@test "the header's example computes what it says" {
	example | compile
	run -0 "$CALL" ./k.so 'f32[3]=1,2,3' float:2.5 'f32[3]'
	[ "$output" = "1,2,3
2.5,5,7.5" ]
}

@test "a Tensor object serves as well as a DLTensor pointer" {
	example | compile
	run -0 "$CALL" ./k.so 'object:f32[2]=1,2' float:3 'object:f32[2]'
	[ "${lines[1]}" = 3,6 ]
}

@test "an integer and a bool serve as a float64" {
	example | compile
	run -0 "$CALL" ./k.so 'f32[1]=4' int:3 'f32[1]'
	[ "${lines[1]}" = 12 ]
	run -0 "$CALL" ./k.so 'f32[1]=4' bool:1 'f32[1]'
	[ "${lines[1]}" = 4 ]
}

@test "too few and too many arguments are refused" {
	example | compile
	run -1 "$CALL" ./k.so 'f32[1]=4' float:3
	[ "$output" = "TypeError: want 3 arguments, got 2" ]
	run -1 "$CALL" ./k.so 'f32[1]' float:3 'f32[1]' 'f32[1]'
	[ "$output" = "TypeError: want 3 arguments, got 4" ]
	run -1 "$CALL" ./k.so
	[ "$output" = "TypeError: want 3 arguments, got 0" ]
}

@test "an argument of another kind is refused by its position" {
	example | compile
	run -1 "$CALL" ./k.so float:1 float:3 'f32[1]'
	[ "$output" = "TypeError: argument 0: want tensor, got type 3" ]
	run -1 "$CALL" ./k.so 'f32[1]' 'f32[1]' 'f32[1]'
	[ "$output" = "TypeError: argument 1: want float64, got type 7" ]
	run -1 "$CALL" ./k.so 'f32[1]' float:3 none
	[ "$output" = "TypeError: argument 2: want tensor, got type 0" ]
}

@test "a wrong extent, rank or element type is refused by the tensor's name" {
	example | compile
	run -1 "$CALL" ./k.so 'f32[2]' float:3 'f32[3]'
	[ "$output" = "ValueError: y: want axis 0 to be 2, got 3" ]
	run -1 "$CALL" ./k.so 'f32[2]' float:3 'f32[2,1]'
	[ "$output" = "ValueError: y: want 1 axes, got 2" ]
	run -1 "$CALL" ./k.so 'f64[2]' float:3 'f32[2]'
	[ "$output" = "TypeError: x: wrong element type" ]
}

@test "all kinds of scalars arrive" {
	compile <<-'END'
		#include "ratchet.h"
		static int run(int64_t i, double d, bool b, const DLTensor *y)
		{
			float *out = ratchet_data(y);

			out[0] = (float)i;
			out[1] = (float)d;
			out[2] = b;
			return 0;
		}
		RATCHET_EXPORT(run, int64, float64, boolean, tensor)
	END
	run -0 "$CALL" ./k.so int:-7 float:0.5 bool:1 'f32[3]'
	[ "$output" = "-7,0.5,1" ]
	run -1 "$CALL" ./k.so float:7 float:0.5 bool:1 'f32[3]'
	[ "$output" = "TypeError: argument 0: want int64, got type 3" ]
	run -1 "$CALL" ./k.so int:7 float:0.5 float:1 'f32[3]'
	[ "$output" = "TypeError: argument 2: want boolean, got type 3" ]
}

@test "sixteen arguments arrive in order" {
	compile <<-'END'
		#include "ratchet.h"
		static int run(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e,
			int64_t f, int64_t g, int64_t h, int64_t i, int64_t j, int64_t k,
			int64_t l, int64_t m, int64_t n, int64_t o, const DLTensor *y)
		{
			float x[] = {a, b, c, d, e, f, g, h, i, j, k, l, m, n, o};
			memcpy(ratchet_data(y), x, sizeof x);
			return 0;
		}
		RATCHET_EXPORT(run, int64, int64, int64, int64, int64, int64, int64,
			int64, int64, int64, int64, int64, int64, int64, int64, tensor)
	END
	run -0 "$CALL" ./k.so int:{1..15} 'f32[15]'
	[ "$output" = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 ]
}

@test "a failure's reason reaches the caller" {
	compile <<-'END'
		#include "ratchet.h"
		static int run(int64_t i)
		{
			return ratchet_fail("ValueError", "no %lld", (long long)i);
		}
		RATCHET_EXPORT(run, int64)
	END
	run -1 "$CALL" ./k.so int:5
	[ "$output" = "ValueError: no 5" ]
}

# Writes the first byte of scratch and of zeroed, and the alignment of both.
memory_kernel() {
	compile "$@" <<-'END'
		#include "ratchet.h"
		static int run(int64_t bytes, const DLTensor *y)
		{
			unsigned char *s = scratch(bytes), *z = zeroed(bytes);
			float *out = ratchet_data(y);

			if (!s || !z)
				return ratchet_fail("RuntimeError", "no memory");
			out[0] = s[0];
			out[1] = z[bytes - 1];
			out[2] = (uintptr_t)s % 256 + (uintptr_t)z % 256;
			memset(s, 1, bytes);
			memset(z, 1, bytes);
			return 0;
		}
		RATCHET_EXPORT(run, int64, tensor)
	END
}

@test "scratch and zeroed ask the calling process" {
	memory_kernel
	run -0 "$CALL" ./k.so int:100 'f32[3]'
	[ "${lines[0]}" = "scratch 100" ]
	run -1 "$CALL" ./k.so int:5000 'f32[3]'
	[[ $output == *"RuntimeError: no memory" ]]
}

@test "without such a process, zeroed is zero at every call" {
	memory_kernel -Dratchet_scratch=absent1 -Dratchet_zeroed=absent2
	TWICE=1 run -0 "$CALL" ./k.so int:100000 'f32[3]'
	[[ $output == *",0,0" ]]
}

@test "a kernel needs no symbol of its caller" {
	example | compile -Wl,--no-undefined
}

@test "C++ and clang compile the example without a warning" {
	example >k.c
	for cc in 'c++ -x c++ -std=c++17' 'clang -std=c11' \
		'clang++ -x c++ -std=c++17'; do
		command -v "${cc%% *}" >/dev/null || continue
		# shellcheck disable=SC2086
		$cc -Wall -Wextra -Wpedantic -Wconversion -Werror -fPIC -shared \
			-I"$ROOT/kernels/include" -o k.so k.c
		run -0 "$CALL" ./k.so 'f32[1]=4' int:3 'f32[1]'
		[ "${lines[1]}" = 12 ]
	done
}

@test "TVM-FFI's own loader takes the example" {
	python=${PYTHON:-python3}
	"$python" -c 'import tvm_ffi, numpy' 2>/dev/null || skip "no apache-tvm-ffi"
	example | compile
	"$python" - <<-'END'
		import numpy, tvm_ffi
		run = tvm_ffi.load_module("./k.so").run
		x, y = numpy.arange(5, dtype="float32"), numpy.zeros(5, dtype="float32")
		dl = tvm_ffi.from_dlpack
		run(dl(x), 2.5, dl(y))
		assert (y == 2.5 * x).all(), y
		for wrong in ((dl(x), 2.5), (2.5, dl(x), dl(y)), (dl(x), 2.5, dl(y[:4]))):
		    try:
		        run(*wrong)
		    except (TypeError, ValueError) as e:
		        print(e)
		    else:
		        raise SystemExit("taken: %r" % (wrong,))
	END
}

@test "a CUDA solution builds as FlashInfer-Bench would, the headers beside it" {
	nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc) || skip "no nvcc"
	for kernel in gemm_n128_k2048 rmsnorm_h4096; do
		cp "$ROOT/kernels/$kernel/solution.cu" "$ROOT"/kernels/include/*.h .
		"$nvcc" -Xcompiler -fPIC -std=c++17 -O2 -I. \
			-gencode=arch=compute_90,code=sm_90 -c -o k.o solution.cu
		c++ -shared -o k.so k.o -L"${nvcc%/bin/nvcc}/lib64" -lcudart
		nm -D k.so | grep ' T __tvm_ffi_run$'
	done
}

@test "the shipped kernels load, and refuse what their definition does not say" {
	for kernel in gemm_n128_k2048 rmsnorm_h4096; do
		for file in reference solution; do
			compile -Wno-unknown-pragmas -Wno-psabi -lm \
				<"$ROOT/kernels/$kernel/$file.c"
			run -1 "$CALL" ./k.so 'f32[1,2048]' 'f32[128,2048]' 'f32[1,128]'
			[[ $output == "TypeError: "*": wrong element type" ]]
		done
	done
}
