#!/bin/sh
# locked - runs a command under a lock; says so where it has to wait
#
# usage: locked.sh FILE COMMAND [ARGUMENT ...]
# The lock lives as long as any child of the command that keeps descriptor 9.
set -u

lock=$1
shift
mkdir -p "$(dirname "$lock")" || exit 2
exec 9>>"$lock" || exit 2
flock -n 9 || {
	echo "locked: $lock is held by another run: waiting" >&2
	flock 9 || exit 2
}
exec "$@"
