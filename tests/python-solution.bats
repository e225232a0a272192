load setup
load judge

# A solution in Python is judged like a native one, in the same jail, by the
# same clock. Runs where python3 (or $PYTHON) has PyTorch.

setup_file() {
	scale_setup
	export K W
	python=${PYTHON:-python3}
	has_torch=no
	"$python" -c 'import torch' 2>/dev/null && has_torch=yes
	export python has_torch
	compile right
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

teardown() {
	[ -z "$(ls "$TMPDIR")" ]
}

needs_torch() {
	[ "$has_torch" = yes ] || skip "no PyTorch for $python"
	needs_jail
}

# document dps|returns FILE...: these as a Solution; the first has run
document() {
	jq -n --arg entry "$2::run" --argjson dps \
		"$([ "$1" = dps ] && echo true || echo false)" \
		'{name: "mine", definition: "scale", author: "me",
		  spec: {language: "python", target_hardware: ["cpu"],
		         entry_point: $entry, dependencies: [],
		         destination_passing_style: $dps},
		  sources: [$ARGS.positional[] | split("\n")[0] as $path |
		            {path: $path, content: .[($path | length) + 1:]}]}' \
		--args -- "$(
			echo "$2"
			cat "$2"
		)" "${@:3}"
}

# The rest of a document's files: their name, a newline, their text.
file() {
	printf '%s\n%s\n' "$1" "$(cat "$1")"
}

make_it() { # [ARGUMENT...]
	build-kernel -c "$BATS_FILE_TMPDIR/cache" -d cpu -o build.json "$@" \
		"$K" solution.json
}

# solution dps|returns LINE...: build.json, of run with these lines
solution() {
	needs_torch
	[ "$1" = dps ] && arguments='x, a, y' || arguments='x, a'
	{
		printf 'import os, sys, time, threading, torch\n'
		printf 'def run(%s):\n' "$arguments"
		printf '    %s\n' "${@:2}"
	} >main.py
	document "$1" main.py >solution.json
	make_it
}

judge_it() {
	front verify -o verify.jsonl "$BATS_FILE_TMPDIR/reference.json" build.json
}

statuses() {
	sed -n 's/.*"status": "\([^"]*\)".*/\1/p' verify.jsonl | tr '\n' ' '
}

is_right() { # STYLE LINE...
	solution "$@"
	run -0 judge_it
	[ "$(statuses)" = "ok ok ok " ]
}

# is_judged REASON DETAIL STYLE LINE...: some workload is, in these words
is_judged() {
	solution "${@:3}"
	run -1 judge_it
	cat verify.jsonl
	[[ "$(statuses)" == *"$1 "* ]]
	grep "\"status\": \"$1\"" verify.jsonl | grep -qF -- "$2"
}

@test "outputs are written in place" {
	is_right dps 'torch.mul(x, a, out=y)'
	is_right dps 'y[:] = x * a' 'return "nothing"'
}

@test "or returned: alone, in order, by name" {
	is_right returns 'return x * a'
	is_right returns 'return [x * a]'
	is_right returns 'return {"y": x * a}'
}

@test "the record says that the host was timed" {
	is_right dps 'y[:] = x * a'
	head -n 1 verify.jsonl | grep -q '"timing": "host"'
	[ "$(jq -r .language build.json)" = python ]
	jq -r .compiler build.json | grep -q '^Python 3[.0-9]*, torch [0-9]'
}

@test "against native code too, whichever is the candidate" {
	solution dps 'y[:] = x * a'
	run -0 front bench -t 8 -o bench.tsv "$BATS_FILE_TMPDIR/reference.json" \
		build.json "$BATS_FILE_TMPDIR/right.json"
	grep -qx '# timing host' bench.tsv
	run -0 front bench -t 8 -o bench.tsv "$BATS_FILE_TMPDIR/reference.json" \
		"$BATS_FILE_TMPDIR/right.json" build.json
	grep -qx '# timing host' bench.tsv
	run -0 front bench -t 4 -o native.tsv "$BATS_FILE_TMPDIR/reference.json" \
		"$BATS_FILE_TMPDIR/right.json" "$BATS_FILE_TMPDIR/reference.json"
	grep -qx '# timing cpu' native.tsv
	# What Python costs alone is told apart from what a worker costs.
	[ "$(awk '$1 == "anchor" { print $9 }' bench.tsv)" -gt \
		"$(awk '$1 == "anchor" { print $9 }' native.tsv)" ]
}

