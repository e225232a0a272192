#!/bin/sh
# again - judges again after an environment fault; three in a row are trouble
#
# usage: again.sh COMMAND [ARGUMENT ...]
# Exit 1 of the command is an answer, 75 a fault of the environment. What does
# not heal by itself is written into STOPPED, if that is set: no loop goes on.
set -u

stop() {
	[ -z "${STOPPED-}" ] || echo "$(date -u +%FT%TZ) $*" >"$STOPPED"
}

for attempt in 1 2 3; do
	status=0
	"$@" || status=$?
	case $status in
	0 | 1) exit 0 ;;
	75) echo "again: $(basename "$1"): invalid, attempt $attempt of 3" >&2 ;;
	2)
		stop "$(basename "$1"): trouble, see what it said"
		exit 2
		;;
	*) exit 2 ;;
	esac
done
stop "$(basename "$1"): invalid three times in a row, see what it said"
exit 75
