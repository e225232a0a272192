#!/bin/sh
# gpu-flashinfer.sh - FlashInfer-Bench and our judge, each on the same solution
# and workloads, on one GPU: what each says, and how long each takes
#
#	tests/gpu-flashinfer.sh [kernel...]
#
# Needs a GPU, nvcc, jq, and a python3 with torch and flashinfer-bench (whose
# command is on PATH). A kernel is one of kernels/, its incumbent, or tvm_ffi or
# triton: rmsnorm_h4096 as tests/gpu/rmsnorm_tvm_ffi.cu writes it, with the
# headers of the package apache-tvm-ffi, or rmsnorm_triton.py. Prints what OUT/result.tsv and OUT/summary.tsv
# get; OUT/log/ has what the tools said. Nothing is compiled beforehand: of
# ours build/cache is emptied. Goes on after a failure; then exits 1.
#
# Environment:
#	OUT		where all goes (build/flashinfer)
#	FEW		workloads of a kernel (3)
#	MOST		workloads of rmsnorm_h4096 (14, which is all)
#	RUNNER		isolated, as the contest has it, or persistent (isolated)
#	FIB_OPTIONS	more for flashinfer-bench run, such as --num-trials 5
#	PROCESSES	of ours a side; theirs has 3 trials (3)
#	BENCH_S		seconds of our judgement, at most (60)
#	FIB_S, OUR_S	seconds until each is stopped (240, 120)
#	LIMIT_S		seconds for everything; then what runs is stopped (600)
set -u

cd "$(dirname "$0")/.." || exit 2
out=${OUT:-build/flashinfer}
few=${FEW:-3}
most=${MOST:-14}
processes=${PROCESSES:-3}
[ $# -gt 0 ] ||
	set -- dsa_sparse_attention_h16_ckv512_kpe64_topk2048_ps64 \
		dsa_topk_indexer_fp8_h64_d128_topk2048_ps64 tvm_ffi triton \
		rmsnorm_h4096
mkdir -p "$out/log" || exit 2
out=$(cd "$out" && pwd)
begun=$(date +%s)
tab=$(printf '\t')
failed=0
PATH=$PATH:/usr/local/cuda/bin
export LC_ALL=C PATH TVM_FFI_CUDA_ARCH_LIST="${TVM_FFI_CUDA_ARCH_LIST:-9.0a}"

say() {
	echo "== $(($(date +%s) - begun)) s: $*" >&2
}

trouble() {
	say "$*"
	failed=1
}

# Runs a command, for so many seconds at most and no longer than all may take.
# Sets wall to what it took, "-" if it failed.
timed() { # log, seconds, command...
	log=$out/log/$1
	most_s=$2
	shift 2
	left=$((begun + ${LIMIT_S:-600} - $(date +%s)))
	wall=-
	[ "$left" -ge 5 ] || {
		trouble "no time left: $*"
		return 1
	}
	[ "$left" -ge "$most_s" ] || most_s=$left
	say "$*"
	from=$(date +%s%N)
	timeout -k 10 "$most_s" "$@" >"$log" 2>&1
	status=$?
	took=$((($(date +%s%N) - from) / 1000000))
	[ $status -eq 0 ] || {
		trouble "status $status after $took ms: see $log"
		tail -n 5 "$log" | cut -c1-300 >&2
		return 1
	}
	wall=$(echo "$took" | awk '{ print $1 / 1000 }')
}

# FlashInfer-Bench links with all three, by names that an installation without
# development files does not have; torch brings the libraries.
find_libraries() {
	mkdir -p "$out/link"
	cuda=$(dirname "$(dirname "$(readlink -f "$(command -v nvcc)")")")
	torch=$(python3 -c 'import torch; print(torch.__path__[0])')
	for i in cuda cudart cublas; do
		[ ! -e "$cuda/lib64/lib$i.so" ] || continue
		found=$({
			ls "$cuda/lib64/stubs/lib$i.so"
			ldconfig -p | sed -n "s/.*lib$i\.so.* => //p"
			find "$torch/../nvidia" -name "lib$i.so*"
		} 2>/dev/null | head -n 1)
		ln -sf "${found:-/nonexistent}" "$out/link/lib$i.so"
	done
	export LIBRARY_PATH="$out/link:$cuda/lib64${LIBRARY_PATH:+:$LIBRARY_PATH}"
}

# So many workloads of a kernel, evenly spaced among those of its quick mode, if
# they are enough, or all.
choose() { # count
	list=workloads/$kernel.jsonl
	quick=$(sed -n 's/^quick\.cuda = //p' "kernels/$kernel/settings")
	[ "$(echo "$quick" | wc -w)" -lt "$1" ] && quick=
	grep -E "$(echo "$quick" | tr ' ' '|')" "$list" >"$place/chosen"
	awk -v of="$(grep -c . "$place/chosen")" -v count="$1" \
		'int(NR * count / of) > int((NR - 1) * count / of)' \
		"$place/chosen"
}

# The kernel by itself, with the workloads that both tools get.
prepare() { # name
	name=$1
	kernel=$1
	experiments=experiments
	library=${LD_LIBRARY_PATH:-}
	case $name in tvm_ffi | triton) kernel=rmsnorm_h4096 ;; esac
	[ "$name" = rmsnorm_h4096 ] && count=$most || count=$few
	place=$out/$name
	dir=$place/kernels/$kernel
	rm -rf "$place"
	mkdir -p "$place/kernels" "$place/workloads/blob" &&
		cp -R "kernels/$kernel" kernels/include "$place/kernels/" || return
	[ ! -d "workloads/blob/$kernel" ] ||
		cp -R "workloads/blob/$kernel" "$place/workloads/blob/" || return
	choose "$count" >"$place/workloads/$kernel.jsonl"
	sed -i '/^processes/d; /^max_processes/d; /^quick\.cuda/d' \
		"$dir/settings" || return
	printf '%s = %s\n' processes "$processes" max_processes "$processes" \
		>>"$dir/settings"
	case $name in
	tvm_ffi) use_tvm_ffi ;;
	triton) use_triton ;;
	esac
}

