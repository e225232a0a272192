#!/bin/sh
# loop - experiments until it is told to stop, or one run of a schedule
#
# usage: loop.sh MAKE DEVICE [scheduled], under the loop's lock, FILE.loop. make
# gives in the environment what optimize.sh wants, and EVERY.
#
# SIGINT or SIGTERM (its number is in the lock's file) stops it after the
# current experiment, a second one at once. What was begun is on file, and is
# gone on with when it is started again.
set -u

make=$1
device=$2
scheduled=${3-}
x=$EXPERIMENTS/$KERNEL
lock=$BUILD/lock/$KERNEL.$device
stopped=$x/stopped.$device
: "${EVERY:=10s}"
asked=0
child=
pausing=

say() {
	echo "loop: $KERNEL on $device: $*"
}

end_child() {
	[ -z "$child" ] || kill -s TERM -- "$child" "-$child" 2>/dev/null
}

ask_to_stop() {
	asked=$((asked + 1))
	if [ "$asked" -gt 1 ] || [ -n "$pausing" ]; then
		end_child
	else
		say "stops after this experiment; the same again: at once"
	fi
}

# In a session of its own: the terminal's Ctrl-C is for this script alone, and
# so is its lock.
run() {
	setsid "$@" </dev/null 9>&- &
	child=$!
	# It was said before there was a child to end.
	[ -z "$pausing" ] || [ "$asked" -eq 0 ] || end_child
	status=0
	wait "$child" || status=$?
	# A signal ended the wait, not the child.
	while kill -0 "$child" 2>/dev/null; do
		status=0
		wait "$child" || status=$?
	done
	child=
}

look_for_reason() {
	[ ! -e "$stopped" ] || {
		say "stopped: $(cat "$stopped"); when that is mended: make resume"
		exit 1
	}
}

count_records() {
	cat "$x/ledger.jsonl" 2>/dev/null | wc -l
}

pause() {
	paced=$(tools/pace.sh "$device" "$EVERY") || exit 2
	read -r every left since <<-END
	$paced
	END
	# cron itself keeps the first EVERY.
	[ -z "$scheduled" ] || left=$((left - every))
	[ "$left" -gt 0 ] || return 0
	[ "$since" -lt 5 ] || say "nothing accepted in $since experiments:" \
		"the next at $(date -d "+$left seconds" '+%F %T')"
	[ -z "$scheduled" ] || exit 0
	pausing=yes
	run sleep "$left"
	pausing=
}

tools/pace.sh "$device" "$EVERY" >/dev/null || exit 2
flock -n "$lock" true || {
	say "another run works on it: nothing to do"
	exit 0
}
look_for_reason
[ -z "$scheduled" ] || pause
# A schedule's log does not grow for ever.
[ -z "$scheduled" ] || [ "$(stat -Lc %s /proc/$$/fd/1)" -lt 1000000 ] || : >/dev/stdout
echo $$ >"$lock.loop"
trap ask_to_stop INT TERM HUP
[ -n "$scheduled" ] || export ITERATIONS=1

while [ "$asked" -eq 0 ]; do
	before=$(count_records)
	run tools/locked.sh "$lock" tools/optimize.sh "$make" "$device"
	[ "$asked" -le 1 ] || exit 130
	look_for_reason
	[ "$status" -le 1 ] || exit "$status"
	[ -z "$scheduled" ] || exit 0
	# UNTIL, a budget, the last point of the knobs: it was said.
	[ "$(count_records)" -gt "$before" ] || {
		say "there is no more to do"
		exit 0
	}
	[ "$asked" -gt 0 ] || pause
done
say "stopped; everything is on file"
