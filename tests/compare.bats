load setup
load samples

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# field SCOPE COLUMN [WORKLOAD]: of table.tsv
field() {
	awk -F'\t' -v scope="$1" -v column="$2" -v workload="${3:--}" '
		$1 == "scope" { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 == scope && $3 == workload { print $at[column] }' table.tsv
}

# decides WORD: what compare says of bench.tsv
decides() {
	compare "${@:2}" -o table.tsv bench.tsv
	[ "$(field all decision)" = "$1" ] || {
		cat table.tsv
		return 1
	}
}

@test "a clear gain is better, with its size and its interval" {
	samples_file bench.tsv 1 1.05
	decides better
	[ "$(field all speedup)" = 1.050000 ]
	[ "$(field all processes)" = 8 ]
	[ "$(field all pairs)" = 48 ]
	awk "BEGIN { exit !($(field all ci_low) < 1.05 &&
		1.05 < $(field all ci_high) && $(field all ci_low) > 1.048) }"
}

@test "the interval is Student's t on process medians" {
	samples_file bench.tsv 1 1.05 workloads=u1 noise=0.0035
	decides better
	# noise is 0.001 times -3.5 ... 3.5, a quarter more by the incumbents'
	# mean: s = 0.00125 sqrt(6), and t(0.99, 7) s / sqrt(8)
	[[ "$(field all spread)" == 0.00306* ]]
	awk "BEGIN { x = 1.05 * exp(-2.998 * 0.0030619 / sqrt(8))
		exit !(x - $(field all ci_low) < 2e-6 &&
		$(field all ci_low) - x < 2e-6) }"
}

@test "a clear loss is slower" {
	samples_file bench.tsv 1 0.97
	decides slower
}

@test "no difference is equivalent" {
	samples_file bench.tsv 1 1
	decides equivalent
}

@test "delays that hit every side alike make nobody faster, by the rules of today" {
	samples_file bench.tsv 1 1 noise=0 late=0.2
	decides equivalent
	[ "$(field all speedup)" = 1.000000 ]
	[ "$(field a/a speedup)" = 1.000000 ]
	# Those of before are kept for what was decided by them.
	sed -i 's/judge_version 3/judge_version 2/' bench.tsv
	decides better
}

@test "a gain below min_effect is not better" {
	samples_file bench.tsv 1 1.012
	decides better
	echo 'min_effect = 0.02' >settings
	decides equivalent -s settings
}

@test "min_effect cannot be set below half a percent" {
	samples_file bench.tsv 1 1.004
	echo 'min_effect = 0' >settings
	decides equivalent -s settings
	grep -qx '# min_effect 0.005000' table.tsv
}

@test "a setting for a device wins over the general one" {
	samples_file bench.tsv 1 1.012
	printf 'min_effect = 0.02\nmin_effect.cuda = 0.005\n' >settings
	decides equivalent -s settings -d cpu
	decides better -s settings -d cuda
}

@test "noise that hides a gain is noisy" {
	samples_file bench.tsv 1 1.02 noise=0.05
	decides noisy
}

@test "a biased second incumbent raises min_effect to twice the bias" {
	samples_file bench.tsv 1 1.02 skew=1.02
	decides equivalent
	grep -qx '# min_effect 0.040000' table.tsv
}

@test "a second incumbent that differs by no more than noise raises nothing" {
	samples_file bench.tsv 1 1.05 skew=1.004 noise=0.02
	decides better
	awk "BEGIN { exit !($(field a/a speedup) > 1.003) }"
	awk "BEGIN { exit !($(field a/a ci_low) < 1) }"
	grep -qx '# min_effect 0.005000' table.tsv
}

@test "the incumbent's time is the mean of its two copies" {
	samples_file bench.tsv 1 1 skew=1.04 noise=0
	compare -o table.tsv bench.tsv
	[ "$(field all speedup)" = 1.019804 ] # the root of 1.04
	[ "$(field a/a speedup)" = 1.040000 ]
}

@test "a workload proved slower than guard regresses the whole" {
	samples_file bench.tsv 1 1.05 workloads='u1 u2 u3 u4' worse=u3 by=1.10
	decides regressed
	[ "$(field workload decision u3)" = regressed ]
	[ "$(field workload decision u1)" = - ]
}

