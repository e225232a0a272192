load setup

# What is compiled, where it goes, and what is said when it cannot be.

KEY='[0-9a-f]{64}'

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p kernels/k out
	cp -r "$ROOT/kernels/include" kernels/
	echo 'cflags.cpu = -O3' >kernels/k/settings
	cat >s.c <<-'END'
		#include "ratchet.h"
		static int run(const DLTensor *x, const DLTensor *y)
		{
			((float *)ratchet_data(y))[0] = 2 * ((float *)ratchet_data(x))[0];
			return 0;
		}
		RATCHET_EXPORT(run, tensor, tensor)
	END
}

build() {
	build-kernel -c cache -d cpu -o out/build.json kernels/k "$@"
}

# The value of a string field of a report.
field() {
	sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "${2:-out/build.json}"
}

# A program named cc that comes before the real one.
fake_cc() {
	mkdir -p bin
	cat >bin/cc
	chmod +x bin/cc
	PATH=$PWD/bin:$PATH
}

# Nothing is left of an unfinished entry.
no_debris() {
	[ -z "$(ls -A cache 2>/dev/null | grep -vxE "$KEY")" ]
}

@test "a kernel lands in the cache under its key, and runs" {
	run -0 build s.c
	[ -z "$output" ]
	run -0 "$BUILD/tests/call" "./cache/$(field key)/kernel.so" 'f32[1]=21' 'f32[1]'
	[ "${lines[1]}" = 42 ]
}

@test "the report says what was done, and no path of this machine" {
	run -0 build s.c
	[ "$(field status)" = ok ]
	[ "$(field kernel)" = k ]
	[ "$(field device)" = cpu ]
	[ "$(field source)" = s.c ]
	[ "$(field source_sha256)" = "$(sha256sum <s.c | cut -c 1-64)" ]
	[[ $(field key) =~ ^$KEY$ ]]
	[[ $(field object_sha256) =~ ^$KEY$ ]]
	[[ $(field toolchain_sha256) =~ ^$KEY$ ]]
	[[ $(field compiler) == cc* ]]
	[ "$(field flashinfer_bench)" = "it builds without: -O3" ]
	run -1 grep -E '"[^"]*/(tmp|home|usr)' out/build.json
}

@test "what is there is not made again; what is missing is" {
	build s.c
	before=$(stat -c %i.%Y out/build.json "cache/$(field key)/kernel.so")
	run -0 build s.c
	[ "$(stat -c %i.%Y out/build.json "cache/$(field key)/kernel.so")" = "$before" ]
	rm -r cache
	run -0 build s.c
	[ -f "cache/$(field key)/kernel.so" ]
	rm out/*
	run -0 build s.c
	[ "$(field status)" = ok ]
	[ -f out/build.log ]
}

@test "an entry that somebody altered is made again" {
	build s.c
	echo >>"cache/$(field key)/kernel.so"
	run -0 build s.c
	run -0 "$BUILD/tests/call" "./cache/$(field key)/kernel.so" 'f32[1]=1' 'f32[1]'
}

@test "equal text in two clones gives the same code" {
	mkdir -p elsewhere/deep
	cp -r kernels elsewhere/deep/
	cp s.c elsewhere/deep/other.c
	build s.c
	(cd elsewhere/deep && build-kernel -c cache -d cpu -o build.json kernels/k other.c)
	[ "$(field object_sha256)" = "$(field object_sha256 elsewhere/deep/build.json)" ]
}

@test "a comment changes the key, not the code; other work changes both" {
	build s.c
	cp out/build.json a.json
	(echo '/* x */' && cat s.c) >t.c
	build t.c
	[ "$(field key)" != "$(field key a.json)" ]
	[ "$(field object_sha256)" = "$(field object_sha256 a.json)" ]
	sed 's/2 \*/3 */' s.c >t.c
	build t.c
	[ "$(field object_sha256)" != "$(field object_sha256 a.json)" ]
}

@test "flags, headers and compiler are part of the key" {
	build s.c
	key=$(field key)
	echo 'cflags = -O1' >kernels/k/settings
	build s.c
	[ "$(field key)" != "$key" ]
	key=$(field key)
	echo '/* more */' >>kernels/include/ratchet.h
	build s.c
	[ "$(field key)" != "$key" ]
	key=$(field key)
	fake_cc <<-END
		#!/bin/sh
		[ "\$1" != --version ] || { echo other compiler; exit; }
		exec $(command -v cc) "\$@"
	END
	build s.c
	[ "$(field key)" != "$key" ]
	[ "$(field compiler)" = "other compiler" ]
}

