load setup
load judge
load slurm

# RUNNER=slurm, by a real Slurm of two nodes.

setup_file() {
	needs_slurm
	slurm_start
	export S
}

teardown_file() {
	slurm_stop
}

setup() {
	scale_setup
	cd "$BATS_TEST_TMPDIR"
	export RUNNER=slurm SLURM_FOLDER=$PWD/shared
	compile right
}

verify_it() {
	front verify "$@" -o verify.jsonl "$(built reference)" "$(built right)"
}

# Starts one that is awaited, as $PID; its words go to the file words.
begin() {
	verify -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" -o verify.jsonl \
		"$(built reference)" "$(built right)" >words 2>&1 3>&- &
	PID=$!
}

ended() {
	status=0
	wait $PID || status=$?
	[ $status -eq "$1" ] || {
		cat words
		return 1
	}
}

# What stays of a job, there and in the queue: nothing.
is_tidy() {
	[ -z "$(ls -A "$SLURM_FOLDER/jobs")" ]
	for _ in $(seq 50); do
		[ -n "$(squeue -h)" ] || return 0
		sleep 0.1
	done
	return 1
}

# A set of programs whose judge, there, is this script: $JUDGE is the real one.
node_judge() {
	mkdir bin
	cp -R "$BUILD"/{judge,collect,verify,enter,worker,libcjson.so.1,run-slurm,ship.sh,node,node.hash} bin 2>/dev/null || true
	mv bin/node/judge bin/node/real-judge
	{
		echo '#!/bin/sh'
		echo "echo judge >>$PWD/judged"
		echo "JUDGE=$SLURM_FOLDER/tools/test/real-judge"
		cat
	} >bin/node/judge
	chmod +x bin/node/judge
	echo test >bin/node.hash
	PATH=$PWD/bin:$PATH
}

# The first judge waits for its end, the next one judges.
node_judge_waits_once() {
	node_judge <<-END
		[ "\$(wc -l <$PWD/judged)" -gt 1 ] || {
			echo \$\$ >$PWD/pid
			echo waits
			exec sleep 100
		}
		exec "\$JUDGE" "\$@"
	END
}

await() {
	for _ in $(seq 300); do
		! eval "$1" || return 0
		sleep 0.1
	done
	echo "never: $1"
	cat words
	return 1
}

# In an allocation of one node.
allocated() {
	salloc --quiet --nodes=1 "$@"
}

@test "what is verified by the queue says which machine did it, and leaves the programs" {
	run -0 verify_it
	[[ $(head -n 1 verify.jsonl) == *"\"node\": \"$(hostname)\""* ]]
	[ "$(grep -c '"status": "ok"' verify.jsonl)" -ge 3 ]
	is_tidy
	before=$(ls -id "$SLURM_FOLDER/tools/"*)
	run -0 verify_it
	[ "$(ls -id "$SLURM_FOLDER/tools/"*)" = "$before" ]
	is_tidy
}

@test "a candidate that is wrong there is wrong" {
	compile NOTHING NOTHING
	run -1 front verify -o verify.jsonl "$(built reference)" "$(built NOTHING)"
	grep -q '"status": "unwritten"' verify.jsonl
}

@test "within an allocation a step of it judges, and no job is added" {
	last=$(squeue -h -t all -o %i | sort -n | tail -n 1)
	run -0 allocated verify -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" -o verify.jsonl \
		"$(built reference)" "$(built right)"
	grep -q '"status": "ok"' verify.jsonl
	[ "$(squeue -h -t all -o %i | sort -n | tail -n 1)" -eq $((last + 1)) ]
	is_tidy
}

@test "what judges is asked what it is, by the queue and within an allocation" {
	run -0 "$BUILD/run-slurm" -q
	diff <(doctor -f) - <<<"$output"
	run -0 allocated "$BUILD/run-slurm" -q
	diff <(doctor -f) - <<<"$output"
}

