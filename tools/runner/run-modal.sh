#!/bin/sh
# run-modal - has a job judged in a container of Modal's, as ratchet-runner(7)
# says
#
# usage: run-modal [-v] JOB
#        run-modal -q
# run_modal.py speaks with Modal, modal_app.py is what runs there.
set -u

: "${MODAL_GPU:=}" "${PYTHON:=python3}"
here=$(cd "${0%/*}" && pwd) || exit 2
word=
usage() {
	echo "usage: run-modal [-v] job | -q" >&2
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

fail() {
	echo "run-modal: $*" >&2
	exit 2
}

# Nothing is shipped before Modal has been asked what it lacks: as node.sh, this
# lacks nothing, and keeps the job.
node() {
	case $1 in
	put) cat >"$tmp/job" ;;
	esac
}

# there WORD...: node.sh, in a container; what it prints goes to $tmp/parcel.
there() {
	(cd "${job:-/}" && exec env PYTHONDONTWRITEBYTECODE=1 MODAL_GPU="$MODAL_GPU" \
		"$PYTHON" "$here/run_modal.py" "$tmp/tools" "$tmp/blobs" "$tmp/job" \
		"$@" >"$tmp/parcel" 2>"$tmp/words") &
	client=$!
	status=0
	wait "$client" || status=$?
	client=
	plain <"$tmp/words" >&2
}

stop() {
	trap '' HUP INT TERM
	[ -z "${client-}" ] || {
		kill "$client"
		wait "$client"
	}
	exit 75
}

case $MODAL_GPU in
-* | *[!A-Za-z0-9:-]*) fail "MODAL_GPU=$MODAL_GPU: want the name of a GPU" ;;
esac
case $PYTHON in
*/*) PYTHON=$(cd "$(dirname "$PYTHON")" && pwd)/${PYTHON##*/} ;;
esac
# A container is thrown away after its one job, and has the GPU that it has.
settings=$(SANDBOX=container CUDA_VISIBLE_DEVICES='' judge_settings) || exit 2

umask 077
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap stop HUP INT TERM
: >"$tmp/job"
: >"$tmp/blobs"
tar -cf "$tmp/tools" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
	-C "$here/node" . || exit 2
if [ "$word" = -q ]; then
	there facts
	head -c 4096 "$tmp/parcel" | plain
	exit "$status"
fi
nonce=$(sed -n 's/^nonce = //p' "$job/job") && [ -n "$nonce" ] || exit 2
ship_job || fail "$job: cannot be read"
# shellcheck disable=SC2086 # words without spaces
there judge "$nonce" $settings $word
case $status in
0 | 1) "$here/collect" "$job" "$tmp/parcel" ;;
2) exit 2 ;;
*) exit 75 ;;
esac
