# tvm-ffi - solutions in C++ of several files, with TVM-FFI's headers and
# without, on a CPU
load setup
load judge

setup_file() {
	scale_setup
	export K W
	compile reference
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >scale.h <<-'END'
		void scale(const float *x, float a, float *y, long n);
	END
	cat >scale.cpp <<-'END'
		#include "scale.h"
		void scale(const float *x, float a, float *y, long n)
		{
			for (long i = 0; i < n; i++)
				y[i] = a * x[i];
		}
	END
}

# What headers of TVM-FFI make of an exported function, as far as it matters:
# it cannot be loaded without their functions, and raises an error object.
by_hand() { # WHEN-IT-RAISES KIND-LENGTH MESSAGE-LENGTH
	cat <<-END
		#include <cstddef>
		#include <cstdint>
		#include "ratchet_abi.h"
		#include "../lib/scale.h"
		struct bytes { const char *data; size_t size; };
		extern "C" {
		void TVMFFIErrorSetRaised(void *);
		const bytes *TVMFFIBacktrace(const char *, int, const char *, int);
		struct type { int32_t index, depth; bytes key; };
		const type *TVMFFIGetTypeInfo(int32_t);
		void *TVMFFIEnvGetStream(int32_t, int32_t);
		}
		static struct { char header[24]; bytes kind, message, trace; } error;
		static char text[1 << 20];
		extern "C" int __tvm_ffi_go(void *, const TVMFFIAny *args, int32_t n, TVMFFIAny *)
		{
			const DLTensor *x = (const DLTensor *)args[0].v_ptr;
			const DLTensor *y = (const DLTensor *)args[2].v_ptr;
			const bytes *trace = TVMFFIBacktrace("a", 1, "b", 0);
			const type *t = TVMFFIGetTypeInfo(args[0].type_index);

			if (n != 3 || TVMFFIEnvGetStream(1, 0) || trace->size || t->key.size != 9 ||
			    TVMFFIGetTypeInfo(12345)->index != 70)
				return -1;
			if ($1) {
				for (char &c : text)
					c = 'm';
				error.kind = {"ValueErrorXXX", $2};
				error.message = {text, $3};
				TVMFFIErrorSetRaised(&error);
				return -1;
			}
			scale((const float *)x->data, (float)args[1].v_float64, (float *)y->data, x->shape[0]);
			return 0;
		}
	END
}

# solution MAIN: build.json of these files
solution() {
	jq -n --rawfile main "$1" --rawfile body scale.cpp --rawfile header scale.h \
		'{name: "mine", definition: "scale", author: "me",
		  spec: {language: "cpp", target_hardware: ["cpu"],
		         entry_point: "src/main.cpp::go", dependencies: [],
		         destination_passing_style: true, binding: "tvm-ffi"},
		  sources: [{path: "src/main.cpp", content: $main},
		            {path: "lib/scale.cpp", content: $body},
		            {path: "lib/scale.h", content: $header}]}' >solution.json
	build-kernel -c "$BATS_FILE_TMPDIR/cache" -d cpu -o build.json \
		"${2-$K}" solution.json || cat build.log
}

judged() { # STATUS MAIN [KERNEL]
	solution "${@:2}"
	K=${3-$K} run -"$1" front verify -o verify.jsonl \
		"$BATS_FILE_TMPDIR/reference.json" build.json
	detail=$(sed -n '2s/.*"detail": "\([^"]*\)".*/\1/p' verify.jsonl)
}

@test "what needs TVM-FFI's functions is judged without its library, of several files" {
	needs_jail
	by_hand 0 0 0 >main.cpp
	judged 0 main.cpp
	[ "$(grep -c '"status": "ok"' verify.jsonl)" -eq 3 ]
}

@test "the error that it raises is said, however long it claims to be" {
	needs_jail
	by_hand 'x->shape[0] == 1' 10 3 >main.cpp
	judged 1 main.cpp
	[ "$detail" = "ValueError: mmm" ]
	by_hand 1 0 0 >main.cpp
	judged 1 main.cpp
	[ "$detail" = ": " ]
	by_hand 1 10 'sizeof text' >main.cpp
	judged 1 main.cpp
	[[ $detail == "ValueError: mmmmm"* ]] && [ ${#detail} -lt 400 ]
	by_hand 1 10 '~0ul' >main.cpp
	judged 1 main.cpp
	[[ $detail == "ValueError: mmmmm"* ]]
}

@test "an entry that no source exports does not compile, and the log names it" {
	by_hand 0 0 0 | sed 's/__tvm_ffi_go/__tvm_ffi_run/' >main.cpp
	run solution main.cpp
	[[ $output == *"__tvm_ffi_go"* ]]
}

@test "with the headers of apache-tvm-ffi, which settings name" {
	needs_jail
	python=${PYTHON:-python3}
	headers=$("$python" -c 'import tvm_ffi; print(tvm_ffi.__path__[0])' 2>/dev/null || :)/include
	[ -e "$headers/tvm/ffi/function.h" ] || skip "no apache-tvm-ffi"
	cp -r "$K" kernel
	cp -r "$BATS_FILE_TMPDIR/kernels/include" .
	mkdir -p kernels && mv kernel kernels/scale && mv include kernels/
	echo "include.cpu = $headers" >>kernels/scale/settings
	cat >main.cpp <<-'END'
		#include <tvm/ffi/container/tensor.h>
		#include <tvm/ffi/error.h>
		#include <tvm/ffi/function.h>
		#include "../lib/scale.h"
		static void run(tvm::ffi::TensorView x, double a, tvm::ffi::TensorView y)
		{
			if (x.ndim() != WANT)
				TVM_FFI_THROW(ValueError) << "want an axis";
			scale((const float *)x.data_ptr(), (float)a, (float *)y.data_ptr(), x.size(0));
		}
		TVM_FFI_DLL_EXPORT_TYPED_FUNC(go, run);
	END
	sed 's/WANT/1/' main.cpp >right.cpp
	judged 0 right.cpp kernels/scale
	sed 's/WANT/2/' main.cpp >wrong.cpp
	judged 1 wrong.cpp kernels/scale
	[ "$detail" = "ValueError: want an axis" ]
	sed 's/WANT/1/; s/double a/tvm::ffi::TensorView a/; s/(float)a/1/' main.cpp >other.cpp
	judged 1 other.cpp kernels/scale
	[[ $detail == "TypeError: "*"argument #1"*"got \`float\`"* ]]
}