@test "several outputs, bfloat16, integers, an empty list, scalars" {
	needs_torch
	mkdir -p kernels/mixed
	ln -s "$ROOT/kernels/include" kernels/include
	K=$PWD/kernels/mixed
	W=$PWD/mixed.jsonl
	cat >"$K/definition.json" <<-'END'
	{"name": "mixed", "op_type": "test",
	 "axes": {"n": {"type": "var"}, "m": {"type": "var"}, "k": {"type": "const", "value": 3}},
	 "inputs": {"x": {"shape": ["n", "k"], "dtype": "bfloat16"},
	            "i": {"shape": ["m"], "dtype": "int32"},
	            "s": {"shape": null, "dtype": "float32"},
	            "c": {"shape": null, "dtype": "int64"},
	            "b": {"shape": null, "dtype": "bool"}},
	 "outputs": {"y": {"shape": ["n", "k"], "dtype": "bfloat16"},
	             "z": {"shape": ["m"], "dtype": "int32"},
	             "t": {"shape": ["n"], "dtype": "float32"}},
	 "reference": "def run(x, i, s, c, b):\n    return (x.float() * s).bfloat16(), i + (c if b else 0), x.float().sum(1)\n"}
	END
	echo 'hidden_shapes = 0' >"$K/settings"
	for m in 0 5; do
		printf '{"definition": "mixed", "solution": null, "workload": {"uuid": "m%s", "axes": {"n": 7, "m": %s}, "inputs": {"x": {"type": "random"}, "i": {"type": "random"}, "s": {"type": "scalar", "value": 0.5}, "c": {"type": "scalar", "value": 9}, "b": {"type": "scalar", "value": true}}}, "evaluation": null}\n' $m $m
	done >"$W"
	cat >main.py <<-'END'
	def run(x, i, s, c, b, y, z, t):
	    assert type(s) is float and type(c) is int and b is True
	    y.copy_(x.float() * s)
	    z.copy_(i + c)
	    t.copy_(x.float().sum(1))
	END
	document dps main.py >solution.json
	make_it
	run -0 front verify -o verify.jsonl "$K/definition.json" build.json
	[ "$(statuses)" = "ok ok " ]
	printf 'def run(x, i, s, c, b):\n return (x.float() * s).bfloat16(), i + c, x.float().sum(1)\n' >main.py
	document returns main.py >solution.json
	make_it
	run -0 front verify -o verify.jsonl "$K/definition.json" build.json
	sed -i 's/i + c/-i - c/' solution.json
	make_it
	run -1 front verify -o verify.jsonl "$K/definition.json" build.json
	cat verify.jsonl
	grep -q '"status": "wrong", "detail": ".*z: ' verify.jsonl
}

@test "several files import each other, and can be read" {
	needs_torch
	mkdir -p lib/deep
	cat >main.py <<-'END'
	import inspect
	import helper
	from lib.deep.double import double
	from . import helper as same
	def run(x, a):
	    assert "def times" in inspect.getsource(helper)
	    assert same.times(2, 3) == 6 and double(1) == 2
	    return helper.times(x, a)
	END
	printf 'def times(x, a):\n    return x * a\n' >helper.py
	printf 'from .. import NOTHING\ndef double(x):\n    return 2 * x\n' >lib/deep/double.py
	echo 'NOTHING = 0' >lib/__init__.py
	document returns main.py "$(file helper.py)" \
		"$(file lib/deep/double.py)" "$(file lib/__init__.py)" >solution.json
	make_it
	run -0 judge_it
}

