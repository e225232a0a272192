load setup
load loop

# Several candidates at once. The judging programs are fakes but where a test
# says so; the compiler is the real one.

setup() {
	tiny_tree
	ln -s "$ROOT/kernels/include" kernels/include
	fake_judge
	unset GPUS CANDIDATES
}

# make in the repository, on the tree of this test.
mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" \
		KERNEL=scale DEVICE=cpu KERNELS="$PWD/kernels" \
		WORKLOADS="$PWD/workloads" EXPERIMENTS="$PWD/experiments" "$@"
}

# The judging programs are the real ones: here, so that their locks are, too.
real_judge() {
	for name in verify bench compare decide; do
		cp -p "$BUILD/$name" build/
	done
}

# The experiments of the ledger, a line each, by number.
in_ledger() {
	sed 's/.*"experiment": "\([a-z0-9_]*\)".*/\1/' $x/ledger.jsonl | sort
}

# The first n names of experiments.
names() {
	seq -f 'exp_%04g' "$1"
}

points() {
	for dir in $x/exp_*; do
		echo "$(knob PASSES $dir/solution.c) $(knob SPARE $dir/solution.c)"
	done | sort
}

@test "CANDIDATES=4 with tune: four points, four numbers, one ledger, an iteration" {
	run -0 mk -j2 optimize CANDIDATES=4
	[ "$(grep -c '^verdict: ' <<<"$output")" -eq 4 ]
	[ "$(ls $x | grep exp_)" = "$(names 4)" ]
	[ "$(in_ledger)" = "$(names 4)" ]
	[ "$(points | uniq -d | wc -l)" -eq 0 ]
	run -0 mk optimize CANDIDATES=2
	[ "$(in_ledger)" = "$(names 6)" ]
	[ "$(points | uniq -d | wc -l)" -eq 0 ]
}

@test "all are compiled at once, and only then judged, one at a time" {
	timed build-kernel 0.1
	timed bench 0.1
	timed verify 0.1
	run -0 mk optimize CANDIDATES=4
	# On one processor only one.
	[ "$(at_once build-kernel)" -ge "$(($(nproc) > 1 ? 2 : 1))" ]
	[ "$(at_once bench)" -eq 1 ]
	[ "$(at_once verify)" -eq 1 ]
	first=$(grep -n -m 1 '+ verify' fakes/times | cut -d : -f 1)
	run -0 sed -n "1,${first}p" fakes/times
	[ "$(grep -c '^+ build-kernel' <<<"$output")" -ge 5 ]
	[ "$(grep -c '^+ build-kernel' <<<"$output")" -eq \
		"$(grep -c '^- build-kernel' <<<"$output")" ]
}

@test "as many are proven at once as fit, the first alone, and then all timed" {
	[ "$(nproc)" -gt 1 ] || skip "one processor"
	echo 2 >fakes/fits
	timed verify 0.5
	timed bench 0.1
	run -0 mk optimize CANDIDATES=5
	[ "$(in_ledger)" = "$(names 5)" ]
	[ "$(at_once verify)" -eq 2 ]
	[ "$(at_once bench)" -eq 1 ]
	[ "$(sed -n 1,2p fakes/times)" = $'+ verify\n- verify' ]
	[ "$(sed '/bench/q' fakes/times | grep -c verify)" -eq 10 ]
}

@test "verifications share the processors where they say so; what is timed is alone" {
	real_judge
	settings=kernels/scale/settings
	grep -q '^threads' $settings || echo 'threads = 1' >>$settings
	mk ground
	exec 9>>/tmp/ratchet-cpu.lock
	flock -s 9
	SHARE_DEVICE=1 run -0 mk verify
	SHARE_DEVICE=1 run timeout 3 make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" \
		KERNEL=scale DEVICE=cpu KERNELS="$PWD/kernels" \
		WORKLOADS="$PWD/workloads" EXPERIMENTS="$PWD/experiments" bench BENCH_S=2
	exec 9>&-
	[[ $output == *"waiting for another judgement on this CPU"* ]]
}

@test "who is refused beside others is proven again, alone" {
	real_judge
	settings=kernels/scale/settings
	grep -q '^threads' $settings || echo 'threads = 1' >>$settings
	sed 's/2 \* in/3 * in/' $k/solution.c >wrong.c
	mk ground
	exec 9>>/tmp/ratchet-cpu.lock
	flock -s 9
	SHARE_DEVICE=1 mk verify SOLUTION="$PWD/wrong.c" >out 2>err 9>&- &
	soon grep -q 'waiting for another judgement on this CPU' err
	grep -q 'beside others: workload [-0-9a-f]*: wrong: ' err
	grep -q 'refused beside others: judged again, alone' err
	kill -0 $!
	exec 9>&-
	wait $! || true
	grep -q 'wrong.c: not right' out err
}

