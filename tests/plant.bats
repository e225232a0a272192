load setup
load judge

# Kernels that random values alone would not show to be wrong.

setup_file() {
	export K=$BATS_FILE_TMPDIR/kernels/dot W=$BATS_FILE_TMPDIR/dot.jsonl

	mkdir -p "$K"
	cp -r "$ROOT/kernels/include" "$BATS_FILE_TMPDIR/kernels/"
	cat >"$K/definition.json" <<-'END'
		{"name": "dot", "op_type": "dot",
		 "axes": {"m": {"type": "var"}, "k": {"type": "const", "value": 500}},
		 "inputs": {"x": {"shape": ["m", "k"], "dtype": "float32"},
		            "w": {"shape": ["k"], "dtype": "float32"}},
		 "outputs": {"y": {"shape": ["m"], "dtype": "float32"}},
		 "reference": "def run(x, w):\n    return x @ w\n"}
	END
	: >"$K/settings"
	for m in 1 200; do
		printf '{"definition": "dot", "solution": null, "workload": {"uuid": "m%s", "axes": {"m": %s}, "inputs": {"x": {"type": "random"}, "w": {"type": "random"}}}, "evaluation": null}\n' $m $m
	done >"$W"
	build reference
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

build() {
	[ -e "$BATS_FILE_TMPDIR/$1.json" ] && return
	{
		echo "#define $1 1"
		cat "$ROOT/tests/kernels/dot.c"
	} >"$BATS_FILE_TMPDIR/$1.c"
	build-kernel -c "$BATS_FILE_TMPDIR/cache" -d cpu \
		-o "$BATS_FILE_TMPDIR/$1.json" "$K" "$BATS_FILE_TMPDIR/$1.c"
}

# verify_with SETTINGS VARIANT
verify_with() {
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	printf '%b' "$1" >kernels/dot/settings
	build "$2"
	K=$PWD/kernels/dot front verify -o verify.jsonl \
		"$(built reference)" "$(built "$2")"
}

# VARIANT is refused for REASON, with a detail that says WORDS.
refused() {
	run -1 verify_with "$1" "$2"
	grep -q "\"uuid\": \"m200\".*\"status\": \"$3\", \"detail\": \"[^\"]*$4" verify.jsonl
}

@test "an honest kernel is right on all planted values" {
	run -0 verify_with 'plant = large tiny rows integers' HONEST
	grep -q '"plant": "large tiny rows integers"' verify.jsonl
	[ "$(grep -c '"sets": 6' verify.jsonl)" = 1 ]
	[ "$(grep -c '"launches": 12' verify.jsonl)" = 2 ]
}

@test "zeros where the true values are tiny are wrong" {
	refused '' TINY_IS_ZERO wrong 'values `tiny`: y: rms'
	run -0 verify_with 'plant = large rows' TINY_IS_ZERO
	run -0 verify_with 'plant = none' TINY_IS_ZERO
	grep -q '"plant": "none"' verify.jsonl
}

@test "what overflows on large values is nonfinite" {
	refused '' OVERFLOWS nonfinite 'values `large`'
	run -0 verify_with 'plant = tiny' OVERFLOWS
}

@test "what divides by the largest of a zero row is nonfinite" {
	refused '' SCALED_BY_LARGEST nonfinite 'values `rows`'
	run -0 verify_with 'plant = large' SCALED_BY_LARGEST
}

@test "small integers must add up exactly" {
	rules='precision = 0\nplant ='
	refused "$rules integers" TOO_MUCH wrong 'values `integers`'
	run -0 verify_with "$rules none" TOO_MUCH
}

@test "a reduction that leaves out 2 % is wrong" {
	refused '' TRUNCATED wrong ''
}

@test "a mean of squares that leaves out the last 4 of 4096 is wrong" {
	local kernel=$ROOT/kernels/rmsnorm_h4096

	mkdir -p kernels/rmsnorm_h4096
	ln -s "$kernel/../include" kernels/include
	cp "$kernel/definition.json" kernels/rmsnorm_h4096/
	grep -v '^quick\|^workloads\|^guard\|^weight\|^hidden' "$kernel/settings" >kernels/rmsnorm_h4096/settings
	sed -n 1,6p "$ROOT/workloads/rmsnorm_h4096.jsonl" >some.jsonl
	sed 's/i < H; i += LANES/i < H - LANES; i += LANES/' "$kernel/solution.c" >short.c
	! cmp -s "$kernel/solution.c" short.c
	cp "$kernel/solution.c" whole.c
	cp "$kernel/reference.c" .
	for name in reference whole short; do
		build-kernel -c "$BATS_FILE_TMPDIR/cache" -d cpu -o $name.json \
			kernels/rmsnorm_h4096 $name.c
	done
	K=kernels/rmsnorm_h4096 W=some.jsonl run -1 front verify -o verify.jsonl reference.json short.json
	rm verify.jsonl
	K=kernels/rmsnorm_h4096 W=some.jsonl run -0 front verify -o verify.jsonl reference.json whole.json
}

@test "bfloat16 inside a float32 kernel is precision" {
	refused 'atol = 1' BFLOAT16_INSIDE precision ''
}

@test "TF32 inside a float32 kernel is precision" {
	refused 'atol = 1' TF32_INSIDE precision ''
}

@test "settings may ask for less precision" {
	run -0 verify_with 'atol = 1\nprecision = 1e-2' TF32_INSIDE
}

@test "an unknown plant is named" {
	run -2 verify_with 'plant = huge' HONEST
	[[ $output == *'want plant to be none or some of large tiny rows integers, got "huge"'* ]]
}

@test "planted values are what they are called" {
	run -0 "$BUILD/tests/generate-check"
	[ -z "$output" ]
}
