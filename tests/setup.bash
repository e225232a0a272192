# setup - what every .bats file loads: the programs on PATH
bats_require_minimum_version 1.5.0
ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
BUILD=${BUILD:-$ROOT/build}
PATH=$BUILD:$PATH
