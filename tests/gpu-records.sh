#!/bin/sh
# gpu-records - the runs on a GPU whose records the repository keeps
#
# usage: tests/gpu-records.sh OUT [ITERATIONS [NULLS [BENCH_S]]]
#
# On both kernels with DEVICE=cuda: known verdicts, then `make optimize`, then
# `make audit`, then variants that do the same work. Goes on after a failure.
# OUT gets one file a step and records.tgz: experiments/, the incumbents, and
# the null trials' ledgers.
set -u

out=${1?usage: tests/gpu-records.sh OUT [ITERATIONS [NULLS [BENCH_S]]]}
iterations=${2:-6}
nulls=${3:-6}
seconds=${4:-25}
kernels='gemm_n128_k2048 rmsnorm_h4096'
cd "$(dirname "$0")/.." || exit 2
mkdir -p "$out"
make -s tools >"$out/build.txt" 2>&1 || { cat "$out/build.txt"; exit 2; }

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
	step "verdicts.$k" tests/verdicts.sh "build/verdicts.$k" "$k" cuda \
		"BENCH_S=$seconds"
	step "optimize.$k" in_make optimize "KERNEL=$k" \
		"ITERATIONS=$iterations" "BENCH_S=$seconds"
	step "audit.$k" in_make audit "KERNEL=$k" "BENCH_S=$seconds"
done
for k in $kernels; do
	step "null.$k" tests/null.sh variant "$nulls" "build/null.$k" "$k" \
		cuda "BENCH_S=$seconds"
done
nvidia-smi --query-gpu=name,driver_version --format=csv,noheader \
	>"$out/device.txt"
nvcc --version | tail -n 2 >>"$out/device.txt"
date -u +%F >>"$out/device.txt"
tar czf "$out/records.tgz" experiments kernels/*/solution.cu \
	build/null.*/experiments build/verdicts.*/experiments
