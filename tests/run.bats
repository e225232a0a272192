load setup

# The bats that runs this test puts its inner programs on PATH first.
run_tests() {
	PATH=$(echo "$PATH" | sed 's,[^:]*/libexec/bats-core:,,g') \
		"$ROOT/tests/run" "$@"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset AGAIN
	echo '@test "right" { true; }' >right.bats
}

last() {
	printf '%s\n' "${lines[-1]}"
}

@test "the last line sums what passed, failed and was skipped" {
	printf '%s\n' '@test "right" { true; }' \
		'@test "not here" { skip "no device"; }' \
		'@test "wrong" { echo because; false; }' >mixed.bats
	run -1 run_tests "$PWD/right.bats" "$PWD/mixed.bats"
	[ "$(last)" = "2 passed, 1 failed, 1 skipped" ]
	[[ $output == *"not ok 3 wrong"*"# because"* ]]
}

@test "nothing failed is status 0" {
	run -0 run_tests "$PWD/right.bats"
	[ "$(last)" = "1 passed, 0 failed, 0 skipped" ]
}

@test "a file without a test fails" {
	: >empty.bats
	run -1 run_tests "$PWD/empty.bats" "$PWD/right.bats"
	[ "$(last)" = "1 passed, 1 failed, 0 skipped" ]
}

@test "a file that bats cannot read fails, and is shown" {
	printf '@test "a" { true; }\n@test "a" { true; }\n' >twice.bats
	run -1 run_tests "$PWD/twice.bats"
	[ "$(last)" = "0 passed, 1 failed, 0 skipped" ]
	[[ $output == *"Duplicate test name"* ]]
}

@test "a test that kills bats fails" {
	echo '@test "killed" { kill -9 $$; }' >killed.bats
	run -1 run_tests "$PWD/killed.bats"
	[ "$(last)" = "0 passed, 1 failed, 0 skipped" ]
}

@test "a file that hangs fails after its time" {
	printf '@test "a" { true; }\n@test "hangs" { sleep 3; }\n' >hangs.bats
	TEST_TIMEOUT=1 run -1 run_tests "$PWD/hangs.bats"
	[ "$(last)" = "1 passed, 1 failed, 0 skipped" ]
}

@test "a missing file fails" {
	run -1 run_tests "$PWD/none.bats"
	[ "$(last)" = "0 passed, 1 failed, 0 skipped" ]
}

@test "with AGAIN=1 a file that failed is shown, and run once more" {
	printf '%s\n' '@test "late" {' 'echo because' "rmdir $PWD/here" '}' >late.bats
	echo '@test "wrong" { false; }' >wrong.bats
	echo "@test \"makes it\" { mkdir -p $PWD/here; }" >right.bats
	JOBS=1 AGAIN=1 run -0 run_tests "$PWD/late.bats" "$PWD/right.bats"
	[ "$(last)" = "2 passed, 0 failed, 0 skipped" ]
	[[ $output == *"# because"* ]]
	AGAIN=1 run -1 run_tests "$PWD/late.bats" "$PWD/wrong.bats"
	[ "$(last)" = "0 passed, 2 failed, 0 skipped" ]
	JOBS=1 run -1 run_tests "$PWD/late.bats" "$PWD/right.bats"
	[ "$(last)" = "1 passed, 1 failed, 0 skipped" ]
}

@test "without bats it says how to get it" {
	mkdir bin
	for tool in dirname sed sh; do
		ln -s "$(command -v $tool)" bin/
	done
	PATH=$PWD/bin run -2 run_tests
	[ "$output" = "tests/run: bats: not found (make deps installs it)" ]
}
