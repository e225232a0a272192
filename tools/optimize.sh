#!/bin/sh
# optimize - propose or resume, judge, record: ITERATIONS times, or one FILE
#
# usage: optimize.sh MAKE DEVICE [FILE], under the kernel's lock. make gives
# the rest in the environment: BUILD KERNEL KERNELS WORKLOADS EXPERIMENTS
# PROPOSER ITERATIONS KEYS (names), and if they are set BENCH_S BUDGET_* GPUS
# UNTIL ON_ACCEPT, PROPOSAL (a statement about FILE), and what asking.h and ask(1)
# read.
set -u

# Whoever is asked gets the keys; what compiles and runs candidates does not,
# nor ON_ACCEPT.
for name in $KEYS; do
	eval "secret_$name=\${$name-}"
	unset "$name"
done
with_keys() (
	for name in $KEYS; do
		eval "value=\$secret_$name"
		[ -z "$value" ] || export "$name=$value"
	done
	exec "$@"
)

make=$1
device=$2
file=${3-}
[ -z "$file" ] || ITERATIONS=1
. tools/jail.sh
# What was said on make's command line is also in the environment.
unset MAKEFLAGS MFLAGS
export FACTS_ASKED=yes

fail() {
	echo "optimize: $*" >&2
	exit 2
}

step() {
	$make -s --no-print-directory BUILD="$BUILD" DEVICE="$device" "$@"
}

# Brings experiments so far, within the budgets: 1 if they do not allow it.
judge() {
	tools/round.sh "$make" "$device" "$@"
}

# Has all that waits answered at once, each whatever becomes of the others. 75:
# one may be answered another time; 0: one is, so that a budget may allow what it
# refused while that was reserved; 1: it refused all.
answer() {
	said=$(printf '%s\n' "$1" |
		with_keys xargs -d '\n' -n 2 -P "$candidates" tools/answer.sh "$device") || exit 2
	! echo "$said" | grep -qvxE '0|1|75' || return 2
	! echo "$said" | grep -qx 75 || return 75
	echo "$said" | grep -qx 0
}

# A budget is spent: what was begun waits for a larger one.
stop_if_spent() {
	[ "$1" -ne 1 ] || [ "$finished" -eq 0 ] || exit 0
	[ "$1" -eq 0 ] || exit "$1"
}

# A model's candidate is mended before it is judged.
is_unproven() {
	[ -z "$file" ] && [ "$PROPOSER" != tune ] &&
		[ -e "$1/intent.json" ] && [ ! -e "$1/verify.jsonl" ]
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
		set -- -p person -s "$file" ${PROPOSAL:+-m "$PROPOSAL"}
	else
		set -- -p "$PROPOSER"
	fi
	[ "$PROPOSER" != tune ] || [ "$candidates" -eq 1 ] || set -- "$@" -c "$candidates"
	"$BUILD/propose" "$@" -d "$device" -k "$KERNELS/$KERNEL" \
		-e "$EXPERIMENTS/$KERNEL" -w "$WORKLOADS/$KERNEL.jsonl" \
		-b "$BUILD/run/$KERNEL.$device/incumbent/build.json"
}

# The names of this device's experiments that wait for a verdict or for their
# publication.
begun() {
	for base in "$x"/exp_*/base.json; do
		dir=${base%/base.json}
		[ -e "$dir/result.md" ] || ! grep -q "\"device\": \"$device\"" "$base" ||
			basename "$dir"
	done
}

# Of these, those that a model may have to mend.
unproven() {
	for name in $(begun); do
		! is_unproven "$x/$name" || echo "$name"
	done
}

# Of several that are better than the incumbent the first that is published
# takes its place; the others are judged again.
fastest_first() {
	for name; do
		speedup=$(sed -n 's/^  "speedup": \([0-9.e+-]*\),$/\1/p' "$x/$name/verdict.json" 2>/dev/null)
		echo "${speedup:-0} $name"
	done | LC_ALL=C sort -s -k 1,1gr | cut -d ' ' -f 2
}

# An iteration with several candidates is over when all of them are.
is_group_left() {
	[ "$candidates" -eq 1 ] || {
		[ -n "$(begun)" ]
		return
	}
	[ -z "$file" ] && [ "$PROPOSER" != tune ] || return 1
	first=$(sed -n 's/^  "first": "\(.*\)",$/\1/p' "$1/intent.json" 2>/dev/null)
	for intent in "$x"/exp_*/intent.json; do
		[ -n "$first" ] && [ ! -e "${intent%/*}/result.md" ] &&
			grep -q "\"first\": \"$first\"" "$intent" && return 0
	done
	return 1
}

# Before an experiment is judged.
prepare() {
	# It may be an earlier run's.
	grep -q '"proposer": "tune"' "$1/base.json" || jail_foreign
	# Kept, so that a run that goes on later measures too.
	[ -z "${NODEDUP-}" ] || : >"$1/nodedup" || exit 2
	echo "$1: $KERNEL on $device, $((finished + 1)) of $ITERATIONS"
	tools/on-accept.sh mark "$1" || exit 2
}