@test "no key travels, whatever sbatch would send" {
	node_judge <<-END
		env >$PWD/environment
		exec "\$JUDGE" "\$@"
	END
	export ANTHROPIC_API_KEY=secret1 MINE=secret3 SBATCH_EXPORT=ALL SLURM_EXPORT_ENV=ALL GPU_WAIT_S=17
	run -0 verify_it
	run -1 grep -E 'secret|SLURM' environment
	grep -qx GPU_WAIT_S=17 environment
	rm environment
	run -0 allocated verify -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" -o verify.jsonl \
		"$(built reference)" "$(built right)"
	run -1 grep -E 'secret|SLURM' environment
}

@test "a node that dies in the middle is no verdict: the job is judged on the other one" {
	node_judge_waits_once
	begin
	await 'grep -qx waits words'
	node=$(squeue -h -o %N)
	id=$(squeue -h -o %i)
	slurmd_kill "$node" "$id" "$(cat pid)"
	scontrol update nodename="$node" state=down reason=dead
	await '[[ $(squeue -h -o "%T %r") == *BeginTime* ]]'
	# Slurm would wait for two minutes.
	# A node refuses what it killed in the same second.
	sleep 1.2
	scontrol update jobid="$id" starttime=now
	ended 0
	grep -q '"status": "ok"' verify.jsonl
	[ "$(wc -l <judged)" = 2 ]
	[[ $(scontrol show job "$id") == *" Restarts=1 "*"NodeList=n"* ]]
	[[ $(scontrol show job "$id") != *" NodeList=$node"* ]]
	is_tidy
	slurmd_start "$node"
	# It may have come back by itself.
	scontrol update nodename="$node" state=resume || true
	slurm_await
}

@test "a job that is cancelled is no verdict, and is judged again" {
	# What it does when it is ended, it does no more for a verdict.
	node_judge <<-END
		[ "\$(wc -l <$PWD/judged)" -gt 1 ] || {
			trap '"\$JUDGE" "\$@"; exit 1' TERM
			echo waits
			while :; do sleep 0.1; done
		}
		exec "\$JUDGE" "\$@"
	END
	"$ROOT/tools/again.sh" verify -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" -o verify.jsonl \
		"$(built reference)" "$(built right)" >words 2>&1 3>&- &
	PID=$!
	await 'grep -qx waits words'
	scancel "$(squeue -h -o %i)"
	ended 0
	grep -q 'run-slurm: not judged: CANCELLED' words
	grep -q 'again: verify: invalid, attempt 1 of 3' words
	grep -q '"status": "ok"' verify.jsonl
	[ "$(wc -l <judged)" = 2 ]
	is_tidy
}

@test "a job that is requeued is judged again" {
	node_judge_waits_once
	begin
	await 'grep -qx waits words'
	id=$(squeue -h -o %i)
	scontrol requeue "$id"
	await '[[ $(squeue -h -o "%T %r") == *BeginTime* ]]'
	# A node refuses what it killed in the same second.
	sleep 1.2
	scontrol update jobid="$id" starttime=now
	ended 0
	grep -q '"status": "ok"' verify.jsonl
	[ "$(wc -l <judged)" = 2 ]
}

@test "an allocation that ends in the middle is no verdict" {
	node_judge_waits_once
	allocated verify -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" -o verify.jsonl \
		"$(built reference)" "$(built right)" >words 2>&1 3>&- &
	PID=$!
	await 'grep -qx waits words'
	scancel "$(squeue -h -o %i)"
	wait $PID || true
	[ ! -e verify.jsonl ]
	[ "$(wc -l <judged)" = 1 ]
}

@test "who stops a run stops what it started there" {
	node_judge <<-END
		echo \$\$ >$PWD/pid
		exec sleep 100
	END
	begin
	await '[ -s pid ]'
	kill -TERM $PID
	ended 143
	await '! kill -0 "$(cat pid)" 2>/dev/null'
	is_tidy
	[ ! -e verify.jsonl ]
}

@test "a Slurm that cannot be reached is asked again, and then no verdict" {
	sed 's/^SlurmctldPort=.*/SlurmctldPort=1/; $aMessageTimeout=1' "$SLURM_CONF" >slurm.conf
	SLURM_CONF=$PWD/slurm.conf RUNNER_TRIES=1 run -75 timeout 60 verify -k "$K" -w "$W" \
		-c "$BATS_FILE_TMPDIR/cache" -o verify.jsonl "$(built reference)" "$(built right)"
	[[ $output == *"run-slurm: Slurm: no answer, 1 times: not judged"* ]]
	[ ! -e verify.jsonl ]
}

