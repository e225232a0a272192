load setup

# ask without a network: programs, transcripts, saved replies. What it does
# over HTTP is in ask-http.bats.

setup() {
	cd "$BATS_TEST_TMPDIR"
	x=experiments/k
	c=$x/exp_0001/code
	begin $c 'What to do.'
}

# A conversation of which the first turn waits.
begin() {
	mkdir -p "$1"
	echo 'You improve kernels.' >"$1/system.md"
	echo "$2" >"$1/1.prompt.md"
}

ask() {
	command ask -e $x "$@"
}

text() {
	sed -n 's/^  "text": "\(.*\)",$/\1/p' "$1"
}

@test "a program gets all that was said and its output is the reply" {
	CMD='cat >seen; echo my answer' run -0 ask -p command $c
	[ -z "$output" ]
	[ "$(text $c/1.reply.json)" = 'my answer\n' ]
	grep -q 'You improve kernels' seen
	grep -q 'What to do' seen
	echo 'And now?' >$c/2.prompt.md
	CMD='cat >seen; echo another' run -0 ask -p command $c
	[ "$(text $c/2.reply.json)" = 'another\n' ]
	grep -q 'my answer' seen
	grep -q 'And now' seen
}

@test "where nothing waits, nothing is done" {
	CMD='echo one' ask -p command $c
	cp $c/1.reply.json before
	CMD='echo two; touch ran' run -0 ask -p command $c
	cmp before $c/1.reply.json
	[ ! -e ran ]
	mkdir $x/exp_0002
	CMD='touch ran' run -0 ask -p command $x/exp_0002
	[ ! -e ran ]
}

@test "a program that fails leaves no reply: 2, or 75 if it asks for that" {
	CMD='echo half; exit 3' run -2 ask -p command $c
	[[ $output == *"CMD: exit status 3"* ]]
	CMD='exit 75' run -75 ask -p command $c
	CMD='kill -9 $$' run -2 ask -p command $c
	[[ $output == *"signal 9"* ]]
	run -2 ask -p command $c
	[[ $output == *"CMD: not set"* ]]
	[ ! -e $c/1.reply.json ]
}

@test "a program that does not end is ended, with all that it started" {
	export CMD='sleep 311 & sleep 311'
	ASK_LIMIT_S=0.5 run -75 ask -p command $c
	[[ $output == *"CMD: not done after 0.5 s"* ]]
	run -1 pgrep -fx 'sleep 311'
	[ ! -e $c/1.reply.json ]
}

@test "a program that leaves something behind is not waited for" {
	export CMD='sleep 312 & echo done'
	run -0 timeout 5 ask -e $x -p command $c
	[ "$(text $c/1.reply.json)" = 'done\n' ]
	run -1 pgrep -fx 'sleep 312'
}

@test "a program that never stops printing is ended" {
	CMD='yes' run -75 ask -p command $c
	[[ $output == *"CMD: printed more than"* ]]
	[ ! -e $c/1.reply.json ]
}

@test "a program that reads nothing is no failure" {
	head -c 3000000 /dev/zero | tr '\0' a >$c/1.prompt.md
	CMD='exec <&-; sleep 0.2; echo deaf' run -0 ask -p command $c
	[ "$(text $c/1.reply.json)" = 'deaf\n' ]
}

@test "bytes that are no text become text" {
	CMD="printf 'a\\000b\\377c\\033[2J'" run -0 ask -p command $c
	[ "$(text $c/1.reply.json)" = $'a\xef\xbf\xbdb\xef\xbf\xbdc\\u001b[2J' ]
}

@test "a signal to ask ends the program too, and the turn still waits" {
	for signal in INT TERM HUP; do
		# Background jobs of a script ignore SIGINT.
		CMD='sleep 313' env --default-signal ask -p command -e $x $c 3>&- &
		pid=$!
		until pgrep -fx 'sleep 313'; do sleep 0.05; done
		kill -s $signal $pid
		run ! wait $pid
		run -1 pgrep -fx 'sleep 313'
	done
	[ ! -e $c/1.reply.json ]
}

@test "a program does not inherit the keys, nor sees them in ask's files" {
	export ANTHROPIC_API_KEY=sk-ant-secret-1 OPENAI_API_KEY=sk-secret-2
	CMD='env; tr "\0" "\n" </proc/$PPID/environ; cat /proc/$PPID/cmdline' \
		run -0 ask -p command $c
	grep -q 'PATH=' $c/1.reply.json
	run -1 grep -r secret .
}

@test "a saved reply is the answer, and nobody is asked" {
	printf 'HYPOTHESIS: x\n' >reply
	CMD='touch ran' run -0 ask -p command -r reply $c
	[ "$(text $c/1.reply.json)" = 'HYPOTHESIS: x\n' ]
	[ ! -e ran ] && [ ! -e $x/spend.jsonl ]
	begin $x/exp_0002/code again
	run -2 ask -p command -r missing $x/exp_0002/code
	[[ $output == *"missing: No such file"* ]]
}

