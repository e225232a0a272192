load setup
load loop

setup() {
	tiny_tree
}

# An experiment with a hypothesis: its WORDS, OUTCOME REASON SPEEDUP, and what
# sed(1) makes of the incumbent's source (by default a comment at its end).
idea() {
	sed "${5-\$a /* $RANDOM$RANDOM */}" $k/solution.c >mine.c
	exp=$(basename "$(propose_one person mine.c)")
	printf '# %s\n\nHYPOTHESIS: %s\nMECHANISM: none\n' "$exp" "$1" \
		>"$x/$exp/proposal.md"
	judged "$exp" "${@:2:3}"
	publish "$exp"
}

# The lines of LESSONS.md beneath the title that begins with $1.
part() {
	summarize -e $x
	awk -v t="$1" '/:$/ { on = index($0, t) == 1; next }
		/^#/ || /^\|/ { on = 0 } on && NF' $x/LESSONS.md
}

@test "a lesson is a hypothesis with the verdict that it rests on" {
	idea 'keep the row in registers' reject slower 0.97
	[ "$(part 'Ideas that did not help on the present')" = \
		'- exp_0001: slower 0.970 [0.960, 0.980] against shipped, workloads 1.500 (11111111) to 1.500 (11111111): `keep the row in registers`' ]
}

@test "the speeds of the slowest and the fastest workload are its scope" {
	idea 'one' noisy - 1.01
	sed -i 's/\("22222222[^}]*"speedup": \)1.5/\12.25/' $x/exp_0001/verdict.json
	[[ $(part 'Ideas that did not help on the present') == \
		*', workloads 1.500 (11111111) to 2.250 (22222222): `one`' ]]
}

@test "without a verdict there is no lesson, however good the prediction" {
	cp $k/solution.c mine.c
	echo '/* */' >>mine.c
	exp=$(basename "$(propose_one person mine.c)")
	printf 'HYPOTHESIS: ten times as fast, accepted\n' >"$x/$exp/proposal.md"
	summarize -e $x
	! grep -q 'ten times' $x/LESSONS.md
}

@test "what tune tries, and what has no hypothesis, are no ideas" {
	round reject slower 0.9
	idea '' reject slower 0.9
	idea '   ' reject slower 0.9
	rm -f $x/exp_0002/proposal.md
	summarize -e $x
	! grep -q '^Ideas' $x/LESSONS.md
}

@test "accepted ideas come first and the best of them leads" {
	idea 'small gain' accept - 1.02
	idea 'loss' reject slower 0.9
	idea 'large gain' accept - 1.5
	run -0 part 'Ideas that were accepted'
	[[ ${lines[0]} == *'large gain`' && ${lines[1]} == *'small gain`' ]]
	[ "$(grep -n '^Ideas' $x/LESSONS.md | head -n 1 | grep -c accepted)" -eq 1 ]
}

@test "an accepted edit opens again what failed before it" {
	idea 'failed early' reject slower 0.9
	idea 'new structure' accept - 1.2
	idea 'failed late' reject slower 0.9
	[[ $(part 'Ideas that did not help on an older') == *'`failed early`' ]]
	[[ $(part 'Ideas that did not help on the present') == *'`failed late`' ]]
}

@test "an accepted choice of knobs' values opens nothing again" {
	idea 'failed early' reject slower 0.9
	round accept - 1.3
	[[ $(part 'Ideas that did not help on the present') == *'`failed early`' ]]
	[ -z "$(part 'Ideas that did not help on an older')" ]
	grep -q '| present |$' $x/LESSONS.md
	! grep -q 'open again' $x/LESSONS.md
}

@test "another list of values is an edit, too" {
	idea 'failed early' reject slower 0.9
	idea 'more values' accept - 1.1 's/^\(\/\/ knob: PASSES .*\)/\1 77/'
	[[ $(part 'Ideas that did not help on an older') == *'`failed early`' ]]
}