@test "wrong values" {
	is_judged wrong 'y: ' returns 'return x * a + (x.numel() > 5)'
	is_judged precision 'y: ' returns 'return x * a * 1.001'
	is_judged nonfinite 'y: ' returns 'y = x * a' 'y[-1] = float("nan")' 'return y'
	is_judged wrong 'y: ' dps 'y[:] = 0'
}

@test "outputs that are not written" {
	is_judged unwritten 'y: ' dps 'pass'
	is_judged unwritten 'y: ' dps 'y[:-1] = x[:-1] * a' 'y = x * a'
}

@test "outputs of another number, type or shape" {
	is_judged launch-error 'want 1 outputs, got 2' returns 'return x, x'
	is_judged launch-error "want the outputs y, got z" returns 'return {"z": x}'
	is_judged launch-error 'want float32, got float64' returns 'return (x * a).double()'
	is_judged launch-error 'want the shape [1], got [1, 1]' returns 'return (x * a)[:, None]'
	is_judged launch-error 'want a tensor, got NoneType' returns 'pass'
	is_judged launch-error 'want a tensor, got list' returns 'return {"y": [1.0]}'
}

@test "an input that is written to" {
	is_judged input-mutated 'an input was written to' returns 'y = x * a' 'x[0] += 1' 'return y'
	is_judged input-mutated 'an input was written to' dps 'y[:] = x * a' 'x.zero_()'
}

@test "where inputs are read-only, whoever writes to one dies" {
	solution returns 'y = x * a' 'x[0] += 1' 'return y'
	run -1 front bench -t 6 -o bench.tsv "$BATS_FILE_TMPDIR/reference.json" \
		build.json "$BATS_FILE_TMPDIR/right.json"
	grep -q 'died$' bench.tsv
}

@test "bytes beyond an output" {
	is_judged red-zone '' dps 'y[:] = x * a' 'import ctypes' \
		'ctypes.memset(y.data_ptr() + 4 * y.numel(), 1, 1)'
	is_judged red-zone '' returns 'w = sys.modules["__main__"]' \
		'w.outputs[w.doorbell.arg[2].offset - 1] ^= 1' 'return x * a'
}

@test "an error says where it was raised" {
	is_judged launch-error 'ValueError: no (line 3 of main.py)' dps 'raise ValueError("no")'
	is_judged launch-error 'SystemExit: 0 (line 3 of main.py)' dps 'sys.exit(0)'
	is_judged launch-error "takes 0 positional arguments but 1 was given (line 4" \
		dps 'def f(): pass' 'f(x)'
	is_judged launch-error 'RecursionError' dps 'def f(): f()' 'f()'
}

@test "a process that ends or does not" {
	is_judged died 'exit status 0' dps 'y[:] = x * a' 'os._exit(0)'
	is_judged died 'signal 31' dps 'os.kill(os.getpid(), 9)'
	is_judged timeout 'no answer in 0.5 s' dps 'while True: pass'
	is_judged timeout 'no answer in 0.5 s' dps 'time.sleep(60)'
}

@test "a process that would start another, or reach out" {
	is_judged launch-error 'PermissionError' dps 'y[:] = x * a' 'os.fork()'
	is_judged launch-error 'PermissionError' dps 'import subprocess' 'subprocess.run(["/bin/true"])'
	is_judged launch-error 'Error' dps 'import socket' \
		'socket.create_connection(("1.1.1.1", 53), 0.2)'
	is_judged launch-error 'Read-only file system' dps 'open("/usr/here", "w")'
	is_judged launch-error 'FileNotFoundError' dps "open('$BATS_FILE_TMPDIR/reference.json')"
}

@test "what it prints or closes is its own business" {
	is_right dps 'y[:] = x * a' 'print("x" * 4000000)' 'sys.stderr.write("y" * 4000000)'
	is_right dps 'y[:] = x * a' 'os.write(1, b"z" * 256)'
	is_right dps 'y[:] = x * a' 'os.closerange(0, 64)'
}