# After it: nothing where it has to be judged again.
publish() {
	[ ! -e "$1/verdict.json" ] || [ -e "$1/result.md" ] ||
		step EXP="${1##*/}" experiment || exit 2
	[ -e "$1/result.md" ] || return 0
	moved=0
	conclude "$1"
	tools/on-accept.sh run "$x" || exit 2
}

# What was tried, where to look, and the verdict on the last line.
conclude() {
	sed -n 's/^| \([^|]*\) | \([^|]*\) | \([^|]*\) |$/  \1: \2 -> \3/p' \
		"$1/result.md" | grep -v -e '---' -e 'knob: incumbent'
	echo "see $1/result.md"
	sed -n 's/^.\(verdict: .*\).$/\1/p' "$1/result.md"
}

candidates=1
[ -n "$file" ] || candidates=${CANDIDATES:-1}
case $ITERATIONS in
'' | *[!0-9]*) fail "ITERATIONS=$ITERATIONS: want a number" ;;
esac
case $PROPOSER,${MODEL-} in
anthropic, | openai,)
	[ -n "$file" ] ||
		fail "MODEL: not set: want the name of one of $PROPOSER's models"
	;;
esac
case ${BENCH_S-} in
*[!0-9.]*) fail "BENCH_S=$BENCH_S: want seconds" ;;
esac
case $candidates in
*[!0-9]* | 0*) fail "CANDIDATES=$candidates: want a number" ;;
esac
[ -z "${GPUS-}" ] || "$BUILD/doctor" -g >/dev/null || exit 2
x=$EXPERIMENTS/$KERNEL
export STOPPED="$x/stopped.$device"
[ ! -e "$STOPPED" ] ||
	echo "optimize: $STOPPED: $(cat "$STOPPED"); no loop goes on before make resume" >&2
ground=$BUILD/run/$KERNEL.$device
# A project's folder stands for its files that may change.
if [ -d "$file" ]; then
	tools/pack-project.sh "$KERNELS/$KERNEL" "$file" "$ground/mine.txtar" || exit 2
	file=$ground/mine.txtar
fi
# tune only chooses among values that the incumbent offers: our text, as long
# as nobody else's was accepted.
if [ -z "$file" ] && [ "$PROPOSER" = tune ] &&
	! grep '"outcome": "\(accept\|adopt\)"' "$x/ledger.jsonl" 2>/dev/null |
	grep -qv '"proposer": "tune"'; then
	jail_own
else
	jail_foreign
fi
finished=0
moved=0
failures=0
"$BUILD/spend" -e "$x" check || exit $?
[ "$ITERATIONS" -lt 2 ] || "$BUILD/spend" -e "$x" forecast -d "$device" \
	-s "$KERNELS/$KERNEL/settings" -n "$((ITERATIONS * candidates))" || exit 2
tools/on-accept.sh run "$x" || exit 2
while [ "$finished" -lt "$ITERATIONS" ]; do
	tools/disk.sh
	stop_if_spent $?
	if [ -z "$file" ] && is_fast_enough; then
		echo "$KERNEL on $device: UNTIL=$UNTIL is reached"
		exit 0
	fi
	step ground || exit 2
	status=0
	next=$(propose) || status=$?
	[ "$status" -ne 1 ] || [ "$finished" -eq 0 ] || exit 0
	[ "$status" -eq 0 ] || exit "$status"
	{
		read -r dir
		waits=$(cat)
	} <<-END
	$next
	END
	if [ -n "$waits" ]; then
		status=0
		answer "$waits" || status=$?
		[ "$status" -eq 75 ] || failures=-1
		failures=$((failures + 1))
		[ "$failures" -lt 3 ] ||
			fail "$dir: no answer, three times in a row"
		[ "$status" -eq 75 ] || stop_if_spent "$status"
		continue
	fi
	# What a project's history is measured by, from its first experiment on.
	[ ! -e "$ground/project.harness" ] || [ -e "$x/project.harness" ] || {
		cp "$ground/project.harness" "$x/.harness" &&
			mv "$x/.harness" "$x/project.harness"
	} || exit 2
	if is_unproven "$dir"; then
		group=${dir##*/}
		[ "$candidates" -eq 1 ] || group=$(unproven)
		for name in $group; do
			echo "$x/$name: built and checked, so that it can be mended"
		done
		status=0
		# shellcheck disable=SC2086 # names
		judge proven $group || status=$?
		stop_if_spent "$status"
		continue
	fi
	group=${dir##*/}
	[ "$candidates" -eq 1 ] || group=$(begun)
	for name in $group; do
		prepare "$x/$name"
	done
	status=0
	# shellcheck disable=SC2086 # names
	judge decided $group || status=$?
	[ "$status" -le 1 ] || exit "$status"
	moved=$((moved + 1))
	# shellcheck disable=SC2086 # names
	for name in $(fastest_first $group); do
		publish "$x/$name"
	done
	stop_if_spent "$status"
	[ "$moved" -lt 3 ] || fail "$dir: the incumbent moved three times"
	[ "$moved" -gt 0 ] || is_group_left "$dir" || finished=$((finished + 1))
done