@test "a workload that is slower within guard is no veto" {
	samples_file bench.tsv 1 1.05 workloads='u1 u2 u3 u4' worse=u3 by=1.055
	decides better
}

@test "a workload may have a guard of its own, wider or narrower" {
	samples_file bench.tsv 1 1.05 workloads='u1 u2 u3 u4' worse=u3 by=1.10
	echo 'guard.u3 = 0.2' >settings
	decides better -s settings
	samples_file bench.tsv 1 1.05 workloads='u1 u2 u3 u4' worse=u3 by=1.055
	decides better
	echo 'guard.u3 = 0.0001' >settings
	decides regressed -s settings
	echo 'guard.u3 = 2' >settings
	run -2 compare -s settings bench.tsv
	[[ $output == "compare: settings:1: "*"guard.u3"* ]]
}

@test "a regression that is not proved is no veto" {
	samples_file bench.tsv 1 1.06 workloads='u1 u2 u3 u4' worse=u3 \
		by=1.08 noise=0.02
	decides better
}

@test "weights say how much a workload counts" {
	samples_file bench.tsv 1 1.05 worse=u2 by=1.055
	printf 'weight.u1 = 3\n' >settings
	compare -s settings -o table.tsv bench.tsv
	[ "$(field workload weight u1)" = 0.750000 ]
	awk "BEGIN { d = log($(field all speedup)) - log(1.05) + log(1.055) / 4
		exit !(d < 2e-6 && d > -2e-6) }"
}

@test "weights that are all 0 are refused" {
	samples_file bench.tsv 1 1.05 workloads=u1
	echo 'weight.u1 = 0' >settings
	run -2 compare -s settings bench.tsv
	[ "$output" = "compare: settings: want a weight above 0" ]
}

@test "a throttled slot drops its whole pair" {
	samples_file bench.tsv 1 1.05
	awk -F'\t' -v OFS='\t' '$2 == 2 && $3 == 1 && $4 == "incumbent" &&
		$6 == "u1" { $12 = 1; $9 *= 9 } { print }' bench.tsv >x
	mv x bench.tsv
	decides better
	[ "$(field all pairs)" = 47 ]
	[ "$(field all dropped)" = 1 ]
	[ "$(field all processes)" = 8 ]
	[ "$(field all speedup)" = 1.050000 ]
}

@test "a process without a workload says nothing about all" {
	samples_file bench.tsv 1 1.05
	awk -F'\t' '!($2 == 2 && $6 == "u1")' bench.tsv >x
	mv x bench.tsv
	decides better
	[ "$(field all processes)" = 7 ]
	[ "$(field workload processes u1)" = 7 ]
	[ "$(field workload processes u2)" = 8 ]
}

@test "a pair without its second incumbent does not count" {
	samples_file bench.tsv 1 1.05 pairs=1 workloads=u1
	awk -F'\t' '!($2 == 2 && $4 == "incumbent2")' bench.tsv >x
	mv x bench.tsv
	decides better
	[ "$(field all pairs)" = 7 ]
}

@test "one process has an estimate, no interval, and proves nothing" {
	samples_file bench.tsv 1 2 processes=1 noise=0
	decides noisy
	[ "$(field all speedup)" = 2.000000 ]
	[ "$(field all ci_low)" = - ]
	[ "$(field all ci_high)" = - ]
}

@test "three processes may find slower, never better" {
	samples_file bench.tsv 1 2 processes=3
	decides noisy
	samples_file bench.tsv 1 0.5 processes=3
	decides slower
}

@test "identical times everywhere are equivalent" {
	samples_file bench.tsv 1 1 noise=0
	decides equivalent
	[ "$(field all spread)" = 0.000000 ]
}

@test "one interrupted slot in a process does not move it" {
	samples_file bench.tsv 1 1.02
	awk -F'\t' -v OFS='\t' '$3 == 1 && $4 == "candidate" && $2 < 5 {
		$9 *= 3 } { print }' bench.tsv >x
	mv x bench.tsv
	decides better
}

@test "calls are divided out" {
	samples_file bench.tsv 1 1.05
	awk -F'\t' -v OFS='\t' '$4 == "candidate" { $8 *= 2; $9 *= 2 }
		{ print }' bench.tsv >x
	mv x bench.tsv
	decides better
	[ "$(field all speedup)" = 1.050000 ]
}

