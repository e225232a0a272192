#!/bin/sh
# disk - keeps the build cache and a kernel's records within DISK_MB, if it is set
#
# usage: disk.sh; make gives BUILD KERNEL EXPERIMENTS. 1: what must stay is more.
#
# Where they take more, raw samples of published experiments are compressed;
# samples.c reads both. Then what can be built again goes, the longest unused
# first: what the last hour used may be a judgement's. Sources and verdicts stay.
set -u

[ -n "${DISK_MB-}" ] || exit 0
x=$EXPERIMENTS/$KERNEL
cache=$BUILD/cache
rooms=$BUILD/agent/$KERNEL

case $DISK_MB in
*[!0-9]* | 0*)
	echo "disk: DISK_MB=$DISK_MB: want megabytes, a number" >&2
	exit 2
	;;
esac

# Kilobytes that folders take.
size() {
	du -skc "$@" 2>/dev/null | tail -n 1 | cut -f 1
}

# Kilobytes above the bound.
excess() {
	echo $(($(size "$cache" "$rooms" "$x") - DISK_MB * 1024))
}

# Whole or not at all; a reader finds one of the two.
compress() {
	gzip -nc "$1" >"$1.packed" && sync "$1.packed" &&
		mv "$1.packed" "$1.gz" && rm "$1" || {
		rm -f "$1.packed"
		exit 2
	}
}

# Smaller than a block they take no less.
compress_samples() {
	for page in "$x"/exp_*/result.md; do
		for file in "${page%result.md}bench.tsv" "${page%result.md}confirm.tsv"; do
			[ ! -e "$file" ] || [ "$(wc -c <"$file")" -le 4096 ] ||
				compress "$file"
		done
	done
}

# An agent's room is not looked at again when its experiment is published.
unused() {
	find "$cache" -mindepth 1 -maxdepth 1 -mmin +60 -printf '%T@ %p\n' 2>/dev/null
	find "$rooms" -mindepth 1 -maxdepth 1 -printf '0 %p\n' 2>/dev/null |
		while read -r time room; do
			[ ! -e "$x/${room##*/}/result.md" ] || echo "$time $room"
		done
}

# Asks for its age once more: it may be in use now.
evict() {
	left=$(excess)
	unused | sort -n | while read -r time entry; do
		[ "$left" -gt 0 ] || break
		[ "$time" = 0 ] || [ -n "$(find "$entry" -maxdepth 0 -mmin +60)" ] ||
			continue
		left=$((left - $(size "$entry")))
		chmod -R u+rwX "$entry" && rm -rf "$entry" || exit 2
	done
}

[ "$(excess)" -gt 0 ] || exit 0
compress_samples
evict || exit 2
[ "$(excess)" -gt 0 ] || exit 0
if [ $(($(size "$x") / 1024)) -ge "$DISK_MB" ]; then
	echo "disk: $x: takes more than DISK_MB=$DISK_MB alone, and records stay" >&2
	exit 1
fi
echo "disk: more than DISK_MB=$DISK_MB: what $cache served in the last hour stays" >&2
