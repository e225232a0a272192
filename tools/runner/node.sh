#!/bin/sh
# node - what a runner has done on the machine that judges
#
# usage: node.sh lacks                 which hashes on stdin are no blobs here
#        node.sh blob HASH BYTES       keeps stdin as one
#        node.sh put NONCE             unpacks a job, a tar on stdin, unless it
#                                      is here
#        node.sh judge NONCE [NAME=VALUE ...] [-v]
#        node.sh once NONCE [NAME=VALUE ...] [-v]
#        node.sh stop NONCE            ends its judge, and forgets it
#        node.sh drop NONCE            forgets it
#        node.sh settle                takes from spare/ the libraries that this
#                                      machine lacks
#        node.sh facts
# It lies beside judge in CACHE/tools/HASH; jobs are in CACHE/jobs/NONCE, what
# they share in CACHE/blobs/HASH. judge starts a job that is not started yet,
# waits for its end, prints its parcel, exits as judge did: again after a
# connection was lost, it is the same judgement. once is for a queue, which starts
# again what a machine's end has ended: judges in the foreground, unless it has
# been judged, in an environment of its own, and leaves `status`. Needs a POSIX
# shell and tar.
set -u
umask 077

here=$(cd "${0%/*}" && pwd) || exit 2
cache=${here%/*/*}
what=${1-}
nonce=${2-}
job=$cache/jobs/$nonce

fail() {
	echo "node: $*" >&2
	exit 2
}

is_alive() {
	grep -qs "$nonce" "/proc/$(cat "$job/pid" 2>/dev/null)/cmdline"
}

# Jobs and tools that nobody asks for any more.
tidy() {
	touch "$here"
	find "$cache/jobs" -mindepth 1 -maxdepth 1 -mtime +1 \
		-exec rm -rf {} + 2>/dev/null
	find "$cache/blobs" "$cache/tools" -mindepth 1 -maxdepth 1 -mtime +30 \
		-exec rm -rf {} + 2>/dev/null
}

settle() {
	for spare in "$here"/spare/*; do
		name=${spare##*/}
		for dir in "$here" /lib /lib64 /usr/lib /usr/lib64 \
			/lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu; do
			[ ! -e "$dir/$name" ] || continue 2
		done
		cp "$spare" "$here/.$name.$$" && mv "$here/.$name.$$" "$here/$name" || exit 2
	done
}

put() {
	new=$cache/jobs/.$nonce.$$
	rm -rf "$new"
	mkdir -p "$new" && tar -xo -C "$new" -f - && [ -e "$new/whole" ] ||
		fail "$nonce: the job came incomplete"
	while read -r hash path; do
		to=$new/$path
		mkdir -p "${to%/*}" &&
			ln "$cache/blobs/$hash" "$to" || exit 2
	done <"$new/blobs"
	mv "$new" "$job" || exit 2
}

# The pid is judge's, so that `stop` ends it and not who waits for it.
start() {
	rm -rf "$job/status" "$job/pid" "$job/done"
	# shellcheck disable=SC2016 # of the inner shell
	nohup env "$@" sh -c '
		"$0/judge" ${2:+"$2"} "$1" &
		echo $! >"$1/pid"
		status=0
		wait $! || status=$?
		echo "$status" >"$1/.status" && mv "$1/.status" "$1/status"
		' "$here" "$job" "$verbose" >"$job/log" 2>&1 </dev/null &
	for _ in 1 2 3 4 5 6 7 8 9; do
		[ ! -s "$job/pid" ] || break
		sleep 0.1 2>/dev/null || sleep 1
	done
}

# What was logged since.
show() {
	size=$(wc -c <"$job/log") || return
	[ "$size" -le "$shown" ] || tail -c "+$((shown + 1))" "$job/log" >&2
	shown=$size
}

judge() {
	shown=0
	mkdir "$job/started" 2>/dev/null && start "$@"
	until [ -e "$job/status" ]; do
		is_alive || {
			sleep 1
			[ -e "$job/status" ] || break
		}
		show
		sleep 0.2 2>/dev/null || sleep 1
	done
	show
	[ -e "$job/status" ] || {
		rm "$job/pid" && rmdir "$job/started"
		echo "node: $nonce: its judge is gone" >&2
		exit 77
	}
	status=$(cat "$job/status")
	case $status in
	0 | 1) cat "$job/done" "$job/$(sed -n 's/^result = //p' "$job/done")" ;;
	*) rm -rf "$job" ;;
	esac
	exit "$status"
}

once() {
	settle
	[ ! -e "$job/status" ] || exit 0
	status=0
	env -i PATH="${PATH:-/usr/local/bin:/usr/bin:/bin}" HOME="${HOME:-/}" \
		${TMPDIR:+TMPDIR="$TMPDIR"} \
		${LD_LIBRARY_PATH:+LD_LIBRARY_PATH="$LD_LIBRARY_PATH"} "$@" \
		${CUDA_VISIBLE_DEVICES:+CUDA_VISIBLE_DEVICES="$CUDA_VISIBLE_DEVICES"} \
		"$here/judge" ${verbose:+"$verbose"} "$job" || status=$?
	[ "$status" -lt 128 ] || exit "$status"
	echo "$status" >"$job/.status" && mv "$job/.status" "$job/status"
}

case $what,$nonce in
lacks, | facts, | settle,) ;;
*, | *,*[!0-9a-f]*) fail "$nonce: want hexadecimal digits" ;;
esac
case $what in
lacks)
	mkdir -p "$cache/blobs" || exit 2
	while read -r hash; do
		# What is in use is not tidied away.
		touch -c "$cache/blobs/$hash"
		[ -e "$cache/blobs/$hash" ] || echo "$hash"
	done
	;;
blob)
	new=$cache/blobs/.$nonce.$$
	cat >"$new" && [ "$(wc -c <"$new")" -eq "$3" ] &&
		mv "$new" "$cache/blobs/$nonce"
	;;
put)
	[ ! -e "$job" ] || exit 0
	mkdir -p "$cache/jobs" || exit 2
	tidy
	settle
	put
	;;
judge | once)
	shift 2
	verbose=
	settings=
	for word; do
		case $word in
		-v) verbose=-v ;;
		*) settings="$settings $word" ;;
		esac
	done
	# shellcheck disable=SC2086 # words without spaces
	$what $settings
	;;
stop)
	kill "$(cat "$job/pid")"
	rm -rf "$job"
	;;
drop) rm -rf "$job" ;;
settle) settle ;;
facts) exec "$here/doctor" -f ;;
*) fail "want lacks, blob, put, judge, once, stop, drop, settle or facts" ;;
esac
