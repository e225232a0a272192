load setup
load judge

# Where a kernel has no native reference, its definition's own says what is
# right, in a jailed Python. Runs where python3 (or $PYTHON) has PyTorch.

setup_file() {
	scale_setup
	export K W
	mkdir -p "$BATS_FILE_TMPDIR/home/.ssh"
	echo SECRET-IN-HOME >"$BATS_FILE_TMPDIR/home/.ssh/id"
	python=${PYTHON:-python3}
	has_torch=no
	"$python" -c 'import torch' 2>/dev/null && has_torch=yes
	export python has_torch
	compile right
	compile wrong WRONG_LAST
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir tmp
	export TMPDIR=$PWD/tmp
	data=${RATCHET_SHARED:-$ROOT/../shared}/data/flashinfer_trace
	public=$data/definitions
}

teardown() {
	[ -z "$(ls "$TMPDIR")" ]
}

needs_torch() {
	[ "$has_torch" = yes ] || skip "no PyTorch for $python"
	needs_jail
}

needs_data() {
	[ -d "$public" ] || skip "no public data"
}

# The kernel scale's definition with this text for its reference's run(x, a).
reference() { # LINE...
	needs_torch
	printf 'import torch\ndef run(x, a):\n' >text
	printf '    %s\n' "$@" >>text
	"$python" -c 'import json, sys
d = json.load(open(sys.argv[1]))
d["reference"] = open("text").read()
print(json.dumps(d))' "$K/definition.json" >definition.json
}

judge_by() { # [KERNEL]
	front verify -o verify.jsonl definition.json "$(built "${1-right}")"
}

statuses() {
	sed -n 's/.*"status": "\([^"]*\)".*/\1/p' verify.jsonl | tr '\n' ' '
}

