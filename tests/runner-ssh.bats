load setup
load judge
load runner

setup_file() {
	:
}

setup() {
	needs_sshd
	scale_setup
	cd "$BATS_TEST_TMPDIR"
	sshd_start
}

teardown() {
	sshd_stop
}

verify_it() {
	compile right
	front verify -o verify.jsonl "$@" "$(built reference)" "$(built right)"
}

@test "what is verified over ssh says which machine did it" {
	run -0 verify_it
	[[ $(head -n 1 verify.jsonl) == *"\"node\": \"$(hostname)\""* ]]
	[ "$(grep -c '"status": "ok"' verify.jsonl)" -ge 3 ]
	# Nothing stays but the programs.
	[ -z "$(ls "$S/cache/ratchet/jobs")" ]
}
