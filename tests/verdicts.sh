#!/bin/sh
# verdicts - judge candidates of a real kernel whose verdicts are known
#
# usage: tests/verdicts.sh DIR KERNEL cpu|cuda [VARIABLE=value ...]
#
# On a copy of the kernels and with a history of its own, both in DIR: a copy
# of the incumbent, one that spoils an element of the largest workload, and one
# that does not compile. Prints a row each; status 1 if a verdict is not the
# one that it must be.
set -eu

[ $# -ge 3 ] || {
	echo "usage: tests/verdicts.sh DIR KERNEL cpu|cuda" \
		"[VARIABLE=value ...]" >&2
	exit 2
}
mkdir -p "$1"
dir=$(cd "$1" && pwd)
kernel=$2
device=$3
shift 3
cd "$(dirname "$0")/.."

suffix=c
[ "$device" = cpu ] || suffix=cu
cp -r kernels "$dir/kernels"
source=$dir/kernels/$kernel/solution.$suffix

# The largest workload that the device serves, by its one axis.
largest() {
	sed -n "s/^workloads\.$device *= *//p" "kernels/$kernel/settings" |
		tr ' ' '\n' >"$dir/served"
	[ -s "$dir/served" ] || echo uuid >"$dir/served"
	grep -F -f "$dir/served" "workloads/$kernel.jsonl" |
		sed 's/.*"axes": *{"[^"]*": *\([0-9]*\)}.*/\1/' | sort -n |
		tail -n 1
}

# Spoils one element (with a number that no output here is near to) in the middle of the output, as a last step of run: its
# third argument is the output, whose first axis is the workload's.
spoil() {
	out=$(sed -n 's/^static int run(.*DLTensor \*\([a-z]*\))$/\1/p' "$source")
	at="(size_t)$(largest) / 2 * $out->shape[1] + 77"
	if [ "$suffix" = cu ]; then
		sed -e "s|^static int run|__global__ void spoil(uint16_t *p) { *p = 0x5bff; }\n&|" \
			-e "s|^	return ratchet_launched();|	if ($out->shape[0] == $(largest))\n\t\tspoil<<<1, 1, 0, ratchet_stream($out)>>>((uint16_t *)ratchet_data($out) + $at);\n&|" "$source"
	else
		sed -e "s|^	return 0;|	if ($out->shape[0] == $(largest))\n\t\t((uint16_t *)ratchet_data($out))[$at] = 0x5bff;\n&|" "$source"
	fi
}

failed=0
judge() { # name, the verdict that it must get, variables
	name=$1
	due=$2
	shift 2
	line=$(make -s --no-print-directory try "KERNEL=$kernel" \
		"DEVICE=$device" "KERNELS=$dir/kernels" \
		"EXPERIMENTS=$dir/experiments" \
		"SOLUTION=$dir/$name.$suffix" "$@" \
		2>>"$dir/log" | tail -n 1)
	got=$(echo "$line" | awk '{ print $2, $3 }')
	is_due=yes
	[ "$got" = "$due" ] || is_due="no, want $due" failed=1
	printf '%s\t%s\t%s\n' "$name" "$got" "$is_due"
}

cp "$source" "$dir/same.$suffix"
spoil >"$dir/one_wrong_element.$suffix"
{ cat "$source"; echo "this is no C"; } >"$dir/does_not_compile.$suffix"
printf 'candidate\tverdict\tis it due\n'
judge same 'equivalent -' "$@"
judge one_wrong_element 'reject wrong' "$@"
judge does_not_compile 'reject build' "$@"
exit $failed