# No verdict, but these words; and once is enough.
fails_with() { # WORDS LINE...
	reference "${@:2}"
	HOME=$BATS_FILE_TMPDIR/home run -2 judge_by
	echo "$output"
	[[ $output == *"judge: the reference: "*"$1"* ]]
	[ ! -e verify.jsonl ]
	[ ${#output} -lt 1000 ]
}

mk() {
	run make -s --no-print-directory -C "$ROOT" BUILD="$BUILD" DEVICE=cpu \
		KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		EXPERIMENTS="$PWD/experiments" PYTHON="$python" "$@"
	echo "$output"
}

# imported KERNEL SETTING...: it, without a reference, and an empty list
imported() {
	needs_torch
	needs_data
	mk import TRACE="$data" DEFINITION="$1"
	[ "$status" -eq 0 ]
	ln -s "$ROOT/kernels/include" kernels/include
	printf '%s\n' "${@:2}" >>"kernels/$1/settings"
	rm -f "workloads/$1.jsonl"
	mkdir -p workloads
}

# workload KERNEL UUID AXES INPUTS, as JSON without their braces
workload() {
	printf '{"definition": "%s", "solution": null, "workload": {"uuid": "%s", "axes": {%s}, "inputs": {%s}}, "evaluation": null}\n' \
		"$@" >>"workloads/$1.jsonl"
}

# tensor NAME DTYPE FORMAT N...: workloads/NAME.safetensors with a tensor of
# that name; the format as Python's struct has it
tensor() {
	"$python" -c 'import json, struct, sys
name, dtype, form, *values = sys.argv[1:]
data = struct.pack(f"<{len(values)}{form}", *map(int, values))
head = json.dumps({name: {"dtype": dtype, "shape": [len(values)],
                          "data_offsets": [0, len(data)]}}).encode()
open(f"workloads/{name}.safetensors", "wb").write(
    struct.pack("<Q", len(head)) + head + data)' "$@"
}

random() { # NAME...
	local comma=

	for name; do
		printf '%s"%s": {"type": "random"}' "$comma" "$name"
		comma=', '
	done
}

stored() { # NAME...
	for name; do
		printf ', "%s": {"type": "safetensors", "path": "%s.safetensors", "tensor_key": "%s"}' \
			"$name" "$name" "$name"
	done
}

# judges KERNEL SOURCE SED: that solution is right, and by PyTorch; so changed
# it is wrong.
judges() {
	cp "$2" "kernels/$1/solution.c"
	mk verify KERNEL="$1" MODE=full
	[ "$status" -eq 0 ]
	[[ $output == *"right on "*", reference: python 3."*", torch "* ]]
	sed "$3" "$2" >"kernels/$1/solution.c"
	! cmp -s "$2" "kernels/$1/solution.c"
	mk verify KERNEL="$1" MODE=full
	[ "$status" -ne 0 ]
	[[ $output == *'"status": "wrong"'* ]]
}

@test "gemm of the data set is judged by PyTorch" {
	k=gemm_n128_k2048
	imported $k 'hidden.M = 2..20'
	workload $k one '"M": 1' "$(random A B)"
	workload $k some '"M": 33' "$(random A B)"
	judges $k "$ROOT/kernels/$k/reference.c" 's/k < K; k++/k < K - 64; k++/'
}

@test "rmsnorm of the data set is judged by PyTorch" {
	k=rmsnorm_h4096
	imported $k 'hidden.batch_size = 1..10'
	workload $k some '"batch_size": 9' "$(random hidden_states weight)"
	judges $k "$ROOT/kernels/$k/reference.c" 's,sum / H,sum / (H + 256),'
}

@test "rope of the data set is judged by PyTorch: two outputs" {
	k=rope_with_cos_sin_cache_neox_style_d128_rd64
	imported $k 'include = .'
	cp "$BATS_TEST_DIRNAME/references/bfloat16.h" kernels/$k
	tensor positions I64 q 7 0 15 3 3
	workload $k some '"num_tokens": 5, "num_qo_heads": 4, "num_kv_heads": 2, "max_seq_len": 16' \
		"$(random q k cos_sin_cache)$(stored positions)"
	judges $k "$BATS_TEST_DIRNAME/references/$k.c" \
		's/turn(k, \(.*\), k_out)/turn(k, \1 + 1, k_out)/'
}

@test "paged attention of the data set is judged by PyTorch: a scalar, an empty list" {
	k=gqa_paged_decode_h32_kv16_d128_ps1
	imported $k 'include = .'
	cp "$BATS_TEST_DIRNAME/references/bfloat16.h" kernels/$k
	tensor kv_indptr I32 i 0 5 5 8
	tensor kv_indices I32 i 3 9 1 0 2 9 8 7
	workload $k some '"batch_size": 3, "num_pages": 10, "len_indptr": 4, "num_kv_indices": 8' \
		"$(random q k_cache v_cache)$(stored kv_indptr kv_indices), \"sm_scale\": {\"type\": \"scalar\", \"value\": 0.088}"
	judges $k "$BATS_TEST_DIRNAME/references/$k.c" 's/logf(2)/1/'
}

# agrees KERNEL AXES...: its reference.c and its definition's Python; and the
# public definition's, where that is
agrees() {
	needs_torch
	build-kernel -c cache -d cpu -o build.json "$ROOT/kernels/$1" \
		"$ROOT/kernels/$1/reference.c"
	so=$(echo cache/*/kernel.so)
	for definition in "$ROOT/kernels/$1" "$public"/*; do
		[ "$definition" = "$ROOT/kernels/$1" ] && definition=$definition/definition ||
			definition=$definition/$1
		[ -e "$definition.json" ] || continue
		"$python" "$BATS_TEST_DIRNAME/references/agree.py" "$PWD/$so" \
			"$definition.json" "${@:2}"
	done
}

@test "PyTorch agrees with every native reference that we ship" {
	needs_torch
	agrees gemm_n128_k2048 M=5
	rm -r cache
	agrees rmsnorm_h4096 batch_size=5
	rm -r cache
	agrees dsa_sparse_attention_h16_ckv512_kpe64_topk2048_ps64 \
		num_tokens=3 num_pages=40
	rm -r cache
	agrees dsa_topk_indexer_fp8_h64_d128_topk2048_ps64 \
		batch_size=4 max_num_pages=40 num_pages=60
	[ "$(ls -d "$ROOT"/kernels/*/ | wc -l)" -eq 5 ]
}

# A kernel that copies a tensor of each of these types, and adds up scalars.
copies() { # TYPE...
	local n t

	needs_torch
	mkdir -p kernels/copy workloads
	ln -s "$ROOT/kernels/include" kernels/include
	"$python" - "$@" >kernels/copy/definition.json <<-'PY'
	import json, sys
	inputs, outputs = ({f"{way}_{t}": {"shape": ["n", "m"], "dtype": t}
	                    for t in sys.argv[1:]} for way in ("in", "out"))
	for name, t in ("f", "float32"), ("i", "int64"), ("b", "bool"):
	    inputs[name] = {"shape": None, "dtype": t}
	outputs["sum"] = {"shape": [], "dtype": "float32"}
	text = f"""import torch
	def run(*args):
	    assert [type(a) for a in args[-3:]] == [float, int, bool]
	    assert [str(a.dtype) for a in args[:-3]] == {
	        ["torch." + t for t in sys.argv[1:]]}
	    out = [a.clone().t().contiguous().t() for a in args[:-3]]
	    return (*out, torch.tensor(float(sum(args[-3:]))))
	"""
	print(json.dumps({"name": "copy", "op_type": "test",
	                  "axes": {"n": {"type": "var"}, "m": {"type": "var"}},
	                  "inputs": inputs, "outputs": outputs,
	                  "reference": text}))
	PY
	printf '%s = 0\n' atol rtol >kernels/copy/settings
	for n in 1 37; do
		workload copy n$n "\"n\": $n, \"m\": 3" "$(random "${@/#/in_}" b), \"f\": {\"type\": \"scalar\", \"value\": 0.5}, \"i\": {\"type\": \"scalar\", \"value\": -7}"
	done
	{
		printf '#include "ratchet.h"\nstatic int run('
		printf 'const DLTensor *in_%s, ' "$@"
		printf 'double f, int64_t i, bool b, '
		printf 'const DLTensor *out_%s, ' "$@"
		printf 'const DLTensor *sum)\n{\nsize_t n = 3 * (size_t)ratchet_extent(in_%s, 0);\n' "$1"
		for t; do
			printf 'memcpy(ratchet_data(out_%s), ratchet_data(in_%s), n * in_%s->dtype.bits / 8);\n' $t $t $t
		done
		printf '*(float *)ratchet_data(sum) = (float)(f + (double)i + b);\nreturn 0;\n}\nRATCHET_EXPORT(run'
		printf ', tensor%.0s' "$@"
		printf ', float64, int64, boolean'
		printf ', tensor%.0s' "$@"
		printf ', tensor)\n'
	} >kernels/copy/solution.c
	mk verify KERNEL=copy MODE=full
	[ "$status" -eq 0 ]
	[[ $output == *"right on 2 workloads"* ]]
}

@test "floating-point elements of every type survive exactly, and scalars" {
	copies float32 float16 bfloat16 float8_e4m3fn float8_e5m2
}

@test "integers and bools survive exactly" {
	copies int64 int32 int16 int8 bool
}

@test "the head says where the reference came from" {
	reference 'return x * a'
	run -0 judge_by
	head -1 verify.jsonl | grep -Eq '"reference": "python 3[.0-9]+, torch [0-9.]+'
	[ "$(statuses)" = "ok ok ok " ]
	run -0 front verify -o verify.jsonl "$(built reference)" "$(built right)"
	head -1 verify.jsonl | grep -q '"reference": "native"'
}

@test "a wrong candidate is wrong by PyTorch" {
	reference 'return x * a'
	run -1 judge_by wrong
	[ "$(statuses)" = "wrong wrong wrong " ]
}

@test "outputs come by name, in order, or alone" {
	reference 'return {"y": x * a}'
	run -0 judge_by
	reference 'return [x * a]'
	run -0 judge_by
}

@test "a verdict, and its page, by PyTorch" {
	needs_torch
	cp -R "$BATS_TEST_DIRNAME/tiny/." .
	cp -R "$ROOT/kernels/include" kernels/include
	rm kernels/scale/reference.c
	sed 's/PASSES 8$/PASSES 1/' kernels/scale/solution.c >mine.c
	mk try KERNEL=scale SOLUTION="$PWD/mine.c"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} == "verdict: "* ]]
	page=experiments/scale/exp_0001/result.md
	grep -q "What is right is what the definition's own reference computed: python 3.*, torch " $page
	mk audit KERNEL=scale
	[ "$status" -eq 0 ]
}

