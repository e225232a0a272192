load setup

# What must be refused is, and what must not is not; on this machine's
# processor, with little time each (make test-judge gives them all they need).

setup_file() {
	cd "$ROOT"
	names=$(cd tests && ls cheats/*.c controls/*.c | while read -r file; do
		grep -q '^ \* slow: yes' "$file" || basename "$file" .c
	done)
	# Sanitizers see what a few of them show.
	[[ $BUILD != *sanitize ]] ||
		names='tail_skip memo_content early_done hang copy gain'
	QUICK=1 BENCH_S=3 JOBS=2 tests/judge-cheats.sh cpu $names \
		>"$BATS_FILE_TMPDIR/rows" 2>&1 || true
	cat "$BATS_FILE_TMPDIR/rows"
}

# The rows of files in a folder of tests/, twin or not, that are not as is due.
undue() {
	awk -F '\t' -v twin="$2" '$2 == twin && $5 != "yes" && $5 != "skipped"' \
		"$BATS_FILE_TMPDIR/rows" | while read -r name rest; do
		[ ! -e "$ROOT/tests/$1/$name.c" ] || echo "$name $rest"
	done
}

none_undue() {
	run undue "$@"
	echo "$output"
	[ -z "$output" ]
	grep -q $'\tyes\t' "$BATS_FILE_TMPDIR/rows"
}

@test "every cheat is refused for its own reason, or timed honestly" {
	none_undue cheats 0
}

@test "no twin of a cheat is refused" {
	none_undue cheats 1
}

@test "no control is refused" {
	none_undue controls 0
}

@test "after them all the judge is right, and nothing is left" {
	cat "$BATS_FILE_TMPDIR/rows"
	grep -q $'^honest\t0\tcpu\tequivalent\tyes' "$BATS_FILE_TMPDIR/rows"
	grep -q $'^dishonest\t0\tcpu\twrong\tyes' "$BATS_FILE_TMPDIR/rows"
	tail -n 2 "$BATS_FILE_TMPDIR/rows" | grep -q ' judged, 0 not due, '
}
