load setup
load judge

# Shapes that no list tells: a kernel must be right on them too.

setup_file() {
	scale_setup
	export K W
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

teardown() {
	[ -z "$(ls "$TMPDIR")" ]
}

# verify_with SETTINGS VARIANT [OPTION...]: of the kernel scale
verify_with() {
	local rules=$1 variant=$2

	shift 2
	compile "$variant" "$variant"
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	printf '%b\n' "$rules" >>kernels/scale/settings
	K=$PWD/kernels/scale front verify "$@" -o verify.jsonl \
		"$(built reference)" "$(built "$variant")"
}

record() {
	sed -n '1s/.*"hidden": "\([^"]*\)".*/\1/p' verify.jsonl
}

# The values of axis $1 in hidden shapes.
hidden() {
	sed -n "s/.*\"uuid\": \"hidden-.*\"$1\": \([0-9]*\).*/\1/p" verify.jsonl
}

@test "without a range nothing is hidden" {
	run -0 verify_with '' HONEST
	[ "$(record)" = none ]
	[ -z "$(hidden n)" ]
}

@test "shapes are drawn from the range, and none is listed" {
	run -0 verify_with 'hidden.n = 1..1500' HONEST
	[ "$(record)" = "n=1..1500: 4 shapes" ]
	[ "$(hidden n | sort -u | wc -l)" = 4 ]
	for n in $(hidden n); do
		[ "$n" -ge 1 ] && [ "$n" -le 1500 ]
		[[ $n != 1 && $n != 5 && $n != 1000 ]]
	done
	hidden n | grep -qx 1500
	grep -q '"workloads": 7' verify.jsonl
}

@test "each verification draws others" {
	run -0 verify_with 'hidden.n = 1..1500' HONEST
	first=$(hidden n)
	for _ in 1 2 3; do
		run -0 verify_with 'hidden.n = 1..1500' HONEST
		[ "$(hidden n)" = "$first" ] || return 0
		rm -r kernels
	done
	false
}

@test "a kernel that is right on the listed shapes alone is wrong" {
	run -1 verify_with 'hidden.n = 1..1500' LISTED_ONLY
	[ "$(grep -c '"uuid": "n[0-9]*".*"status": "ok"' verify.jsonl)" = 3 ]
	grep -Eq '"uuid": "hidden-[1-4]", "axes": \{"n": ([0-9]+)\}, "status": "wrong", "detail": "\{\\"n\\": [0-9]+\}: y: ' verify.jsonl
}

@test "quick mode has hidden shapes too; how many, settings say" {
	run -1 verify_with 'hidden.n = 2..1500\nhidden_shapes = 2' LISTED_ONLY -m quick
	[ "$(record)" = "n=2..1500: 2 shapes" ]
}

@test "a range counts for its device" {
	run -0 verify_with 'hidden.n.cuda = 1..9\nhidden.n.cpu = 2..3' HONEST
	[ "$(record)" = "n=2..3: 2 shapes" ]
	[ "$(hidden n | sort | tr '\n' ' ')" = "2 3 " ]
}

@test "a hidden shape is at most twice as large as the largest listed one" {
	run -0 verify_with 'hidden.n = 1..1000000000' HONEST
	for n in $(hidden n); do
		[ "$n" -le 2000 ]
	done
}

@test "where all shapes of a range are listed nothing is hidden" {
	run -0 verify_with 'hidden.n = 5..5' HONEST
	[ "$(record)" = none ]
}

@test "what is no range is refused" {
	for bad in 0..5 5..4 5 1..x 1.. ..5 1..5x n+ other 1...5; do
		run -2 verify_with "hidden.n = $bad" HONEST
		[[ $output == *"want hidden.n to be LO..HI, from 1, or AXIS + N, got \"$bad\""* ]]
		rm -r kernels
	done
	run -2 verify_with 'hidden.m = 1..5' HONEST
	[[ $output == *"hidden.m: no such var axis"* ]]
	rm -r kernels
	run -2 verify_with 'hidden_shapes = 10' HONEST
	[[ $output == *"want hidden_shapes to be a number from 0 to 9"* ]]
}

@test "a listed workload cannot pass for a hidden one" {
	compile HONEST HONEST
	W=$PWD/w.jsonl
	scale_workload 2 '"x": {"type": "random"}' | sed 's/"n2"/"hidden-2"/' >w.jsonl
	run -2 front verify -o verify.jsonl "$(built reference)" "$(built HONEST)"
	[[ $output == *'w.jsonl:1: want a uuid that does not begin with hidden-'* ]]
}

# The kernel segments, whose indptr is stored. segments SETTINGS VARIANT
# [GENERATOR'S VARIANT]
segments() {
	mkdir -p set/workloads set/blob kernels
	cp -r "$ROOT/tests/kernels/segments" "$ROOT/kernels/include" kernels/
	printf '%b\n' "$1" >kernels/segments/settings
	echo '{"definition": "segments", "solution": null, "workload": {"uuid": "one", "axes": {"total": 4, "batch": 2, "len_indptr": 3}, "inputs": {"x": {"type": "random"}, "indptr": {"type": "safetensors", "path": "blob/i.safetensors", "tensor_key": "indptr"}}}, "evaluation": null}' >set/workloads/segments.jsonl
	header='{"indptr":{"dtype":"I32","shape":[3],"data_offsets":[0,12]}}'
	{
		printf "\\$(printf %03o ${#header})\\0\\0\\0\\0\\0\\0\\0%s" "$header"
		printf '\0\0\0\0\3\0\0\0\4\0\0\0'
	} >set/blob/i.safetensors
	build reference HONEST
	build reference "$2"
	set -- "${3-}"
	[ -z "$1" ] || build generate "$1"
}

# build FILE VARIANT
build() {
	{
		echo "#define $2 1"
		cat "kernels/segments/$1.c"
	} >"$1-$2.c"
	build-kernel -c cache -d cpu -o "$1-$2.json" kernels/segments "$1-$2.c"
}

verify_segments() {
	verify -k kernels/segments -w set/workloads/segments.jsonl -c cache \
		-o verify.jsonl "$@"
}

RANGES='hidden.total = 1..300\nhidden.batch = 1..40\nhidden.len_indptr = batch + 1'

@test "stored tensors and nothing that makes them: hidden is none" {
	segments "$RANGES" HONEST
	run -0 verify_segments reference-HONEST.json reference-HONEST.json
	[ "$(record)" = none ]
}

@test "generate.c makes the tensors of hidden shapes; tied axes follow" {
	segments "$RANGES" LISTED_ONLY HONEST
	run -0 verify_segments -g generate-HONEST.json reference-HONEST.json reference-HONEST.json
	[[ $(record) =~ ^"total=1..300 batch=1..40: "[1-4]" shape" ]]
	sed -n 's/.*hidden-.*"batch": \([0-9]*\), "len_indptr": \([0-9]*\).*/\1 \2/p' verify.jsonl >axes
	[ -s axes ]
	while read -r batch length; do
		[ "$length" -eq $((batch + 1)) ]
	done <axes
	run -1 verify_segments -g generate-HONEST.json reference-HONEST.json reference-LISTED_ONLY.json
	grep -q '"uuid": "one".*"status": "ok"' verify.jsonl
	grep -q '"uuid": "hidden-1".*"status": "wrong"' verify.jsonl
}

@test "a shape that the generator refuses is drawn again" {
	segments "$RANGES" HONEST REFUSES
	run -0 verify_segments -g generate-REFUSES.json reference-HONEST.json reference-HONEST.json
	[ -n "$(hidden batch)" ]
	for batch in $(hidden batch); do
		[ $((batch % 2)) -eq 0 ]
	done
}

@test "a generator that refuses all shapes, or dies, is trouble" {
	segments "$RANGES" HONEST REFUSES_ALL
	run -2 verify_segments -g generate-REFUSES_ALL.json reference-HONEST.json reference-HONEST.json
	[[ $output == *"generate.c: ValueError: no shape is good enough"* ]]
	build generate DIES
	run -2 verify_segments -g generate-DIES.json reference-HONEST.json reference-HONEST.json
	[[ $output == *"generate.c: it died"* ]]
	[ ! -e verify.jsonl ]
}

@test "ties to a tied axis, and ranges that make no sense together, are named" {
	segments 'hidden.len_indptr = batch + 1\nhidden.batch = total\nhidden.total = 1..9' HONEST HONEST
	run -2 verify_segments -g generate-HONEST.json reference-HONEST.json reference-HONEST.json
	[[ $output == *"hidden.len_indptr: batch is tied"* ]]
	printf '%b\n' 'hidden.batch = 5..9' >kernels/segments/settings
	run -2 verify_segments -g generate-HONEST.json reference-HONEST.json reference-HONEST.json
	[[ $output == *"want len_indptr = batch + 1"* ]]
}

@test "make compiles generate.c, and says what was hidden" {
	segments "$RANGES" HONEST
	cp kernels/segments/reference.c kernels/segments/solution.c
	run -0 make -s --no-print-directory -C "$ROOT" BUILD="$BUILD" verify MODE=full \
		DEVICE=cpu KERNEL=segments KERNELS="$PWD/kernels" \
		WORKLOADS="$PWD/set/workloads" EXPERIMENTS="$PWD/experiments"
	[[ ${lines[-1]} == "current: right on "*" workloads, hidden: total=1..300 batch=1..40: "* ]]
}
