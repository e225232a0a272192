#!/bin/sh
# schedule - a kernel's line in the user's crontab: puts it there, takes it out
#
# usage: schedule.sh MAKE DEVICE VARIABLE...	puts
#        schedule.sh MAKE DEVICE		takes out
# VARIABLEs are names; their values are in the environment, and the line says
# them again. make gives KERNEL EVERY CRONTAB KEYS.
#
# The line ends with a comment that names kernel, device and clone. All else in
# the crontab stays as it is.
set -u

make=$1
device=$2
shift 2
dir=$(pwd -P)
newline='
'

fail() {
	echo "schedule: $*" >&2
	exit 2
}

# A word for the shell, as crontab(5) wants it: a bare % would end the line.
quote() {
	case $1 in
	*"$newline"*) fail "'$1': a line of a crontab holds no newline" ;;
	*'\%'*) fail "$1: a crontab cannot say a backslash before %" ;;
	esac
	printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g; s/%/\\\\%/g")"
}

# When, as the first five fields.
fields() {
	number=${EVERY%[mhd]}
	case $number in
	'' | *[!0-9]* | 0* | ???*) ;;
	*)
		case $EVERY in
		*m) [ $((60 % number)) -ne 0 ] || echo "*/$number * * * *" ;;
		*h) [ $((24 % number)) -ne 0 ] || echo "0 */$number * * *" ;;
		1d) echo "0 0 * * *" ;;
		esac
		;;
	esac
}

# The variables as assignments, each with a blank after it.
assignments() {
	for name; do
		value=
		eval "value=\${$name-}"
		word=$(quote "$value") || exit 2
		printf '%s=%s ' "$name" "$word"
	done
}

# Typed on a command line, they would be in the crontab for all to see.
refuse_keys() {
	for name; do
		case " $KEYS " in
		*" $name "*) fail "$name: no key belongs in this line: see ratchet-loop(7)" ;;
		esac
	done
}

# Into $old what there is; that there is none is no failure.
read_crontab() {
	# Words are meant: a program and its arguments.
	# shellcheck disable=SC2086
	words=$(LC_ALL=C $CRONTAB -l 2>&1 >"$old") || case $words in
	*"no crontab for"*) : >"$old" ;;
	*) fail "$CRONTAB -l: $words" ;;
	esac
}

# shellcheck disable=SC2086
write_crontab() {
	if [ -s "$new" ]; then
		$CRONTAB "$new" || fail "$CRONTAB: refused: nothing is changed"
	elif [ -s "$old" ]; then
		$CRONTAB -r || fail "$CRONTAB -r: refused: nothing is changed"
	fi
}

# The lines that are this clone's and kernel's (1), or that are not (0).
lines() {
	wanted=$1 mark=$mark LC_ALL=C awk '
		BEGIN { mark = ENVIRON["mark"] }
		{
			ours = !/^[ \t]*#/ && length($0) > length(mark) &&
				substr($0, length($0) - length(mark) + 1) == mark
			if (ours == ENVIRON["wanted"]) print
		}' "$old"
}

: "${CRONTAB:=crontab}"
command -v "${CRONTAB%% *}" >/dev/null ||
	fail "${CRONTAB%% *}: not found: apt-get install cron"
here=$(quote "$dir") || exit 2
log=$(quote "build/schedule.$KERNEL.$device.log") || exit 2
mark=" # ratchet $(quote "$KERNEL.$device") $here"
if [ $# -gt 0 ]; then
	refuse_keys "$@"
	when=$(fields)
	[ -n "$when" ] ||
		fail "EVERY=$EVERY: want minutes that divide 60 (15m), hours that divide 24 (2h), or 1d"
	said=$(assignments PATH "$@") || exit 2
	program=$(quote "$make") || exit 2
	command="cd $here && mkdir -p build && $said$program -es scheduled >>$log 2>&1$mark"
	[ "${#command}" -lt 998 ] ||
		fail "the line is longer than crontab's 998 characters: say a shorter PATH="
fi
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
old=$tmp/old
new=$tmp/new
read_crontab
if [ $# -gt 0 ]; then
	{
		lines 0
		printf '%s\n' "$when $command"
	} >"$new" || exit 2
	write_crontab
	echo "every $EVERY: $command"
	[ -d "/proc/$(cat /run/crond.pid 2>/dev/null || echo none)" ] ||
		echo "schedule: no cron seems to run here: start it" >&2
else
	lines 0 >"$new" || exit 2
	[ -n "$(lines 1)" ] || {
		echo "schedule: $KERNEL on $device is not scheduled from $dir"
		exit 0
	}
	write_crontab
	lines 1 | sed 's/^/removed: /'
fi