use_triton() {
	experiments=$place/experiments
	rm "$dir/solution.cu" &&
		tests/gpu/solution.sh "$kernel" tests/gpu/rmsnorm_triton.py \
			>"$dir/solution.json"
}

# Our compiler's jail shows the folder that settings include, and the capture's
# those of LD_LIBRARY_PATH.
use_tvm_ffi() {
	experiments=$place/experiments
	library=$place/tvm_ffi${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	package=$(python3 -c 'import tvm_ffi; print(tvm_ffi.__path__[0])') &&
		cp -R "$package/include" "$place/tvm_ffi" &&
		cp "$package/lib/libtvm_ffi.so" "$place/tvm_ffi/" &&
		cp tests/gpu/rmsnorm_tvm_ffi.cu "$dir/solution.cu" || return
	printf '%s.cuda = %s\n' include "$place/tvm_ffi" \
		cflags "-L$place/tvm_ffi -ltvm_ffi" >>"$dir/settings"
}

ours() { # log, seconds, target, variable=value...
	log_name=$1
	seconds=$2
	shift 2
	timed "$log_name" "$seconds" env "LD_LIBRARY_PATH=$library" \
		make -s --no-print-directory DEVICE=cuda "KERNEL=$kernel" \
		"KERNELS=$place/kernels" "WORKLOADS=$place/workloads" \
		"EXPERIMENTS=$experiments" "$@"
}

run_theirs() {
	runner=
	[ "${RUNNER:-isolated}" = persistent ] || runner=--use-isolated-runner
	export FIB_CACHE_PATH="$place/cache"
	# shellcheck disable=SC2086
	timed "$name.flashinfer-bench" "${FIB_S:-240}" flashinfer-bench run \
		--local "$place/set" --definitions "$kernel" --save-results \
		--warmup-runs 10 --iterations 50 --num-trials 3 --rtol 0.01 \
		--atol 0.01 --timeout 300 $runner ${FIB_OPTIONS:-}
}

run_ours() {
	rm -rf build/cache "build/run/$kernel.cuda" "build/measured/$kernel.cuda"
	ours "$name.ratchet" "${OUR_S:-120}" bench MODE=full \
		"BENCH_S=${BENCH_S:-60}"
	cp -R "build/measured/$kernel.cuda" "$place/measured" 2>/dev/null
}

theirs_said() {
	find "$place/set/traces" -name '*.jsonl' -exec cat {} + 2>/dev/null
}

our_times() {
	awk -F '\t' -v OFS='\t' '/^#/ { next }
		!seen { for (i = 1; i <= NF; i++) at[$i] = i; seen = 1; next }
		$at["scope"] == "workload" && $at["mode"] == "cold" {
			print $at["workload"], $at["candidate_us"]
		}' "$place/measured/compare.tsv" 2>/dev/null
}

# Adds columns of a file, "-" for what is not there, to lines of workloads.
add() { # columns there are, of the file, file
	format=$(seq -f 1.%g -s, "$1"),$(seq -f 2.%g -s, 2 "$2")
	join -t "$tab" -a 1 -e - -o "$format" - "$3"
}

# A row a workload that both tools got.
put_rows() {
	theirs_said | jq -r '[.workload.uuid, .evaluation.status,
		.evaluation.performance.latency_ms // "-"] | @tsv' |
		sort >"$place/theirs"
	theirs_said | jq -r '.evaluation | select(.status != "PASSED").log' \
		>"$out/log/$name.not-passed"
	jq -r 'select(.uuid) | [.uuid, .status] | @tsv' \
		"$place/measured/verify.jsonl" 2>/dev/null |
		sort >"$place/status"
	our_times | sort >"$place/times"
	jq -r .workload.uuid "$place/workloads/$kernel.jsonl" | sort |
		add 1 3 "$place/theirs" | add 3 2 "$place/status" |
		add 4 2 "$place/times" |
		awk -F '\t' -v OFS='\t' -v name="$name" '{
			ratio = "-"
			if ($3 > 0 && $5 > 0)
				ratio = sprintf("%.3f", 1000 * $3 / $5)
			print name, $0, ratio
		}' >"$place/rows"
	tee -a "$out/result.tsv" <"$place/rows"
}

