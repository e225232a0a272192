#!/bin/sh
# kill-loop - a loop of the tuner, killed at random, and once more without kills
#
# usage: tests/kill-loop.sh OUT [ITERATIONS [KILLS]]: 200 and 20
#
# `make loop` works on a kernel with 256 points on the CPU, with the real judge,
# and is killed (-9) with all that it started, KILLS times, at random moments;
# each time it is started again. What the judge found is kept. Then the same
# number of experiments is made without a kill, the judge replaced by what it
# found for this candidate and incumbent. Prints what there was; status 1 if
# numbers are not consecutive, something was judged twice, the records do not
# add up, or a verdict is another. Programs are in BUILD, or build.
set -u

fail() {
	echo "kill-loop: $*" >&2
	exit 2
}

[ $# -ge 1 ] || {
	echo "usage: tests/kill-loop.sh OUT [ITERATIONS [KILLS]]" >&2
	exit 2
}
mkdir "$1" || exit 2
out=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 2
iterations=${2-200}
kills=${3-20}
real=$(realpath "${BUILD:-build}")
wrong=0
top=

# An experiment that is wrong says so, and the others are looked at, too.
complain() {
	echo "kill-loop: $*" >&2
	wrong=1
}

# The programs; verify and bench note what they finished, the judge keeps what
# it found or, where there is a file replay, finds it again.
wrap() {
	mkdir "$out/build" "$out/found"
	find "$real" -maxdepth 1 -type f -exec cp -p {} "$out/build" \;
	for program in verify bench judge; do
		mv "$out/build/$program" "$out/build/real-$program"
	done
	for program in verify bench; do
		cat >"$out/build/$program" <<-END
		#!/bin/sh
		status=0
		"$out/build/real-$program" "\$@" || status=\$?
		while [ "\$1" != -o ]; do shift; done
		[ \$status -gt 1 ] || echo "\$2" >>"$out/finished"
		exit \$status
		END
	done
	cat >"$out/build/judge" <<-END
	#!/bin/sh
	for job; do :; done
	key=\$({ cat "\$job"/candidate.so "\$job"/incumbent.so; grep -E '^(phase|confirm)' "\$job/job"; } 2>/dev/null | sha256sum | cut -c -64)
	result=verify.jsonl
	[ ! -e "\$job/incumbent.so" ] || result=bench.tsv
	if [ -e "$out/replay" ]; then
		status=\$(cat "$out/found/\$key.status") || exit 2
		nonce=\$(sed -n 's/^nonce = //p' "\$job/job")
		seed=\$(sed -n 's/^seed = //p' "\$job/job")
		sed -e "s/\(# nonce \|\"nonce\": \"\)[0-9a-f]*/\1\$nonce/" \\
			-e "s/\(# seed \|\"seed\": \"\)0x[0-9a-f]*/\1\$seed/" \\
			"$out/found/\$key" >"\$job/\$result"
		printf '%s = %s\n' nonce "\$nonce" result "\$result" answer "\$status" \\
			bytes "\$(wc -c <"\$job/\$result")" \\
			sha256 "\$(sha256sum <"\$job/\$result" | cut -c -64)" >"\$job/done"
		echo >>"\$job/done"
		exit "\$status"
	fi
	status=0
	"$out/build/real-judge" "\$@" || status=\$?
	[ \$status -gt 1 ] || {
		echo \$status >"$out/found/\$key.status"
		cp "\$job/\$result" "$out/found/\$key.new"
		mv "$out/found/\$key.new" "$out/found/\$key"
	} || exit 2
	exit \$status
	END
	chmod +x "$out/build/verify" "$out/build/bench" "$out/build/judge"
}

tree() { # DIR
	mkdir "$1"
	cp -R tests/tiny/kernels tests/tiny/workloads "$1"
	cp -R kernels/include "$1/kernels/"
	sed -i -e "s/knob: PASSES .*/knob: PASSES $(seq -s ' ' 1 16)/" \
		-e "s/knob: SPARE .*/knob: SPARE $(seq -s ' ' 0 15)/" \
		-e 's/spare > 2/spare > 15/' "$1/kernels/scale/solution.c"
}

in_tree() { # DIR TARGET VARIABLE...
	dir=$1
	shift
	setsid make -s --no-print-directory KERNEL=scale DEVICE=cpu BENCH_S=1 \
		BUILD="$out/build" KERNELS="$dir/kernels" \
		WORKLOADS="$dir/workloads" EXPERIMENTS="$dir/experiments" \
		"$@" >>"$out/said" 2>&1
}