@test "a thread that writes after run has returned" {
	is_judged unwritten 'y: ' dps 'def late():' '    time.sleep(0.01)' \
		'    y[:] = x * a' 'threading.Thread(target=late).start()'
}

@test "who says that he is done before he is" {
	is_judged flaky 'unwritten, but' dps 'w = sys.modules["__main__"]' \
		'w.doorbell.done = w.doorbell.bell' \
		'w.futex(w.Doorbell.done, w.FUTEX_WAKE, 1)' \
		'time.sleep(0.05)' 'y[:] = x * a'
}

@test "what was computed for other values is no answer" {
	is_judged wrong 'y: ' returns 'global kept' \
		'kept = {} if "kept" not in globals() else kept' \
		'return kept.setdefault(x.numel(), x * a)'
}

@test "what cannot be imported is unsupported" {
	needs_torch
	printf 'import nothing_of_that_name\ndef run(x, a):\n    return x\n' >main.py
	document returns main.py >solution.json
	make_it
	run -1 judge_it
	grep -q '"unsupported", "detail": .*No module named .nothing_of_that_name. (line 1 of main.py)' verify.jsonl
	printf 'walk = 0\n' >main.py
	document returns main.py >solution.json
	make_it
	run -1 judge_it
	grep -q '"unsupported", "detail": .*AttributeError: .*run' verify.jsonl
}

@test "a syntax error fails the build" {
	needs_torch
	printf 'def run(x, a)\n    return x\n' >main.py
	document returns main.py >solution.json
	run -1 make_it
	[ "$(jq -r .status build.json)" = failed ]
	grep -q 'File "main.py", line 1' build.log
	grep -q 'SyntaxError' build.log
	run -1 judge_it
	grep -q '"finished": "build"' verify.jsonl
}

object() {
	document "$@" >solution.json
	make_it
	jq -r .object_sha256 build.json
}

@test "equal text is equal code, whatever it is called" {
	needs_torch
	printf 'def run(x, a):\n    return x * a\n' >main.py
	first=$(object returns main.py)
	sed -i 's/"mine"/"yours"/; s/"me"/"you"/' solution.json
	make_it
	[ "$(jq -r .object_sha256 build.json)" = "$first" ]
	[ "$(object dps main.py)" != "$first" ]
	echo '# another' >>main.py
	[ "$(object returns main.py)" != "$first" ]
}

@test "what is in Python is not sanitized; Triton is for a GPU" {
	printf 'def run(x, a):\n    return x * a\n' >main.py
	document returns main.py >solution.json
	run -2 make_it -z address
	[[ $output == *"solution.json: sanitizers are for code that is compiled"* ]]
	sed -i 's/"python"/"triton"/' solution.json
	run -2 make_it
	[[ $output == *"want language cpp or python for device cpu, got triton" ]]
}

@test "without PyTorch it is refused, with a remedy" {
	printf 'def run(x, a):\n    return x * a\n' >main.py
	document returns main.py >solution.json
	[ -x /usr/bin/python3 ] && ! /usr/bin/python3 -I -c 'import torch' 2>/dev/null ||
		skip "there is PyTorch everywhere"
	PYTHON=/usr/bin/python3 run -2 make_it
	[[ $output == *"no PyTorch, which a solution in Python needs: python3 -m venv V;"* ]]
	[ ! -e build.json ]
	PYTHON=$PWD/none run -2 make_it
	[[ $output == *"PYTHON=$PWD/none: No such file or directory" ]]
}

mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" KERNEL=scale \
		DEVICE=cpu KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		EXPERIMENTS="$PWD/experiments" PYTHON="$python" "$@"
}

# The tiny kernel, whose incumbent is in Python and as slow as it likes.
python_kernel() {
	needs_torch
	cp -R "$BATS_TEST_DIRNAME/tiny/." .
	ln -s "$ROOT/kernels/include" kernels/include
	own_build
	cat >main.py <<-'END'
	# knob: PASSES 1 400
	PASSES = 400

	def run(x, y):
	    for _ in range(PASSES):
	        y.copy_(2 * x)
	END
	rm kernels/scale/solution.c
	document dps main.py >kernels/scale/solution.json
	x=experiments/scale
}

