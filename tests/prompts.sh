#!/bin/sh
# prompts - the prompt of each kernel that we ship, and what the prompts cost
#
# usage: prompts.sh DIR: writes KERNEL.DEVICE.md and tokens.tsv there. What
# differs between machines, compiler and device, is that of tests/prompts.
set -eu

dir=$1
fixture=tests/prompts
# As long as a planner's answer may well be.
hypothesis='HYPOTHESIS: keep two rows of accumulators in registers
MECHANISM: each loaded value of B serves two rows, which halves its traffic
PREDICTS: 1.3
RISK: registers spill, and the time of one row grows'

ask() {
	"$BUILD/tests/prompt-check" "$@" "$device" "kernels/$kernel" \
		"experiments/$kernel" "workloads/$kernel.jsonl" \
		"$fixture/$device/build.json" "$fixture/$device/device"
}

# Of the table at the end: both parts together.
tokens() {
	awk -F '\t' '/^section\ttokens\tof\tstate$/ { n = 0; next } { n += $2 }
		END { print n }'
}

row() {
	alone=$(ask coder | tokens)
	plan=$(ask -c 1 planner | tokens)
	code=$(ask -h "$hypothesis" coder | tokens)
	printf '%s\t%s\t%d\t%d\t%d\t%d\n' "$kernel" "$device" "$alone" "$plan" \
		"$code" $((100 * (plan + code) / alone))
}

printf 'kernel\tdevice\tcoder_alone\tplanner\tcoder_after\tpercent_of_alone\n' \
	>"$dir/tokens.tsv"
for path in kernels/*/definition.json; do
	kernel=$(basename "$(dirname "$path")")
	for device in cpu cuda; do
		ask coder >"$dir/$kernel.$device.md"
		row >>"$dir/tokens.tsv"
	done
done
