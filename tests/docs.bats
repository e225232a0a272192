# docs - what README and the tour tell people to type is there to be typed
load setup

# The make commands of both, a line each, without `make`.
commands() {
	{
		sed -n 's/^    make /make /p; s/^| `make/`make/p' "$ROOT/README.md" |
			grep -o '`make [^`]*`\|^make .*' | tr -d '`'
		grep -o '`make [^`]*`' "$ROOT/README.md" | tr -d '`'
		sed -n 's/^\.Dl \(make .*\)/\1/p' "$ROOT/man/ratchet.7"
	} | sed 's/^make //; s/ *|.*//' | sort -u
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

@test "every target that they name is run by a test" {
	commands | tr ' ' '\n' | grep -xE '[a-z][a-z-]*' | sort -u | while read -r target; do
		case $target in
		# These two install and run the tests; CI types them.
		deps | test) continue ;;
		# On a GPU alone: tests/gpu-*.sh and the records of README's tables.
		spans | streams) continue ;;
		# Started as make does: serve.bats.
		serve) continue ;;
		esac
		grep -lE "(mk|make|home|ours|step\"?|ratchet)( [^|]*)? $target( |\"|\$|\\))" \
			"$ROOT"/tests/*.bats "$ROOT"/tests/*.sh "$ROOT"/.ci/run >/dev/null || {
			echo "no test runs make $target"
			exit 1
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

@test "the tour's first steps, typed in a fresh tree, do what it says" {
	needs_jail
	cd "$BATS_TEST_TMPDIR"
	cp -R "$BATS_TEST_DIRNAME/tiny/." .
	ln -s "$ROOT/kernels/include" kernels/include
	for words in optimize 'optimize ITERATIONS=2' status audit report \
		'ab A=shipped B=current' verify precision 'workspace DIR=w'; do
		make -s --no-print-directory -C "$ROOT" BUILD="$BUILD" KERNEL=scale \
			DEVICE=cpu KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
			EXPERIMENTS="$PWD/experiments" BENCH_S=2 ${words/DIR=w/DIR=$PWD/w} \
			>said 2>&1 || {
			echo "make $words"
			cat said
			return 1
		}
	done
	[ -e experiments/scale/exp_0003/result.md ] && [ -e w/step ]
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
