#!/bin/sh
# null - judge the incumbent against itself: nothing here may be accepted
#
# usage: tests/null.sh same|variant N DIR KERNEL cpu|cuda [VARIABLE=value ...]
#
# Judges N candidates with `make try NODEDUP=1`, on a copy of the kernels and
# with a history of its own, both in DIR: `same` are copies of the incumbent,
# `variant` differ from it in compiled code but not in work (a function more
# that nobody calls). Prints one row a trial; status 1 if one was accepted.
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
cp -r kernels "$dir/kernels"
source=$dir/kernels/$kernel/solution.$suffix
candidate=$dir/candidate.$suffix

vary() {
	if [ "$suffix" = cu ]; then
		echo "__global__ void nobody_calls(int *p) { *p = $1; }"
	else
		echo "int nobody_calls(void);"
		echo "int nobody_calls(void) { return $1; }"
	fi
}

accepted=0
i=0
printf 'trial\toutcome\treason\tspeedup\tlow\thigh\n'
while [ "$i" -lt "$trials" ]; do
	i=$((i + 1))
	cp "$source" "$candidate"
	[ "$kind" = same ] || vary "$i" >>"$candidate"
	line=$(make -s --no-print-directory try "KERNEL=$kernel" \
		"DEVICE=$device" NODEDUP=1 "KERNELS=$dir/kernels" \
		"EXPERIMENTS=$dir/experiments" "SOLUTION=$candidate" "$@" \
		2>>"$dir/log" | tail -n 1)
	echo "$line" | tr -d '[],' | awk -v i="$i" -v OFS='\t' \
		'{ print i, $2, $3, $5, $6, $7 }'
	case $line in
	"verdict: accept "*) accepted=$((accepted + 1)) ;;
	"verdict: "*) ;;
	*) exit 2 ;;
	esac
done
[ "$accepted" -eq 0 ]
