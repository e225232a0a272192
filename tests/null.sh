#!/bin/sh
# null - judge the incumbent against itself: nothing here may be accepted
#
# usage: tests/null.sh same|variant N DIR KERNEL cpu|cuda [VARIABLE=value ...]
#
# Judges candidates with `make try NODEDUP=1` until there are N, on a copy of
# the kernel and with a history of its own, both in DIR: `same` are copies of
# the incumbent, `variant` differ from it in compiled code but not in work (a
# function more that nobody calls). Lines `key = value` of SETTINGS, from the
# environment, replace settings of the copy. Prints one row a trial and how many were
# better at first; status 1 if one was accepted. Run it again to go on.
set -eu

[ $# -ge 5 ] || {
	echo "usage: tests/null.sh same|variant N DIR KERNEL cpu|cuda" \
		"[VARIABLE=value ...]" >&2
	exit 2
}
kind=$1
trials=$2
mkdir -p "$3"
dir=$(cd "$3" && pwd)
kernel=$4
device=$5
shift 5
cd "$(dirname "$0")/.."

suffix=c
[ "$device" = cpu ] || suffix=cu
own=$dir/kernels/$kernel
history=$dir/experiments/$kernel
candidate=$dir/candidate.$suffix

copy() {
	mkdir -p "$dir/kernels"
	cp -r kernels/include "kernels/$kernel" "$dir/kernels/"
	echo "${SETTINGS-}" | while read -r key rest; do
		[ -n "$key" ] || continue
		sed -i "/^${key}[ =]/d" "$own/settings"
		echo "$key $rest" >>"$own/settings"
	done
}

vary() {
	if [ "$suffix" = cu ]; then
		echo "__global__ void nobody_calls(int *p) { *p = $1; }"
	else
		echo "int nobody_calls(void);"
		echo "int nobody_calls(void) { return $1; }"
	fi
}

published() {
	find "$dir/experiments" -name result.md 2>/dev/null | wc -l
}

[ -e "$own" ] || copy
printf 'trial\toutcome\treason\tspeedup\tlow\thigh\n'
while i=$(($(published) + 1)) && [ "$i" -le "$trials" ]; do
	cp "$own/solution.$suffix" "$candidate"
	[ "$kind" = same ] || vary "$i" >>"$candidate"
	line=$(make -s --no-print-directory try "KERNEL=$kernel" \
		"DEVICE=$device" NODEDUP=1 "KERNELS=$dir/kernels" \
		"EXPERIMENTS=$dir/experiments" "SOLUTION=$candidate" "$@" \
		2>>"$dir/log" | tail -n 1)
	echo "$line" | tr -d '[],' | awk -v i="$i" -v OFS='\t' \
		'{ print i, $2, $3, $5, $6, $7 }'
	case $line in
	"verdict: accept "*) exit 1 ;;
	"verdict: "*) ;;
	*) exit 2 ;;
	esac
done
better=$(grep -l "^all.*better$" "$history"/*/compare.tsv | wc -l)
echo "$trials judged, $better better at first, none accepted"