# twice PYTHON C SETTING...: a kernel y(x, w) in bfloat16, judged
twice() {
	needs_torch
	mkdir -p kernels/twice workloads
	ln -sfn "$ROOT/kernels/include" kernels/include
	cat >kernels/twice/definition.json <<-'END'
	{"name": "twice", "op_type": "test", "axes": {"n": {"type": "var"}},
	 "inputs": {"x": {"shape": ["n"], "dtype": "bfloat16"}, "w": {"shape": ["n"], "dtype": "bfloat16"}},
	 "outputs": {"y": {"shape": ["n"], "dtype": "bfloat16"}},
	 "reference": "def run(x, w):\n    return EXPRESSION\n"}
	END
	sed -i "s/EXPRESSION/$1/" kernels/twice/definition.json
	printf '%s\n' "${@:3}" >kernels/twice/settings
	rm -f workloads/twice.jsonl
	workload twice some '"n": 5000' "$(random x w)"
	{
		cat "$BATS_TEST_DIRNAME/references/bfloat16.h"
		cat <<-END
		#include "ratchet.h"
		static int run(const DLTensor *x, const DLTensor *w, const DLTensor *y)
		{
			const uint16_t *a = ratchet_data(x), *b = ratchet_data(w);
			uint16_t *out = ratchet_data(y);

			for (int64_t i = 0; i < ratchet_extent(x, 0); i++) {
				float x = widen(a[i]), w = widen(b[i]);

				out[i] = narrow($2);
			}
			return 0;
		}
		RATCHET_EXPORT(run, tensor, tensor, tensor)
		END
	} >kernels/twice/solution.c
	mk verify KERNEL=twice MODE=full
}

