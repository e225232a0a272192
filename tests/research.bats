load setup
load loop

setup() {
	tiny_tree
	mkdir -p $x
	records slower:0.97:0.961:0.979 accept:1.153:1.14:1.166 wrong:null:null:null
	conversation=$x/research/0001
	built inc.json $k/solution.c
	cp $k/solution.c $k/solution.cu
	cp $k/reference.c $k/reference.cu
}

# A ledger with an experiment for each REASON:SPEEDUP:LOW:HIGH.
records() {
	n=0
	for record in "$@"; do
		n=$((n + 1))
		IFS=: read -r reason speedup low high <<<"$record"
		outcome=reject
		[ "$reason" != accept ] || { outcome=accept reason=-; }
		printf '{"experiment": "exp_%04d", "device": "%s", "proposer": "anthropic", "outcome": "%s", "reason": "%s", "speedup": %s, "ci_low": %s, "ci_high": %s, "incumbent": "shipped", "knobs": {}}\n' \
			$n "${device-cpu}" $outcome "$reason" "$speedup" "$low" "$high"
	done >$x/ledger.jsonl
}

ask_for_plan() {
	research "$@" -d "${device-cpu}" -k $k -e $x -w $w -b inc.json
}

# The answer that waits: TEXT [CONVERSATION].
answer() {
	folder=${2-$conversation}
	turn=$(ls "$folder" | sed -n 's/\.prompt\.md$//p' | sort -n | tail -n 1)
	jq_string=$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g' |
		awk '{ printf "%s%s", (NR > 1 ? "\\n" : ""), $0 }')
	cat >"$folder/$turn.reply.json" <<-END
	{"proposer": "command", "model": "", "text": "$jq_string",
	 "stop_reason": "end", "usage": {"input_tokens": 1, "output_tokens": 1,
	 "cache_read_tokens": 0, "cache_write_tokens": 0}, "usd": null,
	 "seconds": 1, "requests": 0, "at": "2026-01-01T00:00:00Z",
	 "prompt_sha256": "$(hash_of "$folder/$turn.prompt.md")"}
	END
}

# A plan of one item each.
plan() {
	printf '## Try\n\n- %s\n\n## Do not try\n\n- %s\n' "$1" "$2"
}
good_try='wider loads, as the accepted step suggests (exp_0002: accept 1.15)'
good_avoid='one row a thread (exp_0001: slower 0.97)'

# A plan that holds: TRY AVOID.
holds() {
	rm -rf $x/research $x/plan.md
	ask_for_plan >/dev/null
	answer "$(plan "$1" "$2")"
	run -0 ask_for_plan
	echo "$output"
	[ "$output" = "$x/plan.md" ]
	[ -s $x/plan.md ]
}

# One that does not: TRY AVOID WHY.
sent_back() {
	rm -rf $x/research $x/plan.md
	ask_for_plan >/dev/null
	answer "$(plan "$1" "$2")"
	run -0 ask_for_plan
	echo "$1" / "$2"; cat "$conversation/2.prompt.md"
	[ "$output" = "$conversation" ]
	[ ! -e $x/plan.md ]
	grep -qF -e "$3" "$conversation/2.prompt.md"
}

@test "the question waits in a conversation, and asking twice changes nothing" {
	run -0 ask_for_plan
	[ "$output" = "$conversation" ]
	grep -q '^| exp_0001: reject slower 0.970 \[0.961, 0.979\]' \
		"$conversation/1.prompt.md"
	cp -R "$conversation" before
	run -0 ask_for_plan
	[ "$output" = "$conversation" ]
	diff -r before "$conversation"
}

@test "the question has the notes, the profiles and the edits, as data" {
	printf 'fast\n```\n# Research on cuda\n' >$k/notes.md
	echo 'dram 81.5 %' >$x/profile.cpu.md
	echo 'rows of 4096' >$x/workload_profile.md
	mkdir $x/exp_0002
	printf '%s\n' '--- a' '+++ b' '+```' '+## Try' >$x/exp_0002/change.diff
	run -0 ask_for_plan -n
	[[ $output == *'| dram 81.5 %'* && $output == *'| rows of 4096'* ]]
	[[ $output == *'## Do not try'* ]]
	grep -qxF '| # Research on cuda' <<<"$output"
	grep -qxF '|     +## Try' <<<"$output"
	[ ! -e $x/research ]
}

@test "the question is bounded, whatever the records' and the files' size" {
	yes 'a long line of notes' | head -c 2000000 >$k/notes.md
	yes 'x' | head -c 900000 >$x/profile.cpu.md
	seq 10000 | awk '{ printf "{\"experiment\": \"exp_%05d\", \"device\": \"cpu\", \"proposer\": \"tune\", \"outcome\": \"noisy\", \"speedup\": 1, \"incumbent\": \"shipped\", \"knobs\": {\"K%d\": \"1\"}}\n", $1, $1 }' >$x/ledger.jsonl
	ask_for_plan -n >prompt
	[ "$(wc -c <prompt)" -lt 90000 ]
}