@test "headers of an include folder are found" {
	mkdir -p kernels/k/mine
	echo '#define TWO 2' >kernels/k/mine/two.h
	echo 'include = mine' >>kernels/k/settings
	(echo '#include "two.h"' && sed 's/2 \*/TWO */' s.c) >t.c
	run -0 build t.c
}

@test "what does not compile is a failed report, the reason in the log" {
	echo 'int run(void) { return oops; }' >t.c
	run -1 build t.c
	[ "$output" = "build-kernel: t.c: does not compile: out/build.log" ]
	[ "$(field status)" = failed ]
	grep -q oops out/build.log
	grep -q '"object_sha256": null' out/build.json
	[ ! -e cache ] || no_debris
	run -1 build t.c
}

@test "garbage does not compile" {
	head -c 20000 /dev/urandom >t.c
	run -1 build t.c
	: >t.c
	run -1 build t.c
}

@test "a kernel without the symbol fails, and the log names it" {
	echo 'int f(void) { return 0; }' >t.c
	run -1 build t.c
	grep -q __tvm_ffi_run out/build.log
}

@test "control characters and bytes beyond ASCII do not reach the log" {
	printf '#error "\033[31mred\r\b \303\251 \377"\n' >t.c
	run -1 build t.c
	grep -q 'error' out/build.log
	run -1 grep -qP '[^\n\t -~]' out/build.log
}

@test "of endless messages 64 KiB are kept" {
	fake_cc <<-'END'
		#!/bin/sh
		[ "$1" = --version ] && exit
		yes error | head -c 10000000
		exit 1
	END
	run -1 build s.c
	[ "$(wc -c <out/build.log)" -lt 66000 ]
	grep -q 'more was left out' out/build.log
}

@test "a compiler sees PATH and a folder for temporary files, no more" {
	fake_cc <<-'END'
		#!/bin/sh
		env
		exit 1
	END
	NVCC_APPEND_FLAGS=x CPATH=/x SECRET_KEY=x run -1 build s.c
	run -0 sed 's/=.*//' out/build.log
	[ "$(sort out/build.log | sed 's/=.*//' | grep -vE '^(PWD|_|SHLVL|OLDPWD|cc: .*)$' | tr '\n' ' ')" = "PATH TMPDIR " ]
}

@test "a compiler that crashes is a failed build" {
	fake_cc <<-'END'
		#!/bin/sh
		sh -c 'kill -SEGV $$'
	END
	run -1 build s.c
	grep -q 'exit status 139' out/build.log
}

@test "a missing compiler is trouble, and the message says what to do" {
	mkdir empty
	run -2 env PATH="$BUILD:$PWD/empty" build-kernel -c cache -d cpu -o out/b.json kernels/k s.c
	[ "$output" = "build-kernel: cc: not found; install gcc or clang" ]
	[ ! -e out/b.json ]
}

@test "without nvcc the message says so, and names the way out" {
	with_small_disk small true
	mkdir empty
	: >s.cu
	run -2 unshare -m sh -c 'mkdir -p /usr/local/cuda &&
		mount -t tmpfs none /usr/local/cuda && PATH=$0:$PWD/empty &&
		exec build-kernel -c cache -d cuda -a 90 -o out/b.json kernels/k s.cu' "$BUILD"
	[ "$output" = "build-kernel: nvcc: not found; install the CUDA toolkit or use DEVICE=cpu" ]
}

@test "killed while compiling: no half entry, and the next run completes" {
	real=$(command -v cc)
	fake_cc <<-END
		#!/bin/sh
		case "\$*" in *kernel.so*) sleep 3 ;; esac
		exec $real "\$@"
	END
	build-kernel -c cache -d cpu -o out/build.json kernels/k s.c &
	sleep 0.5
	kill -9 $!
	wait $! || true
	[ ! -e out/build.json ]
	[ ! -e cache ] || no_debris
	fake_cc <<-END
		#!/bin/sh
		exec $real "\$@"
	END
	run -0 build s.c
	no_debris
}

@test "what a kill left half published is cleared away" {
	build s.c
	key=$(field key)
	mv "cache/$key" "cache/.new-$key"
	rm "cache/.new-$key/kernel.so"
	rm out/build.json
	run -0 build s.c
	no_debris
	[ -f "cache/$key/kernel.so" ]
}

