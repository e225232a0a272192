# docs - what README, the pages and the rules for agents tell people to type; what
# docs-make.bats and docs-pages.bats type, and docs-elsewhere.tsv says of the rest
load setup

documented() {
	"$BATS_TEST_DIRNAME/docs-commands.sh"
}

# The commands of make, without `make`.
commands() {
	documented | sed -n 's/^make //p' | sed 's/ *|.*//'
}

targets() {
	make -s --no-print-directory -C "$ROOT" BUILD="$BUILD" help | awk '{ print $1 }'
}

@test "every target that they name is one" {
	targets >"$BATS_TEST_TMPDIR/targets"
	commands | tr ' ' '\n' | grep -xE '[a-z][a-z-]*' | sort -u >"$BATS_TEST_TMPDIR/words"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/words")" -gt 25 ]
	run -1 grep -vxFf "$BATS_TEST_TMPDIR/targets" "$BATS_TEST_TMPDIR/words"
	[ -z "$output" ]
}

@test "every target has its place in the tour" {
	for target in $(targets); do
		sed -n 's/^\.Dl make //p; s/^\.Cm //p' "$ROOT/man/ratchet.7" | tr -s ' ,' '\n' | grep -qx "$target" || {
			echo "$target"
			return 1
		}
	done
}

@test "every variable that they name is known to make or to a tool" {
	commands | grep -oE '\b[A-Z][A-Z_]*=' | tr -d = | sort -u >"$BATS_TEST_TMPDIR/names"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/names")" -gt 20 ]
	while read -r name; do
		grep -rqE -- '([$][({]|call need,|^export .*)'"$name\\b|\\b$name *[?:]?= |\\b$name=" \
			"$ROOT/Makefile" "$ROOT/mk" "$ROOT/tools/optimize.sh" || {
			echo "$name"
			return 1
		}
	done <"$BATS_TEST_TMPDIR/names"
}

# What docs-*.bats type: the lines of their heredocs.
typed() {
	sed -n "/<<-'END'\$/,/^\tEND\$/s/^\t\t//p" "$BATS_TEST_DIRNAME"/docs-*.bats
}

@test "every command of the docs is typed by a test, or another file is named that runs it" {
	{
		typed
		cut -f 1 "$BATS_TEST_DIRNAME/docs-elsewhere.tsv"
	} | LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/run"
	documented >"$BATS_TEST_TMPDIR/documented"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/documented")" -gt 100 ]
	# "<": documented, and not run; ">": run, and not documented.
	diff "$BATS_TEST_TMPDIR/documented" "$BATS_TEST_TMPDIR/run"
}

@test "the file that is named does run it" {
	while IFS=$'\t' read -r command file words; do
		grep -qF -- "$words" "$ROOT/$file" || {
			echo "$file: no \"$words\", for $command"
			return 1
		}
	done <"$BATS_TEST_DIRNAME/docs-elsewhere.tsv"
}

@test "a command that somebody documents is found, wherever it stands" {
	cp -R "$ROOT"/{.claude,CLAUDE.md,README.md,man} "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	mkdir tests
	cp "$BATS_TEST_DIRNAME/docs-commands.sh" tests
	documented >before
	printf '%s\n' '' '    make one' '' 'Or `make' 'two X=1`.' >>README.md
	echo 'Run `./step three`.' >>.claude/commands/optimize.md
	printf '%s\n' '.Ql make four .' '.Dl build/five \e' '.Dl \ \ -x \(dqa\(dq' \
		'.Sh EXAMPLES' '.Bd -literal -offset indent' 'six' '.Ed' >>man/ratchet.7
	tests/docs-commands.sh >after
	run -0 comm -13 before after
	[ "$output" = './step three
build/five -x "a"
make four
make one
make two X=1
six' ]
}

@test "every program with a page is in ratchet(1)" {
	for page in "$ROOT"/man/ratchet-*.1; do
		name=$(basename "$page" .1)
		grep -qx "\.It Xr $name 1" "$ROOT/man/ratchet.1" || {
			echo "$name"
			return 1
		}
	done
}

@test "every page that they name is there" {
	grep -ohE 'man/ratchet[a-z-]*\.[157]' "$ROOT/README.md" | sort -u | while read -r page; do
		[ -e "$ROOT/$page" ] || {
			echo "$page"
			exit 1
		}
	done
	sed -n 's/^\.Xr \(ratchet[a-z-]*\) \([157]\).*/man\/\1.\2/p' "$ROOT"/man/*.? | sort -u |
		while read -r page; do
			[ -e "$ROOT/$page" ] || {
				echo "$page"
				exit 1
			}
		done
}

@test "the README's tables are what make results prints" {
	[ -d "$ROOT/experiments/gemm_n128_k2048" ] || skip "no records here"
	make -s --no-print-directory -C "$ROOT" BUILD="$BUILD" results |
		grep '^| [a-z]' >"$BATS_TEST_TMPDIR/rows" || true
	[ "$(wc -l <"$BATS_TEST_TMPDIR/rows")" -gt 8 ]
	while read -r row; do
		grep -qxF -- "$row" "$ROOT/README.md" || {
			echo "not in README.md: $row"
			return 1
		}
	done <"$BATS_TEST_TMPDIR/rows"
}
