load setup

# Programs that a test lets doctor find.
setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir some
	for program in cc make diff flock bats bwrap; do
		path=$(command -v $program) && ln -s "$path" some/
	done
	doctor=$BUILD/doctor
}

@test "each line says ok or missing, and the end whether the loop can run" {
	run -0 "$doctor"
	for line in "${lines[@]::${#lines[@]}-1}"; do
		[[ $line == "ok "* || $line == "missing "* ]]
	done
	[ "${lines[-1]}" = "make optimize can run" ]
}

@test "a missing compiler is named with its remedy, and exits 1" {
	rm some/cc
	PATH=$PWD/some run -1 "$doctor"
	[[ $output == *"missing cc           make deps"* ]]
	[[ $output == *"make optimize cannot run here yet" ]]
}

@test "what is only useful does not fail: bats, the jail, CUDA" {
	rm -f some/bats
	SANDBOX=none PATH=$PWD/some run -0 "$doctor"
	[[ $output == *"missing bats "* && $output == *"missing jail "* ]]
	[[ $output == *"SANDBOX=none: candidates run unconfined"* ]]
}

@test "root of a container without nobody is told that it stays root in the jail" {
	unshare -Ur true || skip "no user namespaces here"
	run -0 unshare -Ur "$doctor"
	[[ $output == *"ok      jail         bwrap, where root stays root"* ]]
}

@test "an old make is missing" {
	rm some/make
	printf '#!/bin/sh\necho GNU Make 4.2.1\n' >some/make
	chmod +x some/make
	PATH=$PWD/some:/bin run -1 "$doctor"
	[[ $output == *"missing make         want GNU Make 4.3 or later"* ]]
}

@test "a folder that cannot be written is missing" {
	[ "$(id -u)" -ne 0 ] || skip "root writes anywhere"
	mkdir closed && chmod a-w closed && cd closed
	run -1 "$doctor"
	[[ $output == *"missing writable"* ]]
}

@test "asked for the device, it says cuda only with nvcc and a GPU" {
	run -0 "$doctor" -d
	[[ $output == cpu || $output == cuda ]]
	ls /usr/local/cuda/bin/nvcc && skip "nvcc stands where it is looked for"
	PATH=$PWD/some run -0 "$doctor" -d
	[ "$output" = cpu ]
}

@test "usage errors exit 2, and so does a full standard output" {
	run -2 "$doctor" -x
	[[ $output == *"usage: doctor"* ]]
	run -2 "$doctor" more
	run -2 bash -c "$doctor >/dev/full"
}
