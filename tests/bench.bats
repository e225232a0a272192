load setup
load judge

# Rows for what was measured; a note for what was not.

setup_file() {
	scale_setup
	compile INCUMBENT HONEST
	compile CANDIDATE HONEST
	export K W
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

teardown() {
	[ -z "$(ls "$TMPDIR")" ]
}

# Benches a candidate against the incumbent, with more options.
bench_it() {
	local name=$1

	shift
	front bench -t 200 -o bench.tsv "$@" "$(built reference)" \
		"$(built "$name")" "$(built INCUMBENT)"
}

note() {
	sed -n "s/^# $1 //p" bench.tsv
}

rows() {
	grep -vc '^#\|^phase' bench.tsv
}

column() {
	awk -F '\t' -v name="$1" '/^#/ { next }
		!at { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
		$1 == "bench" { print $at }' bench.tsv | LC_ALL=C sort | uniq -c |
		awk '{ print $2 ":" $1 }' | tr '\n' ' '
}

@test "every side has a row for each process, pair and workload, and one warm" {
	run -0 bench_it CANDIDATE
	pairs=$(awk -F '\t' '$1 == "bench" && $5 == "cold" {
		if (!seen[$2, $3]++) n++ } END { print n }' bench.tsv)
	[ "$pairs" -ge 3 ]
	[ "$(column side)" = "$(printf "%s:$((3 * pairs + 3)) " candidate incumbent incumbent2)" ]
	[ "$(column workload)" = "$(printf "%s:$((3 * pairs + 3)) " n1 n1000 n5)" ]
	[ "$(column mode)" = "cold:$((9 * pairs)) warm:9 " ]
	[ "$(column process | wc -w)" = 3 ]
	[[ $(column status) == ok:* ]]
	[ "$(grep -c '^anchor' bench.tsv)" = 1 ]
}

@test "the notes say by whom, how and when" {
	run -0 bench_it CANDIDATE
	[[ $(note seed) =~ ^0x[0-9a-f]{16}$ ]]
	[ "$(note judge_version)" = 3 ]
	[ "$(note sandbox)" = "$JAIL" ]
	[ "$(note timing)" = cpu ]
	[ "$(note mode)" = cold ]
	[ "$(note processes)" = 3 ]
	[ "$(note stopped)" = - ]
	[[ $(note started_at) == ????-??-??T??:??:??Z ]]
}

@test "it says before it starts what it will cost" {
	run -0 bench_it CANDIDATE
	[[ $output == *"bench: 3 to 3 processes, 3 workloads: at most 80 s"* ]]
}

@test "time that is left goes into more processes, up to the setting" {
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	sed 's/max_processes = .*/max_processes = 6/' -i kernels/scale/settings
	K=kernels/scale
	run -0 bench_it CANDIDATE
	[ "$(column process | wc -w)" = 6 ]
	[ "$(note processes)" = 6 ]
	sed 's/max_processes = .*/max_processes = 2/' -i kernels/scale/settings
	run -2 bench_it CANDIDATE
	[[ $output == *"max_processes"* ]]
}

@test "a slow candidate takes longer by the judge's clock" {
	compile SLOW SLOW
	run -0 bench_it SLOW
	awk -F '\t' '$1 == "bench" && $5 == "cold" { n[$4]++; t[$4] += $9 / $8 }
		END { exit !(t["candidate"] / n["candidate"] > 200000) }' bench.tsv
}

@test "a clearly slower candidate is stopped at the early look" {
	compile SLOW SLOW
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	sed 's/^processes = .*/processes = 8/; s/^max.*/max_processes = 8/' \
		-i kernels/scale/settings
	K=kernels/scale
	run -0 bench_it SLOW
	[ "$(note looks)" = 1 ]
	if [ "$(note stopped)" = slower ]; then
		[ "$(column process | wc -w)" = 3 ]
	else
		[ "$(column process | wc -w)" = 8 ]
	fi
}

@test "a candidate that goes wrong meanwhile gets its reason and exit 1" {
	compile TWENTIETH TWENTIETH
	run -1 bench_it TWENTIETH
	[[ $output == *"candidate: flaky: wrong, but right in 5 of 5 more calls"* ]]
	[[ $(column status) == flaky:1* ]]
	[ "$(note stopped)" = failed ]
	[[ $(note detail) == "workload n"*": wrong, but right in 5 of 5 more calls"* ]]
}

@test "what a process is timed on, it has never seen" {
	compile MEMORY MEMORY
	compile SLOW SLOW
	run -0 front bench -t 200 -o bench.tsv "$(built reference)" \
		"$(built MEMORY)" "$(built SLOW)"
	run -0 compare -d cpu -s "$K/settings" -o compare.tsv bench.tsv
	run -1 grep -q better compare.tsv
	# Not one of its slots was without the sleep.
	awk -F '\t' '$1 == "bench" && $4 == "candidate" && $9 / $8 < 200000 {
		exit 1 }' bench.tsv
}

@test "a candidate that dies gets its reason and exit 1" {
	compile CRASH CRASH
	run -1 bench_it CRASH
	[ "$(column status)" = "died:1 " ]
}

@test "inputs cannot be written to, nor mapped anew" {
	compile MUTATE MUTATE
	run -1 bench_it MUTATE
	[[ $output == *"candidate: died: "* ]]
	compile REMAP REMAP
	run bench_it REMAP
	[[ $(column status) != *wrong* ]]
	[[ $(column status) != *flaky* ]]
	[[ $output != *"signal 6"* ]]
}

@test "an incumbent that fails is no fault of the candidate: 75, no file" {
	compile NOTHING NOTHING
	run -75 front bench -o bench.tsv "$(built reference)" \
		"$(built CANDIDATE)" "$(built NOTHING)"
	[[ $output == *"what it is measured against: unwritten"* ]]
	[ ! -e bench.tsv ]
}

@test "the same code is not timed, unless -f says so" {
	run -0 front bench -o bench.tsv "$(built reference)" \
		"$(built INCUMBENT)" "$(built INCUMBENT)"
	[ "$(note equal)" = "candidate and incumbent are the same code" ]
	[ "$(rows)" = 0 ]
	run -0 front bench -f -t 10 -o bench.tsv "$(built reference)" \
		"$(built INCUMBENT)" "$(built INCUMBENT)"
	[ "$(rows)" -gt 10 ]
}

# A ledger with an experiment exp_0003 of the candidate's code, of outcome $1;
# then the lines of others, of outcomes $2...
ledger() {
	object=$(sed -n 's/^  "object_sha256": "\(.*\)",$/\1/p' "$(built CANDIDATE)")
	zero=$(printf '0%.0s' $(seq 64))
	printf '{"experiment": "exp_0003", "device": "cpu", "proposer": "tune", "outcome": "%s", "reason": "slower", "speedup": null, "ci_low": null, "ci_high": null, "incumbent": "shipped", "source_sha256": "%s", "object_sha256": "%s", "incumbent_source_sha256": "%s", "knobs": {}, "at": "2026-01-01T00:00:00Z", "seconds": 1}\n' \
		"$1" "$zero" "$object" "$zero" >ledger.jsonl
	for outcome in "${@:2}"; do
		sed "1!d; s/$object/$zero/; s/exp_0003/exp_0002/; s/\"$1\"/\"$outcome\"/" \
			ledger.jsonl >line
		cat line >>ledger.jsonl
	done
}

@test "-L: code that was judged before is not timed again" {
	ledger reject
	run -0 bench_it CANDIDATE -L ledger.jsonl
	[ "$(note duplicate)" = exp_0003 ]
	[ "$(rows)" = 0 ]
	run -0 bench_it CANDIDATE -f -L ledger.jsonl
	[ "$(rows)" -gt 10 ]
}

@test "-L: after a step back to another incumbent all code is timed again" {
	for step in revert adopt; do
		ledger reject $step
		run -0 bench_it CANDIDATE -L ledger.jsonl
		[ "$(rows)" -gt 10 ]
	done
	ledger reject accept
	run -0 bench_it CANDIDATE -L ledger.jsonl
	[ "$(note duplicate)" = exp_0003 ]
	[[ $output == "bench: the same code as exp_0003, judged before: NODEDUP=1 "* ]]
}

@test "-L: code whose verdict was noisy may be tried again" {
	ledger noisy
	run -0 bench_it CANDIDATE -L ledger.jsonl
	[ "$(rows)" -gt 10 ]
}

@test "-L: code that was judged under other settings is timed again" {
	ledger reject
	mkdir exp_0003 exp_0004
	for i in 3 4; do
		printf '{"hashes": {"definition": "d", "reference": "r", "settings": "%s", "workloads": "w"}}' \
			$i >exp_000$i/base.json
	done
	cp "$(built CANDIDATE)" exp_0004/build.json
	run -0 front bench -t 200 -o bench.tsv -L ledger.jsonl \
		"$(built reference)" exp_0004/build.json "$(built INCUMBENT)"
	[ "$(rows)" -gt 10 ]
	cp exp_0004/base.json exp_0003/
	run -0 front bench -t 200 -o bench.tsv -L ledger.jsonl \
		"$(built reference)" exp_0004/build.json "$(built INCUMBENT)"
	[ "$(note duplicate)" = exp_0003 ]
	sed -i '1s/{/{"allow_host_timed": true, /' exp_0004/base.json
	run -0 front bench -t 200 -o bench.tsv -L ledger.jsonl \
		"$(built reference)" exp_0004/build.json "$(built INCUMBENT)"
	[ "$(rows)" -gt 10 ]
}

@test "-L: a ledger that is not there is empty" {
	run -0 bench_it CANDIDATE -L none.jsonl
	[ "$(rows)" -gt 10 ]
}

@test "-V: what is not right is not timed" {
	for line in '{"finished": true}\n{"uuid": "n1", "status": "wrong"}' \
		'{"finished": "died"}' '{"finished": true}\n{"uuid": "n1"}'; do
		printf "$line\n" >verify.jsonl
		run -0 bench_it CANDIDATE -V verify.jsonl
		[ "$(note unmeasured)" = "candidate is not right" ]
		[ "$(rows)" = 0 ]
	done
	printf '{"finished": true}\n{"uuid": "n1", "status": "ok"}\n' >verify.jsonl
	run -0 bench_it CANDIDATE -V verify.jsonl
	[ "$(rows)" -gt 10 ]
}

@test "-V: a file that cannot be read is named" {
	run -2 bench_it CANDIDATE -V none.jsonl
	[[ $output == *"none.jsonl: No such file or directory"* ]]
	: >empty.jsonl
	run -2 bench_it CANDIDATE -V empty.jsonl
	[[ $output == *"empty.jsonl"* ]]
	echo 'not JSON' >text.jsonl
	run -2 bench_it CANDIDATE -V text.jsonl
	[[ $output == *"text.jsonl:1"* ]]
	[ ! -e bench.tsv ]
}

# Confirms a candidate against an incumbent that is slow on purpose, with more
# settings.
confirm_it() {
	compile SLOW SLOW
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	sed '/processes = /d' -i kernels/scale/settings
	printf '%s\n' 'processes = 5' 'max_processes = 5' "$2" >>kernels/scale/settings
	printf 'all\tbetter\n' >compare.tsv
	K=kernels/scale front bench -t 200 -o bench.tsv -P compare.tsv \
		"$(built reference)" "$(built "$1")" "$(built SLOW)"
}

# Checked calls of the candidate: all, and those of trials.
checked() {
	awk -F '\t' '$4 == "candidate" && $NF == "ok" && $1 ~ /bench|trial/ {
		all += $8; if ($1 == "trial") trial += $8 }
		END { print all + 0, trial + 0 }' bench.tsv
}

