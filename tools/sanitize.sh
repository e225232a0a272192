#!/bin/sh
# sanitize - runs a solution under sanitizers, on the smallest and the largest
# workload, or those of SELECT: as -m of ratchet-verify(1)
#
# usage: sanitize.sh DEVICE WORDS SOURCE OUT [SELECT]
#        sanitize.sh DEVICE gate SOURCE EXPERIMENT
# The second is for what would be accepted: with the words of the setting
# sanitize, into EXPERIMENT/sanitize.jsonl; nothing to do without them. make
# gives BUILD KERNEL KERNELS WORKLOADS BENCH_S.
set -u

device=$1
words=$2
source=$3
out=$4
select=${5:-ends}
dir=$KERNELS/$KERNEL
ground=$BUILD/run/$KERNEL.$device
made=$ground/sanitize.${out##*/}.json
generate=
[ ! -e "$dir/generate.c" ] || generate=$ground/generate/build.json

. tools/jail.sh
case $source in
"$dir"/solution.*) jail_own ;;
*) jail_foreign ;;
esac

is_better() {
	"$BUILD/compare" -d "$device" -s "$dir/settings" "$1" |
		grep -q '^all.*better$'
}

if [ "$words" = gate ]; then
	words=$("$BUILD/setting" -d "$device" "$dir/settings" sanitize) ||
		exit 2
	! grep -q '^  "language": "python"' "$out/build.json" || exit 0
	[ -n "$words" ] && is_better "$out/confirm.tsv" || exit 0
	out=$out/sanitize.jsonl
	[ ! -e "$out" ] || exit 0
fi
reference=$(tools/reference.sh "$device") || exit 2
"$BUILD/build-kernel" -z "$words" -c "$BUILD/cache" -d "$device" -o "$made" \
	"$dir" "$source" || exit 2
tools/again.sh "$BUILD/verify" -z "$words" -m "$select" \
	${BENCH_S:+-t "$BENCH_S"} ${generate:+-g "$generate"} -k "$dir" -w "$WORKLOADS/$KERNEL.jsonl" \
	-c "$BUILD/cache" -o "$out" "$reference" "$made"
