#!/bin/sh
# collect - takes what a bundle's jobs found, and decides at home
#
# usage: collect.sh MAKE DEVICE BUNDLE RESULTS
# Each result is taken by collect(1), or not at all; an experiment when all is
# there that its verdict needs. make gives BUILD KERNEL KERNELS EXPERIMENTS.
set -u

make=$1
device=$2
bundle=$3
from=$4
x=$EXPERIMENTS/$KERNEL
unset MAKEFLAGS MFLAGS

say() {
	echo "collect: $*" >&2
}

fail() {
	say "$*"
	exit 2
}

[ -f "$from" ] || fail "$from: want the file that ./run wrote"
[ "$(cat "$bundle/kernel" "$bundle/device" 2>/dev/null)" = "$KERNEL
$device" ] || fail "$bundle: no bundle of $KERNEL for $device: want its folder: OUT="

# Takes a job's result, if there is one.
taken=0
refused=0
take() {
	nonce=$(sed -n 's/^nonce = //p' "$1/job")
	grep -aqx "nonce = $nonce" "$from" || return
	status=0
	"$BUILD/collect" -b "${1%/*}/base.json" "$1" "$from" || status=$?
	case $status in
	0 | 1) taken=$((taken + 1)) ;;
	*) refused=$((refused + 1)) ;;
	esac
}

answer() {
	sed -n 's/^answer = //p' "$jobs/$1/done" 2>/dev/null
}

speed() {
	"$BUILD/compare" -d "$device" -s "$jobs/settings" "$jobs/$1/bench.tsv" |
		awk -F '\t' '$1 == "all" { print $10 " [" $11 ", " $12 "]: " $NF }'
}

# Which files decide, in their order; nothing where one is missing.
decided_by() {
	case $(answer verify) in
	1) echo verify ;;
	0)
		[ -n "$(answer bench)" ] || return 0
		if [ "$(answer bench)" -eq 1 ] || ! speed bench | grep -q 'better$'; then
			echo verify bench
		elif [ -n "$(answer confirm)" ]; then
			echo verify bench confirm
		fi
		;;
	esac
}

# put JOB FILE: complete or absent, and never over what is there.
put() {
	[ -e "$e/$2" ] || {
		cp "$jobs/$1" "$e/.$2.new" && mv "$e/.$2.new" "$e/$2"
	} || exit 2
}

# An experiment, from files to verdict.
judge() {
	name=$1
	e=$x/$name
	[ ! -e "$e/result.md" ] || return 0
	files=$(decided_by)
	[ -n "$files" ] || {
		say "$name: not judged to its end: ./run try, there"
		return
	}
	cmp -s "$jobs/base.json" "$e/base.json" || {
		say "$name: what it stands on has changed since: bundle it again"
		refused=$((refused + 1))
		return
	}
	for file in $files; do
		case $file in
		confirm) put confirm/bench.tsv confirm.tsv ;;
		bench) put bench/bench.tsv bench.tsv ;;
		verify) put verify/verify.jsonl verify.jsonl ;;
		esac
	done
	$make -s --no-print-directory BUILD="$BUILD" DEVICE="$device" EXP="$name" \
		RUNNER=local FACTS="$facts" experiment || exit 2
	echo "see $e/result.md"
	sed -n 's/^.\(verdict: .*\).$/\1/p' "$e/result.md"
}

facts=
[ ! -e "$bundle/facts" ] || facts=$bundle/facts
for job in "$bundle"/jobs/*/*/; do
	take "${job%/}"
done
[ "$taken" -gt 0 ] || fail "$from: no result that can be taken of a job of $bundle"
for jobs in "$bundle"/jobs/*; do
	for mode in quick stride full; do
		[ -z "$(answer "$mode-bench")" ] ||
			echo "${jobs##*/}, $mode: $(speed "$mode-bench")"
	done
	case ${jobs##*/} in
	exp_*) judge "${jobs##*/}" ;;
	esac
done
[ "$refused" -eq 0 ] || fail "$from: $refused results were not taken"
