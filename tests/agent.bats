load setup
load loop

# ask -p claude: a coding agent's program, here one that is told by its name
# what to do, in its jail, on a tiny kernel. The judging programs are fakes.

setup() {
	needs_jail
	tiny_tree
	ln -s "$ROOT/kernels/include" kernels/include
	mkdir agents
	fake_judge
	export KERNEL=scale DEVICE=cpu BUILD=$PWD/build
	export KERNELS=$PWD/kernels WORKLOADS=$PWD/workloads
	export EXPERIMENTS=$PWD/experiments AGENT_TIMEOUT_S=30
	here=$PWD
	said=$x/exp_0001/code
	room=build/agent/scale/exp_0001
	mkdir -p $said
	echo "You make kernels faster." >$said/system.md
	echo "The kernel: scale." >$said/1.prompt.md
}

# ask VARIANT: the waiting turn answered by that agent
ask_agent() {
	cp "$BATS_TEST_DIRNAME/fakes/agent" "agents/$1"
	(cd "$ROOT" && AGENT=$here/agents/$1 "$BUILD/ask" -p claude \
		-e "$here/$x" "$here/$said")
}

# field NAME [TURN]: of the reply
field() {
	python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' \
		"$said/${2-1}.reply.json" "$1"
}

charged() {
	grep -c "$1" $x/spend.jsonl
}

@test "an agent's edit becomes a reply: four fields and one whole file" {
	run -0 ask_agent good
	field text >text
	[ "$(head -n 4 text | cut -d: -f1 | xargs)" = \
		"HYPOTHESIS MECHANISM PREDICTS RISK" ]
	grep -qx '<<<<<<< WHOLE solution.c' text
	grep -qx '#define PASSES 4' text
	[ "$(tail -n 1 text)" = "" ] || [ "$(grep . text | tail -n 1)" = '>>>>>>>' ]
	[ "$(field proposer)" = claude ]
	[ "$(field usd)" = 0.25 ]
	[ "$(field requests)" = 1 ]
}

@test "its brief is what a model would be told, its records are those on file" {
	ask_agent good
	grep -qx "You make kernels faster." $room/room/brief.md
	grep -qx "The kernel: scale." $room/room/brief.md
	[ -e $room/room/records/settings ]
	grep -q "Make one candidate" $room/home/task.1
}

@test "./step in the jail has the candidate proved out here" {
	ask_agent good
	[ "$(tail -n 1 $room/home/said)" = 0 ]
	grep -qx verify fakes/log
	grep -q "$here/build/agent/scale/exp_0001/taken/solution.c\|measured" \
		fakes/arguments
	[ -z "$(ls $x/exp_0001 | grep -v code)" ]
}

@test "it is allowed to read, to edit two files and to run ./step, no more" {
	ask_agent good
	[ "$(sed -n '/^--allowedTools$/,$p' $room/home/arguments.1 | xargs -d '\n')" = \
		'--allowedTools Read Bash(./step) Bash(./step:*) Edit(./solution.c) Edit(./proposal.txt)' ]
	grep -qx dontAsk $room/home/arguments.1
	run -1 grep -iE 'dangerous|bypass|acceptEdits' $room/home/arguments.1
}

@test "it has its key in its environment and nothing else of ours" {
	export ANTHROPIC_API_KEY=sk-ant-secret-key OPENAI_API_KEY=sk-other-secret
	export AWS_SECRET=also HOME=$here CMD=mine
	ask_agent good
	grep -qx "ANTHROPIC_API_KEY=sk-ant-secret-key" $room/home/env.1
	run -1 grep -E 'OPENAI|AWS|CMD|BUDGET' $room/home/env.1
	grep -qx "HOME=/agent" $room/home/env.1
	rm -r $room/home
	run -1 grep -rl sk-ant-secret-key "$here"
}

