#!/bin/sh
# on-accept - runs ON_ACCEPT once for each experiment that is accepted
#
# usage: on-accept.sh mark EXPERIMENT	before it is judged
#        on-accept.sh run EXPERIMENTS	after result.md, and when a run begins
#
# A mark is an empty file on-accept in the experiment's folder. It is removed
# before the command starts: a loop that is killed before that runs it when it
# goes on; one that is killed after does not run it twice. The command finds
# EXPERIMENT, the folder, KERNEL and SPEEDUP, over the incumbent of its time,
# in its environment. It has ten minutes; its failure is reported and is nobody
# else's.
set -u

command=${ON_ACCEPT-}

# The text of a key of verdict.json.
verdict() {
	sed -n 's/^  "'"$2"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' "$1/verdict.json"
}

# Without the kernel's lock, which a child that stays would hold.
notify() {
	EXPERIMENT="$1" KERNEL="$(basename "$(dirname "$1")")" \
		SPEEDUP="$(verdict "$1" speedup)" \
		timeout -k 5 600 sh -c "$command" </dev/null 9>&- ||
		echo "on-accept: $1: ON_ACCEPT failed, status $?" >&2
}

case ${1-} in
mark)
	[ -z "$command" ] || : >"$2/on-accept"
	;;
run)
	for mark in "$2"/exp_*/on-accept; do
		dir=${mark%/*}
		[ -e "$mark" ] && [ -e "$dir/result.md" ] || continue
		rm "$mark" || exit 2
		[ "$(verdict "$dir" outcome)" = accept ] || continue
		if [ -n "$command" ]; then
			notify "$dir"
		else
			echo "on-accept: $dir: accepted; ON_ACCEPT is not set any more" >&2
		fi
	done
	;;
*)
	echo "usage: on-accept.sh mark|run FOLDER" >&2
	exit 2
	;;
esac
