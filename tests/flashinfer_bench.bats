load setup

# What we write must load in FlashInfer-Bench's own models. Runs where python3
# (or $PYTHON) has the package flashinfer-bench.

setup() {
	PATH=$BUILD/tests:$PATH
	python=${PYTHON:-python3}
	"$python" -c 'import flashinfer_bench' 2>/dev/null ||
		skip "no flashinfer-bench for $python"
	cd "$BATS_TEST_TMPDIR"
}

# models KIND FILE...: every document of the files, as the package reads it.
models() {
	"$python" - "$@" <<-'PY'
	import sys
	from flashinfer_bench.data import (Definition, Solution, Trace,
	                                   load_json_file, load_jsonl_file)
	kind, files = sys.argv[1], sys.argv[2:]
	found = 0
	for path in files:
	    if kind == "definition":
	        found += load_json_file(Definition, path).name != ""
	    elif kind == "solution":
	        found += load_json_file(Solution, path).spec.entry_point != ""
	    else:
	        lines = load_jsonl_file(Trace, path)
	        assert len(lines) == sum(1 for _ in open(path)), path
	        for line in lines:
	            assert line.is_workload_trace() == (kind == "workload"), path
	        found += 1
	assert found == len(files), f"{found} of {len(files)}"
	PY
}

@test "our definitions load" {
	models definition "$ROOT"/kernels/*/definition.json
}

@test "our workloads load" {
	models workload "$ROOT"/workloads/*.jsonl
}

# A trace set has a folder for definitions, one for workloads, one for tensors.
@test "the tensors of our workloads load, from a trace set made of links" {
	mkdir -p set/definitions set/workloads
	ln -s "$ROOT/workloads/blob" set/blob
	for k in "$ROOT"/workloads/*.jsonl; do
		k=$(basename "$k" .jsonl)
		ln -s "$ROOT/kernels/$k/definition.json" "set/definitions/$k.json"
		ln -s "$ROOT/workloads/$k.jsonl" set/workloads/
	done
	"$python" - <<-'PY'
	from pathlib import Path
	from flashinfer_bench.bench.utils import load_safetensors
	from flashinfer_bench.data import TraceSet
	traces = TraceSet.from_path("set")
	stored = 0
	for name, definition in traces.definitions.items():
	    for trace in traces.workloads[name]:
	        stored += len(load_safetensors(definition, trace.workload,
	                                       Path("set")))
	assert stored >= 23, stored
	PY
}

@test "what make pack and make traces write loads as a trace set" {
	for k in gemm_n128_k2048 dsa_sparse_attention_h16_ckv512_kpe64_topk2048_ps64; do
		for option in '' -t; do
			pack $option -d cuda -e "$ROOT/experiments/$k" \
				-k "$ROOT/kernels/$k" -w "$ROOT/workloads/$k.jsonl" \
				-o set
		done
	done
	"$python" - <<-'PY'
	from flashinfer_bench.data import TraceSet
	traces = TraceSet.from_path("set")
	assert len(traces.definitions) == 2
	for name in traces.definitions:
	    solution, = traces.solutions[name]
	    assert traces.traces[name], name
	    for trace in traces.traces[name]:
	        assert trace.solution == solution.name, trace
	PY
}

@test "the traces of experiments and fixtures load" {
	mapfile -t files < <(find "$ROOT/experiments" "$ROOT/tests/fixtures" \
		-name trace.jsonl -size +0 2>/dev/null)
	[ ${#files[@]} -gt 0 ] || skip "no experiment yet"
	models trace "${files[@]}"
}

@test "a trace of every status loads" {
	file=$(printf '%s\n' "$ROOT"/workloads/*.jsonl | head -n 1)
	for status in PASSED INCORRECT_SHAPE INCORRECT_NUMERICAL INCORRECT_DTYPE \
		RUNTIME_ERROR COMPILE_ERROR TIMEOUT; do
		data-check make-trace "$file" $status >$status.jsonl
	done
	models trace ./*.jsonl
}

@test "a solution made of our sources loads, C and CUDA" {
	for source in "$ROOT"/kernels/*/solution.c; do
		data-check make-solution "$source" cpu >"$(basename "$(dirname "$source")").json"
	done
	for source in "$ROOT"/kernels/*/solution.cu; do
		data-check make-solution "$source" cuda >"$(basename "$(dirname "$source")")_cuda.json"
	done
	models solution ./*.json
}

# Its answers to these are ours: what one refuses, the other does not take.
@test "documents that the package refuses are refused here too" {
	cat >d.json <<-'JSON'
	{"name": "d", "op_type": "o", "tags": ["a"], "constraints": ["M > 0"],
	 "axes": {"M": {"type": "var"}, "K": {"type": "const", "value": 4}},
	 "inputs": {"A": {"shape": ["M", "K"], "dtype": "float16", "description": null}},
	 "outputs": {"C": {"shape": ["M"], "dtype": "float32"}},
	 "reference": "def run(A): pass"}
	JSON
	models definition d.json
	data-check definition d.json >/dev/null
	for change in 's/"d"/""/' 's/"o"/""/' 's/\["a"\]/[""]/' 's/\["a"\]/null/' \
		's/\["a"\]/"a"/' 's/"M > 0"/1/' 's/"var"/"expr"/' 's/4}/-1}/' \
		's/4}/"x"}/' 's/float16/fp16/' 's/"M", "K"/"M", "N"/' 's/"C"/"A"/' \
		's/def run(/def ran(/' 's/"shape": \["M"\], //' \
		's/"reference"/"text"/' 's/\["M"\]/"M"/' 's/null/[]/'; do
		sed "$change" d.json >e.json
		! cmp -s d.json e.json
		run -1 models definition e.json
		run -2 data-check definition e.json
	done
}
