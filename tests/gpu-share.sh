#!/bin/sh
# gpu-share.sh - verifications of a right kernel beside each other on one GPU:
# which are refused there, that are not alone
#
#	tests/gpu-share.sh [AT_ONCE [ROUNDS [KERNEL]]]	(8, 5, gemm_n128_k2048)
#
# Needs a GPU and nvcc. Prints what was refused, with its reason, and how many
# of how many; exits 1 if one was. Logs stay in OUT.
#
# Environment: BUILD (build), OUT (BUILD/gpu-share).
set -u

cd "$(dirname "$0")/.." || exit 2
at_once=${1:-8}
rounds=${2:-5}
kernel=${3:-gemm_n128_k2048}
export BUILD="${BUILD:-build}" SHARE_DEVICE=1
out=${OUT:-$BUILD/gpu-share}
dir=kernels/$kernel

rm -rf "$out"
mkdir -p "$out" || exit 2
for i in reference solution; do
	"$BUILD/build-kernel" -c "$BUILD/cache" -d cuda -o "$out/$i.json" "$dir" \
		"$dir/$i.cu" || exit 2
done
for round in $(seq "$rounds"); do
	for i in $(seq "$at_once"); do
		"$BUILD/verify" -k "$dir" -w "workloads/$kernel.jsonl" \
			-c "$BUILD/cache" -t "${BENCH_S:-5}" \
			-o "$out/$round.$i.jsonl" "$out/reference.json" \
			"$out/solution.json" 2>"$out/$round.$i.log" &
	done
	wait
done
grep -h ': beside others: ' "$out"/*.log
refused=$(grep -l ': beside others: ' "$out"/*.log | wc -l)
right=$(grep -L '"status": "[^o]' "$out"/*.jsonl | wc -l)
echo "$kernel: $at_once at once, $rounds times:" \
	"$refused refused beside others, $right right in the end"
[ "$refused" -eq 0 ] && [ "$right" -eq $((at_once * rounds)) ]
