#!/bin/sh
# again - judges again after an environment fault; three in a row are trouble
#
# usage: again.sh COMMAND [ARGUMENT ...]
# Exit 1 of the command is an answer, 75 a fault of the environment.
set -u

for attempt in 1 2 3; do
	status=0
	"$@" || status=$?
	case $status in
	0 | 1) exit 0 ;;
	75) echo "again: $(basename "$1"): invalid, attempt $attempt of 3" >&2 ;;
	*) exit 2 ;;
	esac
done
exit 75
