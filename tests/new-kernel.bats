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
	[[ $output == *"1. write kernels/scale/reference.c"* ]]
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

@test "shapes and a solution that there are already leave one thing to write" {
	printf 'n\tweight\n16\t2\n32\t1\n' >shapes.tsv
	echo 'int mine;' >mine.c
	run -0 new-kernel -d cpu -k kernels/scale -w workloads/scale.jsonl \
		-s shapes.tsv -f mine.c "$definition"
	[ "$(cat kernels/scale/solution.c)" = 'int mine;' ]
	[ "$(wc -l <workloads/scale.jsonl)" -eq 2 ]
	grep -qE '^weight\.[-0-9a-f]{36} = 2$' kernels/scale/settings
	[ "${lines[-6]}" = "1. write kernels/scale/reference.c: what is right, clearly, in wide types" ]
	[[ ${lines[-5]} == "   (or remove it: where there is PyTorch"* ]]
	[ "${lines[-4]}" = "2. make verify KERNEL=scale" ]
	[ "${lines[-3]}" = "3. make precision KERNEL=scale; make quick KERNEL=scale QUICK_S=20: lines for" ]
	[ "${lines[-1]}" = "4. make optimize KERNEL=scale" ]
	[[ $output != *"list the shapes"* ]]
}

@test "a Solution document of the definition is one to begin with" {
	cat >s.json <<-'END'
	{"name": "s", "definition": "scale", "author": "a", "spec": {"language": "cpp",
	 "target_hardware": ["cpu"], "entry_point": "a.c::run"},
	 "sources": [{"path": "a.c", "content": "int a;"}]}
	END
	new-kernel -d cpu -k kernels/scale -w workloads/scale.jsonl -f s.json \
		"$definition"
	cmp s.json kernels/scale/solution.json
	[ ! -e kernels/scale/solution.c ]
}

# python TEXT: solution.json of it, a kernel of its own
python() {
	rm -rf kernels workloads
	printf '%b' "$1" >mine.py
	new-kernel -d cpu -k kernels/scale -w workloads/scale.jsonl -f mine.py \
		"$definition" >said
}

@test "a function in Python is a solution to begin with, judged by the definition's own" {
	python 'import torch\n\ndef run(x):\n    return 2 * x\n'
	[ ! -e kernels/scale/reference.c ]
	grep -q '^1. see that PYTHON has PyTorch' said
	jq -e '.definition == "scale" and .spec.language == "python" and
		.spec.entry_point == "mine.py::run" and
		(.spec.destination_passing_style | not) and
		.sources[0].path == "mine.py"' kernels/scale/solution.json
	jq -j '.sources[0].content' kernels/scale/solution.json | cmp - mine.py
}

@test "its parameters tell whether it fills its outputs, its imports whether it is Triton" {
	spec() { # LANGUAGE FILLS TEXT
		python "$3"
		[ "$(jq -r '"\(.spec.language) \(.spec.destination_passing_style)"' \
			kernels/scale/solution.json)" = "$1 $2" ]
	}
	spec python false 'def run(x):\n return x\n'
	spec python false 'def  run (x: "a, b" = f((1, 2), [3, 4]), # so, (\n  ):\n return x\n'
	spec python true 'def run(x, y):\n y[:] = x\n'
	spec python true 'def run(\n\tx: torch.Tensor,\n\t/,\n\t*, y: dict[str, int] = {1: 2, 3: 4},\n) -> None:\n y[:] = x\n'
	spec triton true 'import torch\nimport triton\ndef run(x, y): pass\n'
	spec triton false 'from triton.language import load\ndef run(x): pass\n'
	spec python false 'import tritonic\n# import triton\ndef run(x): pass\n'
}

@test "a text that ends in the middle of its parameters is counted to its end" {
	for text in 'def run(' 'def run("' "def run(x, '\\\\" 'def run(x, [' 'def run(x #'; do
		printf '%b' "$text" >s.py
		run new-kernel -d cpu -k kernels/scale -w workloads/scale.jsonl \
			-f s.py "$definition"
		[ "$status" -eq 2 ] || [ -s kernels/scale/solution.json ]
		rm -rf kernels workloads
	done
}

@test "a solution of another definition, language or none is refused, nothing made" {
	from() {
		run -2 new-kernel -d cpu -k kernels/scale \
			-w workloads/scale.jsonl -f "$1" "$definition"
		[ ! -e kernels ]
	}
	sed 's/"scale"/"other"/' >s.json <<-'END'
	{"name": "s", "definition": "scale", "author": "a", "spec": {"language": "cpp",
	 "target_hardware": ["cpu"], "entry_point": "a.c::run"},
	 "sources": [{"path": "a.c", "content": "int a;"}]}
	END
	from s.json
	[ "$output" = "new-kernel: s.json: a solution of other, not of scale" ]
	echo '{' >s.json
	from s.json
	[[ $output == "new-kernel: s.json:2: "* ]]
	echo 'def run' >s.py
	from s.py
	[ "$output" = "new-kernel: s.py: want a top-level def run(" ]
	printf 'def run(x, y, z):\n    return x\n' >s.py
	from s.py
	[ "$output" = "new-kernel: s.py: run takes 3 arguments: want the 1 inputs of scale, or these and its 1 outputs" ]
	echo 'int a;' >s.rs
	from s.rs
	[ "$output" = "new-kernel: s.rs: want a solution in C, CUDA C or Python, or a Solution .json" ]
	from nothing.c
	[ "$output" = "new-kernel: nothing.c: No such file or directory" ]
}

@test "a Solution in CUDA or Triton begins a kernel for CUDA" {
	for language in cuda triton; do
		sed "s/\"cpp\"/\"$language\"/" >s.json <<-'END'
		{"name": "s", "definition": "scale", "author": "a", "spec": {"language": "cpp",
		 "target_hardware": ["cuda"], "entry_point": "a.c::run"},
		 "sources": [{"path": "a.c", "content": "int a;"}]}
		END
		rm -rf kernels workloads
		run -0 new-kernel -d cpu -k kernels/scale -w workloads/scale.jsonl \
			-f s.json "$definition"
		[[ $output == *"reference.cu"* && $output != *"reference.c:"* ]]
	done
}

@test "inputs that are words of C give stubs that compile" {
	jq '.inputs = {"int": .inputs[], "new": .inputs[], "a": .inputs[]}' \
		"$definition" >words.json
	start scale cpu words.json
	cc -fsyntax-only -I "$ROOT/kernels/include" kernels/scale/solution.c
	g++ -fsyntax-only -I "$ROOT/kernels/include" kernels/scale/solution.c
}

@test "make new takes SHAPES and FROM, and the device of the latter" {
	printf 'n\n16\n' >shapes.tsv
	echo 'int mine;' >mine.cu
	run -0 make -C "$ROOT" -s new BUILD="$BUILD" KERNEL=scale DEVICE=cpu \
		KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		DEFINITION="$definition" SHAPES="$PWD/shapes.tsv" \
		FROM="$PWD/mine.cu"
	cmp mine.cu kernels/scale/solution.cu
	[ -s kernels/scale/reference.cu ]
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
