# cheats-cuda - the kernels of tests/cheats and tests/controls in CUDA C: what
# can be said of them without a GPU
load setup

setup() {
	cd "$ROOT"
}

head_of() { # FILE WORD
	sed -n "1,/\*\//s/^ \* $2: //p" "$1"
}

# The words that a fixture may expect: reasons, outcomes, and the harness's.
words() {
	sed -n 's/^#define \(REASON\|OUTCOME\)_[A-Z_]* "\(.*\)"$/\2/p' \
		tools/formats/verdict.h
	printf '%s\n' honest unrewarded refused
}

compiles() { # FILE [LINE]
	cd "$BATS_TEST_TMPDIR"
	{
		echo "${2:-}"
		cat "$ROOT/$1"
	} >solution.cu
	nvcc -std=c++17 -O2 -arch=sm_90 -I"$ROOT/kernels/include" \
		-I"$ROOT/tests/cheats/kernels/sum_rows" \
		-cubin -o solution.cubin solution.cu
}

needs_nvcc() {
	command -v nvcc >/dev/null || skip "no nvcc here"
}

@test "every fixture says its name, its kernel and what it must get" {
	for file in tests/cheats/*.cu tests/controls/*.cu; do
		name=$(basename "$file" .cu)
		head -n 1 "$file" | grep -qE "^/\* $name - [^ ]" ||
			echo "$file: want /* $name - what it does"
		kernel=$(head_of "$file" kernel)
		[ -f "tests/cheats/kernels/$kernel/solution.cu" ] &&
			[ -f "tests/cheats/kernels/$kernel/reference.cu" ] ||
			echo "$file: no kernel '$kernel' in CUDA C"
		expect=$(head_of "$file" expect)
		[ -n "$expect" ] || echo "$file: expects nothing"
		for word in ${expect//|/ }; do
			words | grep -qxF -- "$word" ||
				echo "$file: '$word' is no answer"
		done
	done >"$BATS_TEST_TMPDIR/bad"
	run cat "$BATS_TEST_TMPDIR/bad"
	[ -z "$output" ]
}

@test "every cheat has a switch that makes it honest, and no control needs one" {
	[ -z "$(grep -L TWIN tests/cheats/*.cu)" ]
	[ -z "$(grep -l TWIN tests/controls/*.cu)" ]
}

@test "what reaches for other processes or files is marked hostile" {
	for file in $(grep -lE 'ptrace|kill\(parent|readdir|O_APPEND|/environ|socket\(' \
		tests/cheats/*.cu); do
		[ "$(head_of "$file" hostile)" = yes ] || echo "$file"
	done >"$BATS_TEST_TMPDIR/bad"
	run cat "$BATS_TEST_TMPDIR/bad"
	[ -z "$output" ]
}

@test "the control that copies the incumbent is the incumbent" {
	body() {
		awk 'is_code; /\*\// { is_code = 1 }' "$1"
	}
	run -0 diff <(body tests/controls/copy.cu) \
		<(body tests/cheats/kernels/sum_rows/solution.cu)
}

@test "the kernels that cheats are candidates of compile" {
	needs_nvcc
	for file in tests/cheats/kernels/*/*.cu; do
		run -0 compiles "$file"
		[ -z "$output" ]
	done
}

@test "a cheat and its twin compile to different code" {
	needs_nvcc
	for name in memo_global pdl_early tf32_inside; do
		run -0 compiles "tests/cheats/$name.cu"
		[ -z "$output" ]
		cheat=$(sha256sum <"$BATS_TEST_TMPDIR/solution.cubin")
		cd "$ROOT"
		run -0 compiles "tests/cheats/$name.cu" '#define TWIN 1'
		[ -z "$output" ]
		[ "$(sha256sum <"$BATS_TEST_TMPDIR/solution.cubin")" != "$cheat" ]
		cd "$ROOT"
	done
}
