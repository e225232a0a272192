#!/bin/sh
# locked - runs a command under a lock; says so where it has to wait
#
# usage: locked.sh [-n] FILE COMMAND [ARGUMENT ...]
# With -n it does not wait: there is nothing to do, which is no failure.
# The lock lives as long as any child of the command that keeps descriptor 9.
set -u

waits=yes
[ "$1" != -n ] || {
	waits=
	shift
}
lock=$1
shift
mkdir -p "$(dirname "$lock")" || exit 2
exec 9>>"$lock" || exit 2
flock -n 9 || {
	[ -n "$waits" ] || {
		echo "locked: $lock is held by another run: nothing to do" >&2
		exit 0
	}
	echo "locked: $lock is held by another run: waiting" >&2
	flock 9 || exit 2
}
exec "$@"
