# sampling - what is drawn at random is judged by whether it may be drawn, and
# by how often
load setup

setup_file() {
	K=$BATS_FILE_TMPDIR/kernels/draw
	W=$BATS_FILE_TMPDIR/draw.jsonl
	export K W
	mkdir -p "$K"
	cp -r "$ROOT/kernels/include" "$BATS_FILE_TMPDIR/kernels/"
	cp "$ROOT/tests/kernels/draw/definition.json" "$K/"
	cp "$ROOT/tests/kernels/draw/workloads.jsonl" "$W"
	: >"$K/settings"
	compile reference
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

compile() { # NAME [MACRO]
	{
		[ -z "${2-}" ] || echo "#define $2"
		cat "$ROOT/tests/kernels/draw/draw.c"
	} >"$BATS_FILE_TMPDIR/$1.c"
	build-kernel -c "$BATS_FILE_TMPDIR/cache" -d cpu \
		-o "$BATS_FILE_TMPDIR/$1.json" "$K" "$BATS_FILE_TMPDIR/$1.c"
}

judged() { # STATUS NAME [MACRO]
	compile "${@:2}"
	run -"$1" verify -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" \
		-o verify.jsonl "$BATS_FILE_TMPDIR/reference.json" \
		"$BATS_FILE_TMPDIR/$2.json"
	statuses=$(sed -n 's/.*"status": "\([^"]*\)".*/\1/p' verify.jsonl | tr '\n' ' ')
}

@test "a kernel that draws right is right, by other draws than the reference's" {
	needs_jail
	for i in 1 2 3 4 5; do
		judged 0 right
		[ "$statuses" = "ok ok " ]
	done
}

@test "so is one that draws the same of the same, for it is given no seed" {
	needs_jail
	judged 0 hash HASH
	[ "$statuses" = "ok ok " ]
}

@test "a row of its own in each call is drawn often enough to tell, of other values" {
	needs_jail
	judged 1 argmax ARGMAX
	[ "$(jq -r 'select(.uuid == "m1") | .detail' verify.jsonl)" != "" ]
	judged 0 right
	[ "$(jq 'select(.uuid == "m1") | .launches >= 100' verify.jsonl)" = true ]
	[ "$(jq 'select(.uuid == "m600") | .launches < 50' verify.jsonl)" = true ]
}

@test "who falls on the same place, whatever the values, does not draw" {
	needs_jail
	for i in FIXED FROZEN; do
		judged 1 $i $i
		[[ $statuses == "wrong "* ]]
	done
}

@test "who draws right in the first call alone, or in many, is wrong" {
	needs_jail
	judged 1 first "FIRST 1"
	[ "$statuses" = "wrong wrong " ]
	judged 1 many "FIRST 60"
	[[ $statuses == "wrong "* ]]
}

@test "where rows leave no choice, that is said, and they are right" {
	needs_jail
	header='{"k":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}'
	{
		printf "\\x$(printf %x ${#header})\\0\\0\\0\\0\\0\\0\\0%s" "$header"
		printf '\1\0\0\0\1\0\0\0'
	} >one.safetensors
	sed -n '1s/m1/m2/; 1s/"m": 1/"m": 2/; 1s|"top_k": {"type": "random"}|"top_k": {"type": "safetensors", "path": "./one.safetensors", "tensor_key": "k"}|p' \
		"$W" >one.jsonl
	W=$PWD/one.jsonl judged 0 right
	grep -q '"status": "ok", "detail": "0 draws leave a choice: too few to tell how they are spread"' verify.jsonl
	W=$PWD/one.jsonl judged 1 outside OUTSIDE
}

@test "who is not proved but timed is wrong there, though each process sees few draws" {
	needs_jail
	compile right
	compile argmax ARGMAX
	sed -n '1s/m1/m4/; 1s/"m": 1/"m": 4/p' "$W" >one.jsonl
	run -1 bench -f -t 8 -k "$K" -w one.jsonl -c "$BATS_FILE_TMPDIR/cache" \
		-o bench.tsv "$BATS_FILE_TMPDIR/reference.json" \
		"$BATS_FILE_TMPDIR/argmax.json" "$BATS_FILE_TMPDIR/right.json"
	grep -q "candidate.*wrong$" bench.tsv
}

@test "what top_k or top_p do not allow is wrong, with its row" {
	needs_jail
	for i in TOP_K TOP_P; do
		judged 1 no_$i NO_$i
		[[ $statuses == *"wrong "* ]]
		grep -qE 'row [0-9]+: [0-9]+ was drawn, which top_k and top_p do not allow' verify.jsonl
	done
}

@test "what is no index is wrong" {
	needs_jail
	judged 1 outside OUTSIDE
	[ "$statuses" = "wrong wrong " ]
	grep -q '200 was drawn, which is no index of probs' verify.jsonl
}

@test "who always draws the most probable is wrong, though each may be drawn" {
	needs_jail
	judged 1 argmax ARGMAX
	[ "$statuses" = "wrong wrong " ]
	grep -qE 'draws are spread otherwise than the probabilities say: .*seed each process anew' verify.jsonl
}

@test "so is who draws all with equal chances, or does so in some rows alone" {
	needs_jail
	judged 1 uniform UNIFORM
	[ "$statuses" = "wrong wrong " ]
	judged 1 odd ODD
	[ "$statuses" = "ok wrong " ]
}

@test "so is who looks at every second token alone, or at the first of them" {
	needs_jail
	judged 1 evens "SKIP 1"
	[ "$statuses" = "wrong wrong " ]
	grep -q 'draws prefer indices without 1: 0.[0-9]* more often than the probabilities say' verify.jsonl
	judged 1 few "SKIP 16"
	[[ $statuses == *"wrong " ]]
	judged 1 half "SKIP 128"
	[[ $statuses == *"wrong " ]]
}

@test "so is who prefers the probable more than he should" {
	needs_jail
	judged 1 sharp SHARP
	[[ $statuses == *" wrong " ]]
}

# A job for a device, of all workloads.
job() { # DEVICE
	mkdir -p job
	cp "$K/definition.json" job/
	: >job/settings
	cp "$W" job/workloads.jsonl
	printf 'phase = verify\ndevice = %s\nseed = 0x%016x\nbudget_s = 1\nnonce = %032x\n' "$1" 7 7 >job/job
}

refused() { # WORDS, DEVICE...
	for device in "${@:2}"; do
		sed -i "s/^device.*/device = $device/" job/job
		SANDBOX=none run -2 judge job
		[[ $output == *"$1"* ]]
	done
}

@test "other forms of sampling are refused in words, on a CPU and a GPU" {
	want='draw: op_type sampling: want inputs probs (float32, two axes), top_k'
	job cpu
	sed -i 's/"probs": {"shape": \["m", "n"\], "dtype": "float32"}/"probs": {"shape": ["m", "n"], "dtype": "float16"}/' job/definition.json
	refused "$want" cpu cuda
	for name in top_k top_p samples; do
		job cpu
		sed -i "s/\"$name\": {\"shape\": \[\"m\"\]/\"$name\": {\"shape\": [\"n\"]/" job/definition.json
		refused "$want" cpu cuda
	done
	job cpu
	sed -i 's/"samples": {"shape": \["m"\], "dtype": "int64"}/"samples": {"shape": ["m"], "dtype": "float32"}/' job/definition.json
	refused "$want" cpu cuda
}

@test "on a GPU it is judged, up to where one is needed, and its values are no windows" {
	job cuda
	run -0 "$BUILD/tests/layout-check" job
	[[ $output == *" 0 windows at 0 places" ]]
	sed -i 's/"m": 600/"m": 90000/' job/workloads.jsonl
	run -0 "$BUILD/tests/layout-check" job
	[[ $output =~ ^([0-9]+)\ MB,\ 0\ windows ]]
	[ "${BASH_REMATCH[1]}" -ge $((5 * 68)) ]
	! "$BUILD/doctor" -d 2>/dev/null | grep -qx cuda || skip "a GPU is here"
	SANDBOX=none run -75 judge job
	[[ $output == "judge: no CUDA driver here: "* ]]
}

@test "what a GPU's process drew is judged by the values there, once for each process and side" {
	job cuda
	sed -n 2p "$W" >job/workloads.jsonl
	run -0 "$BUILD/tests/draws-check" job
	[ -z "$output" ]
}

@test "on a GPU kernels that draw are right, or refused with the reason" {
	"$BUILD/doctor" -d 2>/dev/null | grep -qx cuda || skip "no GPU here"
	OUT=$PWD/out run -0 "$BATS_TEST_DIRNAME/gpu-sampling.sh" verify
}
