load setup

# What a reference exports beside run: evaluate, for answers that are right in
# more than one form, and inputs, for random values that must have structure.

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/kernels"
	cp -r "$ROOT"/kernels/include "$ROOT"/tests/kernels/{topk,packed}_rows \
		"$BATS_FILE_TMPDIR/kernels/"
	for i in topk packed; do
		grep -v 000 "$ROOT/tests/kernels/${i}_rows/workloads.jsonl" \
			>"$BATS_FILE_TMPDIR/${i}_rows.jsonl"
	done
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	K=topk_rows
}

# build FILE [VARIANT] says where build.json is
build() {
	local name=$BATS_FILE_TMPDIR/$K-$1-${2-plain}

	[ -e "$name.json" ] || {
		echo "#define ${2-PLAIN} 1"
		cat "$ROOT/tests/kernels/$K/$1.c"
	} >"$name.c"
	[ -e "$name.json" ] ||
		build-kernel -c "$BATS_FILE_TMPDIR/cache" -d cpu \
			-o "$name.json" "kernels/$K" "$name.c" || return
	echo "$name.json"
}

front() { # program reference candidate [incumbent]
	local program=$1

	shift
	"$program" -k "kernels/$K" -w "${W-$BATS_FILE_TMPDIR/$K.jsonl}" \
		-c "$BATS_FILE_TMPDIR/cache" "$@"
}

# topk SOLUTION'S [REFERENCE'S VARIANT]
topk() {
	front verify -o verify.jsonl "$(build reference "${2-PLAIN}")" \
		"$(build solution "$1")"
}

statuses() {
	sed -n 's/.*"status": "\([^"]*\)".*/\1/p' verify.jsonl | tr '\n' ' '
}

@test "what is right in another order is right" {
	run -0 topk PLAIN
	[ "$(statuses)" = "ok ok " ]
	head -1 verify.jsonl | grep -q '"views": "indices as float32"'
}

@test "without views the record has none" {
	K=packed_rows
	run -0 front verify -o verify.jsonl "$(build kernel)" "$(build kernel)"
	! grep -q views verify.jsonl
}

@test "an index that is there twice is wrong" {
	run -1 topk DUPLICATE
	[ "$(statuses)" = "wrong wrong " ]
	grep -q 'indices (its view): ' verify.jsonl
}

@test "an index out of reach is wrong, also where its view is a NaN" {
	run -1 topk OUT_OF_RANGE
	[ "$(statuses)" = "wrong wrong " ]
	run -1 topk FAR_OUT_OF_RANGE
	[ "$(statuses)" = "wrong wrong " ]
}

@test "one wrong index is wrong" {
	run -1 topk ONE_WRONG
	[ "$(statuses)" = "ok wrong " ]
	grep -Eq 'indices \(its view\): [1-4] of 32 elements wrong' verify.jsonl
}

@test "missing padding is wrong, and so is padding in place of indices" {
	run -1 topk NO_PADDING
	[ "$(statuses)" = "wrong ok " ]
	run -1 topk ALL_PADDING
	[ "$(statuses)" = "wrong wrong " ]
}

@test "indices that were never written are wrong" {
	run -1 topk UNWRITTEN
	[ "$(statuses)" = "wrong wrong " ]
}

@test "an output beside the viewed one is compared as ever" {
	run -1 topk A_NAN
	[ "$(statuses)" = "nonfinite nonfinite " ]
	grep -q '"detail": "[^"]*largest: ' verify.jsonl
}

@test "the red zone is that of the output itself" {
	run -1 topk BESIDE
	[ "$(statuses)" = "red-zone red-zone " ]
}

@test "what is timed is compared through the view, too" {
	printf 'processes = 3\nmax_processes = 3\npairs = 2\n' \
		>>kernels/$K/settings
	run -0 front bench -t 2 -o bench.tsv "$(build reference)" \
		"$(build solution)" "$(build reference NO_EVALUATE)"
	run -1 front bench -t 2 -o bad.tsv "$(build reference)" \
		"$(build solution DUPLICATE)" "$(build reference NO_EVALUATE)"
	grep -q '	wrong$' bad.tsv
}

@test "a view that the reference does not make is refused, with the remedy" {
	run -75 topk PLAIN NO_EVALUATE
	[[ $output == *"settings: view.OUTPUT, but the reference of topk_rows has no RATCHET_EXPORT_AS(evaluate, ...)"* ]]
	[ ! -e verify.jsonl ]
}