@test "two at once on one cache both succeed" {
	build-kernel -c cache -d cpu -o out/a.json kernels/k s.c &
	build-kernel -c cache -d cpu -o out/b.json kernels/k s.c
	wait $!
	[ "$(field key out/a.json)" = "$(field key out/b.json)" ]
	no_debris
}

@test "without a jail, who waits long for another compilation says so" {
	export SANDBOX=none
	build s.c
	flock "/tmp/ratchet-$(id -u)/lock.0" sleep 4 &
	sleep 0.3
	run -0 build s.c
	[[ $output == "build-kernel: waiting for other compilations (/tmp/ratchet-"* ]]
}

@test "a Solution of several sources, with an entry of its own" {
	cat >s.json <<-'END'
		{"name": "n", "definition": "k", "author": "a",
		 "spec": {"language": "cpp", "target_hardware": ["cpu"],
		          "entry_point": "main.c::go", "dependencies": []},
		 "sources": [
		  {"path": "main.c", "content": "#include \"ratchet.h\"\n#include \"sub/two.h\"\nfloat twice(float);\nstatic int go(const DLTensor *x, const DLTensor *y)\n{\n*(float *)ratchet_data(y) = twice(*(float *)ratchet_data(x)) * TWO;\nreturn 0;\n}\nRATCHET_EXPORT(go, tensor, tensor)\n"},
		  {"path": "sub/two.h", "content": "#define TWO 2\n"},
		  {"path": "sub/twice.c", "content": "float twice(float x);\nfloat twice(float x) { return 2 * x; }\n"}]}
	END
	run -0 build s.json
	run -0 "$BUILD/tests/call" "./cache/$(field key)/kernel.so" 'f32[1]=5' 'f32[1]'
	[ "${lines[1]}" = 20 ]
}

@test "a Solution that we cannot build is trouble" {
	json='{"name": "n", "definition": "k", "author": "a", "spec": {"language":
	 "LANG", "target_hardware": ["x"], "entry_point": "FILE::run"},
	 "sources": [{"path": "FILE", "content": "x"}]}'
	sed 's/LANG/triton/; s/FILE/m.py/g' <<<"$json" | tr '\n' ' ' >s.json
	run -2 build s.json
	[ "$output" = "build-kernel: s.json: want language cpp or python for device cpu, got triton" ]
	sed 's/LANG/cpp/; s/FILE/@m.c/g' <<<"$json" | tr '\n' ' ' >s.json
	run -2 build s.json
	sed 's/LANG/cpp/; s/FILE/-o.c/g' <<<"$json" | tr '\n' ' ' >s.json
	run -2 build s.json
	echo '{"name": ' >s.json
	run -2 build s.json
	[[ $output == "build-kernel: s.json:"* ]]
}

@test "files that cannot be read, of a wrong kind, or not there are trouble" {
	run -2 build absent.c
	[ "$output" = "build-kernel: absent.c: No such file or directory" ]
	mkdir d.c
	run -2 build d.c
	run -2 build kernels/k/settings
	[ "$output" = "build-kernel: kernels/k/settings: want a .c or .cpp file for device cpu" ]
	run -2 build-kernel -c cache -d cpu -o out/b.json absent s.c
	[ "$output" = "build-kernel: absent: No such file or directory" ]
	run -2 build-kernel -c cache -d tpu -o out/b.json kernels/k s.c
	[ "$output" = "build-kernel: tpu: unknown device; want cpu or cuda" ]
	echo 'cflagz = -O3' >kernels/k/settings
	run -2 build s.c
	[[ $output == *"kernels/k/settings:1: "* ]]
}

@test "a folder that cannot be written is trouble, before and after compiling" {
	run -2 build-kernel -c cache -d cpu -o /dev/null/b.json kernels/k s.c
	[[ $output == "build-kernel: /dev/null/b."*": Not a directory" ]]
	run -2 build-kernel -c /dev/null/cache -d cpu -o out/b.json kernels/k s.c
	[[ $output == "build-kernel: /dev/null/cache/"*": Not a directory" ]]
	[ ! -e out/b.json ]
	[ "$(id -u)" -ne 0 ] || skip "root may write anywhere"
	mkdir -m 555 readonly
	run -2 build-kernel -c readonly -d cpu -o out/b.json kernels/k s.c
}

# Runs a command with a full disk at $1.
with_small_disk() {
	dir=$1
	shift
	unshare -m true 2>/dev/null || skip "cannot mount"
	mkdir -p "$dir"
	unshare -m sh -c 'mount -t tmpfs -o size=${SIZE:-8k} none "$0" && exec "$@"' "$dir" "$@"
}

