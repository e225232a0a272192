# cuda - the GPU's side of the judge: what can be tested without one, and what
# needs one (skipped elsewhere)
load setup

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "what cuda.h declares is what the toolkit's header declares" {
	cuda=${CUDA_HOME:-/usr/local/cuda}/include
	[ -e "$cuda/cuda.h" ] || skip "no CUDA toolkit here"
	run -0 cc -std=c11 -D_GNU_SOURCE -Wall -Werror -fsyntax-only \
		-I"$cuda" -I"$ROOT/tools/core" "$ROOT/tests/cuda_layout.c"
}

@test "a plan is read as it was written; damaged ones are refused" {
	run -0 "$BUILD/tests/plan-check"
	[ -z "$output" ]
}

@test "launcher and capture say how they are used" {
	run -2 launcher
	[[ $output == "usage: launcher "* ]]
	run -2 launcher side more
	run -2 launcher elsewhere
	run -2 capture more
	[ "$output" = "capture: more: judge alone starts this program" ]
}

@test "capture without a layout says so and writes no plan" {
	run -1 capture 3</dev/null 4>plan
	[[ $output == "capture: layout: "* ]]
	[ ! -s plan ]
}

# A job of phase $1 whose input x has $2 and $3 rows of 4096 float32.
rows_job() {
	mkdir -p job
	cat >job/definition.json <<-'END'
		{"name": "rows", "op_type": "rows",
		 "axes": {"m": {"type": "var"}, "n": {"type": "const", "value": 4096}},
		 "inputs": {"x": {"shape": ["m", "n"], "dtype": "float32"},
		            "w": {"shape": ["n"], "dtype": "float32"}},
		 "outputs": {"y": {"shape": ["m"], "dtype": "float32"}},
		 "reference": "def run(x, w):\n    return x @ w\n"}
	END
	echo 'plant = large tiny rows' >job/settings
	for m in "$2" "$3"; do
		printf '{"definition": "rows", "solution": null, "workload": {"uuid": "m%s", "axes": {"m": %s}, "inputs": {"x": {"type": "random"}, "w": {"type": "random"}}}, "evaluation": null}\n' "$m" "$m"
	done >job/workloads.jsonl
	printf 'phase = %s\ndevice = cuda\nnonce = 00000000000000000000000000000000\nseed = 0x%016x\nbudget_s = 1\n' \
		"$1" 7 >job/job
}

@test "small inputs have places of their own" {
	rows_job verify 1000 4000
	run -0 "$BUILD/tests/layout-check" job
	[[ $output == *" 0 windows at 0 places" ]]
}

@test "large inputs are windows at places of their own into few arenas" {
	# 0.5 and 0.6 GB: plain, large and tiny ones share three arenas; the
	# planted rows of both workloads do not
	rows_job verify 32768 40000
	run -0 "$BUILD/tests/layout-check" job
	[[ ${lines[-1]} =~ ^([0-9]+)\ MB,\ ([0-9]+)\ windows\ at\ ([0-9]+)\ places$ ]]
	[ "${#lines[@]}" = 1 ]
	[ "${BASH_REMATCH[1]}" -lt $((3 * 9 * 625 / 8 + 512 + 625 + 20)) ]
	[ "${BASH_REMATCH[2]}" -ge 8 ]
	[ "${BASH_REMATCH[3]}" -eq "${BASH_REMATCH[2]}" ]
}

@test "128 workloads with an input of 96 MiB fit, each window at whole rows" {
	cat >rows.sed <<-'END'
		s/"const", "value": 4096/"const", "value": 8448/
		s/float32"},/int8"},/
	END
	rows_job verify 11923 11922
	sed -i -f rows.sed job/definition.json
	for i in $(seq 2 127); do
		sed "1s/m11923/more$i/p;d" job/workloads.jsonl >>job/more
	done
	cat job/more >>job/workloads.jsonl
	run -0 "$BUILD/tests/layout-check" job
	[[ ${lines[-1]} =~ ^([0-9]+)\ MB,\ ([0-9]+)\ windows\ at\ ([0-9]+)\ places$ ]]
	[ "${#lines[@]}" = 1 ]
	[ "${BASH_REMATCH[1]}" -le $((96 * 9 / 8 + 21 + 4)) ]
	[ "${BASH_REMATCH[2]}" -eq $((128 * 5)) ]
	[ "${BASH_REMATCH[3]}" -ge 300 ]
}

@test "windows of rows that no power of two divides begin with a row, too" {
	rows_job verify 8000 12000
	sed -i 's/"value": 4096/"value": 2500/' job/definition.json
	run -0 "$BUILD/tests/layout-check" job
	[[ $output == *" 8 windows at "* ]]
	# and there are places for all, where such a step is a large one
	rows_job verify 300 301
	sed -i 's/"value": 4096/"value": 65537/' job/definition.json
	run -0 "$BUILD/tests/layout-check" job
	[[ $output == *" 8 windows at "[4-8]" places" ]]
}

gather_job() {
	mkdir -p job
	cp "$ROOT"/tests/kernels/gather_rows/{definition.json,workloads.jsonl,settings} job
	sed -i "s/^gather.*/$1/" job/settings
	printf 'phase = verify\ndevice = cuda\nnonce = 00000000000000000000000000000000\nseed = 0x%016x\nbudget_s = 1\n' \
		7 >job/job
}

@test "gather names an index and the bytes of a row, of which there may be none" {
	gather_job 'gather.cache = index 0'
	run -0 "$BUILD/tests/layout-check" job
	for bad in 'index' 'index x' 'index 0.5' 'index -1' 'index 1e20' \
		'cache 256' 'other 256' '256'; do
		gather_job "gather.cache = $bad"
		run -2 "$BUILD/tests/layout-check" job
		[[ $output == *"settings: want gather.cache to be an int32 or int64 input"*"got '$bad'" ]]
	done
}

@test "without a driver a CUDA job is put off, with one line that says why" {
	ls /dev/nvidia0 >/dev/null 2>&1 && skip "there is a GPU here"
	mkdir job
	cp "$ROOT"/tests/kernels/affine_n/{definition.json,workloads.jsonl,settings} job
	printf 'phase = verify\ndevice = cuda\nnonce = 00000000000000000000000000000000\nseed = 0x%016x\nbudget_s = 1\n' \
		7 >job/job
	run -75 judge job
	[[ $output == "judge: no CUDA driver here: "* ]]
	[ ! -e job/verify.jsonl ]
}

# bats test_tags=gpu
@test "honest kernels pass and cheats get their reason, on the GPU" {
	ls /dev/nvidia0 >/dev/null 2>&1 || skip "no GPU here"
	command -v nvcc >/dev/null || skip "no nvcc here"
	cd "$ROOT"
	export BUILD=build
	run -0 tests/gpu.sh build
	run tests/gpu.sh run
	echo "$output"
	[ "$status" -eq 0 ]
	! grep -q '^not ok' <<<"$output"
}
