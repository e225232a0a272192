load setup
load loop

# make on a tiny kernel. The judging programs are fakes here, so that time is
# spent where a test wants it; judgement.bats has the real ones.

setup() {
	cp -R "$BATS_TEST_DIRNAME/tiny/." "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	ln -s "$ROOT/kernels/include" kernels/include
	k=kernels/scale
	x=experiments/scale
	fake_judge
}

# make in the repository, on the tree of this test.
mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" \
		KERNEL=scale DEVICE=cpu KERNELS="$PWD/kernels" \
		WORKLOADS="$PWD/workloads" EXPERIMENTS="$PWD/experiments" "$@"
}

# How often a program of the judgement ran.
ran() {
	grep -cx "$1" fakes/log
}

@test "what cannot go well is said before anything is begun" {
	run -2 mk optimize PROPOSER=anthropic MODEL=
	[[ $output == *"optimize: MODEL: not set: want the name of one of anthropic's models"* ]]
	run -2 mk optimize PROPOSER=openai MODEL=
	[[ $output == *"one of openai's models"* ]]
	run -2 mk optimize BENCH_S=abc
	[[ $output == *"optimize: BENCH_S=abc: want seconds"* ]]
	[ ! -e $x/exp_0001 ]
	run -2 mk ab A=current B=exp_0099
	[[ $output == *"measure: exp_0099: no "*"exp_0099/solution.c: is it of another device?"* ]]
	run -2 mk ab A=current B=current MODE=hot
	[[ $output == *"measure: MODE=hot: want cold, warm or graph"* ]]
	[ ! -e fakes/log ]
	run -2 env -u KERNEL make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" \
		new DEFINITION="$PWD/$k/definition.json"
	[[ $output == *"want KERNEL=, the name of the new one"* ]]
}

@test "make optimize makes one experiment, and ends with its verdict" {
	run -0 mk optimize
	[[ ${lines[-1]} =~ ^verdict:\ (accept\ -|reject\ slower)\ speedup\ [0-9.]+\ \[[0-9.]+,\ [0-9.]+\]$ ]]
	[[ $output == *"PASSES: 8 -> "* ]]
	[[ $output == *"/exp_0001/result.md"* ]]
	for file in base.json proposal.md solution.c build.json verify.jsonl \
		bench.tsv compare.tsv confirm.tsv verdict.json result.md \
		trace.jsonl; do
		[ -e $x/exp_0001/$file ]
	done
	[ -s $x/summary.md ] && [ -s $x/LESSONS.md ]
}

@test "ITERATIONS=6 climbs: the incumbent is the best, once each point" {
	run -0 mk optimize ITERATIONS=6
	[ "$(grep -c '^verdict: ' <<<"$output")" -eq 6 ]
	[ "$(wc -l <$x/ledger.jsonl)" -eq 6 ]
	[ "$(knob PASSES $k/solution.c)" -eq 1 ]
	[ "$(sort $x/ledger.jsonl | uniq -d | wc -l)" -eq 0 ]
}

@test "an exhausted space ends the loop, and says so" {
	run -0 mk optimize ITERATIONS=20
	[[ ${lines[-1]} == *"all 12 points of its knobs were tried"* ]]
	[ "$(wc -l <$x/ledger.jsonl)" -eq 11 ]
	run -2 mk optimize
	[[ $output == *"all 12 points"* ]]
}

@test "killed at any moment, make optimize finishes the same experiment" {
	echo 0.15 >fakes/delay
	mk tools
	for delay in 0.2 0.35 0.5 0.65 0.8 0.95; do
		setsid bash -c "$(declare -f mk); ROOT=$ROOT; mk optimize" \
			>/dev/null 2>&1 &
		pid=$!
		sleep $delay
		kill -9 -- -$pid || true
		wait $pid || true
	done
	rm fakes/delay
	[ "$(ls -d $x/exp_* | wc -l)" -le 2 ]
	while ls -d $x/exp_* | sed 's,$,/result.md,' | xargs ls 2>&1 |
		grep -q 'cannot access'; do
		mk optimize
	done
	# Each published once, one line each, and a chain that holds.
	[ "$(wc -l <$x/ledger.jsonl)" -eq "$(ls -d $x/exp_* | wc -l)" ]
	[ -z "$(find experiments kernels -name '*.*.??????')" ]
	run -0 build/incumbent -d cpu -k $k -e $x
	[[ $output != *edited ]]
}

