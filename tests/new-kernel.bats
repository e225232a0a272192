load setup

setup() {
	cd "$BATS_TEST_TMPDIR"
	definition=$BATS_TEST_DIRNAME/tiny/kernels/scale/definition.json
}

start() {
	new-kernel -d "${2-cpu}" -k "kernels/$1" -w "workloads/$1.jsonl" \
		"${3-$definition}"
}

@test "a definition becomes a kernel with stubs that compile" {
	run -0 start scale
	[[ $output == *"Next: write kernels/scale/reference.c"* ]]
	cmp "$definition" kernels/scale/definition.json
	for file in reference solution; do
		cc -Wall -Wextra -Werror -I "$ROOT/kernels/include" -fPIC \
			-shared -o $file.so kernels/scale/$file.c
	done
	grep -q 'RATCHET_WANT(x, RATCHET_FLOAT32, -1 /\* n \*/)' \
		kernels/scale/solution.c
	grep -q '"axes": {"n": 16}' workloads/scale.jsonl
}

@test "scalars of every kind are passed by value" {
	cat >mixed.json <<-'END'
	{"name": "mixed", "op_type": "test",
	 "axes": {"n": {"type": "var"}, "m": {"type": "const", "value": 4}},
	 "inputs": {"1odd": {"shape": ["n", "m"], "dtype": "bfloat16"},
	            "eps": {"shape": null, "dtype": "float32"},
	            "top": {"shape": null, "dtype": "int32"},
	            "flag": {"shape": null, "dtype": "bool"}},
	 "outputs": {"y": {"shape": ["n"], "dtype": "float32"}},
	 "reference": "def run(a, eps, top, flag):\n    return a\n"}
	END
	run -0 start mixed cpu mixed.json
	grep -q 'double eps, int64_t top, bool flag, const DLTensor \*y' \
		kernels/mixed/solution.c
	cc -I "$ROOT/kernels/include" -fPIC -shared -o mixed.so \
		kernels/mixed/solution.c
}

@test "for cuda the stubs are .cu files" {
	start scale cuda
	[ -s kernels/scale/solution.cu ] && [ ! -e kernels/scale/solution.c ]
}

@test "what is there already stays" {
	mkdir -p kernels/scale
	echo mine >kernels/scale/solution.c
	run -0 start scale
	[[ $output == *"kept   kernels/scale/solution.c"* ]]
	[ "$(cat kernels/scale/solution.c)" = mine ]
}

@test "another name than the definition's is refused" {
	run -2 start other
	[[ $output == "new-kernel: $definition: defines scale, not other" ]]
	[ ! -e kernels ]
}

@test "a malformed or missing definition is refused, and nothing is made" {
	echo '{]' >bad.json
	run -2 start scale cpu bad.json
	[[ $output == "new-kernel: bad.json:1: "* ]]
	run -2 start scale cpu nothere.json
	[[ $output == "new-kernel: nothere.json: No such file"* ]]
	[ ! -e kernels ]
}

@test "usage errors exit 2, and so does a full standard output" {
	run -2 new-kernel
	[[ $output == "usage: new-kernel"* ]]
	run -2 bash -c "new-kernel -d cpu -k kernels/scale -w w.jsonl $definition >/dev/full"
}
