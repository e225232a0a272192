load setup

# Definitions, workloads, solutions and traces, by way of data-check, which
# loads a document and prints it again.

setup() {
	PATH=$BUILD/tests:$PATH
	python=${PYTHON:-python3}
	shared=${RATCHET_SHARED:-$ROOT/../shared}/data/flashinfer_trace
	cd "$BATS_TEST_TMPDIR"
	cat >d.json <<-'JSON'
	{
	  "name": "gemm_small",
	  "op_type": "gemm",
	  "axes": {
	    "M": {"type": "var"},
	    "K": {"type": "const", "value": 4}
	  },
	  "inputs": {
	    "A": {"shape": ["M", "K"], "dtype": "float16"},
	    "scale": {"shape": null, "dtype": "float32"},
	    "offset": {"shape": null, "dtype": "int8"},
	    "flag": {"shape": null, "dtype": "bool"}
	  },
	  "outputs": {
	    "C": {"shape": ["M"], "dtype": "float32"}
	  },
	  "reference": "import torch\n\ndef run(A, scale, offset, flag):\n    pass\n"
	}
	JSON
	cat >w.jsonl <<-'JSON'
	{"definition": "gemm_small", "solution": null, "workload": {"uuid": "one", "axes": {"M": 3}, "inputs": {"A": {"type": "random"}, "scale": {"type": "scalar", "value": 0.50}, "offset": {"type": "scalar", "value": -128}, "flag": {"type": "scalar", "value": true}}}, "evaluation": null}
	{"definition": "gemm_small", "workload": {"uuid": "two", "axes": {"M": 0}, "inputs": {"A": {"type": "safetensors", "path": "./blob/a.safetensors", "tensor_key": "A"}, "scale": {"type": "random"}, "offset": {"type": "scalar", "value": 127}, "flag": {"type": "scalar", "value": false}}}}
	JSON
	cat >s.json <<-'JSON'
	{
	  "name": "s",
	  "definition": "gemm_small",
	  "author": "us",
	  "spec": {
	    "language": "cuda",
	    "target_hardware": ["cuda"],
	    "entry_point": "src/k.cu::run",
	    "dependencies": [],
	    "destination_passing_style": true,
	    "binding": null
	  },
	  "sources": [
	    {"path": "src/k.cu", "content": "int x;\n"},
	    {"path": "k.h", "content": "\n"}
	  ]
	}
	JSON
	printf '%s%s\n' '{"definition": "gemm_small", "workload": {"uuid": "one", "axes": {"M": 3}, "inputs": {"A": {"type": "random"}}}, "solution": "s", "evaluation": {"status": "PASSED", "environment": {"hardware": "H100", "libs": {"cuda": "13.0"}}, "timestamp": "2026-01-02", "log": "", "correctness": {"max_relative_error": "NaN", "max_absolute_error": "Infinity", "extra": null}, ' \
		'"performance": {"latency_ms": 0.5, "reference_latency_ms": 1.0, "speedup_factor": 2.0}}}' >t.jsonl
}

# without KIND FILE SED LINE REASON: the document, changed by SED, is refused.
without() {
	local args=("$1")
	[ "$1" != workload ] || args+=(d.json)
	sed -E "$3" "$2" >changed
	! cmp -s "$2" changed || {
		echo "$3 changes nothing"
		return 1
	}
	run -2 data-check "${args[@]}" changed
	[ "$output" = "data-check: changed:$4: $5" ] || {
		echo "after $3: $output"
		return 1
	}
}

# The changed document is accepted.
with() {
	local args=("$1")
	[ "$1" != workload ] || args+=(d.json)
	sed -E "$3" "$2" >changed
	! cmp -s "$2" changed || {
		echo "$3 changes nothing"
		return 1
	}
	run -0 data-check "${args[@]}" changed
}

