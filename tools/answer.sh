#!/bin/sh
# answer - has a turn of a conversation answered, or all of research made
#
# usage: answer.sh DEVICE WAITS [MODEL], the last two as propose(1) prints them.
# Prints the exit status, for xargs(1) would not say whose it is. The
# environment is optimize.sh's, with the keys.
set -u

device=$1
waits=$2
status=0
case $waits in
*/researched)
	tools/research.sh "$device" >&2 || status=$?
	[ "$status" -gt 1 ] || : >"$waits" || status=2
	[ "$status" -ne 1 ] || status=0
	;;
*)
	MODEL=${3:-${MODEL-}} DEVICE=$device "$BUILD/ask" -p "$PROPOSER" \
		-e "$EXPERIMENTS/$KERNEL" "$waits" >&2 || status=$?
	;;
esac
[ "$status" -eq 0 ] || echo "answer: $waits: no answer" >&2
echo "$status"
