load setup
load power

# Kernels on the CPU under AddressSanitizer and UndefinedBehaviorSanitizer: by
# hand, and before an accept where the settings ask for it.

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	power_kernel twice 60000 3 1000 77
	printf 'threads = 1\nmax_processes = 8\n' >kernels/twice/settings
	echo 'int f(int *p); int f(int *p) { return p[1]; }' >san.c
	cc -fsanitize=address,undefined -shared -fPIC -o san.so san.c ||
		skip "this compiler has no sanitizers"
	build-kernel -c cache -d cpu -o reference.json kernels/twice \
		kernels/twice/reference.c
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	[ -e reference.json ] || skip "this compiler has no sanitizers"
}

# faulty NAME CODE: a solution that does CODE before it is right
faulty() {
	sed "s/^	for (int i = 0; i < PAD.*/	$2\n&/" kernels/twice/solution.c >"$1.c"
}

# sanitized NAME: verify's answer on the smallest and the largest workload
sanitized() {
	build-kernel -z "address undefined" -c cache -d cpu -o "$1.json" \
		kernels/twice "$1.c"
	verify -z "address undefined" -m ends -k kernels/twice \
		-w workloads/twice.jsonl -c cache -o "$1.jsonl" reference.json \
		"$1.json"
}

# finds NAME REASON DETAIL: on both workloads
finds() {
	run -1 sanitized "$1"
	[ "$(grep -c "\"status\": \"$2\", \"detail\": \"[^\"]*$3" "$1.jsonl")" = 2 ] || {
		cat "$1.jsonl"
		return 1
	}
}

@test "an honest kernel passes, on the smallest and the largest workload" {
	faulty honest ''
	run -0 sanitized honest
	[ "$(grep -c '"status": "ok"' honest.jsonl)" = 2 ]
	grep -q '"uuid": "n3"' honest.jsonl
	grep -q '"uuid": "n1000"' honest.jsonl
	grep -q '"sanitize": "address undefined"' honest.jsonl
}

@test "reading one element before or after an input is red-zone" {
	faulty after 'sum += ((volatile float *)ratchet_data(x))[n];'
	finds after red-zone 'use-after-poison, a read of 4 bytes, in run, solution.c:'
	faulty before 'sum += ((volatile float *)ratchet_data(x))[-1];'
	finds before red-zone 'use-after-poison, a read of 4 bytes'
}

@test "reading past an output is red-zone" {
	faulty output 'sum += ((volatile float *)ratchet_data(y))[n];'
	finds output red-zone 'use-after-poison, a read'
}

@test "writing past memory of its own is red-zone" {
	faulty heap 'char *volatile p = (char *)malloc(8); p[9 + (n > 5000)] = 1; free(p);'
	run -1 sanitized heap
	grep -qE '"status": "(red-zone|wrong)", "detail": "[^"]*(heap-buffer|insufficient space)' heap.jsonl
}

@test "what the language leaves undefined is wrong" {
	faulty overflow 'volatile int k = 2147483647; k = k + (int)n; sum += k \& 1;'
	finds overflow wrong 'solution.c:[0-9:]* runtime error: signed integer overflow'
	faulty shift 'volatile int s = 40; sum += 1 << s;'
	finds shift wrong 'runtime error: shift exponent'
}

@test "none of these is found without sanitizers" {
	for name in after output overflow; do
		build-kernel -c cache -d cpu -o plain.json kernels/twice "$name.c"
		run -0 verify -k kernels/twice -w workloads/twice.jsonl -c cache \
			-o plain.jsonl reference.json plain.json
	done
}

@test "what is wrong anyway keeps its name" {
	sed 's/2 \* in\[i\]/3 * in[i]/' kernels/twice/solution.c >triple.c
	finds triple wrong ''
	faulty crash 'abort();'
	run -1 sanitized crash
	grep -q '"status": "died"' crash.jsonl
}

@test "words that the device does not know are refused" {
	faulty honest ''
	run -2 build-kernel -z "address memcheck" -c cache -d cpu -o x.json \
		kernels/twice honest.c
	[[ "$output" == *"sanitize: memcheck is not for cpu" ]]
	run -2 build-kernel -z thread -c cache -d cpu -o x.json kernels/twice honest.c
}

in_make() {
	make -C "$ROOT" -s --no-print-directory KERNEL=twice DEVICE=cpu \
		"KERNELS=$PWD/kernels" "WORKLOADS=$PWD/workloads" \
		"EXPERIMENTS=$PWD/experiments" "$@"
}

@test "make sanitize says what it finds, and where" {
	faulty after 'sum += ((volatile float *)ratchet_data(x))[n];'
	run -0 in_make sanitize
	run -2 in_make sanitize "SOLUTION=$PWD/after.c"
	[[ "$output" == *'"status": "red-zone"'*'solution.c:'* ]]
	run -0 in_make sanitize "SOLUTION=$PWD/after.c" SANITIZERS=undefined
}

@test "make sanitize MODE=full runs all workloads, without it two" {
	run -0 in_make sanitize
	[ "$(grep -c '"status": "ok"' "$BUILD/run/twice.cpu/sanitize.jsonl")" = 2 ]
	run -0 in_make sanitize MODE=full
	[ "$(grep -c '"status": "ok"' "$BUILD/run/twice.cpu/sanitize.jsonl")" = 3 ]
}

@test "by the setting, a finding refuses what would be accepted" {
	echo 'sanitize = address undefined' >>kernels/twice/settings
	export BENCH_S=15
	sed 's/PAD 60000/PAD 6000/' kernels/twice/solution.c >faster.c
	sed "s/^	for (int i = 0; i < PAD.*/	sum += ((volatile float *)ratchet_data(x))[n];\n&/" \
		faster.c >beyond.c
	settles "verdict: reject red-zone speedup *" in_make try "SOLUTION=$PWD/beyond.c"
	local dir=$(ls -d experiments/twice/exp_* | tail -n 1)
	grep -q '"sanitize.jsonl": "' $dir/verdict.json
	grep -q 'use-after-poison' $dir/verdict.json
	settles "verdict: accept - speedup *" in_make try "SOLUTION=$PWD/faster.c"
	dir=$(ls -d experiments/twice/exp_* | tail -n 1)
	[ -s $dir/sanitize.jsonl ]
	# and a record without it, or with another's words, proves nothing
	sed -i 's/address undefined/undefined/' $dir/sanitize.jsonl
	run -2 decide -k kernels/twice -o x $dir
	[[ "$output" == *"sanitize.jsonl:1: want sanitize to be 'address undefined'" ]]
	rm $dir/sanitize.jsonl
	run -2 decide -k kernels/twice -o x $dir
	[[ "$output" == *"sanitize.jsonl: No such file or directory" ]]
}
