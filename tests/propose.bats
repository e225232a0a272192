load setup
load loop

setup() {
	tiny_tree
}

@test "the first proposal is exp_0001, with a candidate, a page and a base" {
	run -0 propose_one
	[ "$output" = experiments/scale/exp_0001 ]
	[ -s $x/exp_0001/solution.c ]
	grep -q '^# exp_0001, proposed by tune' $x/exp_0001/proposal.md
	grep -q '"incumbent": "shipped"' $x/exp_0001/base.json
	grep -q "\"source\": \"$(hash_of $x/exp_0001/solution.c)\"" \
		$x/exp_0001/base.json
	grep -q "\"incumbent_source\": \"$(hash_of $k/solution.c)\"" \
		$x/exp_0001/base.json
}

@test "a candidate differs from the incumbent in knobs' lines alone" {
	propose_one
	run -1 diff $k/solution.c $x/exp_0001/solution.c
	run -1 grep -vE '^([<>] #define [A-Z]+ [0-9]+|---|[0-9,c]+)$' <<<"$output"
}

@test "the shipped solution is kept at the first proposal" {
	propose_one
	cmp $k/solution.c $x/shipped.c
}

@test "an experiment that is not published is given back, unchanged" {
	propose_one
	cp -R $x before
	run -0 propose_one
	[ "$output" = experiments/scale/exp_0001 ]
	diff -r before $x
}

@test "no point is proposed twice, and the end of the space is said with exit 1" {
	for i in {1..11}; do
		round noisy - 1.0
	done
	[ "$(cat $x/exp_*/solution.c | grep -c '#define PASSES')" -eq 11 ]
	[ "$(sha256sum $x/exp_*/solution.c $k/solution.c | cut -c -64 |
		sort -u | wc -l)" -eq 12 ]
	run -1 propose_one
	[[ $output == "propose: kernels/scale/solution.c: all 12 points"* ]]
	[ ! -e $x/exp_0012 ]
}

@test "the same files give the same proposal" {
	round reject slower 0.8
	cp -R $x again
	one=$(propose_one)
	cp "$one/proposal.md" "$one/solution.c" .
	rm -r $x && mv again $x
	propose_one
	cmp proposal.md "$one/proposal.md"
	cmp solution.c "$one/solution.c"
}

@test "what was learned shows: a knob that makes it fast is kept" {
	# Speed goes as 8 / PASSES; SPARE does nothing.
	for i in {1..6}; do
		dir=$(propose_one)
		exp=$(basename "$dir")
		old=$(knob PASSES $k/solution.c)
		new=$(knob PASSES "$dir/solution.c")
		speedup=$(echo "$old $new" | awk '{ print $1 / $2 }')
		if [ "$new" -lt "$old" ]; then
			judged "$exp" accept - "$speedup"
		else
			judged "$exp" reject slower "$speedup"
		fi
		publish "$exp"
	done
	[ "$(knob PASSES $k/solution.c)" -eq 1 ]
	grep -q '^| PASSES | 1 |' "$(propose_one)/proposal.md"
}

@test "a dry run prints the page and claims nothing" {
	built inc.json $k/solution.c
	run -0 propose -n -p tune -d cpu -k $k -e $x -w $w -b inc.json
	[[ $output == *"## What is known"* ]]
	[ ! -e $x/exp_0001 ]
}

@test "a claim that died before its base.json is taken over" {
	mkdir -p $x/exp_0001
	echo half >$x/exp_0001/solution.c
	run -0 propose_one
	[ "$output" = experiments/scale/exp_0001 ]
	[ -s $x/exp_0001/base.json ]
	grep -q knob: $x/exp_0001/solution.c
}

@test "a folder that is removed leaves its number: what the ledger names is not used again" {
	for i in 1 2 3; do
		round reject slower 0.5
	done
	rm -r $x/exp_0002 $x/exp_0003
	run -0 propose_one
	[ "$output" = experiments/scale/exp_0004 ]
	echo '{]' >>$x/ledger.jsonl
	rm -r $x/exp_0004
	run -2 propose_one
	[[ $output == "propose: experiments/scale/ledger.jsonl:4: "* ]]
	[ ! -e $x/exp_0004 ]
}

@test "a candidate that is gone or edited since it was proposed is named, with what to do" {
	propose_one
	said="propose: $x/exp_0001: its solution is gone or was edited since it was proposed: remove $x/exp_0001 "
	echo >>$x/exp_0001/solution.c
	run -2 propose_one
	[[ $output == "$said"* ]]
	rm $x/exp_0001/solution.c
	run -2 propose_one
	[[ $output == "$said"* ]]
	rm -r $x/exp_0001
	run -0 propose_one
	[ "$output" = experiments/scale/exp_0001 ]
}