@test "a reference that rounds to bfloat16 on its way has room in the default bound" {
	twice '(x * 0.7) * 1.3' 'x * 0.7f * 1.3f + 0 * w'
	[ "$status" -eq 0 ]
	twice '(x * 0.7) * 1.3' 'x * 0.91f * (i % 3 ? 1 : 1.0079f) + 0 * w' 'rtol = 0.1'
	[[ $output == *'"status": "precision"'* ]]
}

@test "where its own error is larger, make precision says what settings need" {
	often=$(printf ' * 0.7 * 1.43%.0s' {1..20})
	twice "x$often" "(float)(x$often) + 0 * w" 'rtol = 0.1'
	[[ $output == *'"status": "precision"'* ]]
	mk precision KERNEL=twice
	[ "$status" -eq 0 ]
	bound=${lines[-1]}
	[[ $bound == "precision.cpu = 0.0"* ]]
	echo "$bound" >>kernels/twice/settings
	mk verify KERNEL=twice MODE=full
	[ "$status" -eq 0 ]
}

@test "a reference that raises is said, with its line" {
	fails_with "launch-error: ValueError: no such row (line 3 of the reference)" \
		'raise ValueError("no such row")'
	fails_with "AssertionError (line 3 of the reference)" 'assert x is None'
}

@test "a reference that is no Python is said" {
	fails_with "SyntaxError" 'return ]'
}

@test "a wrong shape is said" {
	fails_with "ValueError: output y: want the shape [1], got [1, 1]" \
		'return (x * a)[None]'
}

@test "a wrong type is said" {
	fails_with "TypeError: output y: want float32, got float64" \
		'return (x * a).double()'
	fails_with "TypeError: output y: want a tensor, got list" \
		'return [(x * a).tolist()]'
	fails_with "TypeError: output y: want a tensor, got NoneType" 'x * a'
}

@test "too few, too many and misnamed outputs are said" {
	fails_with "ValueError: want 1 outputs, got 0" 'return ()'
	fails_with "ValueError: want 1 outputs, got 2" 'return x, x'
	fails_with "ValueError: want the outputs y, got z" 'return {"z": x}'
}

@test "NaN is no answer; infinity is one" {
	fails_with "ValueError: output y: NaN is no answer to judge by" \
		'return x * float("nan")'
	reference 'return x / 0'
	run -1 judge_by
	[ "$(statuses)" = "nonfinite nonfinite nonfinite " ]
}

