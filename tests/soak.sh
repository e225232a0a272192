#!/bin/sh
# soak - prove the incumbent right again and again, with values never used before
#
# usage: tests/soak.sh KERNEL cpu|cuda SETS SHAPES [VARIABLE=value ...]
#
# `make verify`, on all workloads until each has had so many input sets, then on
# quick ones until so many hidden shapes were drawn. Prints a row a run: its
# seed, workloads, input sets a workload, hidden shapes; and what there were in
# all. Status 1 as soon as something is not right: verify.jsonl then says what.
# Programs are in BUILD, from the environment, or build.
set -eu

[ $# -ge 4 ] || {
	echo "usage: tests/soak.sh KERNEL cpu|cuda SETS SHAPES" \
		"[VARIABLE=value ...]" >&2
	exit 2
}
kernel=$1
device=$2
wanted_sets=$3
wanted_shapes=$4
shift 4
cd "$(dirname "$0")/.."
build=${BUILD:-build}
result=$build/measured/$kernel.$device/verify.jsonl
sets=0
shapes=0
runs=0

# head_of KEY: of the result's first line
head_of() {
	sed -n "1s/.*\"$1\": \"\{0,1\}\([^\",}]*\).*/\1/p" "$result"
}

printf 'seed\tmode\tworkloads\tsets\tshapes\n'
while [ "$sets" -lt "$wanted_sets" ] || [ "$shapes" -lt "$wanted_shapes" ]; do
	mode=full
	[ "$sets" -lt "$wanted_sets" ] || mode=quick
	log=$(make -s verify "BUILD=$build" "DEVICE=$device" \
		"KERNEL=$kernel" "MODE=$mode" "$@" 2>&1) || {
		echo "$log" >&2
		exit 1
	}
	drawn=$(head_of hidden | sed -n 's/.*: \([0-9]*\) shapes*$/\1/p')
	[ "${drawn:-0}" -gt 0 ] || wanted_shapes=0
	printf '%s\t%s\t%s\t%s\t%s\n' "$(head_of seed)" "$mode" \
		"$(head_of workloads)" "$(head_of sets)" "${drawn:-0}"
	[ $mode = quick ] || sets=$((sets + $(head_of sets)))
	shapes=$((shapes + ${drawn:-0}))
	runs=$((runs + 1))
done
echo "# $kernel on $(head_of device_name), driver $(head_of driver), $(date -u +%F):" \
	"right in $runs runs, $sets input sets for each workload," \
	"$shapes hidden shapes"
