load setup

# diff_unified against patch(1), which must make the second text of the first,
# and against diff(1), which must not need fewer lines.

setup() {
	diff_files=$BUILD/tests/diff-files
	cd "$BATS_TEST_TMPDIR"
	command -v patch >/dev/null || skip "no patch"
}

# patch(1) turns a into b and back again.
applies() {
	"$diff_files" a b >d
	cp a c
	patch -s --binary c d
	cmp b c
	patch -s --binary -R c d
	cmp a c
}

changed_lines() {
	grep -c '^[-+][^-+]' "$1" || true
}

@test "equal texts have no difference, empty ones too" {
	printf 'x\ny\n' | tee a >b
	run -0 "$diff_files" a b
	[ -z "$output" ]
	: >a
	: >b
	run -0 "$diff_files" a b
	[ -z "$output" ]
}

@test "a changed line is shown between three lines of context" {
	seq 20 >a
	sed s/10/ten/ a >b
	applies
	[ "$(sed 1,2d d)" = "@@ -7,7 +7,7 @@
 7
 8
 9
-10
+ten
 11
 12
 13" ]
	[ "$(head -n 2 d)" = "--- a
+++ b" ]
}

@test "changes that are near share a hunk, others do not" {
	seq 40 >a
	sed 's/^10$/ten/; s/^17$/seventeen/; s/^25$/twenty-five/' a >b
	applies
	[ "$(grep -c ^@@ d)" -eq 2 ]
}

@test "a last line without its newline is told, on either side and on both" {
	printf 'x\ny' >a
	printf 'x\ny\n' >b
	applies
	grep -qxF '\ No newline at end of file' d
	printf 'x\nz' >b
	applies
	[ "$(grep -cxF '\ No newline at end of file' d)" -eq 2 ]
	printf 'x\ny\n' >a
	applies
}

@test "from nothing, to nothing, at both ends" {
	: >a
	seq 5 >b
	applies
	seq 5 >a
	: >b
	applies
	seq 5 >a
	(echo 0 && seq 2 4 && echo 6 && echo 7) >b
	applies
}

@test "carriage returns, tabs and bytes that are no text survive" {
	printf 'a\r\n\tb\n\377\376\nc\n' >a
	printf 'a\r\n\tB\r\n\377\375\nc\n' >b
	applies
}

@test "lines that look like a diff's own do not mislead" {
	printf '%s\n' '--- a' '+++ b' '@@ -1,1 +1,1 @@' '-x' '+y' >a
	printf '%s\n' '--- a' '@@ -1,1 +1,1 @@' '+x' '-y' '+++ b' >b
	applies
}

@test "sixty random pairs apply, with no more lines than diff -d needs" {
	for i in $(seq 60); do
		awk -v s="$i" 'BEGIN { srand(s); n = int(rand() * 30)
			for (i = 0; i < n; i++) print int(rand() * 6) }' >a
		awk -v s="$i" 'BEGIN { srand(s + 1000); n = int(rand() * 30)
			for (i = 0; i < n; i++) print int(rand() * 6) }' >b
		applies
		diff -d -u a b >other || true
		[ "$(changed_lines d)" -le "$(changed_lines other)" ]
	done
}

@test "the kernels that are shipped, one made into another" {
	cp "$ROOT/kernels/gemm_n128_k2048/solution.c" a
	for other in "$ROOT"/kernels/*/solution.c*; do
		cp "$other" b
		applies
	done
}

@test "a whole rewrite of many lines is replaced at once" {
	seq 1 20000 >a
	seq 6001 40000 >b
	applies
	(echo first && seq 1 20000 && echo last) >a
	(echo first && seq 6001 40000 && echo last) >b
	applies
	grep -qx ' first' d
}

@test "a hundred thousand equal short lines do not take minutes" {
	yes '' | head -n 100000 >a
	(echo x && yes '' | head -n 100000 | sed '50000s/.*/y/; 75000d' &&
		seq 5000) >b
	(seq 10000 15000 && cat a) >c
	mv c a
	timeout 20 "$diff_files" a b >d
	cp a c
	patch -s --binary c d
	cmp b c
}
