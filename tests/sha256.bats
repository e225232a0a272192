load setup

# Digests, by way of sha256-check; the tests' own judge is sha256sum(1).

setup() {
	PATH=$BUILD/tests:$PATH
	cd "$BATS_TEST_TMPDIR"
}

@test "digests agree with sha256sum around every edge of a block" {
	for n in 0 1 3 54 55 56 57 62 63 64 65 118 119 120 121 127 128 129 1000 \
		65535 65536 65537 300001; do
		head -c $n /dev/urandom >"$n"
	done
	sha256-check [0-9]* >got
	sha256sum [0-9]* | diff - got
}

@test "the examples of FIPS 180-4 come out" {
	printf abc >abc
	run -0 sha256-check abc
	[ "${output%% *}" = ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad ]
	head -c 1000000 /dev/zero | tr '\0' a >a
	run -0 sha256-check a
	[ "${output%% *}" = cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0 ]
}

@test "a missing file, a folder and a device are trouble" {
	run -2 sha256-check none
	[ "$output" = 'sha256-check: none: No such file or directory' ]
	run -2 sha256-check .
	[ "$output" = 'sha256-check: .: Is a directory' ]
	run -2 sha256-check /dev/zero
	[ "$output" = 'sha256-check: /dev/zero: Invalid argument' ]
}
