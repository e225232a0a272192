load setup
load loop

# make loop and make scheduled on a tiny kernel; the judging programs are fakes,
# so that time is spent where a test wants it. schedule.bats has the crontab.

setup() {
	tiny_tree
	ln -s "$ROOT/kernels/include" kernels/include
	fake_judge
}

# What is to be exported, so that a shell of its own has it.
mk() {
	exec make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" \
		KERNEL=scale DEVICE=cpu KERNELS="$PWD/kernels" \
		WORKLOADS="$PWD/workloads" EXPERIMENTS="$PWD/experiments" "$@"
}

# A process and all that it started.
tree_of() {
	ps -eo pid=,ppid= | awk -v top="$1" '
		{ up[$1] = $2 }
		END {
			for (p in up)
				for (q = p; q in up; q = up[q])
					if (q == top) { print p; break }
		}'
}

teardown() {
	[ -z "${group-}" ] || tree_of "$group" | xargs -r kill -9 2>/dev/null ||
		true
}

# As a terminal does it.
ctrl_c() {
	kill -INT -- "-$group"
}

records() {
	[ "$(cat $x/ledger.jsonl 2>/dev/null | wc -l)" -ge "$1" ]
}

began() {
	[ "$(grep -cx verify fakes/log)" -ge "$1" ]
}

# A ledger of N rejects, the last one AGO, after an accept.
history() {
	mkdir -p $x
	{
		line accept '2 days ago'
		yes "$(line reject "$2")" | head -n "$1"
	} >$x/ledger.jsonl
}

line() {
	echo "{\"experiment\": \"exp_0001\", \"device\": \"cpu\", \"proposer\": \"tune\", \"outcome\": \"$1\", \"reason\": \"-\", \"speedup\": 1, \"knobs\": {}, \"at\": \"$(date -u -d "$2" +%FT%TZ)\", \"seconds\": 1}"
}

pace() {
	KERNEL=scale EXPERIMENTS=experiments "$ROOT/tools/pace.sh" cpu "$1"
}

@test "make loop makes one experiment after the other, until there is no more to do" {
	sed -i '/knob: SPARE/d' $k/solution.c
	run -0 mk loop EVERY=1s
	[[ $output == *"all 4 points of its knobs were tried"* ]]
	[[ $output == *"loop: scale on cpu: there is no more to do"* ]]
	records 3
	[ "$(ls -d $x/exp_* | wc -l)" -eq 3 ]
}

@test "a loop ends when it is as fast as UNTIL says, or a budget is spent" {
	run -0 mk loop UNTIL=7
	[[ $output == *"UNTIL=7 is reached"*"there is no more to do"* ]]
	cp $x/ledger.jsonl before
	run -0 mk loop BUDGET_GPU_S=1
	[[ $output == *BUDGET_GPU_S*"there is no more to do"* ]]
	cmp before $x/ledger.jsonl
}

@test "Ctrl-C ends a loop after the experiment, which is on file" {
	echo 0.3 >fakes/delay
	start loop
	soon began 1
	ctrl_c
	wait $group || true
	grep -q 'stops after this experiment' said
	grep -q 'stopped; everything is on file' said
	[ -e $x/exp_0001/result.md ] && [ ! -e $x/exp_0002 ]
	[ ! -e $x/stopped.cpu ]
}

@test "a second Ctrl-C ends it at once, and make loop goes on with what was begun" {
	echo 3 >fakes/delay
	start loop
	soon began 1
	ctrl_c
	soon grep -q 'stops after' said
	SECONDS=0
	pid=$(cat build/lock/scale.cpu.loop)
	kill -INT "$pid"
	wait $group || true
	soon flock -n build/lock/scale.cpu true
	[ "$SECONDS" -lt 3 ]
	[ ! -e $x/exp_0001/result.md ] && [ ! -e $x/stopped.cpu ]
	rm fakes/delay
	run -0 mk loop UNTIL=7
	[ -e $x/exp_0001/result.md ]
	[ "$(ls -d $x/exp_* | wc -l)" -eq "$(wc -l <$x/ledger.jsonl)" ]
}

@test "the number in the lock's file is what to kill, from anywhere" {
	echo 0.3 >fakes/delay
	start loop
	soon began 1
	kill "$(cat build/lock/scale.cpu.loop)"
	wait $group
	[ -e $x/exp_0001/result.md ] && [ ! -e $x/exp_0002 ]
}

