load setup
load loop

setup() {
	tiny_tree
}

@test "summary.md has one row an experiment" {
	round accept - 1.5
	round reject slower 0.8
	round reject wrong null
	run -0 summarize -e $x
	[ -z "$output" ]
	[ "$(grep -c '^| exp_' $x/summary.md)" -eq 3 ]
	grep -q '^| exp_0001 | cpu | tune | accept | - | shipped | 1.500 \[1.485, 1.515\] | 1.500 | ' $x/summary.md
	grep -q '^| exp_0002 | cpu | tune | reject | slower | exp_0001 | 0.800 .* | 1.200 | ' $x/summary.md
	grep -q '^| exp_0003 | .* | wrong | exp_0001 | - | - | ' $x/summary.md
}

@test "LESSONS.md cites the experiment that each fact rests on" {
	round accept - 1.5
	round reject wrong null
	summarize -e $x
	grep -q '^- exp_0001: accept, 1.500 times as fast as shipped' $x/LESSONS.md
	grep -q '^| PASSES=[0-9] | 1 | 1.500 | exp_0001 | 0 |' $x/LESSONS.md
	grep -q '^- wrong: 1, last exp_0002' $x/LESSONS.md
}

@test "the status is a few lines" {
	round accept - 1.5
	propose_one
	run -0 summarize -s -e $x
	[ "${lines[1]}" = "cpu: 1 accept, 0 reject, 0 equivalent, 0 noisy" ]
	[[ $output == *"exp_0001 stands, 1.500 times as fast as the shipped"* ]]
	[[ $output == *"unfinished: experiments/scale/exp_0002"* ]]
	[ ! -e $x/summary.md ]
}

@test "speeds multiply along the lineage, and start anew with an adoption" {
	round accept - 1.5
	round accept - 2
	summarize -e $x
	grep -q '^| exp_0002 .* | exp_0001 | 2.000 .* | 3.000 | ' $x/summary.md
	echo '/* better */' >>$k/solution.c
	incumbent -a -d cpu -k $k -e $x
	round accept - 1.1
	summarize -e $x
	grep -q '^| exp_0004 .* | exp_0003 | 1.100 .* | 1.100 | ' $x/summary.md
}

@test "no experiments yet is no trouble" {
	mkdir -p $x
	run -0 summarize -s -e $x
	[[ $output == *"no experiments yet: make optimize"* ]]
	run -0 summarize -e $x
	grep -q '^# scale: 0 records' $x/summary.md
}

@test "pages come out the same each time" {
	round accept - 1.5
	summarize -e $x
	cp $x/summary.md $x/LESSONS.md .
	summarize -e $x
	cmp summary.md $x/summary.md
	cmp LESSONS.md $x/LESSONS.md
}

@test "a malformed ledger is refused with file and line, the pages left alone" {
	mkdir -p $x
	echo old >$x/summary.md
	for line in '{]' '[]' '{}' '{"experiment": 1}' \
		'{"experiment": "exp_0001", "device": "cpu"}'; do
		printf '%s\n' "$line" >$x/ledger.jsonl
		run -2 summarize -e $x
		[[ $output == "summarize: experiments/scale/ledger.jsonl:1: "* ]]
	done
	[ "$(cat $x/summary.md)" = old ]
}

@test "LESSONS.md stays small however many knobs and experiments there are" {
	mkdir -p $x
	for i in $(seq 400); do
		printf '{"experiment": "exp_%04d", "device": "cpu", "outcome": "noisy", "speedup": 1, "incumbent": "shipped", "knobs": {"K%d": "%d"}}\n' $i $i $i
	done >$x/ledger.jsonl
	summarize -e $x
	[ "$(wc -l <$x/LESSONS.md)" -lt 250 ]
	[ "$(grep -c '^| exp_' $x/summary.md)" -eq 400 ]
}

@test "what is no folder is trouble, and so is a full disk" {
	touch file
	run -2 summarize -e file
	[[ $output == "summarize: file"* ]]
	mkdir -p $x
	run -2 bash -c "summarize -s -e $x >/dev/full"
}

@test "usage errors exit 2" {
	run -2 summarize
	[[ $output == "usage: summarize"* ]]
	run -2 summarize -e $x more
}
