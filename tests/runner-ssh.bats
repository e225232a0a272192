load setup
load judge
load runner

# RUNNER=ssh, by a real sshd.

setup() {
	needs_sshd
	scale_setup
	cd "$BATS_TEST_TMPDIR"
	compile right
}

teardown() {
	sshd_stop
}

verify_it() {
	front verify "$@" -o verify.jsonl "$(built reference)" "$(built right)"
}

# What stays there of a job: nothing, soon after its end.
is_tidy() {
	for _ in $(seq 50); do
		[ -n "$(ls -A "$S/cache/ratchet/jobs")" ] || return 0
		sleep 0.1
	done
	return 1
}

# A set of programs whose judge, there, is this script: $JUDGE is the real one,
# cut cuts the connection.
node_judge() {
	mkdir bin
	cp -R "$BUILD"/{judge,collect,verify,enter,worker,libcjson.so.1,run-ssh,ship.sh,node,node.hash} bin 2>/dev/null || true
	mv bin/node/judge bin/node/real-judge
	{
		echo '#!/bin/sh'
		echo "echo judge >>$PWD/judged"
		echo "JUDGE=$S/cache/ratchet/tools/test/real-judge"
		echo "cut() { for pid in \$(cat /proc/$SSHD_PID/task/$SSHD_PID/children); do kill -9 \$pid; done; }"
		cat
	} >bin/node/judge
	chmod +x bin/node/judge
	echo test >bin/node.hash
	PATH=$PWD/bin:$PATH
}

@test "what is verified over ssh says which machine did it, and leaves the programs" {
	sshd_start
	run -0 verify_it
	[[ $(head -n 1 verify.jsonl) == *"\"node\": \"$(hostname)\""* ]]
	[ "$(grep -c '"status": "ok"' verify.jsonl)" -ge 3 ]
	is_tidy
	before=$(ls -id "$S/cache/ratchet/tools/"*)
	run -0 verify_it
	[ "$(ls -id "$S/cache/ratchet/tools/"*)" = "$before" ]
	is_tidy
}

@test "a candidate that is wrong there is wrong" {
	sshd_start
	compile NOTHING NOTHING
	run -1 front verify -o verify.jsonl "$(built reference)" "$(built NOTHING)"
	grep -q '"status": "unwritten"' verify.jsonl
}

@test "tensors of workloads are shipped once" {
	sshd_start
	cp "$BATS_TEST_DIRNAME/tiny.safetensors" . 2>/dev/null || python3 - <<-'END'
		import json, struct
		head = json.dumps({"x": {"dtype": "F32", "shape": [5], "data_offsets": [0, 20]}}).encode()
		open("x.safetensors", "wb").write(struct.pack("<Q", len(head)) + head + struct.pack("<5f", 1, 2, 3, 4, 5))
	END
	scale_workload 5 '"x": {"type": "safetensors", "path": "x.safetensors", "tensor_key": "x"}' >w.jsonl
	W=$PWD/w.jsonl
	run -0 verify_it
	blob=$(ls -i "$S/cache/ratchet/blobs")
	[ "$(wc -l <<<"$blob")" = 1 ]
	run -0 verify_it
	[ "$(ls -i "$S/cache/ratchet/blobs")" = "$blob" ]
}

@test "a connection that is cut in the middle costs no second judgement" {
	sshd_start
	node_judge <<-'END'
		(sleep 0.5; cut) >/dev/null 2>&1 &
		sleep 1
		exec "$JUDGE" "$@"
	END
	run -0 verify_it
	[[ $output == *"run-ssh: node: connection lost, or not made: again in 1 s"* ]]
	grep -q '"status": "ok"' verify.jsonl
	[ "$(wc -l <judged)" = 1 ]
	is_tidy
}

@test "a judgement that ended while the connection was cut is fetched, not made again" {
	sshd_start
	node_judge <<-'END'
		"$JUDGE" "$@"
		status=$?
		cut
		exit $status
	END
	run -0 verify_it
	[[ $output == *"connection lost"* ]]
	grep -q '"status": "ok"' verify.jsonl
	[ "$(wc -l <judged)" = 1 ]
	is_tidy
}

@test "a judge that is killed there is started again, and is no verdict" {
	sshd_start
	node_judge <<-END
		[ "\$(wc -l <$PWD/judged)" -gt 1 ] || kill -9 \$\$
		exec "\$JUDGE" "\$@"
	END
	run -0 verify_it
	grep -q '"status": "ok"' verify.jsonl
	[ "$(wc -l <judged)" = 2 ]
}

@test "a machine that dies with all that runs on it is asked again" {
	sshd_start
	node_judge <<-END
		[ "\$(wc -l <$PWD/judged)" -gt 1 ] || {
			kill -9 \$PPID
			cut
			exit
		}
		exec "\$JUDGE" "\$@"
	END
	run -0 verify_it
	[[ $output == *"connection lost"* ]]
	grep -q '"status": "ok"' verify.jsonl
	[ "$(wc -l <judged)" = 2 ]
}

