# quick - which workloads a quick look takes, chosen by a measurement
load setup

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp -R "$BATS_TEST_DIRNAME/tiny/." .
	ln -s "$ROOT/kernels/include" kernels/include
	own_build
}

mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" KERNEL=scale \
		DEVICE=cpu KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		EXPERIMENTS="$PWD/experiments" BENCH_S=3 "$@"
}

@test "what it prints are settings that make a quick look as it says" {
	needs_jail
	echo 'weight.22222222-0000-4000-8000-000000000002 = 3' >>kernels/scale/settings
	run -0 --separate-stderr mk quick QUICK_S=600
	[[ ${lines[0]} == "# 2 of 2 workloads, timed in "*" s at least; MODE=stride STRIDE=1 takes as many" ]]
	[ "${lines[1]}" = "quick_s.cpu = 600" ]
	[[ ${lines[2]} == "quick.cpu = "*11111111*22222222* ]] ||
		[[ ${lines[2]} == "quick.cpu = "*22222222*11111111* ]]
	[ "${lines[3]}" = "guard.11111111-0000-4000-8000-000000000001.cpu = 0.02" ]
	printf '%s\n' "${lines[@]}" >>kernels/scale/settings
	run -0 mk verify MODE=quick
	[[ $output == *"right on 2 workloads"* ]]
}

@test "every stratum is seen, however little time there is" {
	needs_jail
	run -0 --separate-stderr mk quick QUICK_S=1
	[[ ${lines[0]} =~ ^"# "[12]" of 2 workloads, timed in "[0-9.]+" s at least" ]]
	[ "$(grep -c '^quick.cpu = [0-9a-f]' <<<"$output")" -eq 1 ]
}

@test "a quick look takes the seconds of settings, of QUICK_S or of BENCH_S" {
	needs_jail
	echo 'quick_s.cpu = 5' >>kernels/scale/settings
	looks() { # SECONDS OF ARGUMENT...
		run -0 mk bench MODE="$2" BENCH_S= "${@:3}"
		[[ $output == *": at most $1 s"* ]]
	}
	looks 1 quick
	looks 3 quick QUICK_S=15
	looks 2 quick QUICK_S=15 BENCH_S=10
	sed -i 's/^bench_s.*/bench_s.cpu = 30/' kernels/scale/settings
	run -0 mk verify MODE=full BENCH_S=
	[[ $output == *": at most 6 s"* ]]
	run -2 mk bench MODE=quick BENCH_S= QUICK_S=x
	[[ $output == *"measure: QUICK_S=x: want seconds"* ]]
}

@test "seconds that are none are a mistake, told before anything is measured" {
	for word in 0 -1 x 1.5; do
		run -2 env BUILD="$BUILD" KERNEL=scale KERNELS=kernels \
			"$ROOT/tools/quick.sh" cpu "$word"
		[ "$output" = "quick: QUICK_S=$word: want seconds, 1 or more" ]
	done
}
