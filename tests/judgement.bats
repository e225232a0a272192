load setup

# The whole loop on a tiny kernel with the real judge. What is asserted does
# not hang on how fast the machine is, nor on what else it does.

setup_file() {
	export BENCH_S=4
}

setup() {
	cp -R "$BATS_TEST_DIRNAME/tiny/." "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	ln -s "$ROOT/kernels/include" kernels/include
	own_build
	k=kernels/scale
	x=experiments/scale
}

mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" KERNEL=scale \
		DEVICE=cpu KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		EXPERIMENTS="$PWD/experiments" "$@"
}

# try EDIT: judges the incumbent's source after a sed script.
try() {
	sed "$1" $k/solution.c >mine.c
	run -0 --separate-stderr mk try SOLUTION="$PWD/mine.c"
	verdict=${lines[-1]}
	echo "$output"
	echo "$stderr"
}

@test "make optimize ends with a verdict, and audit agrees" {
	run -0 --separate-stderr mk optimize
	[[ ${lines[-1]} =~ ^verdict:\ (accept|reject|equivalent|noisy)\  ]]
	[ "$(grep -c . $x/exp_0001/trace.jsonl)" -eq 2 ]
	run -0 mk audit
	[[ ${lines[-1]} == "current is "*" times as fast as shipped" ]]
}

@test "a byte-identical copy of the incumbent is equivalent, untimed" {
	cp $k/solution.c old.c
	try ''
	[[ $verdict == "verdict: equivalent - speedup - "* ]]
	[ "$(grep -cvE '^(#|phase)' $x/exp_0001/bench.tsv)" -eq 0 ]
	[ ! -s $x/exp_0001/trace.jsonl ]
	cmp old.c $k/solution.c
}

@test "code seen before under the same rules is not timed again" {
	try 's/SPARE 0/SPARE 1/'
	first=$verdict
	sed 's/^/\/\/ a comment changes no code\n/;q' mine.c >again.c
	cat mine.c >>again.c
	run -0 mk try SOLUTION="$PWD/again.c"
	case $first in
	*accept*) [[ ${lines[-1]} == "verdict: equivalent - speedup - "* ]] ;;
	*noisy*) skip "the machine is busy: noisy code may be tried again" ;;
	*) [[ ${lines[-1]} == "verdict: reject duplicate speedup - "* ]] ;;
	esac
	[ ! -s $x/exp_0002/trace.jsonl ]
}

@test "one wrong element in the largest workload: reject wrong" {
	cp $k/solution.c old.c
	try 's/^	return 0;/	if (n > 30000) out[777] += 1;\n	return 0;/'
	[ "$verdict" = "verdict: reject wrong speedup - [-, -]" ]
	grep -q '^| 22222222 | n=40000 | wrong |' $x/exp_0001/result.md
	[ "$(grep -c INCORRECT_NUMERICAL $x/exp_0001/trace.jsonl)" -eq 1 ]
	cmp old.c $k/solution.c
	[ -s $x/exp_0001/solution.c ]
}

@test "what does not compile: reject build, with the compiler's words" {
	try 's/^	return 0;/	retrun 0;/'
	[ "$verdict" = "verdict: reject build speedup - [-, -]" ]
	grep -q '^    .*error: .*retrun' $x/exp_0001/result.md
	[ "$(grep -c COMPILE_ERROR $x/exp_0001/trace.jsonl)" -eq 2 ]
}

@test "a kernel that dies or hangs is rejected, the loop goes on" {
	try 's/^	return 0;/	__builtin_trap();/'
	[[ $verdict == "verdict: reject died "* ]]
	run -0 mk optimize
	[[ $output == *"verdict: "* ]]
}

@test "make bench and make verify leave no history" {
	run -0 mk verify MODE=full
	[[ $output == *"current: right on 2 workloads"* ]]
	run -0 mk bench MODE=quick
	[[ ${lines[-1]} == "current is "*" times as fast as current" ]]
	[ ! -e $x ]
	sed 's/2 \* in/3 * in/' $k/solution.c >wrong.c
	run -2 mk verify MODE=full SOLUTION="$PWD/wrong.c"
	[[ $output == *"wrong.c: not right"* ]]
	run -2 mk bench MODE=slow
	[[ $output == *"MODE=slow: want quick, stride"* ]]
}

@test "make precision prints the line for settings, four times what is measured" {
	run -0 --separate-stderr mk precision
	[ "$output" = "precision.cpu = 6e-08" ]
	sed 's/2 \* in/2.0001f * in/' $k/solution.c >rough.c
	run -0 --separate-stderr mk precision SOLUTION="$PWD/rough.c"
	[ "$output" = "precision.cpu = 0.0002" ]
	sed 's/2 \* in/3 * in/' $k/solution.c >wrong.c
	run -2 mk precision SOLUTION="$PWD/wrong.c"
	[[ $output == *"wrong.c: not right"* ]]
}

@test "make ab compares in the mode that it is told, and says so" {
	run -0 mk ab A=shipped B=current MODE=warm
	[[ ${lines[-1]} == "shipped is "*" times as fast as current, warm" ]]
	grep -q '^# mode warm$' build/measured/scale.cpu/bench.tsv
	run -0 mk ab A=shipped B=current
	[[ ${lines[-1]} == "shipped is "*" times as fast as current" ]]
	grep -q '^# mode cold$' build/measured/scale.cpu/bench.tsv
	run -2 mk ab A=shipped B=current MODE=graph
	[[ $output == *"measure: MODE=graph: a CPU runs no graphs: want cold or warm"* ]]
}

@test "make ab sees that one pass is faster than eight" {
	sed 's/PASSES 8/PASSES 1/' $k/solution.c >fast.c
	run -0 mk ab A="$PWD/fast.c" B=current
	[[ ${lines[-1]} == *"fast.c is "*" times as fast as current" ]]
	[ ! -e $x ]
	run -2 mk ab A=exp_0001 B=current
	[[ $output == *"exp_0001"* ]]
	run -2 mk ab A=current
	[[ $output == *"want B=, see make help"* ]]
}

@test "the report of a win has its times in the other mode, too" {
	try 's/PASSES 8/PASSES 1/'
	[[ $verdict == "verdict: accept "* ]] || skip "no win on a machine as busy as this"
	grep -qE '^\| cold \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \|$' $x/exp_0001/result.md
	grep -qE '^\| warm \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \|$' $x/exp_0001/result.md
}
