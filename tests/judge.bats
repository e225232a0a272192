load setup

# A job folder is read strictly.

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir job
	printf '%s\n' 'phase = verify' 'device = cpu' 'nonce = 00000000000000000000000000000000' \
		'seed = 0x0123456789abcdef' 'budget_s = 5' >job/job
	: >job/settings
	cp "$ROOT/kernels/rmsnorm_h4096/definition.json" job/
	head -1 "$ROOT/workloads/rmsnorm_h4096.jsonl" >job/workloads.jsonl
}

refused() {
	run -2 judge job
	[ "${#lines[@]}" = 1 ]
	[[ $output == "judge: job/"* ]]
	[[ $output == *"$1"* ]]
	[ ! -e job/verify.jsonl ]
}

@test "one folder is wanted" {
	run -2 judge
	[ "$output" = "usage: judge [-v] job" ]
	run -2 judge a b
	[ "$output" = "usage: judge [-v] job" ]
}

@test "a missing folder is named" {
	run -2 judge none
	[ "$output" = "judge: none/job: No such file or directory" ]
}

@test "a missing file is named" {
	for file in job settings definition.json workloads.jsonl; do
		mv "job/$file" away
		refused "$file: No such file or directory"
		mv away "job/$file"
	done
}

@test "each line of job is checked" {
	for bad in phase:some device:tpu seed:12 seed:0x01234567 \
		seed:0xnothexnothexnot budget_s:0 budget_s:x; do
		key=${bad%%:*}
		cp job/job before
		sed -i "s/^$key = .*/$key = ${bad#*:}/" job/job
		refused "$key"
		cp before job/job
	done
	echo 'other = 1' >>job/job
	refused 'unknown key other'
}

@test "each setting is checked" {
	for bad in atol:-1 rtol:x matched_ratio:2 precision:-1 sets:0 sets:99 \
		processes:0 pairs:0 timeout_s:0 threads:-1 mode:hot mode:graph; do
		echo "${bad%%:*} = ${bad#*:}" >job/settings
		refused "${bad%%:*}"
	done
}

@test "a job without its code is trouble of ours: 75" {
	run -75 judge job
	[[ $output == *"job/reference.so: No such file or directory"* ]]
}
