#!/bin/sh
# import - a data set's definitions and workloads become kernels, by reference
#
# usage: import.sh BUILD DEVICE KERNELS WORKLOADS DATA_SET [definition ...]
#
# A kernel that is here already stays. What is broken in the data set is said,
# and the rest imported: then exit status 2.
set -eu

build=$1
device=$2
kernels=$3
workloads=$4
data=$5
shift 5
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
broken=0
"$build/inventory" "$data" "$@" >"$rows" || broken=$?
tab=$(printf '\t')
sed 1d "$rows" | while IFS=$tab read -r name _ _ _ _ _ definition list; do
	[ "$list" != - ] || list=
	"$build/new-kernel" -d "$device" -k "$kernels/$name" \
		-w "$workloads/$name.jsonl" -r ${list:+-l "$list"} "$definition"
done
awk -F '\t' -v kernels="$kernels" '
	NR > 1 {
		n++
		lists += $8 != "-"
		shapes += $3
		tensors += $4
		missing += $5
		pointers += $6
	}
	END {
		printf "%d definitions, %d of them with workloads: %d\n",
			n, lists, shapes
		if (n > lists)
			printf "%d have none: shapes go into the list of " \
				"each, see ratchet-files(5)\n", n - lists
		if (missing)
			printf "%d of %d tensors are missing in the data set\n",
				missing, tensors
		if (pointers)
			printf "%d of %d tensors are Git LFS pointers: " \
				"git lfs pull fetches them\n", pointers, tensors
		if (n)
			printf "Next: make new KERNEL=K " \
				"DEFINITION=%s/K/definition.json, which writes " \
				"stubs of\na reference (to be removed where " \
				"PYTHON has PyTorch) and a solution; then " \
				"make verify KERNEL=K\n", kernels
	}' "$rows"
exit "$broken"
