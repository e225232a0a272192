load setup

# Histories that are kept packed, raw samples included: every verdict in them is
# decided again, byte for byte.

setup() {
	command -v xz >/dev/null || skip "no xz"
}

# audit_packed FILE: prints audit's last line of each history in it
audit_packed() {
	rm -rf "$BATS_TEST_TMPDIR/unpacked"
	mkdir "$BATS_TEST_TMPDIR/unpacked"
	tar xJf "$1" -C "$BATS_TEST_TMPDIR/unpacked"
	cd "$BATS_TEST_TMPDIR/unpacked"
	find . -path '*/experiments/*' -prune -type d | sort | while read -r k; do
		audit -k "${k%/experiments/*}/kernels/${k##*/}" -e "$k" >../audit || {
			cat ../audit
			exit 1
		}
		tail -n 1 ../audit
	done
}

@test "kept histories: every verdict is what its files say" {
	for archive in "$ROOT"/tests/fixtures/*.tar.xz \
		"$ROOT"/tests/fixtures/*/*.tar.xz; do
		[ -e "$archive" ] || skip "none is kept"
		run -0 audit_packed "$archive"
		grep -vqE '^[1-9][0-9]* verdicts decided again, 0 passed over, 0 problems$' <<<"$output" && {
			echo "$archive: $output"
			return 1
		}
	done
	true
}

@test "kept trials of what is no faster: today's rules lean to neither side" {
	cd "$BATS_TEST_TMPDIR"
	tar xJf "$ROOT/tests/fixtures/null-cpu.tar.xz"
	# What measured them was version 2, which found them 0.6 % faster.
	for file in experiments/*/exp_*/bench.tsv; do
		sed 's/^# judge_version 2$/# judge_version 3/' "$file" >new.tsv
		compare -d cpu new.tsv | grep '^all'
	done >all
	awk -F '\t' '{ sum += log($10); above += $11 > 1; below += $12 < 1 }
		END { print NR, sum / NR, above, below
			exit !(NR == 100 && sum / NR < 0.002 && sum / NR > -0.002 &&
				above <= 3 && below <= 3) }' all
}

@test "kept trials of what is no faster: none was accepted" {
	for archive in "$ROOT"/tests/fixtures/null*.tar.xz; do
		[ -e "$archive" ] || skip "none is kept"
		tar xJOf "$archive" --wildcards '*/ledger.jsonl'
	done >"$BATS_TEST_TMPDIR/all"
	[ "$(grep -c '"outcome"' "$BATS_TEST_TMPDIR/all")" -ge 100 ]
	[ "$(grep -c '"outcome": "accept"' "$BATS_TEST_TMPDIR/all")" = 0 ]
}

@test "the kept run of /optimize: its transcript has the verdicts on file" {
	kept=$ROOT/tests/fixtures/agent
	cd "$BATS_TEST_TMPDIR"
	tar xJf "$kept/optimize.tar.xz"
	cd experiments/gemm_n128_k2048
	[ "$(grep '^verdict: ' "$kept/optimize.txt")" = \
		"$(sed -n 's/^`\(verdict: .*\)`$/\1/p' exp_*/result.md)" ]
	for exp in exp_*; do
		grep -q '^HYPOTHESIS: ' $exp/proposal.md
		[ "$(du -sk $exp | cut -f 1)" -lt 300 ]
	done
	# Nothing but ./step was run.
	run -1 grep '^\$ ' <(grep -v '^\$ \./step [a-z]' "$kept/optimize.txt")
}

@test "kept blind trials: sealed labels, every gain accepted, nothing else" {
	for archive in "$ROOT"/tests/fixtures/power*.tar.xz; do
		[ -e "$archive" ] || skip "none is kept"
		mkdir "$BATS_TEST_TMPDIR/kept"
		tar xJf "$archive" -C "$BATS_TEST_TMPDIR/kept"
		cd "$BATS_TEST_TMPDIR/kept"
		[ "$(sha256sum <labels | cut -d' ' -f1)" = "$(cat commitment)" ]
		# the table says what the ledgers say
		while IFS='	' read -r trial label outcome _; do
			grep -qx "$trial $label" labels
			grep -q "\"outcome\": \"$outcome\"" \
				"trial_$trial/experiments/power/ledger.jsonl"
			[ "$label $outcome" != "none accept" ]
			[ "$label" = none ] || [ "$outcome" = accept ]
		done <table
		[ "$(wc -l <table)" = "$(sed 1d labels | wc -l)" ]
		rm -r "$BATS_TEST_TMPDIR/kept"
	done
}

