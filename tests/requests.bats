load setup
load loop
source "$BATS_TEST_DIRNAME/llm-server.sh"

# CANDIDATES=n of a model: what is asked at the same time. The model is a
# program, $CMD or behind a real server, that knows by the prompt whose number
# it answers, and whether that is a repair: its key is 3, then 3.2. It notes
# when it begins and ends in asked, waits until so many as together, or
# together.2, says have begun, does what is in do/KEY, and answers replies/KEY.
# The judge is a fake.

setup() {
	tiny_tree
	ln -s "$ROOT/kernels/include" kernels/include
	mkdir replies do
	fake_judge
	cat >model <<-'END'
	#!/bin/sh
	cat >said.$$
	key=$(sed -n 's/.*propose number \([0-9]*\) of them.*/\1/p' said.$$)
	! grep -q '^You answered:' said.$$ || key=$key.2
	rm said.$$
	echo "+ $key" >>asked
	for _ in $(seq 100); do
		[ "$(grep -c + asked)" -lt "$(cat "together${key#?}")" ] || break
		sleep 0.1
	done
	[ "$(grep -c + asked)" -ge "$(cat "together${key#?}")" ] || exit 3
	[ ! -e "do/$key" ] || . "do/$key"
	cat "replies/$key"
	echo "- $key" >>asked
	END
	chmod +x model
	echo 0 | tee together >together.2
	: >asked
	reply 1 '#define PASSES 8' '#define PASSES 4'
	reply 2 '#define PASSES 8' '#define PASSES 1'
	reply 3 '#define PASSES 8' '#define PASSES 2'
	reply 4 '#define SPARE 0' '#define SPARE 1'
	export CMD="cd $PWD && exec ./model"
	export PROPOSER=command CANDIDATES=4 TUNE_AFTER=0
	unset GPUS MODEL MODELS PLANNER_MODEL
}

teardown() {
	[ -z "${server-}" ] || kill "$server" 2>/dev/null || true
	[ -z "${group-}" ] || kill -9 -- "-$group" 2>/dev/null || true
}

mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" \
		KERNEL=scale DEVICE=cpu KERNELS="$PWD/kernels" \
		WORKLOADS="$PWD/workloads" EXPERIMENTS="$PWD/experiments" "$@"
}

# reply KEY FROM TO: the answer puts one line in another's place.
reply() {
	cat >replies/$1 <<-END
	HYPOTHESIS: change $1
	MECHANISM: less work
	PREDICTS: 2
	RISK: none
	<<<<<<< REPLACE solution.c
	$2
	=======
	$3
	>>>>>>>
	END
}

not() {
	! "$@"
}

# How often a number was asked, each on a word: "1 1 2 1".
times_asked() {
	for n in 1 2 3 4; do
		grep -c "^+ $n\$" asked
	done | paste -sd ' '
}

answered() {
	for n in "$@"; do
		[ -s $x/exp_000$n/code/1.reply.json ] || return 1
	done
}

# As far as all are answered: there is nothing left to judge them with.
go_on() {
	BUDGET_GPU_S=1000 run -2 mk optimize BENCH_S=2000
	[[ $output == *"BUDGET_GPU_S: "* ]]
	answered 1 2 3 4
}

# All four, once each, and nothing else.
all_judged() {
	[ "$(ls $x | grep exp_)" = "$(seq -f 'exp_%04g' 4)" ]
	[ "$(sed 's/.*"experiment": "\([a-z0-9_]*\)".*/\1/' $x/ledger.jsonl | sort)" = "$(seq -f 'exp_%04g' 4)" ]
	[ "$(knob PASSES $x/exp_0001/solution.c)" = 4 ]
	[ "$(knob PASSES $x/exp_0002/solution.c)" = 1 ]
	[ "$(knob PASSES $x/exp_0003/solution.c)" = 2 ]
	[ "$(knob SPARE $x/exp_0004/solution.c)" = 1 ]
}

# A server that has the model answer, at a price a request: see prices.tsv.
serve() {
	printf 'model\tinput\toutput\tcache_read\tcache_write\n%s\n' \
		$'mock\t0\t1000\t0\t0' >prices.tsv
	echo "policy ./model" >script
	KEY=sk-secret start_server "$BUILD/tests/llm-server" script log \
		2>server-errors
	export PRICES=$PWD/prices.tsv MODEL=mock-1 PROPOSER=openai
}

@test "what was answered is built and proved at once, as many as fit" {
	[ "$(nproc)" -gt 1 ] || skip "one processor"
	echo 2 >fakes/fits
	timed verify 0.5
	run -0 mk optimize
	all_judged
	[ "$(at_once verify)" -eq 2 ]
}

@test "four candidates are asked at once, over real connections; no judge has the key" {
	serve
	echo 4 >together
	sed -i '2i env >>"$FAKES/environment"' build/verify build/bench build/decide
	OPENAI_API_KEY=sk-secret run -0 mk optimize
	[ "$(grep -c '^verdict: ' <<<"$output")" -eq 4 ]
	[ "$(times_asked)" = "1 1 1 1" ]
	[ "$(head -n 4 asked | grep -c '^+')" -eq 4 ]
	[ "$(grep -c '"key": "right"' log)" -eq 4 ]
	[ -s fakes/environment ]
	run -1 grep -r sk-secret --exclude-dir=build .
	all_judged
	[ "$(grep -c reserve $x/spend.jsonl)" -eq "$(grep -c settle $x/spend.jsonl)" ]
}

@test "repairs are asked at once too, once everything else is proved" {
	echo 'I am a teapot.' >replies/2
	reply 3 '#define PASSES 8' '#define PASSES 4 4'
	reply 2.2 '#define PASSES 8' '#define PASSES 1'
	reply 3.2 '#define PASSES 8' '#define PASSES 2'
	echo 6 >together.2
	run -0 mk optimize
	[ "$(tail -n 4 asked | head -n 2 | sort)" = $'+ 2.2\n+ 3.2' ]
	[ "$(tail -n 2 asked | sort)" = $'- 2.2\n- 3.2' ]
	[ "$(times_asked)" = "1 1 1 1" ]
	all_judged
}

@test "a planner is asked alone, and then all coders" {
	export PLANNER_MODEL=thinker
	cat >model <<-'END'
	#!/bin/sh
	cat >said.$$
	n=$(sed -n 's/^HYPOTHESIS: idea \([0-9]\)$/\1/p; s/^| HYPOTHESIS: idea \([0-9]\)$/\1/p' said.$$)
	rm said.$$
	echo "+ ${n:=plan}" >>asked
	[ $n = plan ] || for _ in $(seq 100); do
		[ "$(grep -c + asked)" -lt 5 ] || break
		sleep 0.1
	done
	cat replies/$n
	echo "- $n" >>asked
	END
	for n in 1 2 3 4; do
		[ $n -eq 1 ] || echo ---
		printf 'HYPOTHESIS: idea %d\nMECHANISM: m\nPREDICTS: 2\nRISK: r\n' $n
	done >replies/plan
	go_on
	[ "$(head -n 2 asked)" = $'+ plan\n- plan' ]
	[ "$(sed -n 3,6p asked | sort)" = $'+ 1\n+ 2\n+ 3\n+ 4' ]
	[ "$(wc -l <asked)" -eq 10 ]
}

@test "a budget for two of four: two are asked, the others wait for a larger one" {
	serve
	# Each is charged what is reserved for it.
	export MAX_TOKENS=40
	BUDGET_USD=0.1 run -2 mk optimize
	[[ $output == *"BUDGET_USD: 0.04 do not fit into 0.1"* ]]
	[ "$(wc -l <log)" -eq 2 ]
	[ "$(grep -c '"kind": "llm"' $x/spend.jsonl)" -eq 2 ]
	[ ! -e $x/ledger.jsonl ]
	[ "$(ls $x/*/code/1.prompt.md | wc -l)" -eq 4 ]
	BUDGET_USD=0.2 go_on
	[ "$(wc -l <log)" -eq 4 ]
	[ "$(times_asked)" = "1 1 1 1" ]
}

@test "what does not fit beside other requests is asked once those are settled" {
	serve
	# 1 is reserved for each, and 0.04 charged.
	export MAX_TOKENS=1000
	echo 'sleep 1' | tee do/1 do/2 do/3 do/4
	BUDGET_USD=2.5 run -0 mk optimize
	[ "$(times_asked)" = "1 1 1 1" ]
	all_judged
	run -0 awk '{ n += $1 == "+" ? 1 : -1 } n > most { most = n } END { print most }' asked
	[ "$output" -le 2 ]
}

@test "one of four that fails loses no other's answer, and is named" {
	echo 'rm do/3; exit 3' >do/3
	run -2 mk optimize
	[[ $output == *"answer: "*"exp_0003/code: no answer"* ]]
	answered 1 2 4
	[ ! -e $x/exp_0003/code/1.reply.json ]
	run -0 mk optimize
	[ "$(times_asked)" = "1 1 2 1" ]
	all_judged
}

@test "one of four that fails for the time being is asked again, three times in a row" {
	echo 'exit 75' >do/3
	run -2 mk optimize
	[[ $output == *"exp_0003: no answer, three times in a row"* ]]
	[ "$(times_asked)" = "1 1 3 1" ]
	rm do/3
	go_on
	[ "$(times_asked)" = "1 1 4 1" ]
}

@test "kill -9 in the middle: what is answered is not asked again" {
	echo 'exec sleep 317' | tee do/3 >do/4
	start optimize
	soon answered 1 2
	soon grep -q '+ 3' asked
	soon grep -q '+ 4' asked
	kill -9 -- "-$group"
	wait "$group" || true
	rm do/*
	# The model's own processes end with whoever asks.
	soon not pgrep -fx 'sleep 317'
	run -0 mk optimize
	[ "$(times_asked)" = "1 1 2 2" ]
	all_judged
}

@test "Ctrl-C ends all that are asked, and the next run goes on" {
	echo 'sleep 318' | tee do/1 do/2 do/3 >do/4
	start optimize
	soon eval '[ "$(grep -c + asked)" -eq 4 ]'
	soon eval '[ "$(pgrep -fxc "sleep 318")" -eq 4 ]'
	kill -INT -- "-$group"
	run ! wait "$group"
	soon not pgrep -fx 'sleep 318'
	soon not pgrep -g "$group"
	rm do/*
	go_on
	[ "$(times_asked)" = "2 2 2 2" ]
}

@test "a group is gone on with one at a time where CANDIDATES is 1" {
	echo 'exit 3' | tee do/1 do/2 do/3 >do/4
	run -2 mk optimize
	[ "$(grep -cx 'ask: CMD: exit status 3' <<<"$output")" -eq 4 ]
	rm do/*
	: >asked
	CANDIDATES=1 go_on
	[ "$(cut -c 1 asked | paste -sd '')" = "+-+-+-+-" ]
	[ "$(times_asked)" = "1 1 1 1" ]
}