@test "-P: a win is called until as many calls were checked as settings ask for" {
	compile CANDIDATE HONEST
	run -0 confirm_it CANDIDATE 'trials = 2000'
	read -r all trial <<<"$(checked)"
	[ "$all" -eq 2000 ]
	[ "$trial" -gt 0 ]
	[ "$(grep -c '^trial.*incumbent' bench.tsv)" = 0 ]
}

@test "-P: without trials a rare failure is not seen; with them it is flaky" {
	compile LATE_FAILURE LATE_FAILURE
	run -0 confirm_it LATE_FAILURE 'trials = 0'
	[ "$(grep -c '^trial' bench.tsv)" = 0 ]
	rm -r kernels
	run -1 confirm_it LATE_FAILURE 'trials = 2000'
	[ "$(note stopped)" = failed ]
	tail -1 bench.tsv | grep -q '^trial.*flaky$'
}

@test "what is no better than before is not called again and again" {
	compile CANDIDATE HONEST
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	echo 'trials = 5000' >>kernels/scale/settings
	printf 'all\tbetter\n' >compare.tsv
	K=kernels/scale
	run -0 bench_it CANDIDATE -f -P compare.tsv
	[ "$(grep -c '^trial' bench.tsv)" = 0 ]
}

@test "-P: what is not better so far is not confirmed" {
	run -0 front bench -f -t 10 -o first.tsv "$(built reference)" \
		"$(built INCUMBENT)" "$(built INCUMBENT)"
	compare -s "$K/settings" -o compare.tsv first.tsv
	run -0 bench_it CANDIDATE -P compare.tsv
	[ "$(note unmeasured)" = "nothing to confirm" ]
	[ "$(rows)" = 0 ]
}

@test "what did not compile is not timed" {
	echo nonsense >bad.c
	run -1 build-kernel -c "$BATS_FILE_TMPDIR/cache" -d cpu -o bad.json "$K" bad.c
	run -0 front bench -o bench.tsv "$(built reference)" bad.json "$(built INCUMBENT)"
	[ "$(rows)" = 0 ]
}

@test "a result that cannot be written is trouble, and leaves nothing" {
	run -2 front bench -t 5 -o none/bench.tsv "$(built reference)" \
		"$(built CANDIDATE)" "$(built INCUMBENT)"
	[[ $output == *"none/bench.tsv: No such file or directory"* ]]
}

@test "a full disk is trouble, and leaves nothing" {
	(ulimit -f 1 && front bench -t 5 -o bench.tsv "$(built reference)" \
		"$(built CANDIDATE)" "$(built INCUMBENT)") && status=0 || status=$?
	[ "$status" -ne 0 ]
	[ ! -e bench.tsv ]
	rm -rf tmp/ratchet-job-*
}

@test "options are checked" {
	run -2 bench
	[[ $output == "usage: bench [-Cfv]"* ]]
	run -2 front bench -o o a.json b.json
	[[ $output == "usage: bench"* ]]
}
