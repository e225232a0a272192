load setup

@test "each element of each type is checked, and what lies around it" {
	run -0 "$BUILD/tests/check-output"
	[ -z "$output" ]
}
