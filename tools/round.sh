#!/bin/sh
# round - brings experiments to their verdicts, several at once
#
# usage: round.sh MAKE DEVICE proven|decided EXPERIMENT...
#
# Exit 1: the budgets did not allow all of it. All are compiled, as many at
# once as there are processors; then proven, as many at once as there are
# processors and the memory of the GPUs, or of this machine, holds; and only then
# timed, so that nothing else is at work: one experiment a GPU, alone on it, or
# one on a CPU. None is published meanwhile: all are measured against the same
# incumbent, in whatever order they end. Of those with the same code only the
# first is judged; the others will be duplicates of it. The environment is
# optimize.sh's.
set -u

make=$1
device=$2
target=$3
shift 3
x=$EXPERIMENTS/$KERNEL
failures=$BUILD/run/$KERNEL.$device/round
gpus=
judges=1
[ "$device" != cuda ] || {
	gpus=$("$BUILD/doctor" -g | cut -f 2)
	judges=$(echo "$gpus" | wc -l)
}

# Runs a command, with {} for the name, for each name on standard input, so many
# at once. Exit 1: one of them said no; 2: it is worse.
each() {
	: >"$failures" || return 2
	jobs=$1
	shift
	# shellcheck disable=SC2016 # expanded there
	xargs -P "$jobs" --process-slot-var=SLOT -I '{}' sh -c '"$@" || echo $? >>"$0"' "$failures" "$@" ||
		return 2
	! grep -qvx 1 "$failures" || return 2
	[ ! -s "$failures" ]
}

# Those that have no verdict, nor the code of one before.
undecided() {
	seen=
	for name; do
		object=$(sed -n 's/^  "object_sha256": "\(.*\)",$/\1/p' "$x/$name/build.json")
		case " $seen " in
		*" ${object:--} "*) ;;
		*) [ -e "$x/$name/verdict.json" ] || echo "$name" ;;
		esac
		seen="$seen $object"
	done
}

# step TARGET each N...: makes that of each experiment, within the budgets.
# shellcheck disable=SC2086 # a program and its words
step() {
	step=$1
	shift
	"$@" "$BUILD/spend" run -e "$x" -k judge -d "$device" \
		-s "$KERNELS/$KERNEL/settings" '{}/judge' -- \
		$make -s --no-print-directory "BUILD=$BUILD" "DEVICE=$device" \
		'EXP={}' "$step"
}

# Runs a command on the GPU of its place among those that run at once.
# shellcheck disable=SC2016 # expanded there
on_gpu='[ -z "$0" ] || GPUS=$(echo "$0" | sed -n "$((SLOT % $(echo "$0" | wc -l) + 1))p")
export GPUS
exec "$@"'

# The first says how many fit.
prove() {
	echo "$1" | step proven each 1 || return
	fits=$(sed -n '1s/.*"fits": *\([0-9]*\).*/\1/p' "$x/$1/verify.jsonl")
	places=$((${fits:-1} * judges))
	[ "$places" -le "$(nproc)" ] || places=$(nproc)
	shift
	[ "$places" -eq 1 ] || [ $# -eq 0 ] || printf '%s\n' "$@" |
		SHARE_DEVICE=1 step proven each "$places" sh -c "$on_gpu" "$gpus"
}

# shellcheck disable=SC2086 # a program and its words
printf '%s\n' "$@" |
	each "$(nproc)" $make -s --no-print-directory "BUILD=$BUILD" \
		"DEVICE=$device" 'EXP={}' candidate || exit 2
[ "$target" = decided ] || {
	prove "$@"
	exit
}
# shellcheck disable=SC2046 # names
set -- $(undecided "$@")
[ $# -eq 0 ] && exit 0
[ $# -eq 1 ] || prove "$@" || exit
printf '%s\n' "$@" | step decided each "$judges"