@test "a second loop ends at once, with words and status 0; so does a scheduled run" {
	echo 0.5 >fakes/delay
	start loop
	soon began 1
	SECONDS=0
	run -0 mk loop
	[[ $output == *"scale.cpu.loop is held by another run: nothing to do"* ]]
	run -0 mk scheduled EVERY=15m
	[[ $output == *"held by another run: nothing to do"* ]]
	[ "$SECONDS" -lt 3 ]
	kill "$(cat build/lock/scale.cpu.loop)"
	wait $group
	[ "$(ls -d $x/exp_* | wc -l)" -eq 1 ]
}

@test "a scheduled run does not wait for make optimize either" {
	echo 0.5 >fakes/delay
	start optimize
	soon began 1
	run -0 mk scheduled EVERY=15m
	[[ $output == *"another run works on it: nothing to do"* ]]
	wait $group
	[ "$(ls -d $x/exp_* | wc -l)" -eq 1 ]
}

@test "killed with all that it started, a loop goes on with the same experiment" {
	echo 2 >fakes/delay
	start loop
	soon began 1
	tree_of $group | xargs kill -9 || true
	wait $group || true
	[ ! -e $x/exp_0001/result.md ]
	rm fakes/delay
	run -0 mk scheduled EVERY=15m
	[ -e $x/exp_0001/result.md ] && [ ! -e $x/exp_0002 ]
}

@test "three invalid in a row stop loops and schedules, until make resume" {
	printf '75\n75\n75\n' >fakes/bench.exit
	run -2 mk loop
	[[ $output == *"loop: scale on cpu: stopped: "*"bench: invalid three times in a row"*"make resume"* ]]
	[ "$(grep -cx bench fakes/log)" -eq 3 ]
	for target in loop scheduled; do
		run -2 mk $target EVERY=15m
		[[ $output == *"stopped: "*"bench: invalid three times in a row"* ]]
	done
	[ "$(grep -cx bench fakes/log)" -eq 3 ]
	run -0 mk resume
	[[ $output == *"bench: invalid three times in a row"* ]]
	run -0 mk scheduled EVERY=15m
	[ -e $x/exp_0001/result.md ]
	run -0 mk resume
	[ "$output" = "nothing is stopped: scale on cpu" ]
}

@test "a judgement that is trouble, as of a GPU that hangs, stops them too" {
	echo 2 >fakes/verify.exit
	run -2 mk scheduled EVERY=15m
	[[ $output == *"stopped: "*"verify: trouble"* ]]
	run -2 mk scheduled EVERY=15m
	[ "$(grep -cx verify fakes/log)" -eq 1 ]
}

@test "make optimize says that loops are stopped, and does what it is told" {
	printf '75\n75\n75\n' >fakes/verify.exit
	run -2 mk optimize ITERATIONS=3
	run -0 mk optimize
	[[ $output == *"stopped.cpu: "*"verify: invalid three times in a row"*"; no loop goes on before make resume"* ]]
	[ -e $x/stopped.cpu ]
}

@test "make bench, invalid three times, stops no loop" {
	mk tools &
	wait
	mkdir -p $x
	printf '75\n75\n75\n' >fakes/verify.exit
	run -2 mk bench
	[ ! -e $x/stopped.cpu ]
}