@test "what was there already is not made again" {
	mkdir -p fakes
	echo 2 >fakes/decide.exit
	run -2 mk optimize
	[ ! -e $x/exp_0001/verdict.json ]
	run -0 mk optimize
	[ "$(ran verify)" -eq 1 ]
	[ "$(ran compare)" -eq 1 ]
	[ "$(ran decide)" -eq 2 ]
	[ "$(ls -d $x/exp_* | wc -l)" -eq 1 ]
}

@test "NODEDUP=1 holds for the experiment, also when it is resumed without" {
	echo 2 >fakes/verify.exit
	run -2 mk optimize NODEDUP=1
	run -0 mk optimize
	[ "$(grep -c '^bench .* -f ' fakes/arguments)" -eq 2 ]
	mk optimize
	[ "$(grep -c '^bench .* -f ' fakes/arguments)" -eq 2 ]
}

@test "make clean in the middle costs nothing but a build" {
	echo 2 >fakes/decide.exit
	run -2 mk optimize
	rm -rf build/cache build/run
	run -0 mk optimize
	[ "$(ran verify)" -eq 1 ]
	[ -e $x/exp_0001/result.md ] && [ ! -e $x/exp_0002 ]
}

@test "old times of files, as after a clone, make nothing again" {
	mk optimize
	find $x -exec touch -d '2001-01-01' {} +
	touch $x/exp_0001/solution.c
	find $x/exp_0001 -type f | sort | xargs sha256sum >before
	mk optimize
	sha256sum --quiet -c before
	[ "$(ran verify)" -eq 2 ]
}

@test "a make that is killed just after a result was written leaves it" {
	mv build/bench build/quick
	printf '#!/bin/sh\n%s/build/quick "$@"\nsleep 3\n' "$PWD" >build/bench
	chmod +x build/bench
	mk optimize &
	until [ -e $x/exp_0001/bench.tsv ]; do
		sleep 0.02
	done
	pkill -TERM -f "make .*BUILD=$PWD/build .*EXP=exp_0001"
	wait
	[ ! -e $x/exp_0001/verdict.json ] && [ -e $x/exp_0001/bench.tsv ]
}

@test "a fault of the environment is judged again" {
	printf '75\n75\n0\n' >fakes/bench.exit
	run -0 mk optimize
	[[ $output == *"bench: invalid, attempt 1 of 3"* ]]
	[[ ${lines[-1]} == "verdict: "* ]]
}

@test "three faults in a row stop the loop, the experiment stays to be judged" {
	printf '75\n75\n75\n' >fakes/verify.exit
	run -2 mk optimize ITERATIONS=5
	[[ $output == *"verify: invalid, attempt 3 of 3"* ]]
	[ ! -e $x/exp_0001/result.md ] && [ ! -e $x/exp_0002 ]
	run -0 mk optimize
	[ -e $x/exp_0001/result.md ]
}

@test "a second run waits for the first, and says so" {
	echo 0.4 >fakes/delay
	mk tools
	mk optimize >first 2>&1 &
	sleep 0.7
	run -0 mk optimize
	wait
	[[ $output == *"scale.cpu is held by another run: waiting"* ]]
	grep -q 'exp_0001/result.md' first
	[[ $output == *"exp_0002/result.md"* ]]
	[ "$(wc -l <$x/ledger.jsonl)" -eq 2 ]
}

@test "make try judges a candidate of one's own, its verdict on the last line" {
	sed 's/PASSES 8/PASSES 4/' $k/solution.c >mine.c
	run -0 mk try SOLUTION="$PWD/mine.c"
	[ "${lines[-1]}" = "verdict: accept - speedup 2.000 [2.000, 2.000]" ]
	cmp mine.c $k/solution.c
	run -0 mk try SOLUTION="$PWD/mine.c"
	[[ ${lines[-1]} == "verdict: reject slower speedup 1.000 "* ]]
}

@test "make try without a file, or with one that is not there, is trouble" {
	run -2 mk try
	[[ $output == *"want SOLUTION=, see make help"* ]]
	run -2 mk try SOLUTION=nothere.c
	[[ $output == *"nothere.c: No such file or directory"* ]]
	[ ! -e $x/exp_0001 ]
}