@test "a reference that prints megabytes is not heard" {
	reference 'import os, sys' \
		'for f in sys.stdout, sys.stderr: f.write("SECRET" * (1 << 21))' \
		'try: os.write(2, b"SECRET" * (1 << 21))' \
		'except OSError: pass' 'return x * a'
	run -0 judge_by
	[ ${#output} -lt 1000 ] && [[ $output != *SECRET* ]]
}

@test "a reference that loops for ever is ended" {
	fails_with "timeout: no answer in 5 s" 'while True: pass'
}

@test "a reference that allocates without bound is ended" {
	fails_with "can't allocate memory" 'all = []' \
		'while True: all.append(torch.empty(1 << 28))'
}

@test "a reference that dies is said" {
	fails_with "died: exit status 3" 'import os; os._exit(3)'
	fails_with "died: signal 11" 'import ctypes; ctypes.string_at(0)'
}

@test "a reference sees no home folder and nothing of the judge's" {
	fails_with "FileNotFoundError: [Errno 2]" \
		"open('$BATS_FILE_TMPDIR/home/.ssh/id').read()"
	fails_with "FileNotFoundError: [Errno 2]" "open('$ROOT/README.md').read()"
	fails_with "KeyError: 'HOME'" 'import os' 'os.environ["HOME"]'
}

@test "a reference reaches no network, and starts no process" {
	fails_with "OSError: [Errno 101] Network is unreachable" \
		'import socket' 'socket.create_connection(("192.0.2.1", 80), 3)'
	fails_with "PermissionError: [Errno 1]" 'import os; os.fork()'
}

@test "a reference writes nowhere, but to memory of its own" {
	fails_with "Read-only file system" 'open("/usr/mark", "w")'
	fails_with "FileNotFoundError" "open('$BATS_TEST_TMPDIR/mark', 'w')"
	prefix=$("$python" -c 'import sys; print(sys.prefix)')
	fails_with "Errno" "open('$prefix/mark', 'w')"
	[ ! -e "$prefix/mark" ] && [ ! -e "$BATS_TEST_TMPDIR/mark" ]
	reference 'x.add_(0); open("/tmp/mark", "w").write("x")' 'return x * a'
	run -0 judge_by
	[ ! -e /tmp/mark ]
}

@test "a reference cannot say that it is native, or what it exports" {
	reference 'import __main__ as m' 'm.say("native")' \
		'm.doorbell.exports = 0xffffffff' 'return x * a'
	run -2 judge_by
	[[ $output == *"ValueError: only run is to be had of Python"* ]]
	reference 'import __main__ as m; m.say("native")' 'return x * a'
	run -0 judge_by
	head -1 verify.jsonl | grep -q '"reference": "python '
}

@test "what Python cannot give is said: float4, views" {
	reference 'return x * a'
	sed -i 's/"shape": \["n"\], "dtype": "float32"/"shape": ["n"], "dtype": "float4_e2m1"/' definition.json
	run -2 judge_by
	[[ $output == *"TypeError: PyTorch has no tensors of float4_e2m1" ]]
	reference 'return x * a'
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	K=kernels/scale
	echo 'view.y = float32' >>$K/settings
	run -2 judge_by
	[[ $output == *"settings: view.OUTPUT, but the reference of scale has no RATCHET_EXPORT_AS(evaluate"* ]]
}

@test "without PyTorch the refusal says what to install, or to write" {
	cp -R "$BATS_TEST_DIRNAME/tiny/." .
	rm kernels/scale/reference.c
	for python in /bin/false nowhere; do
		mk verify KERNEL=scale
		[ "$status" -eq 2 ]
		[[ $output == "$PWD/kernels/scale/reference.c: no reference to judge by, and $python has no PyTorch to run the definition's own; make new KERNEL=scale DEFINITION=$PWD/kernels/scale/definition.json writes a stub of it. Or: "*"pip install torch; and PYTHON="* ]]
		mk try KERNEL=scale SOLUTION="$PWD/kernels/scale/solution.c"
		[ "$status" -eq 2 ]
		[ ! -e experiments ]
	done
	# The stub compiles, and is a reference from then on.
	ln -s "$ROOT/kernels/include" kernels/include
	mk new KERNEL=scale DEFINITION="$PWD/kernels/scale/definition.json"
	mk verify KERNEL=scale
	[[ $output == *"the reference: launch-error: RuntimeError: not written yet"* ]]
}

@test "verify itself says that there is no PyTorch, and tries once" {
	PYTHON=/bin/false run -2 front verify -o verify.jsonl \
		"$K/definition.json" "$(built right)"
	[[ $output == *"false: no Python to compute with: died: exit status 1"* ]]
	PYTHON=nowhere run -2 front verify -o verify.jsonl "$K/definition.json" \
		"$(built right)"
	[ "$output" = "verify: PYTHON=nowhere: No such file or directory" ]
	[ ! -e verify.jsonl ]
}

@test "a definition of another kernel is refused" {
	sed 's/"scale"/"other"/' "$K/definition.json" >definition.json
	run -2 judge_by
	[ "$output" = "verify: definition.json: defines other, not scale" ]
}

@test "without a jail a stranger's reference is refused, whoever wrote the kernel" {
	unshare -m true 2>/dev/null || skip "cannot hide bubblewrap"
	run -2 env SANDBOX=own unshare -m bash -c 'mount --bind /dev/null "$(command -v bwrap)" &&
		exec verify -k "$K" -w "$W" -c "$1/cache" -o verify.jsonl "$K/definition.json" "$1/right.json"' \
		bash "$BATS_FILE_TMPDIR"
	[[ $output == *"no jail for a stranger's text"*"SANDBOX=none"* ]]
	[ ! -e verify.jsonl ]
}
