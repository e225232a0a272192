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

# holds CONDITION: in every row of the table. Columns: world n (processes)
# change better accept equivalent noisy slower used
holds() {
	awk -F'\t' 'NR > 1 {
		world = $1; n = $2; change = $3; better = $5; accept = $6
		equivalent = $7; noisy = $8; slower = $9; used = $10; rows++
		if (!('"$1"')) { print "not so: " $0; bad = 1 }
	} END { exit bad || !rows }' "$BATS_FILE_TMPDIR/table" >&2
}

@test "simulated: nothing that is no faster is accepted, in any noise" {
	"$BUILD/tests/simulate" 400 >"$BATS_FILE_TMPDIR/table"
	[ "$(wc -l <"$BATS_FILE_TMPDIR/table")" = 163 ]
	holds 'change > 0 || accept == 0'
	holds 'change > 0 || better <= 1'
	holds 'change > 0 || slower <= 4' # nominal: up to 1.8, of 400
	# half a percent is no gain, either
	holds 'change != 0.5 || accept <= 5' # of 40
}

@test "simulated: nothing that is faster is called slower" {
	holds 'change < 1 || slower == 0'
}

@test "simulated: gains are accepted, the more the larger they are" {
	holds 'change < 5 || world == "delays" || accept >= 80'
	holds 'change < 5 || n < 16 || world == "delays" || accept >= 97'
	holds 'change < 1 || world != "quiet GPU" || accept >= 95'
	holds 'change != 1.5 || n < 48 || world == "delays" || accept >= 85'
	holds 'change != 2 || n < 48 || world == "delays" || accept >= 97'
}

@test "simulated: what is clear ends early" {
	holds 'change < 5 || n < 48 || world == "delays" || used < 22' # of 96, confirmation included
	holds 'change > 0 || world != "quiet GPU" || used < 9'
}

@test "simulated: few processes, or pairs taken one by one, fool a judge" {
	"$BUILD/tests/simulate" -c 600 >"$BATS_TEST_TMPDIR/choices"
	cat "$BATS_TEST_TMPDIR/choices"
	awk -F'\t' '$1 == "process noise" { by[$2] = $5; pair[$2] = $6 }
		END { exit !(by[8] <= 1 && by[24] <= 1 && pair[8] > 5 &&
			pair[3] > 15) }' "$BATS_TEST_TMPDIR/choices"
}

@test "simulate checks its arguments" {
	run -2 "$BUILD/tests/simulate" 5
	[[ "$output" == "usage: simulate "* ]]
	run -2 "$BUILD/tests/simulate" -x
	run -2 "$BUILD/tests/simulate" 100 100
}

@test "the manual's numbers are those of the table that is kept" {
	local page=$ROOT/man/ratchet-judge.7 table=$ROOT/tests/fixtures/simulation.tsv

	grep -q "^on $(sed -n '1s/# //p' "$table") " "$page"
	sed -n '/^\.It noise Ta most/,/^\.El/p' "$page" | awk -F ' Ta ' -v OFS='\t' '
		NR > 1 && NF == 6 {
			if (sub(/^\.It /, "", $1))
				name = $1
			print name, $2, $3, $4, $5, $6
		}' >"$BATS_TEST_TMPDIR/page"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/page")" = 17 ]
	while IFS=$'\t' read -r name n values; do
		[ "$(awk -F'\t' -v name="$name" -v n="$n" '
			$1 == name && $2 == n && $3 >= 1 { printf "%.0f\t", $6 }' \
			"$table")" = "$values	" ] || {
			echo "$name $n: $values"
			return 1
		}
	done <"$BATS_TEST_TMPDIR/page"
	# and what is said of no gain
	awk -F'\t' 'NR > 2 && $3 == 0 {
			if ($6 > 0) exit 1
			if ($5 > better) better = $5
			if ($9 > slower) slower = $9
		} NR > 2 && $3 == 0.5 && $6 > half { half = $6 }
		END { print better, slower, half }' "$table" >"$BATS_TEST_TMPDIR/most"
	read -r better slower half <"$BATS_TEST_TMPDIR/most"
	grep -q "found at most $better % better; at most $slower % were called" \
		<(tr '\n' ' ' <"$page")
	grep -q "at most $half % were accepted" "$page"
}

# plans WANT DEVICE WORKLOADS CALL_NS CALL_S PROCESS_S LEFT_S [DONE]
plans() {
	local want=$1

	shift
	[ "$("$BUILD/tests/slots-check" "$@")" = "$want" ] || {
		echo "$*: $("$BUILD/tests/slots-check" "$@")"
		return 1
	}
}

@test "time goes into processes first, then into pairs, up to a record's rows" {
	# processes, pairs, calls: 5 us on a GPU, 70 us with all around a call
	plans "9 3 4" cuda 4 5000 70e-6 0.4 4
	plans "21 3 4" cuda 4 5000 70e-6 0.4 10
	plans "48 2 4" cuda 4 5000 70e-6 0.4 100
	plans "24 1 4" cuda 25 5000 70e-6 0.4 100
	plans "48 3 4" cuda 1 5000 70e-6 0.4 100
	plans "48 8 4" cpu 1 5000 2e-3 0.01 100
}

@test "many workloads do not keep a judgement from the processes it has time for" {
	plans "24 1 4" cuda 128 5000 70e-6 4 120
	plans "8 1 1" cuda 128 5000 70e-6 4 20
	plans "13 1 4" cuda 128 5000 70e-6 4 60
}

@test "too little time takes pairs, then calls, never processes" {
	plans "9 2 2" cpu 1 1000000 20e-3 0.05 4
	plans "10 1 4" cpu 4 5000 2e-3 0.05 2
	plans "8 1 1" cuda 4 5000 70e-6 0.4 0.5
	plans "8 1 1" cuda 4 5000 70e-6 0.4 0
	plans "21 1 1" cuda 4 5000 70e-6 0.4 0 20
}
