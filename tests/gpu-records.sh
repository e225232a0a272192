#!/bin/sh
# gpu-records - the runs on a GPU whose records the repository keeps
#
# usage: tests/gpu-records.sh OUT ITERATIONS NULLS BENCH_S
#
# On both kernels with DEVICE=cuda: if ITERATIONS is not 0, known verdicts,
# `make optimize`, `make audit`, `make spans` and `make streams`; then NULLS
# variants that do the same work. Goes on after a failure. OUT gets one file a
# step and records.tgz: experiments/, the incumbents, and the histories of the
# trials.
set -u

[ $# -eq 4 ] || {
	echo "usage: tests/gpu-records.sh OUT ITERATIONS NULLS BENCH_S" >&2
	exit 2
}
out=$1
iterations=$2
nulls=$3
seconds=$4
kernels='gemm_n128_k2048 rmsnorm_h4096'
cd "$(dirname "$0")/.." || exit 2
mkdir -p "$out"
make -s -j8 tools >"$out/build.txt" 2>&1 || { cat "$out/build.txt"; exit 2; }

step() { # file, command...
	name=$1
	shift
	echo "== $(date +%T) $name: $*"
	"$@" >"$out/$name.txt" 2>&1
	echo "$name: status $?"
	tail -n 25 "$out/$name.txt"
}

in_make() {
	make -s --no-print-directory DEVICE=cuda "$@"
}

step doctor make -s doctor
for k in $kernels; do
	[ "$iterations" -gt 0 ] || continue
	step "verdicts.$k" tests/verdicts.sh "build/verdicts.$k" "$k" cuda \
		"BENCH_S=$seconds"
	step "optimize.$k" in_make optimize "KERNEL=$k" \
		"ITERATIONS=$iterations" "BENCH_S=$seconds"
	step "audit.$k" in_make audit "KERNEL=$k" "BENCH_S=$seconds"
	step "spans.$k" in_make spans "KERNEL=$k" "SOLUTION=kernels/$k/solution.cu"
	step "streams.$k" in_make streams "KERNEL=$k"
done
for k in $kernels; do
	[ "$nulls" -gt 0 ] || continue
	step "null.$k" tests/null.sh variant "$nulls" "build/null.$k" "$k" \
		cuda "BENCH_S=$seconds"
done
nvidia-smi --query-gpu=name,driver_version --format=csv,noheader \
	>"$out/device.txt"
nvcc --version | tail -n 2 >>"$out/device.txt"
date -u +%F >>"$out/device.txt"
find . -path ./.git -prune -o -type f \( -path '*/experiments/*' -o \
	-path './kernels/*/solution.cu' \) -print |
	tar czf "$out/records.tgz" -T -
