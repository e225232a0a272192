load setup

# Fakes: an apt-get that notes what it was asked, beside the few real programs
# that deps.sh needs. A compiler that does not exist is what is missing.
setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir bin
	for tool in bats cat curl env find git id jq make sh test; do
		ln -s "$(command -v $tool)" bin/
	done
	ln -s "$(command -v g++ || command -v true)" bin/g++
	ln -s "$(command -v bwrap || command -v true)" bin/bwrap
	printf '#!/bin/sh\necho "$@" >>%s/asked\n' "$PWD" >bin/apt-get
	chmod +x bin/apt-get
}

deps() {
	PATH=$PWD/bin CC=${compiler:-no-such-cc} "$ROOT/tools/deps.sh"
}

@test "what is there is not installed again" {
	compiler=$(command -v cc) run -0 deps
	[ "$output" = "deps: nothing is missing" ]
	[ ! -e asked ]
}

@test "it says what it installs before it does" {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	run -0 deps
	[ "${lines[0]}" = "deps: installing: gcc" ]
	[[ $(tail -n 1 asked) == *"install -y --no-install-recommends gcc" ]]
}

@test "when apt-get fails it names the packages and exits 2" {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	printf '#!/bin/sh\nexit 100\n' >bin/apt-get
	run -2 deps
	[[ $output == *"by hand: apt-get install gcc"* ]]
}

@test "a system without apt-get is told what to install" {
	rm bin/apt-get
	run -2 deps
	[[ ${lines[0]} == "deps: this system has no apt-get: install a C11 compiler"* ]]
}

@test "without root or sudo it gives the command" {
	rm bin/id
	printf '#!/bin/sh\necho 1000\n' >bin/id
	chmod +x bin/id
	run -2 deps
	[ "$output" = "deps: installing needs root: run as root: apt-get install gcc" ]
}

@test "the Makefile parses where no compiler and no nvcc is" {
	ln -s "$(command -v awk)" bin/
	PATH=$PWD/bin run -0 make -C "$ROOT" help
	[[ $output == *"deps "*"install what is missing"* ]]
}
