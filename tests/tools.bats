load setup

# What every program promises alike (but for those which only the judge
# starts).

setup() {
	cd "$BATS_TEST_TMPDIR"
}

programs() {
	for program in "$BUILD"/*; do
		[ ! -f "$program" ] || [ ! -x "$program" ] || basename "$program"
	done | grep -v '\.so$'
}

@test "there are programs" {
	[ -n "$(programs)" ]
}

@test "without arguments a tool that needs some gives its usage and exits 2" {
	for program in $(programs | grep -vE '^(doctor|worker|capture|enter)$'); do
		run -2 --separate-stderr "$program"
		echo "$program: $output $stderr"
		[ -z "$output" ]
		[[ ${stderr_lines[0]} == "usage: $program"* ]]
	done
}

@test "an unknown option is answered with the usage and exit 2" {
	for program in $(programs | grep -vE '^(worker|capture|enter)$'); do
		run -2 --separate-stderr "$program" -@
		echo "$program: $output $stderr"
		[ -z "$output" ]
		[[ $stderr == *"usage: $program"* ]]
	done
}

@test "a tool runs with standard output and error closed" {
	for program in $(programs | grep -vE '^(doctor|worker|capture|enter)$'); do
		run -2 bash -c "$program >&- 2>&-"
	done
}
