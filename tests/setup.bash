# setup - what every .bats file loads: the programs on PATH
bats_require_minimum_version 1.5.0
ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
BUILD=${BUILD:-$ROOT/build}
PATH=$BUILD:$PATH
unset RUNNER FACTS

# Where there is no jail, what is harmless is tested without.
JAIL=$(doctor -s 2>/dev/null) || JAIL=none
[ "$JAIL" = bwrap ] || export SANDBOX=$JAIL

# ./build, of this test alone: what make leaves there goes by a kernel's name, and
# other tests have one of that name. What was compiled is shared, and so are the
# programs, but for own_build cp -p: then what one starts is here, too.
own_build() {
	[ $# -gt 0 ] || set -- ln -s
	mkdir -p build "$BUILD/cache"
	find "$BUILD" -maxdepth 1 -type f -exec "$@" -t build {} +
	ln -s "$BUILD/cache" build/cache
	[ ! -d "$BUILD/node" ] || cp -Rp "$BUILD/node" build
}

# Skips what needs it: hostile code.
needs_jail() {
	[ "$JAIL" = bwrap ] || skip "no jail here: doctor says what to do"
}

# settles PATTERN COMMAND...: what ends with a verdict does so with this one,
# sooner or later where the machine is too busy to tell.
settles() {
	local pattern=$1 tries=0
	shift
	while [ $((tries += 1)) -le 5 ]; do
		run -0 --separate-stderr "$@"
		# shellcheck disable=SC2053 # a pattern
		[[ ${lines[-1]} != $pattern ]] || return 0
		echo "${lines[-1]}"
		[[ ${lines[-1]} == "verdict: noisy "* ]] || return 1
	done
	return 1
}
