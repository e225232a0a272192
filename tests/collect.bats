load setup
load judge
load parcel

# What comes back of a job, honest and not.

# A judged job, made once: $J, and a folder $B with what came back of it.
setup_file() {
	scale_setup
	echo 'hidden.n = 2..900' >>"$K/settings"
	compile right
	mkdir "$BATS_FILE_TMPDIR/aside"
	for n in 1 2; do
		RUNNER=folder RUNNER_FOLDER=$BATS_FILE_TMPDIR/aside RUNNER_WAIT_S=60 \
			front verify -o "$BATS_FILE_TMPDIR/verify$n" \
			"$(built reference)" "$(built right)" 2>/dev/null 3>&- &
	done
	until [ "$(ls -d "$BATS_FILE_TMPDIR"/aside/job-* 2>/dev/null | wc -l)" = 2 ]; do
		sleep 0.1
	done
	set -- "$BATS_FILE_TMPDIR"/aside/job-*
	cp -R "$1" "$BATS_FILE_TMPDIR/job"
	cp -R "$2" "$BATS_FILE_TMPDIR/other"
	for name in job other; do
		cp -R "$BATS_FILE_TMPDIR/$name" "$BATS_FILE_TMPDIR/$name.judged"
		judge "$BATS_FILE_TMPDIR/$name.judged"
	done
	for job; do
		case $job in
		*/"job-$(sed -n 's/^nonce = //p' "$BATS_FILE_TMPDIR/job/job")")
			cp "$BATS_FILE_TMPDIR/job.judged/"* "$job/" ;;
		*) cp "$BATS_FILE_TMPDIR/other.judged/"* "$job/" ;;
		esac
	done
	wait
	# And one that measures.
	ASIDE=$BATS_FILE_TMPDIR/bench RUNNER=aside front bench -f -t 1 -o none \
		"$(built reference)" "$(built right)" "$(built right)" 2>/dev/null || [ $? = 75 ]
	cp -R "$BATS_FILE_TMPDIR/bench" "$BATS_FILE_TMPDIR/bench.judged"
	judge "$BATS_FILE_TMPDIR/bench.judged"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp -R "$BATS_FILE_TMPDIR/job" job
	mkdir back
	cp "$BATS_FILE_TMPDIR/job.judged/"{done,verify.jsonl} back/
	ls -A job >before
	judged=$BATS_FILE_TMPDIR/job.judged
}

# Nothing was kept, for these reasons.
refused() {
	run -75 collect job "${2-back}"
	[ "${#lines[@]}" = 1 ]
	[[ $output == "collect: "*"$1"* ]]
	ls -A job | cmp - before
}

# The result that came back.
result() {
	if [ -e back/bench.tsv ]; then echo back/bench.tsv; else echo back/verify.jsonl; fi
}

# change SCRIPT [ANSWER]: the honest result as sed makes it, certified.
change() {
	local file

	file=$(result)
	sed "$1" "$judged/${file#back/}" >"$file"
	certify "$file" "${2-0}"
}

# The same tests, of a job that measures.
of_bench() {
	judged=$BATS_FILE_TMPDIR/bench.judged
	rm -r job back
	cp -R "$BATS_FILE_TMPDIR/bench" job
	mkdir back
	cp "$judged/"{done,bench.tsv} back/
	ls -A job >before
}

parcel() {
	cat "$1/done" "$1/verify.jsonl"
}

@test "an honest result is taken from a folder, with judge's answer" {
	run -0 collect job back
	cmp job/verify.jsonl back/verify.jsonl
	cmp job/done back/done
	change '3s/"status": "ok"/"status": "wrong"/' 1
	run -1 collect job back
}

@test "a result that lacks a workload, listed or hidden, is not taken" {
	change '3,$d'
	refused "back:1: want 7 workloads, got 1"
	change '/"uuid": "n5"/d'
	refused "back:1: want 7 workloads, got 6"
	change '/"uuid": "hidden-2"/d'
	refused "back:1: want 7 workloads, got 6"
	change '2,$d'
	refused "back:1: want 7 workloads, got 0"
	# Nor with a head that agrees.
	change '1s/"workloads": 7/"workloads": 1/; 3,$d'
	refused "back:1: want workloads to be 7, got 1"
	change '1s/"hidden": "[^"]*"/"hidden": "none"/'
	refused "want hidden to be "
}

@test "a result with a workload that the job has not, or has once, is not taken" {
	change '$s/.*/&\n&/'
	refused "back: want 7 workloads at most, got 8"
	change 's/"uuid": "n5"/"uuid": "n1"/'
	refused "back:3: workload n1 again"
	change 's/"uuid": "n5"/"uuid": "n6"/'
	refused "back:3: workload n6 is not of this job"
	change 's/"uuid": "n5"/"uuid": "n5x"/'
	refused "back:3: workload n5x is not of this job"
	change '3s/"uuid"/"name"/'
	refused "back:3: want \"uuid\", a string; it is missing"
	change '2,$d'
	yes '{"uuid": "n1", "status": "ok"}' | head -n 1000000 >>back/verify.jsonl
	certify "$(result)" 0
	refused "want 7 workloads at most, got 1000000"
}

