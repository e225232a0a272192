#!/bin/sh
# gpu-bundle - a bundle, made where there is no GPU, judged where there is
#
# usage: tests/gpu-bundle.sh make FOLDER       here: FOLDER/carried.tar.gz
#        tests/gpu-bundle.sh judge FOLDER OUT  there, beside it: OUT/results
#        tests/gpu-bundle.sh collect FOLDER RESULTS
#                                              here: the verdict, as `accept`
# In trees of its own: the incumbent is the default kernel's CUDA solution as it
# was shipped, the candidate what it has become since. ARCH: sm_90a if unset.
set -eu

cd "$(dirname "$0")/.."
what=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
kernel=gemm_n128_k2048

home() {
	make -s --no-print-directory KERNEL=$kernel DEVICE=cuda \
		KERNELS="$folder/kernels" WORKLOADS="$folder/workloads" \
		EXPERIMENTS="$folder/experiments" OUT="$folder/bundle" "$@"
}

case $what in
make)
	rm -rf "${folder:?}"/*
	mkdir "$folder/kernels" "$folder/workloads"
	cp -R kernels/include "kernels/$kernel" "$folder/kernels/"
	cp "workloads/$kernel.jsonl" "$folder/workloads/"
	mv "$folder/kernels/$kernel/solution.cu" "$folder/candidate.cu"
	cp "experiments/$kernel/shipped.cu" "$folder/kernels/$kernel/solution.cu"
	home bundle BENCH_S="${BENCH_S:-40}" SOLUTION="$folder/candidate.cu" ARCH="${ARCH:-sm_90a}"
	mv "$folder/bundle.tar.gz" "$folder/carried.tar.gz"
	;;
judge)
	out=$(cd "$3" && pwd)
	failed=
	there=$(mktemp -d)
	trap 'rm -rf "$there"' EXIT
	tar -xzf "$folder/carried.tar.gz" -C "$there"
	! ldconfig -p 2>/dev/null | grep -i cjson || echo "note: this machine has cJSON"
	cd "$there/bundle"
	for word in test quick try; do
		env -i PATH=/usr/bin:/bin SANDBOX="${SANDBOX:-none}" ./run $word ||
			failed="$failed $word"
	done
	cp results "$out/"
	[ -z "$failed" ] || {
		echo "gpu-bundle: failed:$failed" >&2
		exit 1
	}
	;;
collect)
	home collect FROM="$(readlink -f "$3")" | tee "$folder/said"
	tail -n 1 "$folder/said" | grep -q '^verdict: accept '
	;;
esac