@test "what a judge there exits with is passed on: trouble stays trouble" {
	node_judge <<<'echo "judge: the GPU is gone" >&2; exit 2'
	run -2 verify_it
	[[ $output == *"judge: the GPU is gone"* ]]
	echo 'exit 75' >"$SLURM_FOLDER/tools/test/judge"
	run -75 verify_it
	[ "$(wc -l <judged)" = 1 ]
	[ ! -e verify.jsonl ]
	is_tidy
}

@test "forged, partial, stale and missing results are not taken" {
	node_judge <<-END
		"\$JUDGE" "\$@"
		job=$SLURM_FOLDER/jobs/*
		. $PWD/spoil
		exit 0
	END
	for spoil in 'sed -i s/ok/OK/ $job/verify.jsonl' \
		'truncate -s 30 $job/verify.jsonl' \
		'rm $job/verify.jsonl; mkfifo $job/verify.jsonl' \
		'rm $job/done' \
		'sed -i "s/^nonce = .*/nonce = 0123456789abcdef0123456789abcdef/" $job/done'; do
		echo "$spoil" >spoil
		run -75 verify_it
		[[ $output == *"collect: "* ]]
		[ ! -e verify.jsonl ]
	done
	is_tidy
}

@test "a partition that does not exist says so, and is not asked for again" {
	SLURM_PARTITION=none run -2 verify_it
	[[ $output == *"invalid partition"* ]]
	[[ $output != *again* ]]
	SLURM_PARTITION=none run -2 "$BUILD/run-slurm" -q
	[ ! -e verify.jsonl ]
}

@test "Slurm is told the partition, the constraint, the account and the time" {
	node_judge <<-END
		SLURM_CONF=$SLURM_CONF scontrol show job >$PWD/job
		exec "\$JUDGE" "\$@"
	END
	SLURM_PARTITION=all SLURM_TIMELIMIT=7 SLURM_ACCOUNT=mine run -0 verify_it
	grep -q 'TimeLimit=00:07:00' job
	grep -q 'Partition=all' job
	SLURM_CONSTRAINT=gold run -2 verify_it
	[[ $output == *"sbatch: error: "* ]]
	SLURM_GRES=gpu:1 run -2 verify_it
	[[ $output == *"sbatch: error: "* ]]
}

@test "values that could be options or a shell's are refused" {
	for value in '--uid=0' 'a b' 'a;touch x' '$(touch x)' $'a\nb' "a'b" '`touch x`'; do
		for name in SLURM_PARTITION SLURM_ACCOUNT SLURM_GRES SLURM_CONSTRAINT SLURM_TIMELIMIT; do
			run -2 env "$name=$value" "$BUILD/run-slurm" -q
			[[ $output == "run-slurm: $name=$value: cannot be a value of --"* ]]
		done
	done
	for folder in relative "/a b" "/a'b"; do
		SLURM_FOLDER=$folder run -2 "$BUILD/run-slurm" -q
		[[ $output == "run-slurm: SLURM_FOLDER=$folder: want "* ]]
	done
	SLURM_JOB_ID='1 --uid=0' run -2 "$BUILD/run-slurm" -q
	RUNNER_WAIT_S=soon run -2 "$BUILD/run-slurm" -q
	RUNNER_TRIES=0 run -2 "$BUILD/run-slurm" -q
	[ ! -e x ]
}

@test "a whole experiment is judged by the queue, and its verdict names the machine" {
	cp -R "$BATS_TEST_DIRNAME/tiny/." .
	ln -s "$ROOT/kernels/include" kernels/include
	own_build
	sed 's/PASSES 8/PASSES 1/' kernels/scale/solution.c >mine.c
	run -0 make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" KERNEL=scale \
		KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		EXPERIMENTS="$PWD/experiments" BENCH_S=2 try SOLUTION="$PWD/mine.c"
	[[ ${lines[-1]} == "verdict: "* ]]
	E=experiments/scale/exp_0001
	grep -q "\"node\": \"$(hostname)\"" $E/verdict.json
	is_tidy
}