@test "killed at any moment, it finishes the same experiment when run again" {
	for delay in 0.001 0.002 0.003 0.004 0.006 0.008 0.012; do
		built inc.json $k/solution.c
		timeout -s KILL $delay propose -p tune -d cpu -k $k -e $x \
			-w $w -b inc.json || true
	done
	run -0 propose_one
	[ "$output" = experiments/scale/exp_0001 ]
	[ "$(echo $x/exp_*)" = $x/exp_0001 ]
	base=$(sed -n 's/.*"source": "\(.*\)",*/\1/p' $x/exp_0001/base.json)
	[ "$base" = "$(hash_of $x/exp_0001/solution.c)" ]
}

@test "a person's file becomes an experiment of its own" {
	sed 's/PASSES 8/PASSES 2/' $k/solution.c >mine.c
	run -0 propose_one person mine.c
	cmp mine.c $x/exp_0001/solution.c
	grep -q '"proposer": "person"' $x/exp_0001/base.json
	grep -q '"PASSES": "2"' $x/exp_0001/base.json
}

@test "the same person's file again goes on with the same experiment" {
	echo 'int mine;' >mine.c
	propose_one person mine.c
	run -0 propose_one person mine.c
	[ "$output" = experiments/scale/exp_0001 ]
	echo 'int other;' >mine.c
	run -0 propose_one person mine.c
	[ "$output" = experiments/scale/exp_0002 ]
}

@test "a person's file of another kind is refused, naming the file" {
	touch mine.py
	run -2 propose_one person mine.py
	[ "$output" = "propose: mine.py: want a .c, .json or .txtar file for cpu" ]
	run -2 propose_one person nothere.c
	[ "$output" = "propose: nothere.c: No such file or directory" ]
	[ ! -e $x/exp_0001 ]
}

@test "a hand edit of the incumbent stops proposals, and says what to do" {
	round accept - 2.0
	echo '/* better */' >>$k/solution.c
	run -2 propose_one
	[[ $output == *"kernels/scale/solution.c: edited by hand since exp_0001."* ]]
	[[ $output == *"make revert EXP=exp_0001"* && $output == *"make adopt"* ]]
}

@test "a hand edit before any accept is seen as well" {
	round reject slower 0.5
	echo '/* better */' >>$k/solution.c
	run -2 propose_one
	[[ $output == *"edited by hand since shipped"* ]]
}

@test "changed settings remove what was measured under the old ones" {
	dir=$(propose_one)
	touch "$dir/verify.jsonl" "$dir/bench.tsv"
	echo 'guard = 0.02' >>$k/settings
	run -0 --separate-stderr propose_one
	[ "$output" = "$dir" ]
	[[ $stderr == *"judged anew"* ]]
	[ ! -e "$dir/verify.jsonl" ] && [ ! -e "$dir/bench.tsv" ]
	grep -q "\"settings\": \"$(hash_of $k/settings)\"" "$dir/base.json"
}

@test "a source without knobs has nothing to tune: exit 1" {
	grep -v knob: $k/solution.c >bare.c
	mv bare.c $k/solution.c
	run -1 propose_one
	[[ $output == "propose: kernels/scale/solution.c: no knobs to tune"* ]]
}

# knob_fault LINE: what propose says of a source with this in line 5.
knob_fault() {
	{
		printf '\n\n\n\n'
		printf '%b\n' "$1"
	} >$k/solution.c
	run -2 propose_one
	[ ! -e $x/exp_0001 ]
	echo "$output"
}

@test "malformed knobs are refused with file and line" {
	at=propose:\ kernels/scale/solution.c
	[[ $(knob_fault '// knob: A 1\n#define A 1') == "$at:5: want at least two"* ]]
	[[ $(knob_fault '// knob: 1A 1 2\n#define 1A 1') == "$at:5: want an identifier"* ]]
	[[ $(knob_fault '// knob: A 1 1\n#define A 1') == "$at:5: a value stands twice" ]]
	[[ $(knob_fault '// knob: A 1 2;3\n#define A 1') == "$at:5: want values of"* ]]
	[[ $(knob_fault '// knob: A 1 2\n\n#define A 1') == "$at:6: want exactly"* ]]
	[[ $(knob_fault '// knob: A 1 2\n#define B 1') == "$at:6: want exactly"* ]]
	[[ $(knob_fault '// knob: A 1 2\n#define A 1 ') == "$at:6: want exactly"* ]]
	[[ $(knob_fault '// knob: A 1 2\n#define A 3') == "$at:6: the value is not"* ]]
	[[ $(knob_fault '// knob: A 1 2') == "$at:6: want exactly"* ]]
	[[ $(knob_fault '// knob: A 1 2\n#define A 1\n// knob: A 1 2\n#define A 1') \
		== "$at:7: knob A stands twice" ]]
	long=$(printf '%060d' 1)
	[[ $(knob_fault "// knob: A 1 $long\n#define A 1") == "$at:5: want values"* ]]
}

@test "knobs in lines that end as on Windows are tuned, and still end so" {
	sed -i 's/$/\r/' $k/solution.c
	run -0 propose_one
	run -1 diff $k/solution.c $x/exp_0001/solution.c
	run -1 grep -vE $'^([<>] #define [A-Z]+ [0-9]+\r|---|[0-9,c]+)$' <<<"$output"
	packed '// knob: B x y\r\n#define B x\r\n'
	rm -r $x
	run -0 propose -p tune -d cpu -k $k -e $x -w $w -b inc.json
	run -0 jq -r '.sources[1].content' $x/exp_0001/solution.json
	[[ $output == $'// knob: B x y\r\n#define B '[xy]$'\r' ]]
}

