load setup
load judge

# What comes back of a job, honest and not.

# A judged job, made once: $J, and a folder $B with what came back of it.
setup_file() {
	scale_setup
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
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp -R "$BATS_FILE_TMPDIR/job" job
	mkdir back
	cp "$BATS_FILE_TMPDIR/job.judged/"{done,verify.jsonl} back/
	ls -A job >before
}

# Nothing was kept, for these reasons.
refused() {
	run -75 collect job "${2-back}"
	[ "${#lines[@]}" = 1 ]
	[[ $output == "collect: "*"$1"* ]]
	ls -A job | cmp - before
}

# `done` that is true of a changed verify.jsonl.
certify() {
	sed -i "s/^bytes.*/bytes = $(wc -c <back/verify.jsonl)/
		s/^sha256.*/sha256 = $(sha256sum <back/verify.jsonl | cut -c -64)/" back/done
}

parcel() {
	cat "$1/done" "$1/verify.jsonl"
}

@test "an honest result is taken from a folder, with judge's answer" {
	run -0 collect job back
	cmp job/verify.jsonl back/verify.jsonl
	cmp job/done back/done
	sed -i 's/answer = 0/answer = 1/' back/done
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
	refused "not what judge wrote"
	certify
	refused "want nonce to be "
}

@test "a result that was changed is not taken" {
	sed -i 's/"status": "ok"/"status": "OK"/' back/verify.jsonl
	refused "verify.jsonl is not what judge wrote"
}

@test "what is no result is not taken, even if it is certified" {
	echo 'no JSON' >back/verify.jsonl
	certify
	refused "back:1: "
	printf '{"nonce": "x"}' >back/verify.jsonl
	certify
	refused "want a newline at the end"
	: >back/verify.jsonl
	certify
	refused "want nonce to be "
	sed 's/"judge_version": "[^"]*"/"judge_version": "0"/' \
		"$BATS_FILE_TMPDIR/job.judged/verify.jsonl" >back/verify.jsonl
	certify
	refused "want judge_version to be "
	sed 's/"seed": "[^"]*"/"seed": "0x0000000000000001"/' \
		"$BATS_FILE_TMPDIR/job.judged/verify.jsonl" >back/verify.jsonl
	certify
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
