#!/bin/sh
# gpu-sampling.sh - kernels on a GPU that draw at random: what is right, and what
# is refused by which reason; captured, by the host's clock, timed for a verdict,
# and under compute-sanitizer
#
#	tests/gpu-sampling.sh [verify|host|time|sanitize...]	all if none is said
#
# Needs a GPU, nvcc and jq. Prints a line a check, ok or FAILED, and exits 1 if
# one failed. Works in OUT, where logs and experiments stay.
#
# Environment: OUT (build/sampling), BENCH_S of a verdict (40).
set -u

cd "$(dirname "$0")/.." || exit 2
out=${OUT:-build/sampling}
mkdir -p "$out/log" || exit 2
out=$(cd "$out" && pwd)
work=$out/work
failed=0
checks=0
[ $# -gt 0 ] || set -- verify host time sanitize
export LC_ALL=C BENCH_S="${BENCH_S:-40}"

say() {
	echo "== $(date -u +%H:%M:%S) $*"
}

# draw.cu with macros defined, PLAIN among them for draw_plain.
variant() { # macro...
	[ "$kernel" = draw ] || set -- PLAIN "$@"
	printf '#define %s\n' "$@" | sed '/^#define $/d'
	cat tests/kernels/draw/draw.cu
}

# Makes the kernel at hand this one. Its reference is a stub: nobody asks it.
choose() { # kernel
	kernel=$1
	dir=$work/kernels/$kernel
	arguments='const DLTensor *, const DLTensor *'
	kinds='tensor, tensor'
	[ "$kernel" = draw_plain ] || {
		arguments="$arguments, $arguments"
		kinds="$kinds, $kinds"
	}
	mkdir -p "$dir" "$work/workloads"
	cp -R kernels/include "$work/kernels/"
	cp "tests/kernels/$kernel/definition.json" "$dir/"
	cp "tests/kernels/$kernel/workloads.jsonl" \
		"$work/workloads/$kernel.jsonl"
	echo 'trials = 100' >"$dir/settings"
	printf '%s\n' '#include "ratchet.h"' \
		"static int run($arguments)" '{' '	return 0;' '}' \
		"RATCHET_EXPORT(run, $kinds)" >"$dir/reference.cu"
	variant >"$dir/solution.cu"
}

ours() { # target, variable=value...
	make -s --no-print-directory DEVICE=cuda "KERNEL=$kernel" \
		"KERNELS=$work/kernels" "WORKLOADS=$work/workloads" \
		"EXPERIMENTS=$out/experiments" "$@"
}

# The make target that follows says this.
says() { # words, what it is about, target, variable=value...
	words=$1
	about="$kernel: $3: $2"
	shift 2
	checks=$((checks + 1))
	log=$out/log/$checks.$kernel.$1
	ours "$@" >"$log" 2>&1
	if grep -qE -- "$words" "$log"; then
		echo "ok     $about: $(grep -oE -m 1 -- "$words" "$log")"
	else
		echo "FAILED $about: want $words, see $log"
		tail -n 3 "$log" | cut -c1-300
		failed=1
	fi
}

# What a verification says of draw.cu with a macro.
verified() { # words, macro...
	words=$1
	shift
	variant "$@" >"$work/candidate.cu"
	says "$words" "${*:-as it is}" verify \
		"SOLUTION=$work/candidate.cu" BENCH_S=20 MODE=full
}

spread='"status": "wrong".*draws are spread otherwise'
no_index='"status": "wrong".*is no index of probs'
not_allowed='"status": "wrong".*top_k and top_p do not allow'

# What a kernel keeps is put back, so that it is honest in each call, if it is in
# the first.
verify() {
	for name in draw draw_plain; do
		choose "$name"
		verified 'right on 2 workloads.*the judge.s rule for sampling'
		verified 'right on 2 workloads' HASH
		verified 'right on 2 workloads' COUNTER
		verified 'right on 2 workloads' 'FIRST 3'
		verified "$spread" ARGMAX
		verified "$spread" FROZEN
		verified "$no_index" OUTSIDE
		verified "$no_index" UNWRITTEN
		verified '"status": "red-zone"' BESIDE
	done
	verified "$spread" UNIFORM
	choose draw
	verified "$not_allowed" NO_TOP_K
	verified "$not_allowed" NO_TOP_P
	verified '"status": "input-mutated"' MUTATES
	verified '"status": "unsupported"' WAITS
}

# Where the host's code runs it can count its calls.
host() {
	export ALLOW_HOST_TIMED=1
	for name in draw draw_plain; do
		choose "$name"
		verified 'right on 2 workloads' WAITS
		verified "$spread" WAITS 'FIRST 3'
	done
	unset ALLOW_HOST_TIMED
}

# Who draws the same of the same must not be refused where it is timed.
time_them() {
	rm -rf "$out/experiments"
	for name in draw draw_plain; do
		choose "$name"
		variant HASH >"$work/hash.cu"
		variant 'THREADS 256' >"$work/faster.cu"
		variant ARGMAX 'THREADS 256' >"$work/argmax.cu"
		says 'times as fast as current' HASH ab "A=$work/hash.cu" \
			B=current
		says 'verdict: accept.*' 'with more threads' try \
			"SOLUTION=$work/faster.cu"
		says 'verdict: reject wrong' 'that does not draw' try \
			"SOLUTION=$work/argmax.cu"
	done
}

sanitize() {
	for name in draw draw_plain; do
		choose "$name"
		log=$out/log/sanitize.$name
		if ours sanitize SANITIZERS=memcheck >"$log" 2>&1; then
			echo "ok     $name: memcheck finds nothing"
		else
			echo "FAILED $name: memcheck, see $log"
			tail -n 3 "$log" | cut -c1-300
			failed=1
		fi
	done
}

for i; do
	say "$i"
	case $i in
	verify) verify ;;
	host) host ;;
	time) time_them ;;
	sanitize) sanitize ;;
	*)
		echo "gpu-sampling.sh: $i: want verify, host, time or sanitize" >&2
		exit 2
		;;
	esac
done
exit "$failed"