@test "evaluate without a view is refused, with the remedy" {
	sed -i /^view/d kernels/$K/settings
	run -75 topk PLAIN
	[[ $output == *"settings: the reference of topk_rows exports evaluate, but no view.OUTPUT = DTYPE"* ]]
	[ ! -e verify.jsonl ]
}

@test "a top-k indexer without a view is refused, for no rule for numbers fits" {
	mkdir job
	for file in definition.json settings workloads.jsonl; do
		sed 's/topk_rows/dsa_topk_indexer_rows/' \
			"$ROOT/tests/kernels/topk_rows/$file" >job/$file
	done
	sed -i /^view/d job/settings
	printf 'phase = verify\ndevice = cpu\nseed = 0x%016x\nbudget_s = 1\nnonce = %032x\n' 7 7 >job/job
	SANDBOX=none run -2 judge job
	[[ $output == "judge: dsa_topk_indexer_rows: a top-k indexer: other indices than the reference's are right, too: write "*" into settings" ]]
}

@test "a view of what is no output is refused" {
	for name in index indices2 x largest.gpu; do
		echo "view.$name = float32" >>kernels/$K/settings
		run -2 topk PLAIN
		[[ $output == *"settings:5: view.$name: topk_rows has no such output"* ]]
		sed -i '$d' kernels/$K/settings
	done
}

@test "a view of no type, or of half a byte, is refused" {
	for type in float31 float4_e2m1 'float32 8'; do
		sed -i "s/^view.*/view.indices = $type/" kernels/$K/settings
		run -2 topk PLAIN
		[[ $output == *"settings: want view.indices to be an element type such as float32, of 8 bits or more, got '$type'"* ]]
	done
}

@test "a view may be for one device" {
	sed -i 's/^view.indices/&.cpu/' kernels/$K/settings
	run -0 topk PLAIN
	sed -i 's/^view.indices.cpu/view.indices.cuda/' kernels/$K/settings
	run -75 topk PLAIN
}

@test "an evaluate that wants another type than the view's is trouble, with its words" {
	sed -i "s/^view.*/view.indices = float16/" kernels/$K/settings
	run -2 topk PLAIN
	[[ $output == *"the reference's evaluate: launch-error: TypeError: scores: wrong element type"* ]]
}

@test "an evaluate that fails is no fault of the candidate" {
	run -2 topk PLAIN FAULT_IN_EVALUATE
	[[ $output == *"the reference's evaluate: launch-error: RuntimeError: cannot look at it"* ]]
	[ ! -e verify.jsonl ]
}

# packed SOLUTION'S [REFERENCE'S VARIANT]
packed() {
	K=packed_rows
	front verify -o verify.jsonl "$(build kernel "${2-PLAIN}")" \
		"$(build kernel "$1")"
}

@test "inputs makes of random values what they must be" {
	run -0 packed WANTS_SCALES
	[ "$(statuses)" = "ok " ]
	run -1 packed WANTS_SCALES NO_INPUTS
	[ "$(statuses)" = "launch-error " ]
}

@test "a kernel that ignores what inputs made is wrong" {
	run -1 packed NO_SCALE
	[ "$(statuses)" = "wrong " ]
}

@test "what is drawn anew while it is timed is finished, too" {
	K=packed_rows
	printf 'processes = 3\nmax_processes = 3\npairs = 2\n' \
		>>kernels/$K/settings
	run -0 front bench -t 2 -o bench.tsv "$(build kernel)" \
		"$(build kernel WANTS_SCALES)" "$(build kernel NO_INPUTS)"
	run ! grep -q 'launch-error' bench.tsv
}

@test "tensors that a workload stores stay as they are" {
	mkdir -p set/workloads set/blob
	header='{"t":{"dtype":"I8","shape":[1,132],"data_offsets":[0,132]}}'
	{
		printf "\\$(printf %03o ${#header})\\0\\0\\0\\0\\0\\0\\0%s" "$header"
		head -c 130 /dev/zero
		printf '\100\100' # 0x40400000 is 3
	} >set/blob/t
	sed -n 's/"packed": {"type": "random"}/"packed": {"type": "safetensors", "path": "blob\/t", "tensor_key": "t"}/; 1p' \
		"$BATS_FILE_TMPDIR/packed_rows.jsonl" >set/workloads/p.jsonl
	W=set/workloads/p.jsonl
	run -0 packed WANTS_3
	[ "$(statuses)" = "ok " ]
}

@test "an inputs that fails is no fault of the candidate" {
	run -2 packed PLAIN FAILS
	[[ $output == *"the reference's inputs: launch-error: ValueError: cannot make them"* ]]
	[ ! -e verify.jsonl ]
}