put_summary() { # seconds of theirs, of ours
	count=$(grep -c . "$place/rows")
	passed=$(grep -c "${tab}PASSED$tab" "$place/rows")
	right=$(grep -c "${tab}ok${tab}[0-9]" "$place/rows")
	ratio=$(echo "$1 $2" | awk '$1 > 0 && $2 > 0 { printf "%.2f", $1 / $2 }')
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$count" "$passed" \
		"$right" "$1" "$2" "${ratio:--}" >>"$out/summary.tsv"
	say "$name: theirs $1 s, ours $2 s, ratio ${ratio:--}"
	[ "$passed,$right" = "$count,$count" ] ||
		trouble "$name: of $count $passed PASSED, $right ok"
}

both() { # name
	prepare "$1" || {
		trouble "$1: not prepared"
		return
	}
	ours "$name.pack" 60 pack "OUT=$place/set" || return
	run_theirs
	theirs_s=$wall
	run_ours
	put_rows
	put_summary "$theirs_s" "$wall"
}

for i in nvcc jq python3 flashinfer-bench; do
	command -v "$i" >/dev/null || trouble "no $i on PATH"
done
timed tools 200 make -s "-j$(nproc)" tools || exit 2
# Python's files are read and compiled once before any time is taken.
timed help 120 flashinfer-bench run --help
find_libraries
python3 -c 'from importlib.metadata import version as v
for i in ("flashinfer-bench", "flashinfer-python", "cupti-python",
          "apache-tvm-ffi", "torch"): print(i, v(i))' >"$out/log/versions" 2>&1
nvidia-smi --query-gpu=name,driver_version --format=csv,noheader \
	>>"$out/log/versions" 2>&1
cat "$out/log/versions" >&2
printf 'kernel\tworkload\tfib_status\tfib_ms\tour_status\tour_us\tratio\n' |
	tee "$out/result.tsv"
printf 'kernel\tworkloads\tfib_passed\tour_ok\tfib_s\tour_s\tfib_s/our_s\n' \
	>"$out/summary.tsv"
for i; do both "$i"; done
say "all"
cat "$out/summary.tsv"
exit "$failed"