@test "the longer nothing is accepted, the rarer the runs, up to sixteen times" {
	for want in 0:900 4:900 5:1800 9:1800 10:3600 15:7200 20:14400 500:14400; do
		history "${want%:*}" now
		read -r every left since <<<"$(pace 15m)"
		[ "$every" = 900 ] && [ "$since" = "${want%:*}" ]
		[ "$want" = 0:900 ] || [ $((${want#*:} - left)) -lt 5 ]
	done
}

@test "an accept, and a person's adopt or revert, bring back the normal pace" {
	for outcome in accept adopt revert; do
		history 30 now
		line $outcome now >>$x/ledger.jsonl
		read -r _ left since <<<"$(pace 15m)"
		[ "$since" = 0 ] && [ "$left" -le 900 ]
	done
}

@test "another device's records say nothing, nor does a line that was cut" {
	history 3 now
	line reject now | sed 's/cpu/cuda/' >>$x/ledger.jsonl
	printf '{"experiment": "exp_0009", "device": "cp' >>$x/ledger.jsonl
	[[ $(pace 15m) == *" 3" ]]
	history 3 now
	for bytes in 1 30 100 -1; do
		cp $x/ledger.jsonl whole
		line accept now | head -c $bytes >>$x/ledger.jsonl
		[[ $(pace 15m) == *" 3" ]]
		cp whole $x/ledger.jsonl
	done
	rm $x/ledger.jsonl
	[ "$(pace 15m)" = "900 0 0" ]
}

@test "a line that a full disk cut stops no loop and no scheduled run" {
	run -0 mk scheduled EVERY=15m
	line="$(tail -n 1 $x/ledger.jsonl)"
	for target in scheduled loop; do
		echo -n "${line:0:300}" >>$x/ledger.jsonl
		run -0 mk $target EVERY=1s UNTIL=7
		[[ $output == *"verdict: "* || $output == *"UNTIL=7 is reached"* ]]
	done
}

# A ledger that has 100 bytes left on its disk gets a line of more.
@test "a line for which the disk has no room leaves nothing of itself" {
	unshare -m true 2>/dev/null || skip "cannot mount"
	exp=$(basename "$(propose_one)")
	judged "$exp" reject slower 0.5
	publish "$exp"
	exp=$(basename "$(propose_one)")
	judged "$exp" reject slower 0.5
	head -c -1 $x/ledger.jsonl >ledger
	printf '%*s\n' $((4095 - 100 - $(wc -c <ledger))) '' >>ledger
	ln -sf "$PWD/small/ledger" $x/ledger.jsonl
	mkdir small
	export exp k x w
	run -0 unshare -m bash -c 'mount -t tmpfs -o size=16k none small &&
		cp ledger small && ! cat /dev/zero >small/fill 2>/dev/null && {
			snapshot -k $k -e $x -w $w $x/$exp
			[ $? -eq 2 ]
		} && cmp ledger small/ledger && rm small/fill &&
		snapshot -k $k -e $x -w $w $x/$exp && cp small/ledger after'
	[[ $output == *"ledger.jsonl: No space left on device"* ]]
	[ "$(wc -l <after)" -eq 2 ]
}

@test "a clock that was set back makes no pause longer" {
	history 2 '3 days'
	[ "$(pace 10m)" = "600 600 2" ]
}

@test "EVERY that is no time is refused before anything is begun" {
	for bad in 15 m 1.5m -1m 15x '1 m' 99999999s ''; do
		run -2 pace "$bad"
		[[ $output == "pace: EVERY=$bad: want "* ]]
	done
	run -2 mk loop EVERY=often
	[[ $output == *"pace: EVERY=often: want a time"* ]]
	[ ! -e $x ]
}

@test "a scheduled run before its time says when, and makes nothing" {
	history 7 '10 minutes ago'
	run -0 mk scheduled EVERY=15m
	[[ $output == *"nothing accepted in 7 experiments: the next at "* ]]
	[ ! -e fakes/log ]
	history 7 '16 minutes ago'
	run -0 mk scheduled EVERY=15m
	[ "$(ls -d $x/exp_* | wc -l)" -eq 1 ]
}

@test "in the pause of a loop one Ctrl-C is enough" {
	sed -i "s/2026-01-02T03:04:05Z/\$(date -u +%FT%TZ)/" build/decide
	start loop EVERY=1h
	soon records 1
	soon pgrep -f '^sleep 3[56]..$'
	SECONDS=0
	ctrl_c
	wait $group || true
	[ "$SECONDS" -lt 3 ]
	grep -q 'stopped; everything is on file' said
}

@test "no key reaches what judges, from a loop either" {
	cat >build/verify <<-END
	#!/bin/sh
	env >$PWD/seen
	exec $PWD/build/bench "\$@"
	END
	OPENAI_API_KEY=secret ANTHROPIC_API_KEY=secret mk scheduled EVERY=15m || true &
	wait
	[ -s seen ]
	run -1 grep secret seen
}

@test "a schedule's log begins anew when it is long" {
	head -c 1000001 /dev/zero | tr '\0' x >log
	(mk scheduled EVERY=15m >>log 2>&1)
	[ "$(wc -c <log)" -lt 10000 ]
	grep -q '^verdict: ' log
	head -c 900000 /dev/zero | tr '\0' x >log
	(mk scheduled EVERY=15m >>log 2>&1)
	[ "$(wc -c <log)" -gt 900000 ]
}