# As a Solution of two sources, of which the second begins with a knob.
packed() { # KNOB LINES, as in JSON
	printf '{"name": "s", "definition": "scale", "author": "a", "spec": {"language": "cpp", "target_hardware": ["cpu"], "entry_point": "a.cpp::run", "binding": "tvm-ffi", "dependencies": [], "destination_passing_style": true},\n "sources": [{"path": "a.cpp", "content": "char *s = \\"\\\\n// knob: NONE 1\\";\\n// knob: A 1 2\\n#define A 1\\n"},\n {"path": "b.h", "content": "%s"}]}\n' \
		"$1" >$k/solution.json
	rm -f $k/solution.c
	built inc.json $k/solution.json
}

@test "knobs in the sources of a Solution are tuned where they stand" {
	packed '// knob: B x y\n#define B x\nint b;\n'
	run -0 propose -p tune -d cpu -k $k -e $x -w $w -b inc.json
	run -0 jq -r '.sources[].content' $x/exp_0001/solution.json
	grep -q '^#define A [12]$' <<<"$output"
	grep -q '^#define B [xy]$' <<<"$output"
	grep -q '^int b;$' <<<"$output"
	diff <(jq 'del(.sources[].content)' $k/solution.json) \
		<(jq 'del(.sources[].content)' $x/exp_0001/solution.json)
}

@test "a malformed knob of a Solution is named by its source's line" {
	packed 'int b;\n// knob: B x\n#define B x\n'
	run -2 propose -p tune -d cpu -k $k -e $x -w $w -b inc.json
	[[ $output == "propose: kernels/scale/solution.json:2: want at least two"* ]]
	packed '// knob: A 3 4\n#define A 3\n'
	run -2 propose -p tune -d cpu -k $k -e $x -w $w -b inc.json
	[[ $output == "propose: kernels/scale/solution.json:1: knob A stands twice" ]]
	packed '// knob: B x y'
	run -2 propose -p tune -d cpu -k $k -e $x -w $w -b inc.json
	[[ $output == "propose: kernels/scale/solution.json:2: want exactly"* ]]
}

@test "a build of another source than the incumbent's is refused" {
	built inc.json $k/reference.c
	run -2 propose -p tune -d cpu -k $k -e $x -w $w -b inc.json
	[[ $output == *"inc.json: not the build of kernels/scale/solution.c"* ]]
}

@test "an incumbent that does not compile is trouble" {
	built inc.json $k/solution.c failed
	run -2 propose -p tune -d cpu -k $k -e $x -w $w -b inc.json
	[[ $output == *"kernels/scale/solution.c: the incumbent does not compile"* ]]
}

@test "a missing definition or settings is named" {
	for file in definition.json settings; do
		mv $k/$file away
		run -2 propose_one
		[[ $output == *"$file"* ]]
		mv away $k/$file
	done
	[ ! -e $x/exp_0001/base.json ]
}

@test "a malformed ledger is refused with file and line" {
	mkdir -p $x
	printf '{"experiment": "exp_0001", "device": "cpu", "outcome": "noisy"}\n{]\n' \
		>$x/ledger.jsonl
	run -2 propose_one
	[[ $output == "propose: experiments/scale/ledger.jsonl:2: "* ]]
}

@test "a last ledger line that was cut off is passed over" {
	round reject slower 0.5
	printf '{"experiment": "exp_0' >>$x/ledger.jsonl
	run -0 propose_one
	[ "$output" = experiments/scale/exp_0002 ]
}

@test "an experiments folder that cannot be made is named" {
	touch experiments/scale 2>/dev/null || rmdir experiments 2>/dev/null || true
	rm -rf experiments && touch experiments
	run -2 propose_one
	[[ $output == "propose: experiments/scale: "* ]]
}

@test "usage errors exit 2" {
	run -2 propose
	[[ $output == "usage: propose"* ]]
	built inc.json $k/solution.c
	run -2 propose -p person -d cpu -k $k -e $x -w $w -b inc.json
	run -2 propose -p tune -d gpu -k $k -e $x -w $w -b inc.json
	[ "$output" = "propose: gpu: want a device: cpu or cuda" ]
}

@test "a full standard output is trouble" {
	built inc.json $k/solution.c
	run -2 bash -c "propose -p tune -d cpu -k $k -e $x -w $w -b inc.json >/dev/full"
}

@test "twenty proposers at once, one experiment" {
	built inc.json $k/solution.c
	for i in {1..20}; do
		propose -p tune -d cpu -k $k -e $x -w $w -b inc.json >>out &
	done
	wait
	[ "$(sort -u out)" = experiments/scale/exp_0001 ]
}

@test "on landscapes with peaks, interactions and failures tune finds more in ten trials" {
	"$BUILD/tests/tune_landscapes"
}