@test "what it is charged is its own report, reserved before and settled after" {
	ask_agent good
	[ "$(charged '"exp_0001/code/1#1"')" = 2 ]
	run -0 spend -e $x total
	[[ $output == *0.25* ]]
}

@test "a report that cannot be true leaves the charge at its cap" {
	for variant in absurd negative free garbage; do
		rm -rf $said/1.reply.json $x/spend.jsonl $room
		AGENT_USD=1.5 run -0 ask_agent $variant
		[[ $output == *"charged at its cap, 1.50 USD"* ]]
		[ "$(field usd)" = 1.5 ]
		run -0 spend -e $x total
		[[ $output == *1.5* ]]
	done
}

@test "a budget that is spent starts no agent" {
	BUDGET_USD=1 AGENT_USD=2 run -1 ask_agent good
	[[ $output == *BUDGET_USD* ]]
	[ ! -e $said/1.reply.json ] && [ ! -e $room/home/task.1 ]
}

@test "one that measured and did not finish is told to, in the same session" {
	run -0 ask_agent late
	grep -qx -- --resume $room/home/arguments.2
	grep -qx 0e639165-79b1-4bd4-bb0f-4cb4c15115d4 $room/home/arguments.2
	grep -q "You have measured. Finish now" $room/home/task.2
	[ "$(field usd)" = 0.5 ]
	[ "$(field requests)" = 2 ]
}

@test "three turns with nothing on file end it, each of them charged" {
	run -2 ask_agent idle
	[[ $output == *"stopped after 3 turns without a candidate: solution.c: nothing was changed"* ]]
	[ ! -e $said/1.reply.json ]
	[ -e $room/home/task.3 ] && [ ! -e $room/home/task.4 ]
	[ "$(charged settle)" -ge 3 ] || [ "$(wc -l <$x/spend.jsonl)" = 6 ]
}

@test "without the four lines there is no candidate" {
	run -2 ask_agent half
	[[ $output == *"proposal.txt: line"* ]]
	grep -q "proposal.txt" $room/home/task.2
}

@test "it cannot write the rules, the records, ./step, the repository or the system" {
	git -C "$ROOT" status --porcelain >before
	run -0 ask_agent other
	[ ! -s $room/home/written ]
	[ -z "$(find / -maxdepth 2 -name hit -not -path '/proc/*' 2>/dev/null)" ]
	git -C "$ROOT" status --porcelain | cmp - before
	# What it may write beside its two files is not looked at.
	[ -e $room/room/notes.txt ]
	[[ $(field text) != *more* ]]
}

@test "it sees neither the repository nor the experiments nor a home" {
	cat >agents/look <<-END
	#!/bin/sh
	ls -d "$ROOT" "$here/$x" /agent /root /home/* /var/lib 2>/dev/null >"\$HOME/seen"
	END
	chmod +x agents/look
	cp agents/look "$BATS_TEST_TMPDIR/look"
	(cd "$ROOT" && AGENT=$here/look run -2 "$BUILD/ask" -p claude \
		-e "$here/$x" "$here/$said")
	[ "$(cat $room/home/seen)" = /agent ]
}

@test "no link and no pipe is followed" {
	for variant in link links pipe; do
		rm -rf $room
		run -2 ask_agent $variant
		[[ $output == *"stopped after 3 turns"* ]]
		[ ! -e $said/1.reply.json ]
		run -1 grep -rl root:x $x build/agent/scale/exp_0001/taken
	done
}

@test "the words that it may say are checked again on this side" {
	run -0 ask_agent words
	[ "$(grep -c '^= 2' $room/home/said)" = 9 ]
	[ "$(grep -c '^= 0' $room/home/said)" = 0 ]
	grep -qx '7 2' $room/home/said
	grep -qx '8 2' $room/home/said
	grep -qx '9 2' $room/home/said
	grep -qx '10 2' $room/home/said
	[ ! -e $x/exp_0002 ] && [ ! -e fakes/log ]
	[ -z "$(find "$here" -name 'hit*')" ]
}

@test "words without end do not hang it" {
	run -0 ask_agent flood
	[ "$(find $room/room/.step -name '*.status' | wc -l)" -le 200 ]
}

@test "one that hangs is ended in time, and charged at its cap" {
	AGENT_TIMEOUT_S=1 run -2 ask_agent hang
	[[ $output == *"its time was over"* ]]
	run -1 pgrep -f "sleep 100[0]"
}

@test "what it leaves behind ends with it" {
	run -0 ask_agent daemon
	run -0 ask_agent forks
	sleep 4
	[ ! -e $room/home/alive ]
	grep -q PASSES $room/room/solution.c
	run -1 pgrep -f "sleep 100[0]"
}

@test "a report without end is cut off" {
	run -2 ask_agent loud
	[[ $output == *"stopped after 3 turns"* ]]
}

@test "one that fails says why, without the key" {
	ANTHROPIC_API_KEY=sk-ant-secret-key run -2 ask_agent fail
	[[ $output == *"exit status 1: no credit: *****"* ]]
	[[ $output != *sk-ant* ]]
}

@test "a candidate that would not be a reply is none" {
	run -2 ask_agent marker
	[[ $output == *"no candidate: "*line* ]]
}

@test "what came back is the next turn of the same workspace and session" {
	ask_agent again
	echo "It does not compile: line 3." >$said/2.prompt.md
	run -0 ask_agent again
	grep -qx -- --resume $room/home/arguments.2
	grep -q "It does not compile: line 3." $room/home/task.2
	[[ $(field text 2) == *"PASSES 6"* ]]
	[ "$(charged '"exp_0001/code/2#1"')" = 2 ]
}

@test "the same candidate once more is no answer to what came back" {
	ask_agent good
	echo "It is wrong." >$said/2.prompt.md
	run -2 ask_agent good
	[[ $output == *"nothing was changed since the last time"* ]]
}

@test "killed in the middle, it stays charged and goes on in the same workspace" {
	cp "$BATS_TEST_DIRNAME/fakes/agent" agents/hang
	(cd "$ROOT" && AGENT=$here/agents/hang exec "$BUILD/ask" -p claude \
		-e "$here/$x" "$here/$said") &
	pid=$!
	until [ -e $room/home/task.1 ]; do sleep 0.1; done
	kill -9 $pid
	wait $pid || true
	sleep 0.3
	run -1 pgrep -f "sleep 100[0]"
	run -0 ask_agent good
	run -0 spend -e $x total
	[[ $output == *2.25* ]]
	[ "$(charged '"exp_0001/code/1#2"')" = 2 ]
}

@test "an agent that is not there, limits that are none, a missing setting" {
	run -2 env -C "$ROOT" AGENT=no-such-agent ask -p claude -e "$here/$x" \
		"$here/$said"
	[[ $output == *"no-such-agent: no such program"* ]]
	AGENT_USD=-1 run -2 ask_agent good
	[[ $output == *"AGENT_USD=-1: want a number"* ]]
	AGENT_TIMEOUT_S=soon run -2 ask_agent good
	DEVICE='' run -2 ask_agent good
	[[ $output == *"DEVICE: not set"* ]]
	[ ! -e $x/spend.jsonl ]
}

@test "as an ordinary user it is the same" {
	[ "$(id -u)" = 0 ] || skip "not root: all of this file is"
	command -v setpriv >/dev/null || skip "no setpriv"
	for variant in good other; do
		cp "$BATS_TEST_DIRNAME/fakes/agent" "agents/$variant"
	done
	# Where nobody may go: with a repository of its own.
	copy=$(mktemp -d)
	cp -Rp "$ROOT"/{Makefile,mk,tools,step,.claude,CLAUDE.md} . "$copy"
	rm "$copy/kernels/include"
	cp -Rp "$ROOT/kernels/include" "$copy/kernels"
	sed -i "s,$here,$copy," "$copy"/build/{verify,bench,compare,decide}
	chown -R nobody "$copy"
	export HOME=$copy BUILD=$copy/build KERNELS=$copy/kernels
	export WORKLOADS=$copy/workloads EXPERIMENTS=$copy/experiments
	status=0
	for variant in good other; do
		rm -rf "$copy/$room" "$copy/$said/1.reply.json"
		(cd "$copy" && AGENT=$copy/agents/$variant setpriv \
			--reuid=nobody --clear-groups build/ask -p claude \
			-e $x $said) || status=1
		mkdir "$variant"
		cp "$copy/$room"/home/* "$copy/$said/1.reply.json" $variant
	done
	rm -rf "$copy"
	[ $status = 0 ]
		[ "$(tail -n 1 good/said)" = 0 ]
	[ -s other/1.reply.json ] && [ ! -s other/written ]
}

# make in the repository, on the tree of this test.
mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$BUILD" KERNEL=scale \
		DEVICE=cpu KERNELS="$KERNELS" WORKLOADS="$WORKLOADS" \
		EXPERIMENTS="$EXPERIMENTS" "$@"
}

@test "make optimize PROPOSER=claude makes an agent's candidate an experiment" {
	rm -r $x
	cp "$BATS_TEST_DIRNAME/fakes/agent" agents/good
	AGENT=$here/agents/good run -0 mk optimize PROPOSER=claude
	[[ ${lines[-1]} == "verdict: accept"* ]]
	grep -qx '#define PASSES 4' $k/solution.c
	grep -q 'HYPOTHESIS: fewer passes' $x/exp_0001/proposal.md
	grep -q '"proposer": "claude"' $x/exp_0001/base.json
	grep -q '"kind": *"agent"' $x/spend.jsonl
}

@test "CANDIDATES=2 has two agents at work at once, each in a workspace of its own" {
	rm -r $x
	cp "$BATS_TEST_DIRNAME/fakes/agent" agents/numbered
	AGENT=$here/agents/numbered run -0 mk optimize PROPOSER=claude CANDIDATES=2
	[ "$(grep -c '^verdict: ' <<<"$output")" -eq 2 ]
	for i in 1 2; do
		grep -q '"proposer": "claude"' $x/exp_000$i/base.json
		grep -q "propose number $i of them" build/agent/scale/exp_000$i/room/brief.md
	done
	grep -qx '#define PASSES 4' $x/exp_0001/solution.c
	grep -qx '#define PASSES 2' $x/exp_0002/solution.c
	[ "$(wc -l <$x/ledger.jsonl)" -eq 2 ]
	# Each began before the other had ended.
	[ build/agent/scale/exp_0001/home/begun -ot build/agent/scale/exp_0002/room/solution.c ]
	[ build/agent/scale/exp_0002/home/begun -ot build/agent/scale/exp_0001/room/solution.c ]
}

@test "without a jail only where the user says so, and then it works alike" {
	SANDBOX=none run -0 ask_agent good
	[ "$(tail -n 1 $room/home/said)" = 0 ]
	grep -qx "HOME=$here/$room/home" $room/home/env.1
	rm -r $said/1.reply.json $room
	SANDBOX=maybe run -2 ask_agent good
	[[ $output == *"SANDBOX=maybe: want bwrap, container, none"* ]]
	[ ! -e $room ]
}
