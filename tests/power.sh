#!/bin/sh
# power - blind trials: does the judge accept a planted gain, and nothing else?
#
# usage: tests/power.sh draw OUT TRIALS
#        tests/power.sh calibrate OUT DEVICE PERCENT [VARIABLE=value ...]
#        tests/power.sh run OUT DEVICE FIRST LAST [VARIABLE=value ...]
#        tests/power.sh reveal OUT
#
# draw: half of TRIALS get the label gain, half none, at random; OUT/commitment,
# the hash of OUT/labels, can be published before anything is judged.
# calibrate: by how much less PAD the kernel tests/kernels/power is PERCENT
# faster, into OUT/pad, by measuring a gain several times as large.
# run: judges the trials by `make try`, each with a history of its own under
# OUT; those that are done are passed over. VARIABLEs go to make.
# reveal: labels beside verdicts, and the counts, once all are on file.
# OUT can be carried from machine to machine between runs.
set -eu

fail() {
	echo "power: $*" >&2
	exit 2
}

usage() {
	sed -n 's/^# *\(usage: \)\{0,1\}\(tests.power.sh .*\)/usage: \2/p' \
		"$0" >&2
	exit 2
}

# pad N FILE: the kernel with that PAD, and code unlike the incumbent's
pad() {
	sed "s/^#define PAD .*/#define PAD $1/" \
		"tests/kernels/power/solution.$suffix" >"$2"
	if [ "$suffix" = cu ]; then
		echo "__global__ void nobody_calls(int *p) { *p = 1; }"
	else
		echo "int nobody_calls(void);"
		echo "int nobody_calls(void) { return 1; }"
	fi >>"$2"
}

# A tree for make: kernels/power, workloads/power.jsonl
tree() {
	mkdir -p "$1/kernels/power" "$1/workloads"
	cp -r kernels/include "$1/kernels/"
	cp tests/kernels/power/* "$1/kernels/power/"
	mv "$1/kernels/power/power.jsonl" "$1/workloads/"
}

in_make() { # TREE target VARIABLE=value ...
	dir=$1
	shift
	make -s --no-print-directory KERNEL=power "DEVICE=$device" \
		"KERNELS=$dir/kernels" "WORKLOADS=$dir/workloads" \
		"EXPERIMENTS=$dir/experiments" NODEDUP=1 "$@"
}

draw() {
	mkdir "$out" || exit 2
	{
		echo "salt $(od -An -tx1 -N16 /dev/urandom | tr -d ' ')"
		i=0
		while [ "$i" -lt "$trials" ]; do
			i=$((i + 1))
			[ $((i % 2)) -eq 0 ] && echo gain || echo none
		done | shuf --random-source=/dev/urandom | cat -n |
			awk '{ printf "%02d %s\n", $1, $2 }'
	} >"$out/labels"
	sha256sum <"$out/labels" | cut -d' ' -f1 >"$out/commitment"
	echo "labels sealed: sha256 $(cat "$out/commitment")"
}

# From a PAD that is a quarter shorter: the time a step of PAD takes.
calibrate() {
	full=$(sed -n 's/^#define PAD //p' "tests/kernels/power/solution.$suffix")
	less=$((full / 4))
	rm -rf "$out/calibration"
	tree "$out/calibration"
	pad $((full - less)) "$out/calibration/faster.$suffix"
	in_make "$out/calibration" ab "A=$out/calibration/faster.$suffix" \
		B=current "$@" | tee "$out/calibration/ab.txt"
	tail -n 1 "$out/calibration/ab.txt" | awk -v less="$less" -v p="$percent" '
		{ s = $3 } END {
			if (!(s > 1)) exit 1
			printf "%.0f\n", less * (1 - 1 / (1 + p / 100)) / (1 - 1 / s)
		}' >"$out/pad" || fail "cannot tell what a step of PAD takes"
	echo "PAD $full - $(cat "$out/pad") is $percent % faster"
}

judge() { # TRIAL VARIABLE=value ...
	trial=$1
	shift
	dir=$out/trial_$trial
	rm -rf "$dir"
	tree "$dir"
	full=$(sed -n 's/^#define PAD //p' "tests/kernels/power/solution.$suffix")
	[ "$(sed -n "s/^$trial //p" "$out/labels")" = none ] ||
		full=$((full - $(cat "$out/pad")))
	pad "$full" "$dir/candidate.$suffix"
	start=$(date +%s.%N)
	line=$(in_make "$dir" try "SOLUTION=$dir/candidate.$suffix" "$@" \
		2>"$dir/log" | tail -n 1)
	case $line in
	"verdict: "*) ;;
	*) fail "trial $trial: no verdict: see $dir/log" ;;
	esac
	echo "$line" | tr -d '[],' | awk -v trial="$trial" -v OFS='\t' \
		-v start="$start" -v end="$(date +%s.%N)" \
		-v better="$(grep -c '^all.*better$' \
			"$dir"/experiments/power/exp_0001/compare.tsv || :)" \
		'{ print trial, $2, $3, $5, $6, $7, better,
			sprintf("%.1f", end - start) }' >"$dir/result.tsv"
	cat "$dir/result.tsv"
}

reveal() {
	[ "$(sha256sum <"$out/labels" | cut -d' ' -f1)" = \
		"$(cat "$out/commitment")" ] || fail "$out/labels: not what was sealed"
	left=$(sed 1d "$out/labels" | while read -r trial _; do
		[ -e "$out/trial_$trial/result.tsv" ] || echo "$trial"
	done | wc -l)
	[ "$left" -eq 0 ] || fail "$left trials are not judged yet"
	printf 'trial\tlabel\toutcome\treason\tspeedup\tlow\thigh\tbetter_at_first\tseconds\n'
	sed 1d "$out/labels" | while read -r trial label; do
		awk -v label="$label" -v OFS='\t' '{ $1 = $1 "\t" label; print }' \
			"$out/trial_$trial/result.tsv"
	done | tee "$out/table"
	awk -F '\t' '{ n[$2]++; accepted[$2] += $3 == "accept"; s[$2] += $9 }
		END { for (l in n) printf "%s: %d of %d accepted, %.1f s a judgement\n",
			l, accepted[l], n[l], s[l] / n[l] }' "$out/table"
}

[ $# -ge 2 ] || usage
command=$1
cd "$(dirname "$0")/.."
out=$(realpath "$2")
case $command:$# in
draw:3)
	trials=$3
	draw
	exit
	;;
reveal:2)
	reveal
	exit
	;;
draw:* | reveal:* | *:[0-3]) usage ;;
esac
device=$3
suffix=c
[ "$device" = cpu ] || suffix=cu
case $command in
calibrate)
	percent=$4
	shift 4
	calibrate "$@"
	;;
run)
	[ $# -ge 5 ] || usage
	first=$4
	last=$5
	shift 5
	for trial in $(seq -w "$first" "$last" | sed 's/^.$/0&/'); do
		[ -e "$out/trial_$trial/result.tsv" ] || judge "$trial" "$@"
	done
	;;
*) usage ;;
esac