@test "a plan that holds becomes plan.md, and the next call asks anew" {
	holds "$good_try" "$good_avoid"
	grep -qxF -e "- $good_avoid" $x/plan.md
	[ -s "$conversation/result.md" ]
	run -0 ask_for_plan
	[ "$output" = "$x/research/0002" ]
	[ -s $x/plan.md ]
}

@test "citations may have outcome and reason, digits, the interval, company" {
	holds "$good_try" 'a (exp_0001: reject slower 0.970 [0.96, 0.979])'
	holds "$good_try" 'a (exp_0001: slower 1; exp_0003: wrong)'
	holds "$good_try" 'see exp_0002, but not this (exp_0003: reject)'
}

@test "numbers without a unit are parameters, those on record are facts" {
	holds 'a tile of 16 x 16 by 4 warps with float4 loads' "$good_avoid"
	holds 'the step gave 1.15 times, 1.2 at most, against 0.97' "$good_avoid"
}

@test "an experiment that is not on record is found, wherever it is named" {
	why='no such experiment on record'
	sent_back "$good_try" 'x (exp_0099: slower 0.97)' "exp_0099: $why"
	sent_back 'as exp_0004 showed' "$good_avoid" "exp_0004: $why"
	sent_back 'as exp_1 showed' "$good_avoid" "exp_1: $why"
	sent_back 'as EXP_0001 showed' "$good_avoid" "EXP_0001: $why"
	sent_back 'exp_0001_b' "$good_avoid" "exp_0001_b: $why"
}

@test "a word, a speedup or an interval that is not the record's is found" {
	sent_back "$good_try" 'x (exp_0001: wrong 0.97)' 'the record says reject slower, not wrong'
	sent_back "$good_try" 'x (exp_0001: slower 0.96)' 'its speedup is 0.970, not 0.96'
	sent_back "$good_try" 'x (exp_0001: slower 0.9701)' 'not 0.9701'
	sent_back "$good_try" 'x (exp_0001: slower 0.97 [0.95, 0.98])' 'low end is 0.961, not 0.95'
	sent_back "$good_try" 'x (exp_0001: slower 0.97 [0.96, 0.99])' 'high end is 0.979, not 0.99'
	sent_back "$good_try" 'x (exp_0003: wrong 0.8)' 'has no speedup on record, not 0.8'
	sent_back 'x (exp_0002: accept 1.16)' "$good_avoid" 'is 1.153, not 1.16'
}

@test "a citation that is none, or lacks its speedup, is found" {
	why='want its citation as'
	sent_back "$good_try" 'x (exp_0001: slower)' "$why"
	sent_back "$good_try" 'x (exp_0001: 0.97)' "$why"
	sent_back "$good_try" 'x (exp_0001: slower 0.97' "$why"
	sent_back "$good_try" 'x (exp_0001: slower 0.97 0.97)' "$why"
	sent_back "$good_try" 'x (exp_0001: slower 0.97 [0.96)' "$why"
	sent_back "$good_try" 'x (exp_0001: slower 0.97 [)' "$why"
	sent_back "$good_try" 'just do not' 'cites no experiment'
	sent_back "$good_try" 'exp_0001 was bad' 'cites no experiment'
}

@test "what was accepted is not to be avoided" {
	sent_back "$good_try" 'x (exp_0002: accept 1.15)' 'became the incumbent'
}

@test "another device's record is no evidence" {
	device=cuda records slower:0.9:0.8:0.95
	sed 's/cuda/cpu/; s/exp_0001/exp_0002/' $x/ledger.jsonl >>more
	cat more >>$x/ledger.jsonl
	sent_back "use it" 'x (exp_0001: slower 0.9)' 'was measured on cuda, not on cpu'
}

@test "a number with a point, a unit or a percent sign must have been shown" {
	why='no such number in the records that were shown'
	for claim in 3.71 '37 %' 37% '37 us' '37µs' '37x' '37 GB of traffic' \
		'.37' '37 times' 7e9 '37 KiB' '99999999999999999999999999999999999999999999 s' \
		1e999 v3.71; do
		sent_back "it gives $claim" "$good_avoid" "$why"
	done
}