@test "a machine that never answers is no verdict" {
	sshd_start
	kill "$SSHD_PID"
	RUNNER_TRIES=2 run -75 verify_it
	[[ $output == *"run-ssh: node: no answer, 2 times: not judged"* ]]
	[ ! -e verify.jsonl ]
}

@test "what a judge there exits with is passed on: trouble stays trouble" {
	sshd_start
	node_judge <<<'echo "judge: the GPU is gone" >&2; exit 2'
	run -2 verify_it
	[[ $output == *"judge: the GPU is gone"* ]]
	node_again() { echo 'exit 75' >"$S/cache/ratchet/tools/test/judge"; }
	node_again
	run -75 verify_it
	[ "$(wc -l <judged)" = 1 ]
	[ ! -e verify.jsonl ]
}

@test "a result that is made up there is not taken" {
	sshd_start
	node_judge <<-'END'
		"$JUDGE" "$@"
		sed -i 's/ok/OK/' "$1/verify.jsonl" "$2/verify.jsonl" 2>/dev/null
		exit 0
	END
	RUNNER_TRIES=2 run -75 verify_it
	[[ $output == *"collect: standard input: verify.jsonl is not what judge wrote"* ]]
	[ ! -e verify.jsonl ]
}

@test "what another device measured is not compared" {
	sshd_start
	mkdir exp
	cp "$(built right)" exp/build.json
	echo '{"device_name": "NVIDIA H100 80GB HBM3", "driver": "580.1"}' >exp/base.json
	run -75 front verify -o exp/verify.jsonl "$(built reference)" exp/build.json
	[[ $output == *"judged on NVIDIA H100 80GB HBM3 (580.1): not comparable"* ]]
	[ ! -e exp/verify.jsonl ]
}

@test "who stops a run stops what it started there" {
	sshd_start
	node_judge <<-END
		echo \$\$ >$PWD/pid
		exec sleep 100
	END
	verify -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" -o verify.jsonl \
		"$(built reference)" "$(built right)" 2>words 3>&- &
	until [ -s pid ]; do sleep 0.1; done
	kill -TERM $!
	wait $! || [ $? -eq 143 ]
	for _ in $(seq 50); do
		kill -0 "$(cat pid)" 2>/dev/null || break
		sleep 0.1
	done
	run -1 kill -0 "$(cat pid)"
	is_tidy
	[ ! -e verify.jsonl ]
}

@test "no key travels, whatever a configuration would send" {
	sshd_start
	node_judge <<-END
		env >$PWD/environment
		exec "\$JUDGE" "\$@"
	END
	ANTHROPIC_API_KEY=secret1 OPENAI_API_KEY=secret2 MINE=secret3 GPU_WAIT_S=17 run -0 verify_it
	run -1 grep secret environment
	grep -qx GPU_WAIT_S=17 environment
	# Those of a connection, which a person may have opened before.
	[ ! -e "$XDG_RUNTIME_DIR"/*/environment ]
}

@test "a host whose name begins with a dash is refused" {
	export RUNNER=ssh
	for host in -oProxyCommand=touch\ x '-F/dev/null' 'a b' 'a;b' ''; do
		SSH_HOST=$host run -2 verify_it
		[[ $output == "run-ssh: SSH_HOST"*": "* ]]
	done
	[ ! -e x ]
}

@test "a runner that is not there is trouble" {
	for name in none ../judge SSH ssh/ 'ssh -v'; do
		RUNNER=$name run -2 verify_it
		[[ $output == "verify: RUNNER=$name: want local, or the name of a run-NAME in "* ]]
	done
}

@test "a machine that is no Linux on x86-64 is refused" {
	sshd_start "SetEnv XDG_CACHE_HOME=$BATS_TEST_TMPDIR/ssh/cache PATH=$PWD/other:$PATH"
	sed -i '/^SetEnv XDG_CACHE_HOME=[^ ]*$/d' "$S/sshd"
	mkdir other
	printf '#!/bin/sh\necho Darwin arm64\n' >other/uname
	chmod +x other/uname
	kill -HUP "$SSHD_PID"
	sleep 0.2
	run -2 verify_it
	[[ $output == *"run-ssh: node: it is Darwin arm64: want Linux x86_64"* ]]
}

@test "what judges is asked what it is" {
	sshd_start
	run -0 "$BUILD/run-ssh" -q
	diff <(doctor -f) - <<<"$output"
}

@test "a whole experiment is judged over ssh, and its verdict names the machine" {
	sshd_start
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
	grep -q " of $(hostname)), proposed by " $E/result.md
	grep -q '"device_name": "' $E/base.json
	grep -q "^# node $(hostname)$" $E/bench.tsv
	is_tidy
}
