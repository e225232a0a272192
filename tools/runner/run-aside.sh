#!/bin/sh
# run-aside - puts a job aside, as the folder ASIDE, to be judged some time
#
# usage: run-aside [-v] JOB
# For bundles: exits 75, as there is no result yet.
set -u

usage() {
	echo "usage: run-aside [-v] job" >&2
	exit 2
}

while getopts v option; do
	[ "$option" = v ] || usage
done
shift $((OPTIND - 1))
[ $# -eq 1 ] || usage
cp -R "$1" "$ASIDE.new" && mv "$ASIDE.new" "$ASIDE" || exit 2
exit 75
