#!/bin/sh
# report - pages of all kernels that have records, and one that lists them
#
# report.sh BUILD KERNELS WORKLOADS EXPERIMENTS KERNEL; ends with a line that
# says where KERNEL's page is.
set -u
build=$1 kernels=$2 workloads=$3 experiments=$4 kernel=$5

status=0
set --
for dir in "$experiments"/*/; do
	name=$(basename "$dir")
	[ -e "$dir/ledger.jsonl" ] || [ "$name" = "$kernel" ] || continue
	set -- "$@" "$experiments/$name"
	"$build/page" -k "$kernels/$name" -w "$workloads/$name.jsonl" \
		-o "$experiments/$name/index.html" "$experiments/$name" ||
		status=2
done
"$build/page" -a -o "$experiments/index.html" "$@" || status=2
[ "$status" -eq 0 ] &&
	echo "page: $experiments/$kernel/index.html (all kernels: $experiments/index.html)"
exit "$status"
