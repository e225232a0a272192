load setup
load judge

# Runners without a network: what is asked of a machine, and jobs that are
# carried.

setup() {
	scale_setup
	cd "$BATS_TEST_TMPDIR"
	export RUNNER_FOLDER=$PWD/aside
	compile right
}

verify_it() {
	RUNNER=folder front verify -o verify.jsonl "$(built reference)" "$(built right)"
}

# Starts a verification whose job is awaited as $JOB; ended is its status.
begin() {
	RUNNER=folder verify -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" -o verify.jsonl \
		"$(built reference)" "$(built right)" >words 2>&1 3>&- &
	PID=$!
	until ls -d aside/job-* >/dev/null 2>&1; do sleep 0.05; done
	JOB=$(echo aside/job-*)
}

ended() {
	status=0
	wait $PID || status=$?
	[ $status -eq "$1" ] || {
		cat words
		return 1
	}
}

# Stopped, with nothing left of it.
stop() {
	kill -TERM $PID
	ended 143
	[ ! -e "$JOB" ]
	[ ! -e verify.jsonl ]
}

@test "a job that is carried away and back is judged" {
	begin
	grep -q "on the machine that is to judge:.* node-[0-9a-f]*/judge job-" words
	(cd aside && eval "$(grep -o 'node-[0-9a-f]*/judge job-[0-9a-f]*' ../words)" 2>/dev/null)
	ended 0
	grep -q '"status": "ok"' verify.jsonl
	[ ! -e "$JOB" ]
}

@test "nothing put back is no verdict, and nobody judges what nobody awaits" {
	RUNNER_WAIT_S=1 run -75 verify_it
	[[ $output == *"/done: nothing that can be taken, after 1 s"* ]]
	[ ! -e verify.jsonl ]
	[ -z "$(ls -d aside/job-* 2>/dev/null)" ]
}

@test "what is put back and is not right is named, and the right thing still awaited" {
	begin
	cp -R "$JOB" judged
	judge judged 2>/dev/null
	ln -s /etc/passwd "$JOB/done"
	until grep -q 'done is a link' words; do sleep 0.1; done
	rm "$JOB/done"
	mkfifo "$JOB/verify.jsonl"
	cp judged/done "$JOB"
	until grep -q 'verify.jsonl is no regular file' words; do sleep 0.1; done
	rm "$JOB/verify.jsonl"
	head -c 30 judged/verify.jsonl >"$JOB/verify.jsonl"
	until grep -q 'cut off' words; do sleep 0.1; done
	cp judged/verify.jsonl "$JOB/.new"
	mv "$JOB/.new" "$JOB/verify.jsonl"
	ended 0
	cmp judged/verify.jsonl verify.jsonl
}

# A runner that judges, and has sed change what comes of it.
fake() {
	mkdir tools
	cp "$BUILD/verify" tools/
	cat >tools/run-fake <<-END
		#!/bin/sh
		shift
		judge "\$1" 2>/dev/null
		cd "\$1" && sed -i '$1' verify.jsonl && sed -i "s/^bytes.*/bytes = \$(wc -c <verify.jsonl)/
			s/^sha256.*/sha256 = \$(sha256sum <verify.jsonl | cut -c -64)/
			s/^answer.*/answer = $2/" done
		exit $2
	END
	chmod +x tools/run-fake
	RUNNER=fake run "${3--75}" tools/verify -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" \
		-o verify.jsonl "$(built reference)" "$(built right)"
	rm -r tools
}

@test "a runner whose results lack rows, or have more, or lie, has judged nothing" {
	fake '' 0 -0
	rm verify.jsonl
	fake '3,$d' 0
	[[ $output == *"verify.jsonl:1: want 3 workloads, got 1"* ]]
	fake '$s/.*/&\n&/' 0
	[[ $output == *"verify.jsonl: want 3 workloads at most, got 4"* ]]
	fake '' 1
	[[ $output == *"verify.jsonl: its rows say an answer of 0, but done says 1"* ]]
	fake '$s/"ok"/"wrong"/' 0
	[[ $output == *"verify.jsonl: its rows say an answer of 1, but done says 0"* ]]
	[ ! -e verify.jsonl ]
}

@test "results of an earlier job of the same kind are stale" {
	begin
	cp -R "$JOB" judged
	judge judged 2>/dev/null
	stop
	begin
	cp judged/verify.jsonl judged/done "$JOB"
	until grep -q 'the result of another job' words; do sleep 0.1; done
	stop
}

@test "settings of a runner that make no sense are refused" {
	RUNNER_FOLDER='' run -2 verify_it
	[[ $output == *"run-folder: RUNNER_FOLDER: not set: want a folder"* ]]
	RUNNER_WAIT_S=soon run -2 verify_it
	[[ $output == *"run-folder: RUNNER_WAIT_S=soon: want seconds"* ]]
}

@test "a machine that nothing reaches says what it is by a file" {
	mkdir aside
	doctor -f >aside/facts
	run -0 "$BUILD/run-folder" -q
	[[ $output == *"$(cat aside/facts)"* ]]
	rm aside/facts
	RUNNER_WAIT_S=1 run -75 "$BUILD/run-folder" -q
	[[ $output == *"node-"*"/doctor -f >facts"* ]]
	ln -s /etc/passwd aside/facts
	run -2 "$BUILD/run-folder" -q
	[[ $output != *root:* ]]
}

@test "FACTS: what judges says what is compiled for" {
	printf 'gpu = Some GPU\narch = sm_90a\ndriver = 1.2\ncpu = Some CPU\nsystem = Linux 9\nnode = there\n' >facts
	run -0 env FACTS=facts doctor -f
	[ "$output" = "$(cat facts)" ]
	cp -R "$K/.." kernels
	sed -i '1s/.*/cflags.cpu = -O2 -pthread -march=native/' kernels/scale/settings
	source=$BATS_FILE_TMPDIR/right.c
	FACTS=facts run -2 build-kernel -c cache -d cpu -o b.json kernels/scale "$source"
	[[ $output == *"settings: native is "*" here, but Some CPU where it is judged: name in cflags.cpu"* ]]
	# Of the same processor it is right.
	doctor -f >facts
	FACTS=facts run -0 build-kernel -c cache -d cpu -o b.json kernels/scale "$source"
	echo 'arch = sm_90; touch x' >facts
	echo >x.cu
	FACTS=facts run -2 build-kernel -c cache -d cuda -o b.json kernels/scale x.cu
	[[ $output == *"want arch to be such as sm_90 or 90a"* ]]
	echo 'nonsense = 1' >facts
	FACTS=facts run -2 doctor -f
	[[ $output == "doctor: facts:1: unknown key nonsense" ]]
	FACTS=none run -2 doctor -d
}

@test "a job without a nonce is refused" {
	begin
	sed -i '/^nonce/d' "$JOB/job"
	run -2 judge "$JOB"
	[[ $output == *"/job: want nonce to be 32 hexadecimal digits" ]]
	stop
}