@test "trials of variants are judged, packed, and decided again" {
	cd "$ROOT"
	SETTINGS=$(printf '%s\n' 'threads = 1' 'max_processes = 8' \
		'workloads.cpu = bb262a93-4ce1-4c61-aa03-36d98b8c82f1')
	export SETTINGS
	run -0 tests/null.sh variant 1 "$BATS_TEST_TMPDIR/null" rmsnorm_h4096 \
		cpu BENCH_S=3
	[[ "${lines[0]}" == trial* ]]
	[[ "${lines[1]}" =~ ^1.(equivalent|noisy|reject).(-|slower).[01]\. ]]
	[ "${lines[2]}" = "1 judged, 0 better at first, none accepted" ]
	# what is there is not judged again
	run -0 tests/null.sh variant 1 "$BATS_TEST_TMPDIR/null" rmsnorm_h4096 \
		cpu BENCH_S=3
	[ "${#lines[@]}" = 2 ]
	run -0 tests/keep-records.sh "$BATS_TEST_TMPDIR/null" "$BATS_TEST_TMPDIR/a.tar.xz"
	run -0 audit_packed "$BATS_TEST_TMPDIR/a.tar.xz"
	[ "$output" = "1 verdicts decided again, 0 passed over, 0 problems" ]
	# and one changed sample would be seen
	cd "$BATS_TEST_TMPDIR/null"
	sed -i '20s/\t[0-9]*\t\([0-9]*\t[0-9]*\t[0-9]*\tok\)$/\t1\t\1/' \
		experiments/rmsnorm_h4096/exp_0001/bench.tsv
	"$ROOT/tests/keep-records.sh" . "$BATS_TEST_TMPDIR/b.tar.xz"
	run -1 audit_packed "$BATS_TEST_TMPDIR/b.tar.xz"
	[[ "$output" == *"exp_0001: "* ]]
}

@test "blind trials: a large gain is accepted, none is not" {
	cd "$ROOT"
	out=$BATS_TEST_TMPDIR/power
	run -0 tests/power.sh draw "$out" 2
	[[ "$output" == "labels sealed: sha256 $(sha256sum <"$out/labels" | cut -c1-64)" ]]
	[ "$(sed 1d "$out/labels" | cut -d' ' -f2 | sort | xargs)" = "gain none" ]
	run -0 tests/power.sh calibrate "$out" cpu 50 BENCH_S=6
	[ "$(cat "$out/pad")" -gt 10000 ]
	run -2 tests/power.sh reveal "$out"
	[[ "$output" == "power: 2 trials are not judged yet" ]]
	run -0 tests/power.sh run "$out" cpu 1 2 BENCH_S=10
	run -0 tests/power.sh reveal "$out"
	[[ "$output" == *"gain: 1 of 1 accepted"* ]]
	[[ "$output" == *"none: 0 of 1 accepted"* ]]
	# again: nothing is judged twice
	run -0 tests/power.sh run "$out" cpu 1 2 BENCH_S=10
	[ -z "$output" ]
	run -0 tests/keep-records.sh "$out" "$BATS_TEST_TMPDIR/p.tar.xz"
	run -0 audit_packed "$BATS_TEST_TMPDIR/p.tar.xz"
	[ "${lines[1]}" = "1 verdicts decided again, 0 passed over, 0 problems" ]
	# labels that were changed since are not believed
	sed -i 's/gain/x/; s/none/gain/; s/x/none/' "$out/labels"
	run -2 tests/power.sh reveal "$out"
	[[ "$output" == *"labels: not what was sealed" ]]
}

@test "the scripts of the trials check their arguments" {
	cd "$ROOT"
	run -2 tests/power.sh
	[[ "$output" == "usage: tests/power.sh draw OUT TRIALS"* ]]
	run -2 tests/power.sh run "$BATS_TEST_TMPDIR"
	run -2 tests/power.sh draw "$BATS_TEST_TMPDIR/x"
	run -2 tests/null.sh
	run -2 tests/keep-records.sh .
}
