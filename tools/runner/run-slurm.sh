#!/bin/sh
# run-slurm - has a job judged on a node of Slurm, as ratchet-runner(7) says
#
# usage: run-slurm [-v] JOB
#        run-slurm -q
# As a step of the allocation that it runs in, else as a job in the queue. What
# the ssh runner has in a machine's cache folder is in SLURM_FOLDER, which the
# nodes have too.
set -u

: "${RUNNER_TRIES:=5}" "${RUNNER_WAIT_S:=86400}"
: "${SLURM_FOLDER:=${XDG_CACHE_HOME:-${HOME-}/.cache}/ratchet}"
here=$(cd "${0%/*}" && pwd) || exit 2
word=
usage() {
	echo "usage: run-slurm [-v] job | -q" >&2
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
	echo "run-slurm: $*" >&2
}

fail() {
	say "$*"
	exit 2
}

# pass NAME OPTION: a setting, said to Slurm as a word that is no other option,
# and nothing of a shell.
pass() {
	value=''
	eval "value=\${$1-}"
	case $value in
	'') return ;;
	-* | *[!A-Za-z0-9_.:,@\&\|*+-]*) fail "$1=$value: cannot be a value of $2" ;;
	esac
	options="$options $2=$value"
}

# Only what Slurm's programs need to find it.
execute() {
	exec env -i PATH="$PATH" HOME="${HOME-}" USER="${USER-}" \
		LOGNAME="${LOGNAME-}" ${SLURM_CONF:+SLURM_CONF="$SLURM_CONF"} "$@" \
		3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

slurm() {
	(execute "$@")
}

node() {
	"$tools/node.sh" "$@"
}

# The programs, under the name of their content.
ship_tools() {
	[ ! -e "$tools/whole" ] || return 0
	new=$SLURM_FOLDER/tools/.$hash.$$
	(umask 022 && mkdir -p "$new" && cp -R "$here/node/." "$new" &&
		: >"$new/whole") && { mv -T "$new" "$tools" 2>/dev/null || [ -e "$tools/whole" ]; } ||
		fail "$SLURM_FOLDER: the programs cannot be put there"
	rm -rf "$new"
}

# step WORD...: has a node do it, behind; as $step.
step() {
	# shellcheck disable=SC2086 # words without spaces; patterns are off
	(execute srun $options --nodes=1 --ntasks=1 --export=NONE --mpi=none \
		--input=none "$tools/node.sh" "$@") &
	step=$!
}

# A job of an earlier try may be there, though nobody heard.
submit() {
	state=$(look) || return
	[ "$state" = GONE ] || return 0
	# shellcheck disable=SC2086
	slurm sbatch --job-name="ratchet-$nonce" --export=NONE --requeue \
		--nodes=1 --ntasks=1 --chdir=/ --output="$there/log" \
		--open-mode=append $options \
		--wrap="exec '$tools/node.sh' once $nonce$settings $verbose" \
		>/dev/null 2>"$tmp/words"
}

# The state of our job, its nodes, and why it waits; or GONE.
look() {
	if [ -n "${step-}" ]; then
		kill -0 "$step" 2>/dev/null && echo RUNNING || echo GONE
		return
	fi
	slurm squeue --noheader --states=all --name="ratchet-$nonce" \
		--format='%T %N %r' >"$tmp/queue" 2>"$tmp/words" || return
	tail -n 1 "$tmp/queue" | plain | grep . || echo GONE
}

# What was logged since.
show() {
	[ -f "$there/log" ] && [ ! -h "$there/log" ] || return 0
	size=$(wc -c <"$there/log") || return 0
	[ "$size" -le "$shown" ] ||
		tail -c "+$((shown + 1))" "$there/log" | head -c 65536 | plain >&2
	shown=$size
}

pause() {
	sleep "$1" &
	wait $!
}

# Until our job has an answer, or never will: Slurm itself starts again what a
# node's end, or somebody's greater need of it, has ended. A job that is awaited
# is kept fresh, so that it is not tidied away; its queue is not asked each time.
await() {
	left=$RUNNER_WAIT_S
	every=1
	shown=0
	state=
	until [ -e "$there/status" ]; do
		touch "$there"
		show
		[ $((left % every)) -ne 0 ] || {
			state=$(look) || state=UNKNOWN
			every=$((every < 5 ? every + 1 : 5))
		}
		case $state in
		PENDING* | CONFIGURING* | RUNNING* | COMPLETING* | SUSPENDED* | \
			REQUEUE* | RESIZING* | SIGNALING* | STAGE_OUT* | STOPPED* | UNKNOWN) ;;
		COMPLETED*) # and a shared folder is slow to show what a node wrote
			[ "$left" -le 10 ] || left=10
			every=1
			;;
		*) break ;;
		esac
		[ "$left" -gt 0 ] || break
		for _ in 1 2 3 4 5; do
			[ -e "$there/status" ] || pause 0.2
		done
		left=$((left - 1))
	done
	show
}

