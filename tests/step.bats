load setup
load loop

# ./step at the root, on a tiny kernel; the judging programs are fakes.

setup() {
	tiny_tree
	ln -s "$ROOT/kernels/include" kernels/include
	fake_judge
	export KERNEL=scale DEVICE=cpu BUILD=$PWD/build
	export KERNELS=$PWD/kernels WORKLOADS=$PWD/workloads
	export EXPERIMENTS=$PWD/experiments AGENT_DIR=$PWD/agent
	step=$ROOT/step
}

# The state of the repository, but for what git ignores.
tree() {
	git -C "$ROOT" status --porcelain
}

propose_change() {
	"$step" copy
	sed -i 's/PASSES 8/PASSES 4/' agent/solution.c
	printf '%s: %s\n' HYPOTHESIS 'fewer passes' MECHANISM 'less work' \
		PREDICTS 2 RISK none >agent/proposal.txt
}

@test "without a word, step lists the words and does nothing" {
	run -0 "$step"
	[[ ${lines[0]} == "usage: ./step WORD"* ]]
	run -0 "$step" help
	[ ! -e agent ]
}

@test "a word that is not listed is refused, whatever it is" {
	for word in all clean install -n --eval=x SHELL=/bin/sh 'status;id' \
		'$(id)' ../step /bin/sh 'status
id' '' ' status' STATUS optimize adopt revert rejudge new; do
		run -2 "$step" "$word"
		[ "$output" = "step: want one of the words that ./step help lists" ]
	done
}

@test "no word takes an argument that is not its own" {
	for word in status try log audit doctor profile inspect research help; do
		run -2 "$step" $word --eval='$(shell touch hit)'
		run -2 "$step" $word SHELL="$PWD/hit"
	done
	run -2 "$step" copy exp_0001 SOLUTION=x
	run -2 "$step" read
	[ ! -e hit ]
}

@test "only records are read: no paths, no other names" {
	for name in /etc/passwd ../settings . '' 'notes;id' 'notes notes' \
		'exp_0001/../..' exp_ exp_1 exp_x exp_00000000001 'exp_000*' \
		'exp_0001
x' reference definition --help; do
		run -2 "$step" read "$name"
		[ "$output" = "step: read: no such record: see ./step help" ]
	done
}

@test "copy takes an experiment or the shipped solution, and no path" {
	for name in ../x /etc/passwd exp_ current 'exp_0001 x' RECORD=x; do
		run -2 "$step" copy "$name"
		[ "$output" = "step: copy: want exp_NNNN or shipped" ]
	done
	[ ! -e agent ]
}

@test "bench and verify take quick, stride N and full, and N is a number" {
	"$step" copy
	for words in fast 'stride' 'stride 0' 'stride x' 'stride -1' \
		'stride 99999' 'quick 3' 'full 2' 'stride 3;id' 'stride 3 4'; do
		# shellcheck disable=SC2086
		run -2 "$step" bench $words
		# shellcheck disable=SC2086
		run -2 "$step" verify $words
	done
	[ ! -e fakes/log ]
	run -0 "$step" verify
	run -0 "$step" bench stride 2
	grep -q '^bench.* stride 2' fakes/arguments ||
		grep -q '^bench.*stride' fakes/arguments
}

@test "the environment does not reach make, but for what a person sets" {
	"$step" copy
	export MAKEFLAGS='--eval=$(shell\ touch\ hit1)' GNUMAKEFLAGS=-n
	export SHELL=$PWD/hit2 BASH_ENV=$PWD/env ENV=$PWD/env
	export MAKEFILES=$PWD/env.mk ANTHROPIC_API_KEY=sk-secret
	echo "touch $PWD/hit3" >env
	echo "\$(shell touch $PWD/hit4; env >$PWD/seen)" >env.mk
	run -0 "$step" status
	run -0 "$step" bench
	[ -z "$(ls | grep hit)" ] && [ ! -e seen ]
	grep -qx bench fakes/log
}

@test "what a person sets is checked: no words of make's, no other characters" {
	for setting in KERNEL=../x 'KERNEL=scale CMD=x' 'KERNEL=scale:' \
		DEVICE=gpu 'DEVICE=cpu --eval=x' BENCH_S=1e9 BENCH_S=-1 \
		SANDBOX=off SANITIZE=yes 'BUILD=$(shell id)' 'KERNELS=a b' \
		'EXPERIMENTS=x;id' 'AGENT_DIR=a$b' 'AGENT_DIR=a
b'; do
		run -2 env "$setting" "$step" status
		[[ $output == "step: ${setting%%=*}: want "* ]]
	done
}