@test "the fastest takes the place; what was also accepted is judged again" {
	run -0 mk optimize CANDIDATES=64 ITERATIONS=2
	# More than there are points: what there is, then the end.
	[[ ${lines[-1]} == *"all 12 points of its knobs were tried"* ]]
	[ "$(in_ledger)" = "$(names 11)" ]
	[ "$(knob PASSES $k/solution.c)" -eq 1 ]
	[ "$(grep -c '"outcome": "accept"' $x/ledger.jsonl)" -eq 1 ]
	head -n 1 $x/ledger.jsonl | grep -q '"outcome": "accept"'
	run -0 build/incumbent -d cpu -k $k -e $x
	[[ $output != *edited ]]
	run -2 mk optimize CANDIDATES=4
	[[ $output == *"all 12 points"* ]]
}

@test "kill -9 at any moment: all four are finished, nothing twice" {
	echo 0.1 >fakes/delay
	for delay in 0.3 0.6 0.9 1.2 1.5; do
		setsid bash -c "$(declare -f mk); ROOT=$ROOT; mk optimize CANDIDATES=4" \
			>/dev/null 2>&1 &
		pid=$!
		sleep $delay
		kill -9 -- -$pid || true
		wait $pid || true
	done
	rm fakes/delay
	# A claim that died is taken by the next.
	while [ ! -e $x/ledger.jsonl ] ||
		[ "$(ls -d $x/exp_* | wc -l)" -ne "$(wc -l <$x/ledger.jsonl)" ]; do
		mk optimize CANDIDATES=4
	done
	n=$(ls -d $x/exp_* | wc -l)
	[ "$n" -ge 4 ]
	[ "$(in_ledger)" = "$(names "$n")" ]
	[ "$(ls $x/exp_*/result.md | wc -l)" -eq "$n" ]
	[ "$(points | uniq -d | wc -l)" -eq 0 ]
	[ -z "$(find experiments kernels -name '*.*.??????')" ]
}

@test "what has its verdict when a run dies is published, not judged again" {
	printf '0\n0\n0\n2\n' >fakes/decide.exit
	run -2 mk optimize CANDIDATES=4
	[ ! -e $x/ledger.jsonl ]
	[ "$(ls $x/exp_*/verdict.json | wc -l)" -eq 3 ]
	sed -i 's/"accept"/"reject"/; s/"reason": "-"/"reason": "slower"/' $x/exp_*/verdict.json
	: >fakes/log
	run -0 mk optimize CANDIDATES=4
	[ "$(in_ledger)" = "$(names 4)" ]
	[ "$(cat fakes/log)" = decide ]
}

@test "of candidates with the same code one is measured, the others wait for it" {
	sed -i 's/ || spare > 2//; /static volatile int spare/d' $k/solution.c
	printf '#!/bin/sh\nexit 2\n' >build/snapshot
	run -2 mk optimize CANDIDATES=11
	codes=$(grep -h '^  "object_sha256"' $x/exp_*/build.json | sort -u | wc -l)
	[ "$codes" -lt 11 ]
	[ "$(ls $x/exp_*/verdict.json | wc -l)" -eq "$codes" ]
}

@test "the budget stops what is not begun; what was decided is published" {
	echo 1 >fakes/delay
	BUDGET_GPU_S=8.5 run -2 mk optimize CANDIDATES=4 BENCH_S=4
	[[ $output == *"spend: BUDGET_GPU_S: 4 do not fit into 8.5"* ]]
	rm fakes/delay
	[ "$(in_ledger)" = exp_0001 ]
	run -0 mk optimize CANDIDATES=4 BENCH_S=4
	[ "$(in_ledger)" = "$(names 4)" ]
}

@test "CANDIDATES that are no number are refused before anything is begun" {
	for n in 0 -1 four 1.5 '2 3' 65; do
		run -2 mk optimize CANDIDATES="$n"
		[[ $output == *"want"* ]]
	done
	[ ! -e $x/exp_0001 ]
}

@test "GPUS that cannot be are refused, with words, before anything is begun" {
	for gpus in -1 'a;b' 0,,1 , 0, GPU-x 1.5 '0 1' 'GPU-00000000-0000-0000-0000-00000000000g'; do
		run -2 mk optimize GPUS="$gpus"
		[[ $output == *"doctor: GPUS=$gpus: "*"want indices from 0, or UUIDs as nvidia-smi -L prints them"* ]]
	done
	run -2 mk optimize GPUS=0,1,0
	[[ $output == *"doctor: GPUS=0,1,0: '0' twice"* ]]
	run -2 mk optimize GPUS="$(seq -s , 0 64)"
	[[ $output == *"more than 64"* ]]
	run -2 mk optimize GPUS=4096
	[[ $output == *"GPUS=4096: no "* ]]
	[ ! -e $x/exp_0001 ]
}
