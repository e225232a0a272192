#!/bin/bash
# kill-run - kills an iteration that a model proposes, at every write, rename
# and HTTP boundary, and goes on
#
# usage: tests/kill-run.sh OUT [EVERY]
#
# The tiny kernel is optimized over HTTP by the scripted policy. Each call of
# propose, ask, spend and snapshot is killed (-9) at each of its system calls
# that others can see the effect of, one a trial, or at one in EVERY of them;
# then `make optimize` is typed again, if there is no result yet. It must end
# with one experiment, one verdict, one line in the ledger; a request is repeated
# only if its reply was not on file, and every request stays charged. A row a
# trial; status 1 if one is not so. Needs strace.
set -u

calls=write,rename,renameat,renameat2,fsync,mkdir,unlink,ftruncate,connect,sendto,recvfrom
programs='propose ask spend snapshot'

fail() {
	echo "kill-run: $*" >&2
	exit 2
}

[ $# -ge 1 ] || {
	echo "usage: tests/kill-run.sh OUT [EVERY]" >&2
	exit 2
}
command -v strace >/dev/null || fail "strace: not found: apt-get install strace"
cd "$(dirname "$0")/.." || exit 2
. tests/llm-server.sh
mkdir "$1" || exit 2
out=$(realpath "$1")
every=${2-1}
real=$(realpath "${BUILD:-build}")

# A program of the copy runs under strace at the call that `armed` counts down
# to: it has NAME, the number of the call, and what strace is told.
wrap() {
	mkdir "$out/build"
	find "$real" -maxdepth 1 -type f -exec cp -p {} "$out/build" \;
	for i in $programs; do
		rm "$out/build/$i"
		cat >"$out/build/$i" <<-END
		#!/bin/sh
		read -r name left how 2>/dev/null <"$out/armed"
		if [ "\${name-}" = $i ] && [ "\$left" -le 1 ]; then
			rm "$out/armed"
			exec strace -qq \$how "$real/$i" "\$@"
		fi
		[ "\${name-}" != $i ] || echo "\$name \$((left - 1)) \$how" >"$out/armed"
		exec "$real/$i" "\$@"
		END
		chmod +x "$out/build/$i"
	done
}

serve() {
	echo "policy $real/tests/policy" >"$out/script"
	: >"$out/log"
	export KEY=key OPENAI_API_KEY=key MODEL=policy
	start_server "$real/tests/llm-server" "$out/script" "$out/log"
	trap 'kill $server' EXIT
}

tree() {
	rm -rf "$out/tree"
	cp -R tests/tiny "$out/tree"
	cp -R kernels/include "$out/tree/kernels/"
	: >"$out/log"
}

optimize() {
	make -s --no-print-directory optimize KERNEL=scale DEVICE=cpu \
		PROPOSER=openai "BUILD=$out/build" "KERNELS=$out/tree/kernels" \
		"WORKLOADS=$out/tree/workloads" \
		"EXPERIMENTS=$out/tree/experiments" BENCH_S=1 >"$out/said" 2>&1
}

count() { # PATTERN FILE
	grep -c "$1" "$2" 2>/dev/null || :
}

# What is wrong after a kill and a second run, if anything is.
examine() {
	x=$out/tree/experiments/scale
	[ "$1" -eq 0 ] || echo "the second run failed: $(tail -n 1 "$out/said")"
	[ "$(find "$x" -name result.md | wc -l)" = 1 ] || echo "no result.md"
	[ "$(count '"outcome"' "$x/ledger.jsonl")" = 1 ] || echo "ledger"
	[ "$(find "$x" -name 'exp_*' | wc -l)" = 1 ] || echo "two experiments"
	requests=$(wc -l <"$out/log")
	reserved=$(grep '"reserve"' "$x/spend.jsonl" | count '"llm"' -)
	settled=$(count '"settle".*/code/' "$x/spend.jsonl")
	[ "$requests" -le 2 ] || echo "$requests requests"
	[ "$requests" -le "$reserved" ] || echo "a request without a charge"
	[ $((reserved - settled)) -le 1 ] || echo "charges not settled"
	if [ "$requests" = 2 ] && [ "$replied" = yes ]; then
		echo "asked again for a reply on file"
	fi
}

# One trial: PROGRAM CALL-OF-IT SYSTEM-CALL NUMBER
trial() {
	tree
	echo "$1 $2 -o $out/trace -e trace=$3 -e inject=$3:signal=KILL:when=$4" \
		>"$out/armed"
	optimize
	killed=$?
	replied=no
	[ ! -e "$out"/tree/experiments/scale/exp_0001/code/1.reply.json ] ||
		replied=yes
	if [ -e "$out/armed" ] || [ $killed -eq 0 ]; then
		rm -f "$out/armed"
		printf '%s\t%s\t%s\t%s\tnot killed\n' "$@"
		return
	fi
	# What was done when it was killed needs no more.
	status=0
	[ -e "$out/tree/experiments/scale/exp_0001/result.md" ] || {
		optimize
		status=$?
	}
	wrong=$(examine $status)
	printf '%s\t%s\t%s\t%s\t%s\n' "$@" "${wrong:-resumed}"
}

# All points: an iteration is traced, call by call.
points() {
	for program in $programs; do
		for call in 1 2 3 4 5 6 7 8 9; do
			tree
			rm -f "$out/trace"
			echo "$program $call -o $out/trace -e trace=$calls" >"$out/armed"
			optimize || fail "see $out/said"
			rm "$out/armed" 2>/dev/null && break
			sed 's/^[0-9]* *//' "$out/trace" | grep -o '^[a-z0-9]*(' |
				tr -d '(' | sort | uniq -c | while read -r n name; do
				seq "$n" | sed "s/^/$program $call $name /"
			done
		done
	done
}

wrap
serve
points >"$out/points"
awk -v every="$every" 'NR % every == 0' "$out/points" | while read -r point; do
	# shellcheck disable=SC2086 # four words
	trial $point
done | tee "$out/trials"
awk -F '\t' '{ n[$5]++ } END { for (i in n) print n[i], i }' "$out/trials"
! grep -qv '	\(resumed\|not killed\)$' "$out/trials"
