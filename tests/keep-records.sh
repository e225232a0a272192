#!/bin/sh
# keep-records - pack a history with its raw samples, for tests/records.bats
#
# usage: tests/keep-records.sh DIR FILE.tar.xz
#
# DIR has kernels/K and experiments/K, as tests/null.sh and tests/power.sh leave
# them; the same files give the same bytes.
set -eu

[ $# -eq 2 ] || {
	echo "usage: tests/keep-records.sh DIR FILE.tar.xz" >&2
	exit 2
}
out=$(realpath "$2")
cd "$1"
kernels=$(ls experiments)
[ -n "$kernels" ] || exit 2
for k in $kernels; do
	find "kernels/$k" "experiments/$k" -type f ! -name build.log ! -empty
done | LC_ALL=C sort | tar --mtime=@0 --owner=0 --group=0 --numeric-owner \
	-cf - -T - | xz -9e >"$out.new"
mv "$out.new" "$out"
ls -l "$out"
