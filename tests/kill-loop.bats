load setup

# tests/kill-loop.sh in short: the real judge, a few kills.

@test "a loop that is killed again and again judges nothing twice, and decides as one that is not" {
	needs_jail
	cd "$BATS_TEST_TMPDIR"
	run -0 "$ROOT/tests/kill-loop.sh" out 8 3
	[[ ${lines[-1]} =~ ^[0-9]+\ experiments,\ 3\ kills,\ .*,\ 0\ problems$ ]]
}

@test "kill-loop.sh sees a verdict that hangs on more than the samples" {
	needs_jail
	cd "$BATS_TEST_TMPDIR"
	own_build cp -p
	mv build/decide build/right
	cat >build/decide <<-END
	#!/bin/sh
	"$PWD/build/right" "\$@"; status=\$?
	sed -i "s/\"trials\": .*/\"trials\": 1\$(date +%N),/" "\$2"
	exit \$status
	END
	chmod +x build/decide
	BUILD=$PWD/build run -1 "$ROOT/tests/kill-loop.sh" out 1 0
	[[ $output == *"kill-loop: audit: see "*"kill-loop: verdicts differ: see "* ]]
}

@test "kill-loop.sh says how it is called" {
	run -2 "$ROOT/tests/kill-loop.sh"
	[[ $output == usage:* ]]
}