# Do two files hold the same JSON, in order, with the same digits?
same_json() {
	"$python" - "$@" <<-'PY'
	import json, sys
	def load(path):
	    with open(path) as file:
	        text = file.read()
	    parts = text.splitlines() if path.endswith("l") else [text]
	    return [json.loads(part, object_pairs_hook=tuple, parse_int=str,
	                       parse_float=str) for part in parts]
	files = sys.argv[1:]
	for a, b in zip(files[::2], files[1::2], strict=True):
	    if load(a) != load(b):
	        sys.exit(f"{a} and {b} differ")
	PY
}

@test "all public definitions load, and are written again as they were" {
	[ -d "$shared" ] || skip "no public data"
	pairs=()
	for file in "$shared"/definitions/*/*.json; do
		name=$(basename "$file")
		data-check definition "$file" >"$name"
		pairs+=("$file" "$name")
	done
	[ ${#pairs[@]} -eq $((2 * 156)) ]
	"$python" -c '' 2>/dev/null || skip "loaded; no python3 to compare"
	same_json "${pairs[@]}"
}

@test "all public workload lists load, and are written again as they were" {
	[ -d "$shared" ] || skip "no public data"
	pairs=()
	for file in "$shared"/workloads/*/*.jsonl; do
		name=$(basename "$file")
		data-check workload "$shared"/definitions/*/"${name%l}" "$file" >"$name"
		pairs+=("$file" "$name")
	done
	[ ${#pairs[@]} -eq $((2 * 26)) ]
	"$python" -c '' 2>/dev/null || skip "loaded; no python3 to compare"
	same_json "${pairs[@]}"
}

@test "our own definitions and workloads load" {
	data-check definition "$ROOT"/kernels/*/definition.json >/dev/null
	for file in "$ROOT"/workloads/*.jsonl; do
		name=$(basename "$file" .jsonl)
		data-check workload "$ROOT/kernels/$name/definition.json" "$file" >/dev/null
	done
}

@test "the examples here load, unknown words and digits kept" {
	data-check definition d.json >/dev/null
	data-check solution s.json >/dev/null
	data-check workload d.json w.jsonl | diff w.jsonl -
	data-check trace t.jsonl | diff t.jsonl -
	sed -i '1s/^{/{"x_new": [1.0e2, {"y": null}], /' t.jsonl
	data-check trace t.jsonl | diff t.jsonl -
}

@test "a definition without a reference is said to be one" {
	without definition d.json 's/"reference"/"text"/' \
		1 'a definition without a reference: want "reference", Python text with a top-level def run('
	without definition d.json 's/"reference": .*/"reference": null/' \
		1 'a definition without a reference: want "reference", Python text with a top-level def run('
}

@test "a reference without a top-level run is refused" {
	for text in 'def runs(x):' 'x = 1' ' def run(x):' 'def ran(x):' 'async def run(' '# def run('; do
		without definition d.json "s/\"reference\": .*/\"reference\": \"$text\"/" \
			17 'want the reference to have a top-level def run('
	done
	without definition d.json 's/"reference": .*/"reference": ""/' \
		17 'want "reference" to be a string that is not empty'
	without definition d.json 's/"reference": .*/"reference": ["def run("]/' \
		17 'want "reference" to be a string'
	with definition d.json 's/"reference": .*/"reference": "def run (a):"/'
}

@test "a definition's name must serve as a folder's" {
	for name in '..' 'a/b' 'A' 'a b' 'é' 'a-b'; do
		without definition d.json "s,gemm_small,$name," 2 "the name \"$name\" is not [a-z0-9_]+"
	done
	without definition d.json 's/gemm_small//' 2 'want "name" to be a string that is not empty'
	without definition d.json 's/"gemm_small"/7/' 2 'want "name" to be a string'
	without definition d.json '2d' 1 'want "name", a string; it is missing'
}

@test "what is missing from a definition is named" {
	without definition d.json '3d' 1 'want "op_type", a string; it is missing'
	without definition d.json 's/"axes"/"axis"/' 1 'want "axes" to be an object'
	without definition d.json 's/"inputs"/"input"/' 1 'want "inputs" to be an object'
	without definition d.json 's/"outputs"/"output"/' 1 'want "outputs" to be an object with a member or more'
	without definition d.json '15d' 14 'want "outputs" to be an object with a member or more'
}

@test "axes are checked: kind, value, name" {
	without definition d.json 's/"type": "var"/"type": "expr"/' 5 'want axis M to be "const" or "var", got "expr"'
	without definition d.json 's/"type": "var"//' 5 'want "type", a string; it is missing'
	without definition d.json 's/, "value": 4//' 6 'want "value", an integer; it is missing'
	for value in '"4"' 4.5 true null 1e3 9223372036854775808; do
		without definition d.json "s/\"value\": 4/\"value\": $value/" 6 'want "value" to be an integer'
	done
	without definition d.json 's/"value": 4/"value": -1/' 6 'axis K is negative'
	without definition d.json 's/"M": \{"type": "var"\}/"M": 3/' 5 'want "M" of "axes" to be a named object'
	without definition d.json 's/"M": \{/"": {/' 5 'want "" of "axes" to be a named object'
}

@test "tensors are checked: shape, dtype, axes, names" {
	without definition d.json 's/"K"\]/"N"]/' 9 'the shape of A names N, which is no axis'
	without definition d.json 's/"K"\]/4]/' 9 'the shape of A names something, which is no axis'
	without definition d.json 's/"shape": \["M", "K"\], //' 9 'want the shape of A to be an array of axes or null'
	without definition d.json 's/\["M", "K"\]/"M"/' 9 'want the shape of A to be an array of axes or null'
	without definition d.json 's/float16/float8/' 9 'A has the unknown dtype "float8"'
	without definition d.json 's/, "dtype": "float16"//' 9 'want "dtype", a string; it is missing'
	without definition d.json 's/"C": /"A": /' 15 'A is an input and an output'
	without definition d.json 's/\["M"\]/["M","M","M","M","M","M","M","M","M"]/' 15 'C has more than 8 axes'
}

@test "tags, constraints and descriptions are checked" {
	for word in '"a"' '{}' null 1; do
		without definition d.json "s/^  \"axes\"/\"tags\": $word, &/" 4 'want "tags" to be an array of strings'
	done
	for word in '[1]' '["a", null]' '[""]' '[["a"]]'; do
		without definition d.json "s/^  \"axes\"/\"constraints\": $word, &/" 4 'want "constraints" to hold strings that are not empty'
	done
	without definition d.json 's/^  "axes"/"description": 1, &/' 4 'want "description" to be a string or null'
	without definition d.json 's/"type": "var"/&, "description": []/' 5 'want "description" to be a string or null'
	with definition d.json 's/^  "axes"/"tags": [], "description": null, "constraints": ["M > 0"], &/'
}

@test "a definition that is no object is refused" {
	for text in '[]' '"x"' 'null' '3'; do
		echo "$text" >x
		run -2 data-check definition x
		[ "$output" = 'data-check: x:1: want a definition, an object' ]
	done
}

@test "a workload's axes must be the definition's" {
	without workload w.jsonl '2s/"M": 0/"N": 0/' 2 'N is no axis of the definition'
	without workload w.jsonl '2s/"M": 0//' 2 'M has no value in the axes'
	for value in -1 1.5 '"3"' null true '[1]' 9223372036854775808; do
		without workload w.jsonl "1s/\"M\": 3/\"M\": $value/" 1 'M wants an integer that is not negative'
	done
	without workload w.jsonl '1s/"M": 3/"M": 3, "K": 5/' 1 'K is const in the definition'
	with workload w.jsonl '1s/"M": 3/"M": 3, "K": 4/'
}

@test "a workload's inputs must be the definition's" {
	without workload w.jsonl '1s/"flag"/"flags"/' 1 'flags is no input of the definition'
	without workload w.jsonl '1s/"A": \{"type": "random"\}, //' 1 'A has no value in the inputs'
	without workload w.jsonl '1s/"A": \{"type": "random"\}/"A": "random"/' 1 'A wants an object with a "type"'
	without workload w.jsonl '1s/"type": "random"/"type": "custom"/' 1 'A wants the type random, scalar or safetensors'
	without workload w.jsonl '1s/"type": "random"/"type": "scalar", "value": 1/' 1 "A is a tensor, the workload's a scalar"
	without workload w.jsonl '2s/"scale": \{"type": "random"/"scale": {"type": "safetensors", "path": "a", "tensor_key": "b"/' \
		2 "scale is a scalar, the workload's a tensor"
}

@test "a scalar must be one of its dtype" {
	for value in '"x"' null '[]' true 1e999; do
		without workload w.jsonl "1s/0\.50/$value/" 1 'scale wants a number'
	done
	for value in 128 -129 1.5 true '"1"'; do
		without workload w.jsonl "1s/-128/$value/" 1 'offset wants an integer of its dtype'
	done
	for value in 1 '"true"' null; do
		without workload w.jsonl "1s/true/$value/" 1 'flag wants true or false'
	done
	without workload w.jsonl '1s/, "value": 0\.50//' 1 'scale wants a number'
}

@test "a workload's tensors lie beneath the trace set" {
	for place in /etc/passwd ../x a/../../x .. a/.. x/; do
		without workload w.jsonl "2s,\./blob/a.safetensors,$place," 2 "A wants a path beneath the trace set's folder, got \"$place\""
	done
	without workload w.jsonl '2s,\./blob/a.safetensors,a\\u000ab,' 2 "A wants a path beneath the trace set's folder, got \"a?b\""
	without workload w.jsonl '2s,"\./blob/a.safetensors","",' 2 'want "path" to be a string that is not empty'
	without workload w.jsonl '2s/, "tensor_key": "A"//' 2 'want "tensor_key", a string; it is missing'
	with workload w.jsonl '2s,\./blob/a.safetensors,..a/b..c,'
}

@test "a workload list is refused as a whole when a line is wrong" {
	without workload w.jsonl '2s/two/one/' 2 'the uuid one stands on line 1 too'
	without workload w.jsonl '2s/"uuid": "two", //' 2 'want "uuid", a string; it is missing'
	without workload w.jsonl '2s/gemm_small/gemm_other/' 2 'a workload of gemm_other, not of gemm_small'
	without workload w.jsonl '1s/"solution": null/"solution": "s"/' 1 'a workload wants solution and evaluation to be null'
	without workload w.jsonl '1s/"evaluation": null/"evaluation": {}/' 1 'a workload wants solution and evaluation to be null'
	without workload w.jsonl '2s/"axes"/"axe"/' 2 '"workload" wants the objects "axes" and "inputs"'
	without workload w.jsonl '2s/.*/[]/' 2 'a workload wants to be an object'
	without workload w.jsonl '2s/$/ x/' 2 "want nothing after the value, got 'x'"
	without workload w.jsonl '1s/"definition"/"solution": null, &/' 1 'the key "solution" appears twice'
}

@test "a workload too large for any memory is refused" {
	without workload w.jsonl '1s/"M": 3/"M": 9223372036854775807/' 1 'one is larger than any memory'
	without workload w.jsonl '1s/"M": 3/"M": 2305843009213693951/' 1 'one is larger than any memory'
}

@test "blank lines are passed over, an empty list is refused" {
	with workload w.jsonl '2s/^/\n  \n/'
	: >changed
	run -2 data-check workload d.json changed
	[ "$output" = 'data-check: changed: holds no workload' ]
	printf '\n \n' >changed
	run -2 data-check workload d.json changed
	[ "$output" = 'data-check: changed: holds no workload' ]
}

@test "a last line without its end is read" {
	printf '%s' "$(cat w.jsonl)" >changed
	data-check workload d.json changed | diff w.jsonl -
}

@test "a solution's sources are checked: path, content, number" {
	for place in /k.cu ../k.cu src/../../k.cu; do
		without solution s.json "s,\"path\": \"src/k.cu\",\"path\": \"$place\"," 14 \
			"want a source's path to be relative and without \"..\", got \"$place\""
	done
	without solution s.json 's,"k.h","src/k.cu",' 15 'two sources are src/k.cu'
	without solution s.json 's/"content": "\\n"/"content": ""/' 15 'want "content" to be a string that is not empty'
	without solution s.json 's/, "content": "\\n"//' 15 'want "content", a string; it is missing'
	without solution s.json '14,15d' 13 'want "sources" to be an array that is not empty'
	without solution s.json 's/"sources"/"source"/' 1 'want "sources" to be an array that is not empty'
}

@test "a solution's entry point names a source and a symbol" {
	for entry in run src/k.cu:run src/k.cu:: src/k.cu::a::b 'src/k.cu::1a' 'src/k.cu::a b'; do
		without solution s.json "s,src/k.cu::run,$entry," 8 "want \"entry_point\" to be \"file::symbol\", got \"$entry\""
	done
	for entry in ::run k.cu::run src/k.cuh::run; do
		without solution s.json "s,src/k.cu::run,$entry," 8 "the entry point \"$entry\" is in no source"
	done
}

@test "a solution's build is checked: language, hardware, binding, style" {
	without solution s.json 's/"language": "cuda"/"language": "rust"/' 6 'want "language" to be python, triton, cpp, cuda or tilelang, got "rust"'
	without solution s.json 's/\["cuda"\]/[]/' 7 'want "target_hardware" to be an array that is not empty'
	without solution s.json 's/\["cuda"\]/"cuda"/' 7 'want "target_hardware" to be an array of strings'
	without solution s.json 's/"target_hardware"/"hardware"/' 5 'want "target_hardware", an array of strings; it is missing'
	without solution s.json 's/"dependencies": \[\]/"dependencies": [1]/' 9 'want "dependencies" to hold strings that are not empty'
	without solution s.json 's/"binding": null/"binding": "pybind"/' 11 'want "binding" to be "tvm-ffi", "torch" or null'
	without solution s.json 's/"binding": null/"binding": 1/' 11 'want "binding" to be "tvm-ffi", "torch" or null'
	without solution s.json 's/style": true/style": "yes"/' 10 'want "destination_passing_style" to be true or false'
	without solution s.json 's/"spec"/"build"/' 1 'want "spec" to be an object'
	without solution s.json 's/"author": "us"/"author": ""/' 4 'want "author" to be a string that is not empty'
	with solution s.json 's/"binding": null/"binding": "torch"/'
	with solution s.json '9,11d; 8s/,$//'
}

@test "a solution document that we make is a solution" {
	printf 'int run;\n' >solution.cu
	data-check make-solution solution.cu cuda >made.json
	data-check solution made.json | diff made.json -
	grep -q '"language": "cuda"' made.json
	grep -q '"entry_point": "solution.cu::run"' made.json
	printf 'int run;\n' >solution.c
	data-check make-solution solution.c cpu >made.json
	grep -q '"language": "cpp"' made.json
}

@test "a trace that we make is a trace, whatever its status" {
	for status in PASSED INCORRECT_SHAPE INCORRECT_NUMERICAL INCORRECT_DTYPE \
		RUNTIME_ERROR COMPILE_ERROR TIMEOUT; do
		data-check make-trace w.jsonl $status >made.jsonl
		data-check trace made.jsonl | diff made.jsonl -
	done
	data-check make-trace w.jsonl PASSED | grep -q '"max_relative_error": "NaN", "max_absolute_error": "Infinity"'
	data-check make-trace w.jsonl TIMEOUT | grep -q '"correctness": null, "performance": null'
}

@test "a trace's status decides what else it holds" {
	without trace t.jsonl 's/, "performance".*/}}/' 1 'the status PASSED wants an object "performance"'
	without trace t.jsonl 's/"correctness": \{[^}]*\}/"correctness": null/' 1 'the status PASSED wants an object "correctness"'
	without trace t.jsonl 's/PASSED/INCORRECT_NUMERICAL/' 1 'the status INCORRECT_NUMERICAL wants no "performance"'
	without trace t.jsonl 's/PASSED/TIMEOUT/' 1 'the status TIMEOUT wants no "correctness"'
	without trace t.jsonl 's/PASSED/OK/' 1 'unknown status "OK"'
	without trace t.jsonl 's/"status": "PASSED", //' 1 'want "status", a string; it is missing'
}

@test "a trace's numbers are numbers, errors NaN at worst" {
	for value in -1 '"-Infinity"'; do
		without trace t.jsonl "s/\"NaN\"/$value/" 1 'want "max_relative_error" not to be negative'
	done
	for value in '"nan"' null '"1"'; do
		without trace t.jsonl "s/\"NaN\"/$value/" 1 'want "max_relative_error" to be a number'
	done
	for value in -0.1 '"NaN"'; do
		without trace t.jsonl "s/_ms\": 0.5/_ms\": $value/" 1 'want "latency_ms" not to be negative'
	done
}

@test "what else a trace must hold is named" {
	without trace t.jsonl 's/"hardware": "H100", //' 1 'want "hardware", a string; it is missing'
	without trace t.jsonl 's/"13\.0"/13.0/' 1 'want "cuda" of "libs" to be a string'
	without trace t.jsonl 's/"environment": \{"hard[^}]*\}\}/"environment": "H100"/' 1 'want "environment" to be an object'
	without trace t.jsonl 's/"timestamp": "2026-01-02", //' 1 'want "timestamp", a string; it is missing'
	without trace t.jsonl 's/"log": ""/"log": null/' 1 'want "log" to be a string'
	without trace t.jsonl 's/"extra": null/"extra": []/' 1 'want "extra" to be an object or null'
	without trace t.jsonl 's/"solution": "s"/"solution": null/' 1 'an evaluation of no solution'
	without trace t.jsonl 's/"solution": "s"/"solution": 1/' 1 'want "solution" to be a string or null'
	without trace t.jsonl 's/"definition": "[a-z_]*", //' 1 'want "definition", a string; it is missing'
	without trace t.jsonl 's/"M": 3/"M": -3/' 1 'want the axis "M" to be an integer, not negative'
	without trace t.jsonl 's/"type": "random"//' 1 'want "type", a string; it is missing'
	without trace t.jsonl 's/"uuid": "one", //' 1 'want "uuid", a string; it is missing'
	without trace t.jsonl 's/"evaluation": \{.*/"evaluation": "x"}/' 1 'want "evaluation" to be an object or null'
	without trace t.jsonl 's/"workload"/"work"/' 1 'want "workload" to be an object with the objects "axes" and "inputs"'
	without trace t.jsonl 's/.*/[]/' 1 'want a trace, an object'
}

@test "files that are not there are named, whatever the kind" {
	for kind in definition solution trace safetensors; do
		run -2 data-check $kind none
		[ "$output" = 'data-check: none: No such file or directory' ]
	done
	run -2 data-check workload d.json none
	[ "$output" = 'data-check: none: No such file or directory' ]
	run -2 data-check workload none w.jsonl
	[ "$output" = 'data-check: none: No such file or directory' ]
}

@test "a document cut off anywhere is refused, never a crash" {
	data-check definition d.json >/dev/null
	size=$(wc -c <d.json)
	for ((n = 0; n < size - 2; n += 13)); do
		head -c $n d.json >cut
		run -2 data-check definition cut
	done
}