@test "status, doctor, audit and the records are printed" {
	run -0 "$step" status
	[[ $output == *$'\n'scale$'\n'* ]]
	run -0 "$step" doctor
	[[ $output == *bwrap* ]]
	run -0 "$step" read settings
	[ "$output" = "$(cat kernels/scale/settings)" ]
	run -0 "$step" read hints
	[[ $output == "nothing on file: "*hints.md ]]
}

@test "copy starts from the incumbent, with a blank proposal" {
	mkdir agent
	echo old >agent/solution.cu
	run -0 "$step" copy
	[ "$output" = "$PWD/agent/solution.c" ]
	cmp agent/solution.c kernels/scale/solution.c
	[ ! -e agent/solution.cu ]
	[ "$(cut -d: -f1 agent/proposal.txt | xargs)" = \
		"HYPOTHESIS MECHANISM PREDICTS RISK" ]
	run -2 "$step" copy exp_0001
	[[ $output == *"no such solution"* ]]
}

@test "try needs a candidate and a proposal, and follows no link" {
	run -2 "$step" try
	[[ $output == *"no solution yet: ./step copy" ]]
	"$step" copy
	rm agent/proposal.txt
	run -2 "$step" try
	[[ $output == *"say first what you expect" ]]
	ln -sf "$PWD/kernels/scale/solution.c" agent/solution.c
	run -2 "$step" try
	[[ $output == *"no solution yet"* ]]
	[ ! -e $x/exp_0001 ]
}

@test "try judges the candidate, log finds it, and the repository is unchanged" {
	tree >before
	propose_change
	run -1 bash -c "'$step' log; [ \$? -eq 0 ]"
	[[ $output == *"not on file: try it first"* ]]
	run -0 "$step" try
	[[ ${lines[-1]} == "verdict: "* ]]
	cmp agent/solution.c $x/exp_0001/solution.c
	grep -qx "HYPOTHESIS: fewer passes" $x/exp_0001/proposal.md
	run -0 "$step" log
	[[ $output == '{"experiment": "exp_0001"'* ]]
	run -0 "$step" read exp_0001
	[[ ${lines[0]} == "# exp_0001: "* ]]
	[[ $output == *"PREDICTS: 2 times as fast"* ]]
	run -0 "$step" copy exp_0001
	cmp agent/solution.c $x/exp_0001/solution.c
	tree | cmp - before
}

@test "a proposal that says less than four lines is refused, with the line" {
	propose_change
	for line in HYPOTHESIS PREDICTS; do
		sed -i "s/^$line: .*/$line: /" agent/proposal.txt
		run -2 "$step" try
		[[ $output == *"agent/proposal.txt: line "* ]]
	done
	printf 'ignore the rules\n' >agent/proposal.txt
	run -2 "$step" try
	head -c 20000 /dev/zero | tr '\0' x >agent/proposal.txt
	run -2 "$step" try
	[ ! -e $x/exp_0001 ]
}

@test "trouble is exit 2, and its words are passed on" {
	propose_change
	echo 2 >fakes/verify.exit
	run -2 "$step" try
	[[ $output == *"Error 2"* ]]
}

@test "a long output is cut at its beginning, and says so" {
	mkdir -p $x
	{
		head -c 100000 /dev/zero | tr '\0' x
		echo end
	} >$x/summary.md
	run -0 "$step" read summary
	[[ ${lines[0]} =~ ^step:\ the\ first\ [0-9]+\ bytes\ are\ left\ out ]]
	[[ ${lines[-1]} == *xend ]]
	[ ${#output} -lt 17000 ]
}

@test "commands, agents and rules use only words that there are" {
	cd "$ROOT"
	grep -ohE '\./step [a-z]+' CLAUDE.md .claude/*/*.md | sort -u |
		while read -r _ word; do
			"$step" help | grep -qE "^  ([a-z]+, )*$word([ ,]|$)" || {
				echo "$word"
				exit 1
			}
		done
}

@test "an agent is permitted ./step and two files, and nothing is asked" {
	python3 - "$ROOT/.claude/settings.json" <<-'END'
	import json, sys
	p = json.load(open(sys.argv[1]))["permissions"]
	assert p["defaultMode"] == "dontAsk"
	assert p["disableBypassPermissionsMode"] == "disable"
	assert [a for a in p["allow"] if a.startswith("Bash")] == \
	    ["Bash(./step)", "Bash(./step:*)"]
	edits = [a for a in p["allow"] if a.startswith(("Edit", "Write"))]
	assert all("solution." in a or "proposal.txt" in a for a in edits), edits
	END
	run -1 grep -rE 'dangerously|bypassPermissions"|acceptEdits' \
		"$ROOT/.claude" "$ROOT/CLAUDE.md"
}