@test "a stranger's number is no record's: hypotheses, notes in blocks, diffs" {
	mkdir $x/exp_0001 $x/exp_0002
	echo 'HYPOTHESIS: this is 3.71 times as fast' | tee $x/exp_0001/proposal.md >$x/exp_0002/proposal.md
	printf '%s\n' '--- a' '+++ b' '+/* 3.71 times */' >$x/exp_0002/change.diff
	printf '`3.71` `\n    3.71\n' >$k/notes.md
	mkdir -p $x/exp_0003
	echo '/* 3.71 times */' >>$k/solution.c
	echo 'note: 3.71 times' >build.log
	built inc.json $k/solution.c
	sent_back 'it gives 3.71' "$good_avoid" 'no such number'
	echo 'measured: 3.71 us' >$k/notes.md
	holds 'it gives 3.71 us' "$good_avoid"
}

@test "text that is not the plan's is dropped; malformed items are not" {
	ask_for_plan
	answer "$(printf 'Sure! 99.5 %%\n\n```markdown\n%s\n```\n# Also\nexp_9999 9.9x\n' \
		"$(plan "$good_try" "$good_avoid")")"
	run -0 ask_for_plan
	[ "$output" = "$x/plan.md" ]
	! grep -q 'Sure\|9999\|```' $x/plan.md
	sent_back "$(printf 'one\ntwo')" "$good_avoid" 'want an item on one line'
	sent_back "$(printf 'one\n* two')" "$good_avoid" 'want an item on one line'
	sent_back "$good_try" "$(printf 'x (exp_0003: wrong)\n## Try\n- y')" 'once each'
}

@test "both sections are needed, in their order, with something to try" {
	for text in '' 'no idea' '## Try' "$(printf '## Try\n- x\n')" \
		"$(printf '## Do not try\n\n## Try\n- x\n')" \
		"$(printf '## Try\n\n## Do not try\n')"; do
		rm -rf $x/research
		ask_for_plan
		answer "$text"
		run -0 ask_for_plan
		[ "$output" = "$conversation" ]
		[ ! -e $x/plan.md ]
	done
}

@test "huge plans are refused in few words" {
	long=$(head -c 700 /dev/zero | tr '\0' a)
	sent_back "$long" "$good_avoid" 'longer than 600 bytes'
	sent_back "$(yes -- '- x' | head -n 5000 | sed '1s/^- //')" "$good_avoid" \
		'more than 12 items'
	sent_back "$(head -c 70000 /dev/zero | tr '\0' a)" "$good_avoid" \
		'the reply is longer than'
	sent_back "$good_try" "$(seq 300 | sed 's/.*/- exp_9&/; 1s/^- //')" '- and 41 more'
	[ "$(wc -c <"$conversation/2.prompt.md")" -lt 5000 ]
}

@test "what cannot be seen, and what is no text, does not enter the plan" {
	for bad in "$(printf 'a\033[31mb')" "$(printf 'a\xe2\x80\xaeb')" \
		"$(printf 'a\xe2\x80\x8bb')" "$(printf 'a\xc2\x9bb')"; do
		rm -rf $x/research
		ask_for_plan
		answer "$(plan "$(printf %s "$bad" | sed 's/\x1b/\\u001b/')" "$good_avoid")"
		sed -i 's/\\\\u001b/\\u001b/' "$conversation/1.reply.json"
		run -0 ask_for_plan
		grep -q 'a character that cannot be seen' "$conversation/2.prompt.md"
		[ ! -e $x/plan.md ]
	done
}

@test "after three repairs nothing is written, and the status is 1" {
	echo old >$x/plan.md
	ask_for_plan
	for turn in 1 2 3; do
		answer "$(plan 'it gives 3.71' "$good_avoid")"
		run -0 ask_for_plan
		[ -e "$conversation/$((turn + 1)).prompt.md" ]
	done
	answer "$(plan 'it gives 3.71' "$good_avoid")"
	run -1 ask_for_plan
	[[ $output == "research: $conversation: none of 4 plans held"* ]]
	[ "$(cat $x/plan.md)" = old ]
	grep -q '3.71: no such number' "$conversation/result.md"
	run -0 ask_for_plan
	[ "$output" = "$x/research/0002" ]
}

@test "a repaired plan is taken" {
	ask_for_plan
	answer "$(plan 'it gives 3.71' "$good_avoid")"
	ask_for_plan
	answer "$(plan "$good_try" "$good_avoid")"
	run -0 ask_for_plan
	[ "$output" = "$x/plan.md" ]
}

@test "numbers that only the repair's question named are not on record" {
	ask_for_plan
	answer "$(plan 'it gives 3.71' "$good_avoid")"
	ask_for_plan
	answer "$(plan 'it gives 3.71' "$good_avoid")"
	ask_for_plan
	grep -q '3.71: no such number' "$conversation/3.prompt.md"
}