@test "other modes are medians and decide nothing" {
	samples_file bench.tsv 1 1.05
	samples 0.5 mode=warm processes=1 >>bench.tsv
	decides better
	[ "$(awk -F'\t' '$2 == "warm" && $3 == "u1" { print $8, $9, $12 }' \
		table.tsv | cut -d. -f1)" = 2000 ] ||
		[ "$(grep -c warm table.tsv)" = 2 ]
	echo 'mode = warm' >settings
	decides noisy -s settings
}

@test "phases other than bench do not count" {
	samples_file bench.tsv 1 1.05
	samples 0.1 | sed 's/^bench/wall/' >>bench.tsv
	decides better
}

@test "no rows are no decision, not trouble" {
	samples_file bench.tsv 1
	decides none
}

@test "rows of the wrong status do not count" {
	samples_file bench.tsv 1 1.05
	sed -i 's/\tok$/\twrong/' bench.tsv
	decides none
}

@test "the order of rows does not matter" {
	samples_file bench.tsv 1 1.05
	compare bench.tsv >a
	{ head -5 bench.tsv; tail -n +6 bench.tsv | sort -r; } >x
	compare x >b
	cmp <(sort a) <(sort b)
}

@test "the same slot twice is refused with its line" {
	samples_file bench.tsv 1 1.05
	sed -n 6p bench.tsv >>bench.tsv
	run -2 compare bench.tsv
	[ "$output" = "compare: bench.tsv:150: repeats line 6" ]
}

@test "a time of 0 is refused with its line" {
	samples_file bench.tsv 1 1.05
	sed -i '7s/\t[0-9]*\t\([0-9]*\t[0-9]*\t[0-9]*\tok\)$/\t0\t\1/' bench.tsv
	run -2 compare bench.tsv
	[ "$output" = "compare: bench.tsv:7: want time_ns above 0, got 0" ]
}

@test "a negative time is refused with its line" {
	samples_file bench.tsv 1 1.05
	sed -i '7s/\t[0-9]*\t\([0-9]*\t[0-9]*\t[0-9]*\tok\)$/\t-5\t\1/' bench.tsv
	run -2 compare bench.tsv
	[[ "$output" == "compare: bench.tsv:7: "* ]]
}

@test "no calls are refused with the line" {
	samples_file bench.tsv 1 1.05
	sed -i '7s/\t0\t4\t/\t0\t0\t/' bench.tsv
	run -2 compare bench.tsv
	[ "$output" = "compare: bench.tsv:7: want calls above 0, got 0" ]
}

@test "a side that is none is refused with its line" {
	samples_file bench.tsv 1 1.05
	sed -i '7s/\tincumbent\t/\t-\t/' bench.tsv
	run -2 compare bench.tsv
	[[ "$output" == "compare: bench.tsv:7: "* ]]
}

@test "a truncated file is refused" {
	samples_file bench.tsv 1 1.05
	head -c -10 bench.tsv >x
	run -2 compare x
	[[ "$output" == "compare: x:149: "* ]]
}

@test "garbage, a missing file and a folder are refused" {
	head -c 4096 /dev/urandom >x
	run -2 compare x
	[[ "$output" == "compare: x:"* ]]
	: >x
	run -2 compare x
	run -2 compare nowhere
	[ "$output" = "compare: nowhere: No such file or directory" ]
	run -2 compare .
}

@test "a bad setting is refused with its line" {
	samples_file bench.tsv 1 1.05
	echo 'guard = much' >settings
	run -2 compare -s settings bench.tsv
	[[ "$output" == "compare: settings:1: "*guard* ]]
	echo 'mode = hot' >settings
	run -2 compare -s settings bench.tsv
	[[ "$output" == "compare: settings"*"want mode"* ]]
}

@test "usage errors exit 2" {
	run -2 compare
	[[ "$output" == "usage: compare "* ]]
	run -2 compare a b
	run -2 compare -x a
}

@test "a full disk and an unwritable folder are trouble" {
	samples_file bench.tsv 1 1.05
	run -2 bash -c 'compare bench.tsv >/dev/full'
	run -2 compare -o nowhere/compare.tsv bench.tsv
	[[ "$output" == "compare: nowhere/compare.tsv: "* ]]
}
