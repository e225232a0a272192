load setup
load power

# tests/soak.sh on the CPU: as many input sets and hidden shapes as wanted, or
# what was not right.

setup() {
	cd "$BATS_TEST_TMPDIR"
	power_kernel soaked 60 3 1000
	printf 'threads = 1\nhidden.n = 1..40\n' >kernels/soaked/settings
}

soak() {
	"$ROOT/tests/soak.sh" soaked cpu "$@" "KERNELS=$PWD/kernels" \
		"WORKLOADS=$PWD/workloads" "EXPERIMENTS=$PWD/experiments"
}

@test "soak.sh goes on until there were as many sets and shapes" {
	run -0 soak 7 13
	[[ "${lines[-1]}" =~ ", "([0-9]+)" input sets for each workload, "([0-9]+)" hidden shapes"$ ]]
	[ "${BASH_REMATCH[1]}" -ge 7 ]
	[ "${BASH_REMATCH[2]}" -ge 13 ]
}

@test "soak.sh never draws the same values again" {
	run -0 soak 12 1
	[ "$(printf '%s\n' "${lines[@]}" | grep -o '^0x[0-9a-f]*' | sort -u |
		wc -l)" = "$(printf '%s\n' "${lines[@]}" | grep -c '^0x')" ]
}

@test "soak.sh ends where a kernel has no hidden shapes" {
	sed -i /hidden/d kernels/soaked/settings
	run -0 soak 1 9
	[[ "${lines[-1]}" == *" 0 hidden shapes" ]]
}

@test "soak.sh ends with what is not right" {
	sed -i 's/hidden.*/hidden.n = 5..5/' kernels/soaked/settings
	sed -i 's/out\[i\] = 2/out[i] = (n == 5 ? 3 : 2)/' \
		kernels/soaked/solution.c
	run -1 soak 1 1
	[[ "$output" == *'"status": "wrong'*': not right: see '* ]]
}

@test "soak.sh says how it is called" {
	run -2 "$ROOT/tests/soak.sh" soaked cpu 1
	[[ "$output" == usage:* ]]
}