@test "what is recorded is replayed, with a word if the prompt has changed" {
	CMD='echo one' RECORD=1 ask -p command $c
	echo 'And now?' >$c/2.prompt.md
	CMD='echo two' RECORD=1 ask -p command $c
	[ "$(wc -l <$x/transcript.jsonl)" -eq 2 ]
	mv $x/transcript.jsonl kept
	rm -r $x
	begin $c 'What to do.'
	export TRANSCRIPT=kept
	run -0 ask -p replay $c
	[ -z "$output" ]
	[ "$(text $c/1.reply.json)" = 'one\n' ]
	grep -q '"proposer": "replay"' $c/1.reply.json
	echo 'And something else?' >$c/2.prompt.md
	run -0 ask -p replay $c
	[[ $output == *"turn 2: the prompt differs"* ]]
	[ "$(text $c/2.reply.json)" = 'two\n' ]
	echo 'More?' >$c/3.prompt.md
	run -2 ask -p replay $c
	[[ $output == *"kept: no reply to exp_0001/code, turn 3"* ]]
}

@test "a reply that was on file before a kill is recorded once, later" {
	CMD='echo one' ask -p command $c
	for _ in 1 2; do
		RECORD=1 ask -p command $c
	done
	[ "$(wc -l <$x/transcript.jsonl)" -eq 1 ]
}

@test "a torn last line of a transcript is passed over, a wrong one is named" {
	CMD='echo one' RECORD=1 ask -p command $c
	mv $x/transcript.jsonl kept
	printf '{"conversation": "exp_0' >>kept
	rm $c/1.reply.json
	TRANSCRIPT=kept run -0 ask -p replay $c
	echo '{}}' >>kept
	rm $c/1.reply.json
	TRANSCRIPT=kept run -2 ask -p replay $c
	[[ $output == *"kept:2:"* ]]
	run -2 ask -p replay $c
	[[ $output == *"TRANSCRIPT: not set"* ]]
	TRANSCRIPT=none run -2 ask -p replay $c
	[[ $output == *"none: no such file"* ]]
	printf '{"conversation": "exp_0001/code", "turn": 1, "reply": {}}\n' >kept
	TRANSCRIPT=kept run -2 ask -p replay $c
	[[ $output == *"kept:1: want \"proposer\""* ]]
}

@test "two at one conversation: the second is told to try again" {
	CMD='touch started; sleep 1; echo one' command ask -p command -e $x $c 3>&- &
	pid=$!
	until [ -e started ]; do sleep 0.05; done
	CMD='touch ran' run -75 ask -p command $c
	[ ! -e ran ]
	wait $pid
	[ "$(text $c/1.reply.json)" = 'one\n' ]
}

@test "a conversation that is not what it should be is named" {
	echo reply >reply
	ask="ask -p command -r reply"
	printf 'a\377b' >$c/1.prompt.md
	run -2 $ask $c
	[[ $output == *"1.prompt.md: want UTF-8 text without NUL: see byte 1" ]]
	printf 'a\0b' >$c/1.prompt.md
	run -2 $ask $c
	[[ $output == *"see byte 1" ]]
	head -c 5000000 /dev/zero | tr '\0' a >$c/1.prompt.md
	run -2 $ask $c
	ln -sf ../../../../reply $c/1.prompt.md
	run -2 $ask $c
	rm $c/1.prompt.md
	echo '{"text": "x"}' >$c/1.reply.json
	run -2 $ask $c
	[[ $output == *"1.reply.json:1: want \"proposer\""* ]]
	rm $c/1.reply.json
	echo a >$c/1.prompt.md
	echo b >$c/2.prompt.md
	run -2 $ask $c
	[[ $output == *"2.prompt.md: the turn before has no reply" ]]
	rm $c/2.prompt.md $c/system.md
	run -2 $ask $c
	[[ $output == *"system.md: missing" ]]
}

@test "a reply that cannot be written is trouble, and the turn still waits" {
	[ "$(id -u)" -ne 0 ] || skip "root writes anywhere"
	chmod a-w $c
	CMD='echo one' run -2 ask -p command $c
	[ ! -e $c/1.reply.json ]
}

@test "usage errors exit 2: an unknown kind, a folder elsewhere, none" {
	run -2 ask -p nobody $c
	[[ $output == *"nobody: no such kind"* ]]
	mkdir elsewhere
	run -2 ask -p command elsewhere
	[[ $output == *"elsewhere: want a folder beneath"* ]]
	run -2 ask -p command $x/missing
	run -2 ask -p command
	run -2 ask $c
	run -2 command ask -p command $c
	[[ $output == *"usage: ask"* ]]
}
