#!/bin/sh
# gpu-many - one group of tune's candidates on 1, 2 and 4 GPUs: time, verdicts
#
# usage: tests/gpu-many.sh TSV [KERNEL [CANDIDATES [BENCH_S]]]
#
# Each run begins with the shipped solution, no history and no cache, in a
# folder of its own, so that tune chooses the same points. Exit 1 where two runs
# differ in a verdict. Needs the GPUs, nvcc and jq.
set -u

[ $# -ge 1 ] || {
	sed -n '/^# usage/s/^# //p' "$0" >&2
	exit 2
}
out=$1
kernel=${2:-gemm_n128_k2048}
candidates=${3:-8}
seconds=${4:-12}
cd "$(dirname "$0")/.." || exit 2
work=$PWD/build/gpu-many
here=$(nvidia-smi -L | grep -c '^GPU ')
header=gpus,wall_s,experiment,knobs,outcome,reason,speedup,ci_low,ci_high

# A group, with the first n GPUs.
run() {
	rm -rf build/cache "build/run/$kernel.cuda"
	mkdir -p "$work/$1" && cp -R kernels "$work/$1" || exit 2
	start=$(date +%s.%N)
	make -s --no-print-directory -j optimize DEVICE=cuda PROPOSER=tune \
		KERNEL="$kernel" KERNELS="$work/$1/kernels" \
		EXPERIMENTS="$work/$1/experiments" CANDIDATES="$candidates" \
		BENCH_S="$seconds" GPUS="$(seq -s , 0 $(($1 - 1)))" \
		>"$work/$1/log" 2>&1 || {
		cat "$work/$1/log"
		exit 2
	}
	end=$(date +%s.%N)
	wall=$(echo "$end $start" | awk '{ printf "%.1f", $1 - $2 }')
	jq -r --arg n "$1" --arg wall "$wall" '[$n, $wall, .experiment,
		(.knobs | to_entries | map("\(.key)=\(.value)") | join(" ")),
		.outcome, .reason, .speedup // "-", .ci_low // "-",
		.ci_high // "-"] | @tsv' \
		"$work/$1/experiments/$kernel/ledger.jsonl" |
		sort -k 3,3 >"$work/$1/table"
	echo "$1 GPUs: $wall s"
}

make -s -j "$(nproc)" tools || exit 2
rm -rf "$work"
mkdir -p "$work"
{
	echo "# tests/gpu-many.sh: $(nvidia-smi -L | head -n 1 | sed 's/^GPU 0: \(.*\) (.*/\1/'), driver $(nvidia-smi --query-gpu=driver_version --format=csv,noheader | head -n 1), CUDA $(nvcc --version | sed -n 's/.*release \([0-9.]*\).*/\1/p'), $(date -u +%F)"
	echo "# $kernel, CANDIDATES=$candidates, BENCH_S=$seconds, $here GPUs here"
	echo "$header" | tr , '\t'
} >"$work/tsv"
status=0
for n in 1 2 4; do
	[ "$n" -le "$here" ] || continue
	run "$n"
	cat "$work/$n/table" >>"$work/tsv"
	cut -f 3-6 "$work/$n/table" >"$work/$n/verdicts"
	diff "$work/1/verdicts" "$work/$n/verdicts" || status=1
done
mv "$work/tsv" "$out" || exit 2
cat "$out"
exit "$status"
