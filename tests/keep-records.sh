#!/bin/sh
# keep-records - pack histories with their raw samples, for tests/records.bats
#
# usage: tests/keep-records.sh DIR FILE.tar.xz
#
# DIR is what tests/null.sh or tests/power.sh left. All kernels and experiments
# under it are kept, and its tables; the same files give the same bytes.
set -eu

[ $# -eq 2 ] || {
	echo "usage: tests/keep-records.sh DIR FILE.tar.xz" >&2
	exit 2
}
out=$(realpath "$2")
cd "$1"
{
	find . -type f ! -empty ! -name build.log \
		\( -path '*/kernels/*' -o -path '*/experiments/*' \) \
		! -path '*/kernels/include/*'
	find . -maxdepth 1 -type f ! -name log ! -name 'candidate.*'
} | LC_ALL=C sort | tar --mtime=@0 --owner=0 --group=0 --numeric-owner \
	-cf - -T - | xz -9e >"$out.new"
mv "$out.new" "$out"
ls -l "$out"