@test "a refusal may end before the last workload, an approval may not" {
	change '1s/"finished": true/"finished": "died"/; 2s/"status": "ok"/"status": "died"/; 3,$d' 1
	run -1 collect job back
	rm job/done job/verify.jsonl
	change '1s/"finished": true/"finished": "died"/'
	refused "back:1: the verification did not finish"
}

@test "what decide cannot read is not taken" {
	change '2s/"status": "ok"/"status": "fine"/'
	refused "back:2: unknown status 'fine'"
	change '1s/"timing"/"timed"/'
	refused "back:1: want \"timing\", a string; it is missing"
	change '1s/"kernel": "scale"/"kernel": "other"/'
	refused "back:1: want kernel to be scale"
	change '1s/"sets"/"harness": "x", "sets"/'
	refused "want harness to be ''"
	change ''
	printf '\0\n' >>back/verify.jsonl
	certify "$(result)" 0
	refused "back: holds a NUL byte"
}

@test "an answer that the rows do not give is not taken" {
	change '' 1
	refused "back: its rows say an answer of 0, but done says 1"
	change '3s/"status": "ok"/"status": "wrong"/' 0
	refused "back: its rows say an answer of 1, but done says 0"
	parcel back >parcel
	refused "parcel: its rows say an answer of 1, but done says 0" parcel
}

@test "samples are of the job's workloads, all of them, or not taken" {
	of_bench
	change '/\tn5\t/d'
	refused "back: want 3 workloads in mode cold, got 2"
	change 's/\tn5\t/\tn6\t/'
	refused "back: workload n6 is not of this job"
	change '/^bench/d'
	refused "back: want 3 workloads in mode cold, got 0"
	change '$s/\tn[0-9]*\t/\tn6\t/'
	refused "back: workload n6 is not of this job"
	change '/^bench/{s/.*/&\n&/}'
	refused "repeats line"
	change '/^# started_at/d'
	refused "back: want notes seed and started_at"
	echo '# duplicate exp_0001' >back/bench.tsv
	grep '^phase' "$judged/bench.tsv" >>back/bench.tsv
	certify "$(result)" 0
	refused "back: want notes seed and started_at"
	change ''
	run -0 collect job back
	cmp job/bench.tsv back/bench.tsv
}

@test "an answer that the samples do not give is not taken" {
	of_bench
	change '' 1
	refused "back: its rows say an answer of 0, but done says 1"
	change '/\tcandidate\t/s/ok$/wrong/' 0
	refused "back: its rows say an answer of 1, but done says 0"
	change '/\tincumbent\t/s/ok$/wrong/' 1
	refused "back: the incumbent failed (wrong)"
	change '/\tcandidate\t/s/ok$/fine/' 1
	refused "back: unknown status 'fine'"
	change '/\tcandidate\t/s/ok$/wrong/' 1
	run -1 collect job back
}

@test "an honest parcel is taken from a stream and from a file" {
	run -0 collect job - < <(parcel back)
	cmp job/verify.jsonl back/verify.jsonl
	rm job/done job/verify.jsonl
	parcel back >parcel
	run -0 collect job parcel
	cmp job/verify.jsonl back/verify.jsonl
}

@test "of a file with several parcels, the job's own is taken" {
	{
		parcel "$BATS_FILE_TMPDIR/other.judged"
		parcel back
	} >all
	run -0 collect job all
	cmp job/verify.jsonl back/verify.jsonl
}

@test "the runner for folders keeps what was put back" {
	for n in 1 2; do
		[[ $(head -n 1 "$BATS_FILE_TMPDIR/verify$n") == *'"nonce": '* ]]
	done
	run -1 cmp -s "$BATS_FILE_TMPDIR/verify1" "$BATS_FILE_TMPDIR/verify2"
	[ -z "$(ls -d "$BATS_FILE_TMPDIR"/aside/job-* 2>/dev/null)" ]
}

@test "a result that is not there is not finished" {
	rm back/done
	refused "back: done is not there: not finished"
	refused "none: No such file or directory" none
	cp "$BATS_FILE_TMPDIR/job.judged/done" back/
	rm back/verify.jsonl
	refused "back: verify.jsonl is not there"
}

@test "a result that is cut off is not taken" {
	truncate -s -20 back/verify.jsonl
	refused "bytes of verify.jsonl, got "
	parcel back >parcel
	refused "cut off" parcel
	head -c 100 back/done >parcel
	refused "parcel: want what judge leaves as \`done\`" parcel
	: >parcel
	refused "parcel: no result of job " parcel
}

@test "the result of another job is not taken" {
	cp "$BATS_FILE_TMPDIR/other.judged/"{done,verify.jsonl} back/
	refused "the result of another job, "
	parcel back >parcel
	refused "no result of job " parcel
}

@test "another job's result under this job's name is not taken" {
	cp "$BATS_FILE_TMPDIR/other.judged/verify.jsonl" back/
	refused "verify.jsonl"
	certify "$(result)" 0
	refused "want nonce to be "
}