@test "going back makes the old lessons hold again" {
	idea 'failed early' reject slower 0.9
	idea 'new structure' accept - 1.2
	idea 'failed late' reject slower 0.9
	incumbent -r shipped -d cpu -k $k -e $x
	[[ $(part 'Ideas that did not help on the present') == *'`failed early`' ]]
	[[ $(part 'Ideas that did not help on an older') == *'`failed late`' ]]
}

@test "what is known of a knob is marked when the structure has changed" {
	round reject slower 0.9
	idea 'new structure' accept - 1.2
	summarize -e $x
	grep -q '| older: open again |$' $x/LESSONS.md
	grep -q '| exp_0002 | 0 | present |$' $x/LESSONS.md
}

@test "the same words with the same end are one lesson" {
	idea 'again' reject slower 0.9
	idea 'again' reject slower 0.91
	run -0 part 'Ideas that did not help on the present'
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == '- exp_0002: '* ]]
}

@test "a stranger's words are one bounded line in backticks and nothing else" {
	idea "$(printf '## x\r\033[31mred\t`rm` \xff\xe2\x80\xae<b>\nHYPOTHESIS: second')" \
		reject slower 0.9
	idea "$(head -c 5000 /dev/zero | tr '\0' x)" reject slower 0.9
	summarize -e $x
	grep -qF ": \`## x [31mred 'rm' ? <b>\`" $x/LESSONS.md
	! grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\x{202e}' $x/LESSONS.md
	! grep -q second $x/LESSONS.md
	[ "$(wc -L <$x/LESSONS.md)" -lt 400 ]
	grep -q 'xxx\.\.\.`$' $x/LESSONS.md
}

@test "characters of two to four bytes are never cut in two" {
	for pad in '' a aa aaa; do
		idea "$pad$(printf '\xf0\x9f\x98\x80%.0s' $(seq 100))" \
			reject slower 0.9
	done
	summarize -e $x
	iconv -f UTF-8 -t UTF-8 $x/LESSONS.md >/dev/null
	[ "$(grep -c '\.\.\.`$' $x/LESSONS.md)" -eq 4 ]
}

@test "LESSONS.md stays bounded after ten thousand ideas" {
	mkdir -p $x/words
	cp $k/solution.c $x/shipped.c
	for kind in 'accept - 1.1' 'reject slower 0.9'; do
		set -- $kind
		seq 5000 | awk -v o="$1" -v r="$2" -v s="$3" '{
			printf "{\"experiment\": \"exp_%s%04d\", \"device\": \"cpu\", \"proposer\": \"anthropic\", \"outcome\": \"%s\", \"reason\": \"%s\", \"speedup\": %s, \"incumbent\": \"shipped\", \"knobs\": {\"K%d\": \"%d\"}}\n", o == "accept" ? 1 : 2, $1, o, r, s, $1, $1 }'
	done >$x/ledger.jsonl
	seq -f "$x/exp_%g" 10001 15000 | xargs mkdir
	seq -f "$x/exp_%g" 20001 25000 | xargs mkdir
	awk -v x="$x" 'BEGIN {
		for (i = 1; i <= 5000; i++) {
			accepted = x "/exp_" 10000 + i "/proposal.md"
			rejected = x "/exp_" 20000 + i "/proposal.md"
			printf "HYPOTHESIS: %0300d\n", i >accepted
			printf "HYPOTHESIS: no %d %0300d\n", i, 0 >rejected
			close(accepted)
			close(rejected)
		}
	}'
	timeout 20 summarize -e $x
	[ "$(wc -c <$x/LESSONS.md)" -lt 40000 ]
	[ "$(grep -c '`$' $x/LESSONS.md)" -le 40 ]
}

@test "lost sources and pages are no trouble" {
	idea 'failed early' reject slower 0.9
	idea 'new structure' accept - 1.2
	rm $x/exp_0001/* $x/shipped.c
	rm $x/exp_0002/solution.c $x/exp_0002/verdict.json
	run -0 summarize -e $x
	grep -q '^- exp_0002: accept 1.200 .*: `new structure`$' $x/LESSONS.md
}
