# setup - what every .bats file loads: the programs on PATH
bats_require_minimum_version 1.5.0
ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
BUILD=${BUILD:-$ROOT/build}
PATH=$BUILD:$PATH
unset RUNNER FACTS

# Where there is no jail, what is harmless is tested without.
JAIL=$(doctor -s 2>/dev/null) || JAIL=none
[ "$JAIL" = bwrap ] || export SANDBOX=$JAIL

# Skips what needs it: hostile code.
needs_jail() {
	[ "$JAIL" = bwrap ] || skip "no jail here: doctor says what to do"
}
