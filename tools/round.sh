#!/bin/sh
# round - brings experiments to their verdicts, several at once
#
# usage: round.sh MAKE DEVICE EXPERIMENT...
#
# Exit 1: the budgets did not allow all of it. All are compiled, as many at
# once as there are processors, and only then judged, so that nothing compiles
# where times are taken: one experiment a GPU, each judgement alone on its own,
# or one on a CPU. None is published meanwhile: all are measured against the
# same incumbent, in whatever order they end. Of those with the same code only
# the first is judged; the others will be duplicates of it. The environment is
# optimize.sh's.
set -u

make=$1
device=$2
shift 2
x=$EXPERIMENTS/$KERNEL
failures=$BUILD/run/$KERNEL.$device/round
judges=1
[ "$device" != cuda ] || judges=$("$BUILD/doctor" -g | wc -l)

# Runs a command, with {} for the name, for each name on standard input, so many
# at once. Exit 1: one of them said no; 2: it is worse.
each() {
	: >"$failures" || return 2
	jobs=$1
	shift
	# shellcheck disable=SC2016 # expanded there
	xargs -P "$jobs" -I '{}' sh -c '"$@" || echo $? >>"$0"' "$failures" "$@" ||
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

printf '%s\n' "$@" |
	each "$(nproc)" $make -s --no-print-directory "BUILD=$BUILD" \
		"DEVICE=$device" 'EXP={}' candidate || exit 2
undecided "$@" |
	each "$judges" "$BUILD/spend" run -e "$x" -k judge -d "$device" \
		-s "$KERNELS/$KERNEL/settings" '{}/judge' -- \
		$make -s --no-print-directory "BUILD=$BUILD" "DEVICE=$device" \
		'EXP={}' decided
