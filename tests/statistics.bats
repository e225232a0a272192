load setup

# The statistics against printed tables, and the whole comparison against
# measurements whose truth is known because they are made up.

check() {
	"$BUILD/tests/stats-check" "$@"
}

@test "t quantiles are those of the printed tables" {
	[ "$(check quantile 0.99 7)" = 2.9980 ]
	[ "$(check quantile 0.995 2)" = 9.9248 ]
	[ "$(check quantile 0.975 1)" = 12.7062 ]
	[ "$(check quantile 0.95 10)" = 1.8125 ]
	[ "$(check quantile 0.999 30)" = 3.3852 ]
	[ "$(check quantile 0.9995 5)" = 6.8688 ]
	[ "$(check quantile 0.99 1000000)" = 2.3264 ]
}

@test "t quantiles are symmetric and 0 in the middle" {
	[ "$(check quantile 0.01 7)" = -2.9980 ]
	[ "$(check quantile 0.5 7 | tr -d -)" = 0.0000 ]
}

@test "the t distribution is exact where it has a closed form" {
	# one degree of freedom: 1/2 + atan(t) / pi; two: 1/2 + t / 2 / sqrt(2 + t t)
	[ "$(check cdf 1 1)" = 0.75 ]
	[ "$(check cdf -1 1)" = 0.25 ]
	[ "$(check cdf 2 2)" = 0.908248 ]
	[ "$(check cdf 0 5)" = 0.5 ]
}

@test "far tails of the t distribution keep their precision" {
	[ "$(check cdf -1e6 1)" = 3.1831e-07 ]
	[ "$(check cdf -100 2)" = 4.99925e-05 ]
	[ "$(check cdf -inf 3)" = 0 ]
	[ "$(check cdf inf 3)" = 1 ]
}

@test "mean, deviation and median of few and of no numbers" {
	[ "$(check mean 1 2 6)" = 3 ]
	[ "$(check sd 1 2 6)" = 2.64575 ]
	[ "$(check median 6 1 2)" = 2 ]
	[ "$(check median 6 1 2 4)" = 3 ]
	[ "$(check mean | tr -d -)" = nan ]
	[ "$(check sd 1 | tr -d -)" = nan ]
	[ "$(check median | tr -d -)" = nan ]
}

@test "Holm's correction steps down, never falls, and ends at 1" {
	[ "$(check holm 0.01 0.04 0.03 0.005)" = "0.03 0.06 0.06 0.02" ]
	[ "$(check holm 0.5 0.9)" = "1 1" ]
	[ "$(check holm 0.004)" = 0.004 ]
}

@test "no kind of noise makes the judge accept what is not faster" {
	"$BUILD/tests/simulate" >"$BATS_TEST_TMPDIR/table"
	cat "$BATS_TEST_TMPDIR/table"
	# at most 0.5 % accepted, 1 % better at first, 2 % called slower
	awk -F'\t' 'NR > 1 && ($3 > 0.5 || $2 > 1 || $4 > 2) { bad = 1 }
		END { exit bad || NR != 7 }' "$BATS_TEST_TMPDIR/table"
	# and it does not get there by accepting nothing
	awk -F'\t' 'NR > 1 && ($6 < $5 || $7 < $6 || $8 < $7 || $8 < 90) {
		bad = 1 } END { exit bad }' "$BATS_TEST_TMPDIR/table"
	awk -F'\t' '$1 == "quiet GPU" && $6 < 95 { bad = 1 }
		END { exit bad }' "$BATS_TEST_TMPDIR/table"
}
