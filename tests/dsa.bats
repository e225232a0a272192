load setup

# The kernels of DeepSeek sparse attention: their workloads are made again, and
# what is easily done wrong is found. On small caches, on the CPU.

setup() {
	A=dsa_sparse_attention_h16_ckv512_kpe64_topk2048_ps64
	T=dsa_topk_indexer_fp8_h64_d128_topk2048_ps64
	cd "$BATS_TEST_TMPDIR"
}

# A copy of the kernel $1, and small workloads of lines without the uuid's
# column.
small() {
	local i=0 line

	mkdir -p kernels workloads
	cp -r "$ROOT/kernels/$1" "$ROOT/kernels/include" kernels/
	sed -i '/^\(workloads\|bench_s\)/d' "kernels/$1/settings"
	head -n 1 "$ROOT/workloads/$1.tsv" >"workloads/$1.tsv"
	for line in "${@:2}"; do
		printf '%s\n' "$((i += 1))"$'\t'"${line// /$'\t'}" >>"workloads/$1.tsv"
	done
	dsa workloads "$1"
}

attention() {
	small "$A" '3 120 5,2048,100 -' '1 10 2 -'
}

# $1: a line more for its settings
indexer() {
	small "$T" '3 40 150 70,2500,2048 -'
	echo "${1-}" >>"kernels/$T/settings"
}

# verify_as KERNEL FILE: the kernel, with that for a solution
verify_as() {
	run make -s --no-print-directory -C "$ROOT" BUILD="$BUILD" verify \
		MODE=full DEVICE=cpu KERNEL="$1" KERNELS="$PWD/kernels" \
		WORKLOADS="$PWD/workloads" EXPERIMENTS="$PWD/experiments" \
		SOLUTION="$2"
	echo "$output"
}

# changed KERNEL SED: the kernel's reference, with a change, for a solution
changed() {
	sed "$2" "kernels/$1/reference.c" >changed.c
	! cmp -s changed.c "kernels/$1/reference.c"
	verify_as "$1" "$PWD/changed.c"
}

# refuses KERNEL REASON SED: such a change is found
refuses() {
	changed "$1" "$3"
	[ "$status" -ne 0 ]
	[[ $output == *"\"status\": \"$2\""* ]]
}

@test "the lists and tensors that are committed are made again, byte by byte" {
	cp "$ROOT"/workloads/dsa*.tsv .
	for table in dsa*.tsv; do
		dsa . "${table%.tsv}"
		cmp "${table%.tsv}.jsonl" "$ROOT/workloads/${table%.tsv}.jsonl"
		diff -r "blob/${table%.tsv}" "$ROOT/workloads/blob/${table%.tsv}"
	done
}

@test "a table that makes no sense is refused" {
	small "$A" '1 10 2 -'
	while read -r line; do
		printf 'x\tx\n0\t%s\n' "$line" >"workloads/$A.tsv"
		run -2 dsa workloads "$A"
		[[ $output == "dsa: "*"want "* || $output == *"cache is too small" ]]
	done <<-END
		0	10	2	-
		1	10	2049	-
		1	10	0	-
		2	10	5	-
		1	10	x	-
		1	x	5	-
		1	1	65	-
		2	63	2048,2048	-
	END
	run -2 dsa workloads nothing
	[[ $output == *"workloads/nothing.tsv: No such file"* ]]
}

@test "the definitions are the public ones, but for their words" {
	shared=${RATCHET_SHARED:-$ROOT/../shared}/data/flashinfer_trace/definitions
	[ -d "$shared" ] || skip "no public data"
	python3 -c '' || skip "no python3"
	for k in "$A" "$T"; do
		[ -e "$ROOT/kernels/$k" ] || continue
		python3 - "$ROOT/kernels/$k/definition.json" "$shared"/*/"$k.json" <<-'PY'
		import json, sys
		def read(path):
		    d = json.load(open(path))
		    for key in "description", "reference", "tags":
		        d.pop(key, None)
		    for part in "axes", "inputs", "outputs":
		        d[part] = list(d[part].items())
		        for name, value in d[part]:
		            value.pop("description", None)
		    return d
		a, b = map(read, sys.argv[1:])
		assert a == b, (a, b)
		PY
	done
}

@test "attention: the solution is right, also on shapes not listed" {
	attention
	verify_as "$A" current
	[ "$status" -eq 0 ]
	[[ $output == *"right on "[3-9]" workloads, hidden: num_tokens=1..40 num_pages=1..200: "* ]]
}

@test "attention: a list that is taken to end at its first -1 is wrong" {
	attention
	refuses "$A" wrong 's/^\t\t\tcontinue;/\t\t\tbreak;/'
	[[ $output != *'"uuid": "1"'* ]]
}

@test "attention: an empty list that gives NaN, or an lse of zero, is refused" {
	attention
	refuses "$A" nonfinite 's/total > 0 ? \(.*\) : 0)/\1)/'
	refuses "$A" nonfinite 's/most \/ log(2) + log2(total)/total > 0 ? & : 0/'
}

@test "attention: an lse to base e is wrong, one of rounded weights inexact" {
	attention
	refuses "$A" wrong 's/most \/ log(2) + log2(total)/most + log(total)/'
	[[ $output == *"lse: "* ]]
	refuses "$A" precision 's/= exp(\(.*\));/= widen(narrow(exp(\1)));/'
	[[ $output == *"lse: "* ]]
}

@test "indexer: the solution is right, also on shapes not listed" {
	indexer
	verify_as "$T" current
	[ "$status" -eq 0 ]
	[[ $output == *"right on "[2-9]" workloads, hidden: batch_size=1..40 max_num_pages=1..120 num_pages=1..400: "* ]]
}

@test "indexer: the best may come in any order" {
	indexer 'hidden_shapes = 0'
	changed "$T" 's/? all\[i\].index/? all[(len < TOPK ? len : TOPK) - 1 - i].index/'
	[ "$status" -eq 0 ]
}

@test "indexer: one that is missing, there twice or out of reach is wrong" {
	indexer 'hidden_shapes = 0'
	refuses "$T" wrong 's/= i < len ?/= i < len \&\& i < TOPK - 1 ?/'
	refuses "$T" wrong 's/? all\[i\].index/? all[i \/ 2 * 2].index/'
	refuses "$T" wrong 's/len = o->len\[b\];/len = (o->len[b] + PAGE - 1) \/ PAGE * PAGE;/'
	refuses "$T" wrong 's/= i < len ? all\[i\].index : -1/= all[i].index/'
}

@test "indexer: keys of another layout, without scale or relu, are wrong" {
	indexer 'hidden_shapes = 0'
	refuses "$T" wrong 's/page + index % PAGE \* DIM/page + index % PAGE * (DIM + 4)/'
	refuses "$T" wrong 's/fmax(sum \* scale, 0)/fmax(sum, 0)/'
	refuses "$T" wrong 's/fmax(sum \* scale, 0)/(sum * scale)/'
	refuses "$T" wrong 's/\* o->weight\[b \* HEADS + h\]/* fabsf(o->weight[b * HEADS + h])/'
}