# A process and all that it started.
tree_of() {
	ps -eo pid=,ppid= | awk -v top="$1" '
		{ up[$1] = $2 }
		END {
			for (p in up)
				for (q = p; q in up; q = up[q])
					if (q == top) { print p; break }
		}'
}

# What was started in between ends soon, and holds the lock until then.
kill_all() {
	tree_of "$top" | xargs kill -9 2>/dev/null
	wait "$top" 2>/dev/null
	flock "$out/build/lock/scale.cpu" true
}

records() {
	cat "$x/ledger.jsonl" 2>/dev/null | wc -l
}

start() {
	in_tree "$out/killed" loop EVERY=0s &
	top=$!
}

wait_for() { # RECORDS
	while [ "$(records)" -lt "$1" ]; do
		kill -0 "$top" 2>/dev/null || fail "the loop ended: see $out/said"
		sleep 0.1
	done
}

killed() {
	start
	shuf -i "0-$((iterations - 1))" -n "$kills" | sort -n | while read -r at; do
		echo "$at $(shuf -i 0-1999 -n 1)"
	done >"$out/moments"
	while read -r at ms; do
		wait_for "$at"
		sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
		kill_all
		start
	done <"$out/moments"
	wait_for "$iterations"
	# It may have been started just now.
	until tree_of "$top" | grep -qx "$(cat "$out/build/lock/scale.cpu.loop")"; do
		sleep 0.1
	done
	kill -TERM "$(cat "$out/build/lock/scale.cpu.loop")"
	wait "$top" || fail "the loop failed: see $out/said"
}

# The text of a key in a ledger.
column() {
	sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p" "$x/ledger.jsonl"
}

examine() {
	n=$(records)
	[ "$n" -ge "$iterations" ] || complain "$n records"
	seq -f 'exp_%04.0f' "$n" >"$out/numbers"
	(cd "$x" && ls -d exp_*) | cmp -s "$out/numbers" - ||
		complain "numbers are not consecutive"
	column experiment | cmp -s "$out/numbers" - ||
		complain "ledger: not a line an experiment, in order"
	[ "$(find "$x" -name result.md | wc -l)" -eq "$n" ] ||
		complain "not all are published"
	[ -z "$(column source_sha256 | sort | uniq -d)" ] ||
		complain "a candidate was judged in two experiments"
	sort "$out/finished" | uniq -d | grep . && complain "judged twice"
	"$out/build/audit" -k "$out/killed/kernels/scale" -e "$x" >"$out/audit" ||
		complain "audit: see $out/audit"
	add_up
}

# A judgement has a charge for each time that it was begun; only one that was
# killed is not settled. Those with a + pay for a longer one.
add_up() {
	grep '"reserve"' "$x/spend.jsonl" | sed 's/.*"id": "\([^"]*\)".*/\1/' |
		sort >"$out/reserved"
	grep '"settle"' "$x/spend.jsonl" | sed 's/.*"id": "\([^"]*\)".*/\1/' |
		sort >"$out/settled"
	[ -z "$(uniq -d "$out/reserved")$(uniq -d "$out/settled")" ] ||
		complain "charged twice"
	begun=$(grep -vc + "$out/reserved")
	open=$(comm -23 "$out/reserved" "$out/settled" | wc -l)
	[ "$begun" -ge "$n" ] && [ "$((begun - n))" -le "$kills" ] &&
		[ "$open" -le "$kills" ] ||
		complain "$begun judgements begun, $open charges not settled"
}

# What was decided, less the instant of what needed no measurement, and the seeds
# and nonces, also in what files hash to, that each job has of its own.
verdicts() { # DIR
	(cd "$1/experiments/scale" && grep -vE '"judged_at"|^ *"0x[0-9a-f]{16}"|"(verify.jsonl|bench.tsv|confirm.tsv)":' exp_*/verdict.json)
}

trap '[ -z "$top" ] || kill_all' EXIT
trap 'exit 130' INT TERM
wrap
tree "$out/killed"
tree "$out/whole"
x=$out/killed/experiments/scale
killed
examine
: >"$out/replay"
in_tree "$out/whole" optimize ITERATIONS="$n" || fail "the replay failed: see $out/said"
verdicts "$out/killed" >"$out/verdicts"
verdicts "$out/whole" | diff "$out/verdicts" - >"$out/differences" ||
	complain "verdicts differ: see $out/differences"
echo "$n experiments, $kills kills, $begun judgements begun, $open charges not settled;" \
	"$(column outcome | sort | uniq -c | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2 }');" \
	"$(tail -n 1 "$out/audit")"
exit $wrong