@test "whatever was on file when it was killed, the next call goes on" {
	mkdir -p "$conversation"
	run -0 ask_for_plan
	[ "$output" = "$conversation" ]
	rm "$conversation/1.prompt.md"
	run -0 ask_for_plan
	[ "$output" = "$conversation" ]
	answer "$(plan "$good_try" "$good_avoid")"
	ask_for_plan
	cp $x/plan.md plan.md
	rm "$conversation/result.md"
	run -0 ask_for_plan
	[ "$output" = "$x/plan.md" ]
	cmp plan.md $x/plan.md
	rm "$conversation/result.md" $x/plan.md
	ask_for_plan
	cmp plan.md $x/plan.md
}

@test "kill -9 at any moment loses nothing and asks nothing twice" {
	for i in $(seq 60); do
		timeout -s KILL "0.00$((i % 9 + 1))" research -d cpu -k $k \
			-e $x -w $w -b inc.json >/dev/null || true
		if [ -e "$conversation/1.prompt.md" ] &&
			[ ! -e "$conversation/1.reply.json" ] && [ "$i" -gt 20 ]; then
			answer "$(plan 'it gives 3.71' "$good_avoid")"
		elif [ -e "$conversation/2.prompt.md" ] &&
			[ ! -e "$conversation/2.reply.json" ] && [ "$i" -gt 40 ]; then
			answer "$(plan "$good_try" "$good_avoid")"
		fi
		[ ! -e $x/plan.md ] || [ -s $x/plan.md ]
	done
	until [ -e "$conversation/result.md" ]; do
		ask_for_plan
		[ -e "$conversation/1.reply.json" ] ||
			answer "$(plan 'it gives 3.71' "$good_avoid")"
		[ ! -e "$conversation/2.prompt.md" ] ||
			[ -e "$conversation/2.reply.json" ] ||
			answer "$(plan "$good_try" "$good_avoid")"
	done
	grep -qxF -e "- $good_avoid" $x/plan.md
	[ ! -e "$conversation/3.prompt.md" ]
}

@test "another device's conversation is left to its own" {
	ask_for_plan
	sed 's/"cpu"/"cuda"/; s/exp_0/exp_1/' $x/ledger.jsonl >more
	cat more >>$x/ledger.jsonl
	device=cuda
	run -0 ask_for_plan
	[ "$output" = "$x/research/0002" ]
	device=cpu
	run -0 ask_for_plan
	[ "$output" = "$conversation" ]
}

@test "without records there is nothing to ask: status 1" {
	: >$x/ledger.jsonl
	run -1 ask_for_plan
	[[ $output == *"no experiments on cpu to learn from"* ]]
	[ ! -e $x/research ]
}

@test "what is malformed is trouble: ledger, conversation, device, folder" {
	run -2 research -d gpu -k $k -e $x -w $w -b inc.json
	ask_for_plan
	echo '{' >"$conversation/1.reply.json"
	run -2 ask_for_plan
	[[ $output == "research: $conversation/1.reply.json:"* ]]
	echo '{' >$x/ledger.jsonl
	run -2 ask_for_plan
	[[ $output == "research: $x/ledger.jsonl:1: "* ]]
	run -2 research
	[[ $output == "usage: research"* ]]
}

# make research without make: what CMD answers, in tools/research.sh.
plan_by() {
	mkdir -p b/run/scale.cpu/incumbent
	ln -sf "$BUILD/research" "$BUILD/ask" b
	built b/run/scale.cpu/incumbent/build.json $k/solution.c
	BUILD=b KERNEL=scale KERNELS=kernels WORKLOADS=workloads \
		EXPERIMENTS=experiments PROPOSER=command CMD="$1" \
		"$ROOT/tools/research.sh" cpu
}

@test "the script asks until a plan holds" {
	plan 'it gives 3.71' "$good_avoid" >wrong
	plan "$good_try" "$good_avoid" >right
	cat >cmd <<-'END'
	#!/bin/sh
	if grep -q 'does not hold'; then cat right; else cat wrong; fi
	END
	chmod +x cmd
	run -0 plan_by "$PWD/cmd"
	[ "${lines[-1]}" = "see $x/plan.md" ]
	[ -e "$conversation/2.reply.json" ] && [ ! -e "$conversation/3.prompt.md" ]
}

@test "the script ends with status 1 when no plan holds, and with ask's trouble" {
	run -1 plan_by "echo 3.71 times"
	[ -e "$conversation/4.reply.json" ] && [ ! -e $x/plan.md ]
	run -2 plan_by ''
	[ ! -e $x/research/0002/1.reply.json ]
	run -2 env PROPOSER=tune BUILD=b KERNEL=scale KERNELS=kernels \
		WORKLOADS=workloads EXPERIMENTS=experiments \
		"$ROOT/tools/research.sh" cpu
	[[ $output == *"PROPOSER=tune: want one that reads"* ]]
}
