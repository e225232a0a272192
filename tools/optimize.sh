#!/bin/sh
# optimize - propose or resume, judge, record: ITERATIONS times, or one FILE
#
# usage: optimize.sh MAKE DEVICE [FILE], under the kernel's lock. make gives
# the rest in the environment: BUILD KERNEL KERNELS WORKLOADS EXPERIMENTS
# PROPOSER ITERATIONS, and if they are set BENCH_S BUDGET_* UNTIL ON_ACCEPT.
set -u

make=$1
device=$2
file=${3-}
[ -z "$file" ] || ITERATIONS=1
. tools/jail.sh
# What was said on make's command line is also in the environment.
unset MAKEFLAGS MFLAGS

fail() {
	echo "optimize: $*" >&2
	exit 2
}

step() {
	$make -s --no-print-directory BUILD="$BUILD" DEVICE="$device" "$@"
}

# Judges within the budgets: 1 if they do not allow it.
judge() {
	"$BUILD/spend" run -e "$1" -k judge -d "$device" \
		-s "$KERNELS/$KERNEL/settings" "$2/judge" -- \
		$make -s --no-print-directory BUILD="$BUILD" DEVICE="$device" \
		EXP="$2" experiment
}

is_fast_enough() {
	[ -n "${UNTIL-}" ] || return 1
	status=0
	"$BUILD/summarize" -u "$UNTIL" -d "$device" -e "$x" || status=$?
	[ "$status" -ne 2 ] || exit 2
	return "$status"
}

propose() {
	if [ -n "$file" ]; then
		set -- -p person -s "$file"
	else
		set -- -p "$PROPOSER"
	fi
	"$BUILD/propose" "$@" -d "$device" -k "$KERNELS/$KERNEL" \
		-e "$EXPERIMENTS/$KERNEL" -w "$WORKLOADS/$KERNEL.jsonl" \
		-b "$BUILD/run/$KERNEL.$device/incumbent/build.json"
}

# What was tried, where to look, and the verdict on the last line.
conclude() {
	sed -n 's/^| \([^|]*\) | \([^|]*\) | \([^|]*\) |$/  \1: \2 -> \3/p' \
		"$1/result.md" | grep -v -e '---' -e 'knob: incumbent'
	echo "see $1/result.md"
	sed -n 's/^.\(verdict: .*\).$/\1/p' "$1/result.md"
}

case $ITERATIONS in
'' | *[!0-9]*) fail "ITERATIONS=$ITERATIONS: want a number" ;;
esac
# tune only chooses among values that our text offers.
if [ -z "$file" ] && [ "$PROPOSER" = tune ]; then
	jail_own
else
	jail_foreign
fi
x=$EXPERIMENTS/$KERNEL
finished=0
moved=0
"$BUILD/spend" -e "$x" check || exit $?
[ "$ITERATIONS" -lt 2 ] || "$BUILD/spend" -e "$x" forecast -d "$device" \
	-s "$KERNELS/$KERNEL/settings" -n "$ITERATIONS" || exit 2
tools/on-accept.sh run "$x" || exit 2
while [ "$finished" -lt "$ITERATIONS" ]; do
	if [ -z "$file" ] && is_fast_enough; then
		echo "$KERNEL on $device: UNTIL=$UNTIL is reached"
		exit 0
	fi
	step ground || exit 2
	status=0
	dir=$(propose) || status=$?
	[ "$status" -ne 1 ] || [ "$finished" -eq 0 ] || exit 0
	[ "$status" -eq 0 ] || exit "$status"
	# It may be an earlier run's.
	grep -q '"proposer": "tune"' "$dir/base.json" || jail_foreign
	# Kept, so that a run that goes on later measures too.
	[ -z "${NODEDUP-}" ] || : >"$dir/nodedup" || exit 2
	echo "$dir: $KERNEL on $device, $((finished + 1)) of $ITERATIONS"
	tools/on-accept.sh mark "$dir" || exit 2
	status=0
	judge "$x" "${dir##*/}" || status=$?
	# A budget is spent: the experiment waits for a larger one.
	[ "$status" -ne 1 ] || [ "$finished" -eq 0 ] || exit 0
	[ "$status" -eq 0 ] || exit "$status"
	if [ -e "$dir/result.md" ]; then
		finished=$((finished + 1))
		moved=0
		conclude "$dir"
		tools/on-accept.sh run "$x" || exit 2
	else
		moved=$((moved + 1))
		[ "$moved" -lt 3 ] ||
			fail "$dir: the incumbent moved three times"
	fi
done
