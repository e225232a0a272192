#!/bin/sh
# collect - takes what a bundle's jobs found, and decides at home
#
# usage: collect.sh MAKE DEVICE BUNDLE RESULTS
# Each result is taken by collect(1), or not at all; an experiment when all is
# there that its verdict needs. No candidate runs here. make gives BUILD KERNEL
# KERNELS EXPERIMENTS.
set -u

make=$1
device=$2
bundle=$3
from=$4
x=$EXPERIMENTS/$KERNEL
found=$bundle/found
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

trap 'rm -rf "$found"' EXIT
trap 'exit 2' HUP INT TERM

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

# speed FILE: of samples.
speed() {
	"$BUILD/compare" -d "$device" -s "$jobs/settings" "$1" |
		awk -F '\t' '$1 == "all" { print $10 " [" $11 ", " $12 "]: " $NF }'
}

# gather JOB RESULT FILE: a job's result, as an experiment names it.
gather() {
	[ -n "$(answer "$1")" ] && { cp "$jobs/$1/$2" "$found/$3" || exit 2; }
}

# As bench writes it of what need not be confirmed: who failed may be faster.
gather_unconfirmed() {
	{
		echo '# unmeasured nothing to confirm'
		grep -am1 '^phase' "$found/bench.tsv"
	} >"$found/confirm.tsv" || exit 2
}

is_better() {
	speed "$1" | grep -q 'better$'
}

# Sanitizers look at what would be accepted, and no bundle has them.
needs_sanitizer() {
	[ -n "$("$BUILD/setting" -d "$device" "$jobs/settings" sanitize)" ] &&
		! grep -q '^  "language": "python"' "$e/build.json" &&
		[ -e "$found/confirm.tsv" ] && is_better "$found/confirm.tsv"
}

# Gathers the files that decide; fails where one is missing.
gather_all() {
	rm -rf "$found" && mkdir "$found" || exit 2
	gather verify verify.jsonl verify.jsonl || return
	[ "$(answer verify)" -eq 0 ] || return 0
	gather bench bench.tsv bench.tsv || return
	if [ "$(answer bench)" -eq 1 ]; then
		gather_unconfirmed
	elif is_better "$found/bench.tsv"; then
		gather confirm bench.tsv confirm.tsv
	fi
}

# Does it stand where it stood, and has nothing judged it meanwhile?
is_same() {
	cmp -s "$jobs/base.json" "$e/base.json" &&
		cmp -s "$jobs/settings" "$KERNELS/$KERNEL/settings" || return
	for file in "$found"/*; do
		[ ! -e "$e/${file##*/}" ] || cmp -s "$file" "$e/${file##*/}" || return
	done
}

# put FILE: complete or absent, and never over what is there.
put() {
	[ -e "$e/${1##*/}" ] || {
		cp "$1" "$e/.${1##*/}.new" && mv "$e/.${1##*/}.new" "$e/${1##*/}"
	} || exit 2
}

# An experiment, from files to verdict; there is no RUNNER that is called none.
judge() {
	name=$1
	e=$x/$name
	[ ! -e "$e/result.md" ] || return 0
	gather_all || {
		say "$name: not judged to its end: ./run try, there"
		return
	}
	! needs_sanitizer || {
		say "$name: better, but settings ask for sanitizers, which no bundle has: make try, here"
		return
	}
	is_same || {
		say "$name: what it stands on has changed since: bundle it again"
		refused=$((refused + 1))
		return
	}
	for file in "$found"/*; do
		put "$file"
	done
	$make -s --no-print-directory BUILD="$BUILD" DEVICE="$device" EXP="$name" \
		RUNNER=none FACTS_ASKED=yes FACTS="$facts" experiment || exit 2
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
			echo "${jobs##*/}, $mode: $(speed "$jobs/$mode-bench/bench.tsv")"
	done
	case ${jobs##*/} in
	exp_*) judge "${jobs##*/}" ;;
	esac
done
[ "$refused" -eq 0 ] || fail "$from: $refused results were not taken"
