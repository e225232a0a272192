#!/bin/sh
# run-ssh - has a job judged on SSH_HOST, as ratchet-runner(7) says
#
# usage: run-ssh [-v] JOB
#        run-ssh -q
# Only the programs, the job and what judge reads of the environment go there.
set -u

: "${SSH_HOST:=}" "${RUNNER_TRIES:=5}"
here=$(cd "${0%/*}" && pwd) || exit 2
word=
usage() {
	echo "usage: run-ssh [-v] job | -q" >&2
	exit 2
}
while getopts qv option; do
	case $option in
	q | v) word=-$option ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ "$word,$#" = -q,0 ] || [ $# -eq 1 ] || usage
job=${1-}
. "$here/ship.sh"

say() {
	echo "run-ssh: $*" >&2
}

fail() {
	say "$*"
	exit 2
}

case $SSH_HOST in
'') fail "SSH_HOST: not set: want the name of a machine" ;;
-* | *[!A-Za-z0-9@._:%+-]*) fail "SSH_HOST=$SSH_HOST: no name of a machine" ;;
esac
case $RUNNER_TRIES in
'' | *[!0-9]* | 0) fail "RUNNER_TRIES=$RUNNER_TRIES: want a number" ;;
esac

# One connection for all that is said, in a folder of ours alone.
control=${XDG_RUNTIME_DIR:-/tmp}/ratchet-ssh-$(id -u)
mkdir -m 700 "$control" 2>/dev/null
[ ! -h "$control" ] && [ "$(stat -c %u:%a "$control")" = "$(id -u):700" ] ||
	fail "$control: want a folder that is ours alone"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# An empty environment, so that no SendEnv of a configuration has anything to
# send; and no descriptor, which a connection that stays would hold.
secure() {
	env -i PATH="$PATH" HOME="${HOME-}" USER="${USER-}" LOGNAME="${LOGNAME-}" \
		${SSH_AUTH_SOCK:+SSH_AUTH_SOCK="$SSH_AUTH_SOCK"} \
		${KRB5CCNAME:+KRB5CCNAME="$KRB5CCNAME"} \
		ssh ${SSH_CONFIG:+-F "$SSH_CONFIG"} -T -a -x \
		-o BatchMode=yes -o ConnectTimeout=10 \
		-o ServerAliveInterval=5 -o ServerAliveCountMax=3 \
		-o PermitLocalCommand=no -o ClearAllForwardings=yes \
		-o ControlPath="$control/%C" -o ControlPersist=60 "$@" \
		3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# One of several runners makes it.
connect() (
	flock 8
	secure -O check -- "$SSH_HOST" 2>/dev/null && exit
	secure -M -f -N -- "$SSH_HOST" </dev/null >/dev/null 2>"$tmp/words" || {
		head -n 5 "$tmp/words" | plain >&2
		exit 1
	}
) 8>"$control/lock"

# remote WORD...: there. Words have no spaces and no quotes.
remote() {
	secure -o ControlMaster=no -- "$SSH_HOST" "exec sh -c '
		cache=\${XDG_CACHE_HOME:-\$HOME/.cache}/ratchet
		$*'"
}

node() {
	remote "exec \"\$cache/tools/$hash/node.sh\" $*"
}

# The programs, under the name of their content.
ship_tools() {
	known=$(remote "uname -sm; ls \"\$cache/tools/$hash/whole\"" 2>"$tmp/words") || :
	case $known in
	"Linux x86_64"*/whole) return ;;
	"Linux x86_64"*) ;;
	*)
		plain <"$tmp/words" >&2
		[ -z "$known" ] && return 1
		fail "$SSH_HOST: it is $(echo "$known" | plain): want Linux x86_64"
		;;
	esac
	tar -cf - -C "$here/node" . -C "$tmp" whole | remote "umask 022
		mkdir -p \"\$cache/tools/.$hash.\$\$\" && cd \"\$cache/tools\" &&
		tar -xo -C .$hash.\$\$ -f - && [ -e .$hash.\$\$/whole ] || exit
		[ -e $hash ] || mv .$hash.\$\$ $hash
		rm -rf .$hash.\$\$"
}

# Judged there, and its result here: leaves the exit statuses of both. Who waits
# for what runs behind hears signals meanwhile.
judge() {
	rm -f "$tmp/there" "$tmp/answer"
	{
		{
			# shellcheck disable=SC2086 # words without spaces
			node judge "$nonce" $settings $word </dev/null
			echo $? >"$tmp/there"
		} | "$here/collect" "$job" -
		echo $? >"$tmp/answer"
	} 2>&1 | plain >&2 &
	wait $!
}

# One try: 0 and the answer's status in answer, or 1.
try() {
	connect && ship_tools || return
	[ "$word" != -q ] || {
		facts=$(node facts </dev/null | head -c 4096 | plain)
		[ -n "$facts" ] || return
		echo "$facts"
		exit
	}
	ship_job || return
	begun=yes
	judge
	read -r there <"$tmp/there"
	read -r answer <"$tmp/answer"
	case $answer,$there in
	0,* | 1,*) node drop "$nonce" </dev/null || : ;;
	2,*) ;;
	*,2 | *,75) answer=$there ;;
	*) return 1 ;;
	esac
}

# Stopped here means stopped there.
stop() {
	trap '' HUP INT TERM
	[ -z "${begun-}" ] || node stop "$nonce" </dev/null 2>/dev/null
	exit 75
}
trap stop HUP INT TERM

: >"$tmp/whole"
settings=$(judge_settings) || exit 2
hash=$(cat "$here/node.hash") || exit 2
[ "$word" = -q ] || nonce=$(sed -n 's/^nonce = //p' "$job/job") || exit 2
attempt=1
until try; do
	[ "$attempt" -lt "$RUNNER_TRIES" ] || {
		say "$SSH_HOST: no answer, $attempt times: not judged"
		exit 75
	}
	pause=$((attempt < 60 ? attempt : 60))
	say "$SSH_HOST: connection lost, or not made: again in $pause s"
	sleep "$pause" &
	wait $!
	attempt=$((attempt + 1))
done
exit "$answer"