@test "tuned to an accept, and what follows" {
	python_kernel
	export BENCH_S=150
	cp kernels/scale/solution.json shipped.json
	run -0 --separate-stderr mk optimize
	[[ ${lines[-1]} == "verdict: reject unsupported speedup "* ]] ||
		settles "verdict: reject unsupported speedup *" mk rejudge EXP=exp_0001
	exp=$(ls $x | grep exp_ | tail -n 1)
	grep -q 'make rejudge with ALLOW_HOST_TIMED=1 accepts such' $x/$exp/result.md
	cmp shipped.json kernels/scale/solution.json
	settles "verdict: accept - speedup *" mk rejudge EXP=$exp ALLOW_HOST_TIMED=1
	jq -r '.sources[0].content' kernels/scale/solution.json | grep -qx 'PASSES = 1'
	exp=$(ls $x | grep exp_ | tail -n 1)
	[ "$(jq -r .timing $x/$exp/verdict.json)" = host ]
	grep -q ', timing: host, jail: bwrap' $x/$exp/result.md
	run -0 mk audit
	[[ $output == *" verdicts decided again"*" 0 problems"* ]]

	sed 's/"mine"/"copy"/' kernels/scale/solution.json >mine.json
	run -0 mk try SOLUTION="$PWD/mine.json"
	[[ ${lines[-1]} == "verdict: equivalent - speedup - "* ]]
	run -0 mk pack OUT="$PWD/set"
	[ "$(jq -r .spec.language set/solutions/*/*/scale/*.json)" = python ]
	run -0 mk revert EXP=shipped
	cmp shipped.json kernels/scale/solution.json
}

@test "native code and Python replace each other" {
	python_kernel
	export BENCH_S=60
	cp "$BATS_TEST_DIRNAME/tiny/kernels/scale/solution.c" mine.c
	settles "verdict: accept - speedup *" mk try SOLUTION="$PWD/mine.c" ALLOW_HOST_TIMED=1
	[ "$(jq -r .timing "$(ls $x/exp_*/verdict.json | tail -n 1)")" = host ]
	[ -e kernels/scale/solution.c ]
	sed 's/PASSES = 400/PASSES = 300/' main.py >other.py
	document dps other.py >mine.json
	settles "verdict: reject slower speedup *" mk try SOLUTION="$PWD/mine.json" ALLOW_HOST_TIMED=1
	run -0 mk ab A="$PWD/mine.json" B=current
	[[ ${lines[-1]} == *" times as fast as current" ]]
}

@test "what looks into compiled code says that there is none" {
	python_kernel
	run -2 mk export-torch OUT="$PWD/out"
	[[ $output == *"it is Python: import it as it is"* ]]
	run -2 mk profile
	[[ $output == *"Python has no code to look into"* ]]
}

@test "make new FROM=my.py begins with a function of one's own, and proves it" {
	needs_torch
	ln -s "$ROOT/kernels/include" include
	mkdir kernels && mv include kernels/
	own_build
	printf 'import torch\n\ndef run(x, a):\n    return x * a\n' >my.py
	printf 'n\tweight\n16\t2\n300\t1\n' >shapes.tsv
	mk() {
		make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" KERNEL=scale \
			DEVICE=cpu KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
			EXPERIMENTS="$PWD/experiments" BENCH_S=4 PYTHON="$python" "$@"
	}
	run -0 mk new DEFINITION="$K/definition.json" SHAPES="$PWD/shapes.tsv" \
		FROM="$PWD/my.py"
	run -0 mk verify
	[[ $output == *"current: right on 2 workloads, hidden: none, reference: python"* ]]
	sed -i 's/x \* a/x + a/' my.py
	rm kernels/scale/solution.json
	mk new DEFINITION="$K/definition.json" FROM="$PWD/my.py"
	run -2 mk verify
	[[ $output == *'"status": "wrong"'* ]]
}