@test "a result that was changed is not taken" {
	sed -i 's/"status": "ok"/"status": "OK"/' back/verify.jsonl
	refused "verify.jsonl is not what judge wrote"
}

@test "what is no result is not taken, even if it is certified" {
	echo 'no JSON' >back/verify.jsonl
	certify "$(result)" 0
	refused "back:1: "
	printf '{"nonce": "x"}' >back/verify.jsonl
	certify "$(result)" 0
	refused "back:1: want a line with its newline"
	: >back/verify.jsonl
	certify "$(result)" 0
	refused "back:1: want a line with its newline"
	sed 's/"judge_version": "[^"]*"/"judge_version": "0"/' \
		"$BATS_FILE_TMPDIR/job.judged/verify.jsonl" >back/verify.jsonl
	certify "$(result)" 0
	refused "want judge_version to be "
	sed 's/"seed": "[^"]*"/"seed": "0x0000000000000001"/' \
		"$BATS_FILE_TMPDIR/job.judged/verify.jsonl" >back/verify.jsonl
	certify "$(result)" 0
	refused "want seed to be "
}

@test "a result of another name is not taken" {
	sed -i 's/verify.jsonl/bench.tsv/' back/done
	refused "want verify.jsonl and an answer of 0 or 1"
	sed -i 's/bench.tsv/..a/' back/done
	refused "want verify.jsonl and an answer of 0 or 1"
	sed -i 's,^result.*,result = ../job,' back/done
	refused "want what judge leaves as \`done\`"
}

@test "other answers than 0 and 1 are not taken" {
	for answer in 2 -1 75 x ''; do
		sed "s/^answer.*/answer = $answer/" "$BATS_FILE_TMPDIR/job.judged/done" >back/done
		refused "back: want "
	done
}

@test "links are not followed" {
	mv back/verify.jsonl real
	ln -s ../real back/verify.jsonl
	refused "back: verify.jsonl is a link"
	rm back/verify.jsonl
	cp real back/verify.jsonl
	mv back/done real
	ln -s ../real back/done
	refused "back: done is a link"
}

@test "pipes, devices and folders are not read" {
	rm back/verify.jsonl
	mkfifo back/verify.jsonl
	refused "back: verify.jsonl is no regular file"
	rm back/verify.jsonl
	mkdir back/verify.jsonl
	refused "back: verify.jsonl is no regular file"
	rm back/done
	mkfifo back/done
	refused "back: done is no regular file"
	refused "/dev/zero: want a folder or a file" /dev/zero
}

@test "a huge result is not read, nor believed" {
	truncate -s 100M back/verify.jsonl
	refused "back: verify.jsonl is too large"
	truncate -s 1G back/done
	refused "back: done is too large"
	cp "$BATS_FILE_TMPDIR/job.judged/done" back/
	sed -i 's/^bytes.*/bytes = 999999999/' back/done
	{
		cat back/done
		head -c 1000 /dev/zero
	} >parcel
	refused "verify.jsonl is too large" parcel
}

@test "an endless stream ends" {
	run -75 bash -c 'collect job - < <(yes nonsense)'
	[[ $output == *"want what judge leaves"* ]]
	run -75 bash -c '{ cat back/done; yes; } | collect job - 2>&1'
	[[ $output == *"not what judge wrote"* ]]
}

@test "what else lies there is left there" {
	ln -s /etc/passwd back/settings
	mkfifo back/job
	echo x >back/candidate.so
	run -0 collect job back
	ls -A job | diff - <(sort <(cat before) <(printf 'done\nverify.jsonl\n'))
	cmp job/settings "$BATS_FILE_TMPDIR/job/settings"
}

@test "-b: what another device measured is not taken" {
	name=$(sed -n '1s/.*"device_name": "\([^"]*\), [0-9]* thread.*/\1/p' back/verify.jsonl)
	driver=$(sed -n '1s/.*"driver": "\([^"]*\)".*/\1/p' back/verify.jsonl)
	echo '{"device_name": "NVIDIA H100", "driver": "'"$driver"'"}' >base.json
	run -75 collect -b base.json job back
	[[ $output == *"back: measured on $name"*"judged on NVIDIA H100"*"not comparable" ]]
	echo '{"device_name": "'"$name"'", "driver": "Linux 1.0"}' >base.json
	run -75 collect -b base.json job back
	[[ $output == *"not comparable" ]]
	ls -A job | cmp - before
	echo '{"device_name": "'"$name"'", "driver": "'"$driver"'"}' >base.json
	run -0 collect -b base.json job back
	run -0 collect -b none.json job back
	echo '{' >base.json
	run -75 collect -b base.json job back
}

@test "trouble with the job is no matter of what came back" {
	run -2 collect
	[ "$output" = "usage: collect [-b base.json] job folder|parcel|-" ]
	run -2 collect none back
	rm job/settings
	run -2 collect job back
	[[ $output == "collect: job/settings: "* ]]
}
