load setup
load loop

# make optimize with a program in a model's place, $CMD: its n-th answer is the
# file replies/n, the last one again and again. The real judge where a reply
# has to be mended, else the fakes of workflow.bats.

setup() {
	tiny_tree
	ln -s "$ROOT/kernels/include" kernels/include
	mkdir replies asked
	cat >model <<-'END'
	#!/bin/sh
	n=$(($(ls asked | wc -l) + 1))
	cat >asked/$n
	while [ ! -e replies/$n ] && [ "$n" -gt 1 ]; do
		n=$((n - 1))
	done
	exec cat replies/$n
	END
	chmod +x model
	export CMD="cd $PWD && ./model" PROPOSER=command TUNE_AFTER=0 BENCH_S=3
	B=$BUILD
}

fake_build() {
	fake_judge
	B=$PWD/build
}

mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$B" KERNEL=scale \
		DEVICE=cpu KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		EXPERIMENTS="$PWD/experiments" "$@"
}

# reply N FROM TO [PREDICTS]: the n-th answer puts one line in another's place.
reply() {
	cat >replies/$1 <<-END
	HYPOTHESIS: the $1th change
	MECHANISM: less work
	PREDICTS: ${4-2}
	RISK: none
	<<<<<<< REPLACE solution.c
	$2
	=======
	$3
	>>>>>>>
	END
}

verdicts() {
	grep -o '^verdict: [a-z]* [a-z-]*' <<<"$output"
}

@test "a build and a check that fail are mended, and judged; audit replays it" {
	reply 1 '	int64_t n = x->shape[0];' '	int64_t n = y->shape[O];'
	reply 2 '			out[i] = 2 * in[i];' '			out[i] = 3 * in[i];'
	reply 3 '#define PASSES 8' '#define PASSES 1'
	run -0 mk optimize
	[ "$(verdicts | wc -l)" -eq 1 ]
	e=$x/exp_0001
	[ "$(ls $e/code | grep -c reply)" -eq 3 ]
	[ -e $e/attempt_1/build.log ] && [ -e $e/attempt_2/verify.jsonl ]
	grep -q "error: .O. undeclared" asked/2
	grep -q 'wrong, with axes' asked/3
	[ "$(knob PASSES $e/solution.c)" = 1 ]
	grep -q '^- hypothesis: `the 3th change`' $e/result.md
	grep -q '^- predicted: 2.000 times as fast; measured: ' $e/result.md
	grep -q '^- direction: improve, from shipped; model: `-`; turns: 3' $e/result.md
	grep -q '^- cost: 0.0000 USD, 0 tokens, ' $e/result.md
	run -0 mk audit
	[[ $output == *"1 verdicts decided again, 0 passed over, 0 problems"* ]]
}

@test "four replies without an edit end as reject build, all kept; the loop goes on" {
	echo 'I am a teapot.' >replies/1
	run -0 mk optimize
	[ "$(verdicts)" = "verdict: reject build" ]
	e=$x/exp_0001
	[ "$(ls $e/code | grep -c reply)" -eq 4 ]
	grep -q 'no valid edit in any reply' $e/result.md
	grep -q '^- predicted: nothing; not measured' $e/result.md
	grep -q '"reason": "build"' $x/ledger.jsonl
	reply 5 '#define PASSES 8' '#define PASSES 1'
	run -0 mk optimize
	[[ $output == *exp_0002/result.md* ]]
	run -0 mk audit
	[[ $output == *"2 verdicts decided again, 0 passed over, 0 problems"* ]]
}

@test "what is wrong to the end is rejected for what it is" {
	for n in 1 2 3 4; do
		reply $n '			out[i] = 2 * in[i];' "			out[i] = $n.5f * in[i];"
	done
	run -0 mk optimize
	[ "$(verdicts)" = "verdict: reject wrong" ]
	[ "$(ls -d $x/exp_0001/attempt_* | wc -l)" -eq 3 ]
	run -0 mk audit
}

@test "CANDIDATES=3: all proved first, then judged, the fastest published first" {
	fake_build
	reply 1 '#define PASSES 8' '#define PASSES 4' 1.5
	reply 2 '#define PASSES 8' '#define PASSES 1' 9
	reply 3 '#define PASSES 8' '#define PASSES 2' 3
	# By its place, for all are asked at once.
	CMD="cd $PWD && cat replies/\$(sed -n 's/.*propose number \([0-9]\) of them.*/\1/p')"
	run -0 mk optimize CANDIDATES=3
	[ "$(verdicts)" = $'verdict: accept -\nverdict: reject slower\nverdict: reject slower' ]
	[ "$(sed 's/.*"experiment": "\([a-z0-9_]*\)".*/\1/' $x/ledger.jsonl | tr '\n' ' ')" = "exp_0002 exp_0003 exp_0001 " ]
	[ "$(head -n 3 fakes/log | sort -u)" = verify ]
	[ "$(knob PASSES $k/solution.c)" = 1 ]
}

