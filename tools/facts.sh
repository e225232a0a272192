#!/bin/sh
# facts - asks RUNNER's machine what it is, once a run
#
# usage: facts.sh FILE
# make gives BUILD RUNNER; FACTS_ASKED, whoever starts it as a part of a run
# that asked.
set -u

[ -z "${FACTS_ASKED-}" ] || exit 0
"$BUILD/run-$RUNNER" -q >"$1.new" || {
	echo "facts: RUNNER=$RUNNER: its machine does not say what it is" >&2
	exit 2
}
FACTS=$1.new "$BUILD/doctor" -f >/dev/null && mv "$1.new" "$1"