@test "an unknown KERNEL or DEVICE is one clear line" {
	run -2 mk optimize KERNEL=nothere
	[[ ${#lines[@]} -eq 1 && $output == *"KERNEL=nothere: no "*"there are: scale"* ]]
	run -2 mk optimize DEVICE=tpu
	[[ ${#lines[@]} -eq 1 && $output == *"DEVICE=tpu: want auto, cpu or cuda"* ]]
	run -2 mk optimize KERNEL=../scale
	[[ ${#lines[@]} -eq 1 && $output == *"want one name, without a slash"* ]]
	run -2 mk optimize ITERATIONS=many
	[[ $output == *"ITERATIONS=many: want a number"* ]]
	run -2 mk optimize DEVICE=cuda
	[[ $output == *"solution.cu"* || $output == *"reference.cu"* ]]
}

@test "an incumbent that does not compile is trouble that names it" {
	echo 'int x = ;' >$k/solution.c
	run -2 mk optimize
	[[ $output == *"kernels/scale/solution.c: does not compile"* ]]
	[ ! -e $x/exp_0001 ]
}

@test "a hand edit stops the loop until it is adopted" {
	mk optimize
	echo '/* better */' >>$k/solution.c
	run -2 mk optimize
	[[ $output == *"edited by hand since"* ]]
	run -0 mk adopt
	run -0 mk optimize
	grep -q '"incumbent": "exp_0002"' $x/exp_0003/base.json
}

@test "make revert goes back, and the loop goes on from there" {
	mk optimize ITERATIONS=3
	run -0 mk revert EXP=shipped
	cmp $x/shipped.c $k/solution.c
	run -0 mk optimize
	grep -q '"incumbent": "shipped"' $x/exp_0004/base.json
}

@test "make rejudge judges an old experiment again, as a new one" {
	mk optimize
	run -0 mk rejudge EXP=exp_0001
	[[ ${lines[-1]} == "verdict: "* ]]
	cmp $x/exp_0001/solution.c $x/exp_0002/solution.c
	grep -q '"proposer": "person"' $x/exp_0002/base.json
	run -2 mk rejudge EXP=exp_0009
	[[ $output == *"exp_0009"* ]]
}

@test "make status and make report read what happened" {
	run -0 mk status
	[[ $output == *"no experiments yet"* ]]
	mk optimize
	run -0 mk status
	[[ $output == *"exp_0001"* ]]
	run -0 mk report
	[[ $output == *"| exp_0001 | cpu | tune |"* && $output == *"# Lessons on scale"* ]]
}

@test "make new starts a kernel" {
	sed 's/"scale"/"other"/' $k/definition.json >other.json
	run -0 mk new KERNEL=other DEFINITION="$PWD/other.json"
	[ -s kernels/other/solution.c ] && [ -s workloads/other.jsonl ]
	run -2 mk new KERNEL=third DEFINITION="$PWD/other.json"
	[[ $output == *"defines other, not third"* ]]
}

@test "make new refuses what is no name of a kernel, and makes nothing" {
	mkdir project
	sed 's/"scale"/"x"/' $k/definition.json >x.json
	find . -path ./build -prune -o -print | sort >before
	for name in ../x a/../x 'a b' Bad-x ü "it's" '' "$(printf 'x%.0s' {1..129})"; do
		for what in DEFINITION="$PWD/x.json" PROJECT="$PWD/project"; do
			run -2 mk new KERNEL="$name" "$what"
			[[ $output == *"kernel-name: KERNEL="*": want "* ]]
		done
	done
	find . -path ./build -prune -o -print | sort | cmp before -
	run -2 mk new KERNEL=x PROJECT="$PWD/project" FROM="$PWD/x.json"
	[[ $output == *"FROM= is of a kernel, PROJECT= of a project: want one of them"* ]]
	[ ! -e kernels/x ]
}

@test "a full disk stops the loop in one line, and the next run goes on" {
	mkdir small
	mount -t tmpfs -o size=256k none small 2>/dev/null || skip "cannot mount"
	mkdir experiments
	mount --bind small experiments || skip "cannot mount"
	dd if=/dev/zero of=small/fill bs=1k count=254 2>/dev/null || true
	cp $k/solution.c old.c
	run -2 mk optimize
	[[ $output == *"No space left on device"* ]]
	cmp old.c $k/solution.c
	rm small/fill
	run -0 mk optimize
	[ -e $x/exp_0001/result.md ] && [ ! -e $x/exp_0002 ]
	[ "$(wc -l <$x/ledger.jsonl)" -eq 1 ]
}

teardown() {
	umount "$BATS_TEST_TMPDIR/experiments" 2>/dev/null || true
	umount "$BATS_TEST_TMPDIR/small" 2>/dev/null || true
}

@test "the loop's own time stays small" {
	mk tools
	mk optimize >/dev/null
	start=$(date +%s%N)
	mk optimize >/dev/null
	took=$((($(date +%s%N) - start) / 1000000))
	echo "$took ms, compiling and four fakes included"
	[ $took -lt 3000 ]
}