@test "after an accept with knobs tune has its turns, and costs no answer" {
	fake_build
	reply 1 '#define PASSES 8' '#define PASSES 4'
	run -0 mk optimize ITERATIONS=3 TUNE_AFTER=2
	[ "$(ls asked | wc -l)" -eq 1 ]
	[ "$(grep -c '"proposer": "tune"' $x/ledger.jsonl)" -eq 2 ]
}

@test "what was recorded, replayed, gives the same candidates" {
	fake_build
	reply 1 '#define PASSES 8' '#define PASSES 4'
	echo no >replies/2
	reply 3 '#define PASSES 4' '#define PASSES 2'
	RECORD=1 run -0 mk optimize ITERATIONS=2
	mv $x/transcript.jsonl .
	mv $x first
	cp first/shipped.c $k/solution.c
	unset CMD
	PROPOSER=replay TRANSCRIPT=$PWD/transcript.jsonl run -0 mk optimize \
		ITERATIONS=2
	for exp in exp_0001 exp_0002; do
		cmp first/$exp/solution.c $x/$exp/solution.c
	done
}

@test "no judge, no program that is asked, and no ON_ACCEPT has a key" {
	fake_build
	sed -i '2i env >>"$FAKES/environment"' build/verify build/bench build/decide
	reply 1 '#define PASSES 8' '#define PASSES 4'
	CMD="env >>$FAKES/asked; $CMD"
	export ON_ACCEPT='env >"$FAKES/accepted"'
	ANTHROPIC_API_KEY=sk-secret-a OPENAI_API_KEY=sk-secret-b run -0 mk optimize
	[ -s fakes/environment ] && [ -s fakes/asked ] && [ -s fakes/accepted ]
	run -1 grep -r sk-secret .
}

@test "three times in a row without an answer end the loop; the next run goes on" {
	fake_build
	CMD='touch asked/$$; exit 75' run -2 mk optimize
	[[ $output == *"answer: "*"exp_0001/code: no answer"* ]]
	[[ $output == *"exp_0001: no answer, three times in a row"* ]]
	[ ! -e $x/exp_0002 ]
	reply 1 '#define PASSES 8' '#define PASSES 4'
	run -0 mk optimize
	[[ $output == *exp_0001/result.md* ]]
}

@test "a program that fails is trouble, and the question waits" {
	fake_build
	CMD='exit 3' run -2 mk optimize
	[[ $output == *"CMD: exit status 3"* ]]
	[ -e $x/exp_0001/code/1.prompt.md ]
}

@test "a spent budget stops the loop before it asks or judges" {
	fake_build
	reply 1 '#define PASSES 8' '#define PASSES 4'
	mkdir -p $x
	spend -e $x reserve -k judge exp_0000/judge#1 gpu_s=10
	BUDGET_GPU_S=11 run -2 mk optimize
	[[ $output == *BUDGET_GPU_S* ]]
	[ ! -s $x/ledger.jsonl ]
	BUDGET_GPU_S=100 run -0 mk optimize
	[[ $output == *exp_0001/result.md* ]]
}

@test "after a stall research comes first, and its failure is no obstacle" {
	fake_build
	reply 1 '#define SPARE 0' '#define SPARE 1'
	reply 2 '#define SPARE 0' '#define SPARE 2'
	reply 3 '/* Only the last pass is needed. */' ''
	run -0 mk optimize ITERATIONS=3
	echo 'no plan' >replies/4
	reply 8 '/* Changes the code, not the work. */' ''
	run -0 mk optimize STALL=1
	[[ $output == *"none of 4 plans held"* ]]
	grep -q '"direction": "research"' $x/exp_0004/intent.json
	[ -e $x/exp_0004/researched ] && [ -e $x/exp_0004/result.md ]
	[ "$(ls $x/research/0001 | grep -c reply)" -eq 4 ]
}

@test "killed at any moment, make optimize finishes the same experiment" {
	fake_build
	echo 0.1 >fakes/delay
	reply 1 '#define PASSES 8' '#define PASSES 4 4'
	reply 2 '#define PASSES 8' '#define PASSES 4'
	# By what it is asked, for answers are lost.
	CMD="cd $PWD && sleep 0.1 && if grep -q 'no edit to judge'; then cat replies/2; else cat replies/1; fi"
	for delay in 0.15 0.25 0.35 0.45 0.55 0.65 0.75 0.85 0.95 1.1; do
		setsid bash -c "$(declare -f mk); ROOT=$ROOT B=$B; mk optimize" \
			>/dev/null 2>&1 &
		pid=$!
		sleep $delay
		kill -9 -- -$pid || true
		wait $pid || true
	done
	rm fakes/delay
	while [ ! -e $x/exp_0001/result.md ]; do
		mk optimize
	done
	[ "$(grep -c exp_0001 $x/ledger.jsonl)" -eq 1 ]
	[ "$(knob PASSES $x/exp_0001/solution.c)" = 4 ]
	for turn in 1 2; do
		[ -s $x/exp_0001/code/$turn.reply.json ]
	done
	[ ! -e $x/exp_0001/code/3.prompt.md ]
}