@test "a full disk under the cache is trouble, and leaves no entry" {
	with_small_disk cache true
	run -2 with_small_disk cache build-kernel -c cache -d cpu -o out/b.json kernels/k s.c
	[[ $output == *"No space left on device"* ]]
	[ ! -e out/b.json ]
}

@test "a full disk under the compiler is trouble, not the kernel's fault" {
	with_small_disk small true
	[[ $BUILD != /tmp/* ]] || skip "the programs are in /tmp"
	away=$(mktemp -d -p /var/tmp)
	cp -r kernels s.c "$away"
	cd "$away"
	fake_cc <<-'END'
		#!/bin/sh
		case "$*" in *kernel.so*) head -c 1000000 /dev/zero >x ;; esac
		exit 1
	END
	SIZE=64k run -2 with_small_disk /tmp build-kernel -c cache -d cpu -o b.json kernels/k s.c
	rm -r "$away"
	[[ $output == "build-kernel: /tmp/ratchet-$(id -u)/compile"*": the disk is full" ]]
}

@test "a compile folder that is not ours is refused" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	with_small_disk small true
	[[ $BUILD != /tmp/* ]] || skip "the programs are in /tmp"
	run -2 unshare -m sh -c 'mount -t tmpfs none /tmp && mkdir /tmp/ratchet-0 &&
		chmod 777 /tmp/ratchet-0 && exec build-kernel -c /dev/shm/none -d cpu \
		-o /dev/shm/none.json "$0/kernels/gemm_n128_k2048" /dev/null' "$ROOT"
	[ "$output" = "build-kernel: /tmp/ratchet-0: not a private folder of this user; remove it" ]
}

@test "a CUDA kernel gives a shared object and its cubin, the same in two clones" {
	command -v nvcc >/dev/null || [ -x /usr/local/cuda/bin/nvcc ] || skip "no nvcc"
	cp "$ROOT/kernels/rmsnorm_h4096/solution.cu" s.cu
	run -0 build-kernel -a sm_90 -c cache -d cuda -o out/a.json kernels/k s.cu
	[ -f "cache/$(field key out/a.json)/kernel.cubin" ]
	[ "$(field arch out/a.json)" = sm_90 ]
	mkdir elsewhere
	cp -r kernels s.cu elsewhere
	cd elsewhere
	build-kernel -a sm_90 -c cache -d cuda -o b.json kernels/k s.cu
	[ "$(field object_sha256 b.json)" = "$(field object_sha256 ../out/a.json)" ]
	run -0 ldd "cache/$(field key b.json)/kernel.so"
	[[ $output != *cudart* ]]
}

@test "the settings' architecture wins, and the report says it for FlashInfer-Bench" {
	command -v nvcc >/dev/null || [ -x /usr/local/cuda/bin/nvcc ] || skip "no nvcc"
	cp "$ROOT/kernels/rmsnorm_h4096/reference.cu" s.cu
	echo 'arch = 90a' >kernels/k/settings
	run -0 build-kernel -a sm_80 -c cache -d cuda -o out/a.json kernels/k s.cu
	[ "$(field arch out/a.json)" = sm_90a ]
	[ "$(field flashinfer_bench out/a.json)" = "TVM_FFI_CUDA_ARCH_LIST=9.0a; the same flags" ]
	echo 'arch = sm90' >kernels/k/settings
	run -2 build-kernel -c cache -d cuda -o out/a.json kernels/k s.cu
	[ "$output" = "build-kernel: want arch to be such as sm_90 or 90a, got sm90" ]
}

@test "without a device, an architecture must be named" {
	[ ! -e /dev/nvidiactl ] || skip "there is a device"
	: >s.cu
	run -2 build-kernel -c cache -d cuda -o out/a.json kernels/k s.cu
	[[ $output == "build-kernel: "*"; say which device to compile for: -a sm_90a" ]]
}

@test "every shipped kernel compiles" {
	for file in "$ROOT"/kernels/*/{reference,solution}.c; do
		run -0 build-kernel -c cache -d cpu -o out/b.json "${file%/*}" "$file"
	done
	command -v nvcc >/dev/null || [ -x /usr/local/cuda/bin/nvcc ] || return 0
	for file in "$ROOT"/kernels/*/{reference,solution}.cu; do
		run -0 build-kernel -a 90 -c cache -d cuda -o out/b.json "${file%/*}" "$file"
	done
}