# Asking again is of use only if nobody was there to refuse.
retry() {
	plain <"$tmp/words" >&2
	grep -qE 'contact|onnect|imed out|Zero Bytes|temporarily|standby' "$tmp/words" ||
		exit 2
	[ "$attempt" -lt "$RUNNER_TRIES" ] || {
		say "Slurm: no answer, $attempt times: not judged"
		exit 75
	}
	wait_s=$((attempt < 60 ? attempt : 60))
	say "Slurm: no answer: again in $wait_s s"
	pause "$wait_s"
	attempt=$((attempt + 1))
}

ask_facts() {
	step facts >"$tmp/facts" 2>"$tmp/words"
	wait "$step" && [ -s "$tmp/facts" ] || return
	head -c 4096 "$tmp/facts" | plain
}

begin() {
	if [ -n "${SLURM_JOB_ID-}" ]; then
		# shellcheck disable=SC2086
		step once "$nonce" $settings $verbose >"$there/log" 2>&1
	else
		submit
	fi
}

# What was begun ends, and nothing stays there.
finish() {
	trap '' HUP INT TERM
	[ -z "${step-}" ] || kill "$step" 2>/dev/null
	[ -z "${there-}" ] || {
		[ -n "${step-}" ] || [ -e "$there/status" ] ||
			slurm scancel --quiet --name="ratchet-$nonce" 2>/dev/null
		rm -rf "$there"
	}
	rm -rf "$tmp"
}

case $RUNNER_TRIES in
'' | *[!0-9]* | 0) fail "RUNNER_TRIES=$RUNNER_TRIES: want a number" ;;
esac
case $RUNNER_WAIT_S in
'' | *[!0-9]*) fail "RUNNER_WAIT_S=$RUNNER_WAIT_S: want seconds" ;;
esac
case $SLURM_FOLDER in
*[!A-Za-z0-9_./+@-]*) fail "SLURM_FOLDER=$SLURM_FOLDER: want letters and digits" ;;
/*) ;;
*) fail "SLURM_FOLDER=$SLURM_FOLDER: want an absolute path" ;;
esac
command -v srun >/dev/null || fail "no srun here: this is no machine of Slurm's"
set -f # a constraint may hold a *
options=
pass SLURM_GRES --gres
case ${SLURM_JOB_ID-} in
'')
	pass SLURM_PARTITION --partition
	pass SLURM_ACCOUNT --account
	pass SLURM_CONSTRAINT --constraint
	pass SLURM_TIMELIMIT --time
	;;
*[!0-9]*) fail "SLURM_JOB_ID=$SLURM_JOB_ID: want a number" ;;
*) options="$options --jobid=$SLURM_JOB_ID --overlap" ;;
esac
settings=$(judge_settings) || exit 2
verbose=
[ "$word" != -v ] || verbose=-v

umask 077
tmp=$(mktemp -d) || exit 2
trap finish EXIT
trap 'exit 75' HUP INT TERM
hash=$(cat "$here/node.hash") || exit 2
tools=$SLURM_FOLDER/tools/$hash
ship_tools
attempt=1
if [ "$word" = -q ]; then
	until ask_facts; do retry; done
	exit 0
fi
nonce=$(sed -n 's/^nonce = //p' "$job/job") && [ -n "$nonce" ] || exit 2
there=$SLURM_FOLDER/jobs/$nonce
ship_job || fail "$there: the job cannot be put there"
until begin; do retry; done
await
answer=
[ ! -f "$there/status" ] || [ -h "$there/status" ] ||
	answer=$(head -c 4 "$there/status")
case $answer in
0 | 1)
	"$here/collect" "$job" "$there"
	exit
	;;
2) exit 2 ;;
75) exit 75 ;;
esac
case $state in
FAILED* | GONE) state="$state; is $SLURM_FOLDER there too?" ;;
esac
say "not judged: $state"
exit 75
