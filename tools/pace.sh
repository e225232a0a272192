#!/bin/sh
# pace - when the next run of a loop is due, by the records
#
# usage: pace.sh DEVICE EVERY: as 30s, 15m, 2h or 1d. Prints seconds: of EVERY,
# and until the next run, 0 if it is due; and how many experiments there were
# since the last that was accepted. make gives KERNEL EXPERIMENTS.
#
# After five of them the pause is twice EVERY, after ten four times, up to
# sixteen times. An accept, adopt or revert begins anew.
set -u

device=$1
every=$2
ledger=$EXPERIMENTS/$KERNEL/ledger.jsonl

fail() {
	echo "pace: $*" >&2
	exit 2
}

number=${every%[smhd]}
case $number in
'' | *[!0-9]* | ???????*) fail "EVERY=$every: want a time, such as 30s, 15m, 2h or 1d" ;;
esac
case $every in
*s) unit=1 ;;
*m) unit=60 ;;
*h) unit=3600 ;;
*d) unit=86400 ;;
*) fail "EVERY=$every: want s, m, h or d after the number" ;;
esac
every=$((number * unit))

# The lines of the ledger, but for a last one without its newline.
whole_lines() {
	[ ! -e "$ledger" ] || { cat "$ledger" && echo; } | head -n -1
}

# Experiments since, and the instant of the last one.
count_since() {
	whole_lines | awk -v device="\"device\": \"$device\"" '
		!index($0, device) { next }
		/"outcome": "(accept|adopt|revert)"/ { n = -1 }
		{ n++; at = $0; sub(/.*"at": "/, "", at); sub(/".*/, "", at) }
		END { if (at) print n, at }'
}

read -r since last <<END
$(count_since)
END
: "${since:=0}"
wait=$every
for step in 5 10 15 20; do
	[ "$since" -lt "$step" ] || wait=$((wait * 2))
done
left=0
if [ -n "${last-}" ]; then
	last=$(date -d "$last" +%s) || fail "$ledger: no instant: $last"
	left=$((last + wait - $(date +%s)))
fi
# A clock that was wrong makes no pause longer.
[ "$left" -le "$wait" ] || left=$wait
[ "$left" -ge 0 ] || left=0
echo "$every $left $since"
