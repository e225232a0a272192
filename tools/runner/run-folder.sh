#!/bin/sh
# run-folder - has a job judged by whoever carries it to a machine and back
#
# usage: run-folder [-v] JOB
#        run-folder -q
# Jobs go to RUNNER_FOLDER/job-NONCE, complete or absent, and results are
# awaited there for RUNNER_WAIT_S seconds; what the machine is, in
# RUNNER_FOLDER/facts.
set -u

: "${RUNNER_FOLDER:=}" "${RUNNER_WAIT_S:=86400}"
here=$(cd "${0%/*}" && pwd) || exit 2
word=
usage() {
	echo "usage: run-folder [-v] job | -q" >&2
	exit 2
}
while getopts qv option; do
	case $option in
	q) word=-q ;;
	v) ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ "$word,$#" = -q,0 ] || [ $# -eq 1 ] || usage
job=${1-}

say() {
	echo "run-folder: $*" >&2
}

fail() {
	say "$*"
	exit 2
}

[ -n "$RUNNER_FOLDER" ] || fail "RUNNER_FOLDER: not set: want a folder"
case $RUNNER_WAIT_S in
'' | *[!0-9]*) fail "RUNNER_WAIT_S=$RUNNER_WAIT_S: want seconds" ;;
esac
mkdir -p "$RUNNER_FOLDER" && folder=$(cd "$RUNNER_FOLDER" && pwd) || exit 2

# put FROM NAME: a folder, complete or absent.
put() {
	[ ! -e "$folder/$2" ] || return 0
	new=$folder/.$2.$$
	cp -R "$1" "$new" && mv "$new" "$folder/$2" || {
		rm -rf "$new"
		exit 2
	}
}

node=node-$(cut -c -16 "$here/node.hash") || exit 2
put "$here/node" "$node"

# Nobody is to judge what nobody waits for.
forget() {
	[ -z "${name-}" ] || rm -rf "${folder:?}/$name"
}
trap 'forget; exit 75' HUP INT TERM
trap forget EXIT

if [ "$word" = -q ]; then
	file=facts
	say "$folder: on the machine that is to judge: $node/doctor -f >facts"
else
	nonce=$(sed -n 's/^nonce = //p' "$job/job") && [ -n "$nonce" ] || exit 2
	name=job-$nonce
	put "$job" "$name"
	file=$name/done
	say "$folder: on the machine that is to judge:${SANDBOX:+ SANDBOX=$SANDBOX}" \
		"$node/judge $name; then put $name back here"
fi

# What is not right may be still on its way: each complaint once.
said=
left=$RUNNER_WAIT_S
while :; do
	if [ -e "$folder/$file" ] || [ -h "$folder/$file" ]; then
		[ "$word" != -q ] || {
			[ -f "$folder/facts" ] && [ ! -h "$folder/facts" ] ||
				fail "$folder/facts: want a regular file"
			head -c 4096 "$folder/facts" | tr -cd '\11\12\40-\176'
			exit
		}
		status=0
		words=$("$here/collect" "$job" "$folder/$name" 2>&1) || status=$?
		[ "$status" -eq 75 ] || exit "$status"
		[ "$words" = "$said" ] || echo "$words" >&2
		said=$words
	fi
	[ "$left" -gt 0 ] || break
	sleep 1 &
	wait $!
	left=$((left - 1))
done
say "$folder/$file: nothing that can be taken, after $RUNNER_WAIT_S s"
exit 75
