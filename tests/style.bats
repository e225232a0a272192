load setup

# The habits of this tree, as far as a program can tell. A check whose program
# is not on this machine is skipped.

setup() {
	cd "$ROOT"
	git rev-parse --is-inside-work-tree >/dev/null 2>&1 ||
		skip "not a git tree"
}

# Files of these patterns: tracked ones, and new ones that git does not ignore.
# What a loop may write, solutions and records, answers to no habit.
files() {
	git ls-files --cached --others --exclude-standard -- "$@" \
		':!kernels/*/solution.*' ':!experiments' ':!tests/fixtures' |
		while read -r file; do
			[ ! -f "$file" ] || echo "$file"
		done
}

needs() {
	command -v "$1" >/dev/null || skip "no $1"
}

# Fails with what standard input holds, if anything.
nothing() {
	found=$(cat)
	[ -z "$found" ] || {
		echo "$found"
		return 1
	}
}

# The programs: those tools/*.c that define main.
programs() {
	files 'tools/*.c' | xargs grep -lE '^int main\(' |
		sed 's,.*/,,; s,\.c$,,' | sort
}

# Option letters of program $1: as getopt has them, as its usage says, and as
# its page's synopsis says.
getopt_letters() {
	tr '\n' ' ' <"tools/$1.c" |
		sed -n 's/.*getopt(argc, argv,[[:space:]]*"\([^"]*\)".*/\1/p' |
		tr -d ':+' | fold -w 1 | sort -u | tr -d '\n'
}

usage_letters() {
	tr '\n' ' ' <"tools/$1.c" | sed 's/"[[:space:]\\]*"//g' |
		grep -oE "\"$1 [^\"]*\"" | head -n 1 |
		sed "s/^\"$1//; s/'[^']*'//g" | grep -oE '(^|[[ |])-[A-Za-z]+' |
		tr -d ' [|-' | fold -w 1 | sort -u | tr -d '\n'
}

page_letters() {
	awk '/^\.Sh /{ on = /SYNOPSIS/ } on' "man/ratchet-$1.1" |
		grep -oE 'Fl [A-Za-z]+' | cut -c 4- | fold -w 1 | sort -u |
		tr -d '\n'
}

@test "no function is longer than 60 lines" {
	files '*.c' '*.h' '*.cu' | xargs awk '
		FNR == 1 { start = 0 }
		/^[A-Za-z_]/ { name = $0 }
		/^\{$/ { start = FNR }
		/^\}$/ && start {
			if (FNR - start - 1 > 60)
				print FILENAME ":" start ": " \
					FNR - start - 1 " lines: " name
			start = 0
		}' | nothing
}

@test "every source opens with its name and what it does" {
	files 'tools/*.c' 'tools/*.h' 'tools/*.cu' | while read -r file; do
		name=$(basename "$file" | sed 's/\.[^.]*$//')
		head -n 1 "$file" | grep -qE "^/\* $name - [^ ]" ||
			echo "$file: want /* $name - what it does"
	done | nothing
}

@test "clang-format changes nothing" {
	# Other versions break lines elsewhere.
	needs clang-format
	[[ $(clang-format --version) == *" version 14."* ]] || skip "not 14"
	files '*.c' '*.h' '*.cu' |
		xargs clang-format --dry-run -Werror 2>&1 | head -n 20 | nothing
}

@test "shell scripts pass shellcheck" {
	needs shellcheck
	{
		files '*.sh'
		files tests/run .ci/run
	} | xargs shellcheck -S warning 2>&1 | nothing
}

@test "man pages pass mandoc's lint" {
	needs mandoc
	files 'man/*' | xargs mandoc -Tlint -Wwarning 2>&1 | nothing
}

@test "man pages name only pages that exist" {
	files 'man/*' | xargs grep -ohE '^\.Xr ratchet[^ ]* [0-9]' | sort -u |
		while read -r _ name section; do
			[ -f "man/$name.$section" ] || echo "$name($section)"
		done | nothing
}

# What the judge starts has no front of its own.
@test "every program has a man page and tests" {
	for program in $(programs | grep -vE '^(worker|capture|enter|launcher)$'); do
		[ -f "man/ratchet-$program.1" ] || echo "$program: no man page"
		grep -qlwE -- "$program" tests/*.bats || echo "$program: no test"
	done | nothing
}

@test "options agree between getopt, usage and man page" {
	for program in $(programs); do
		[ -f "man/ratchet-$program.1" ] || continue
		code=$(getopt_letters "$program")
		usage=$(usage_letters "$program")
		page=$(page_letters "$program")
		[ "$code" = "$usage" ] && [ "$code" = "$page" ] ||
			echo "$program: getopt '$code' usage '$usage' page '$page'"
	done | nothing
}

@test "the page of the files names every setting" {
	sed -n '/kernel_settings_known\[\] = {/,/};/p' tools/judge/job.c |
		grep -o '"[^"]*"' | tr -d '"' | while read -r key; do
			grep -qE "^\.It .*\b${key%.}\b" man/ratchet-files.5 ||
				echo "$key"
		done | nothing
}

@test "every target of the Makefiles that is phony has a help line" {
	make -s help >"$BATS_TEST_TMPDIR/help"
	cat Makefile mk/*.mk | sed -n 's/^\.PHONY: *//p' | tr ' ' '\n' |
		grep -vE '^(FORCE|all|test-programs|ground|candidate|proven|decided|experiment)$' | while read -r target; do
			grep -q "^$target " "$BATS_TEST_TMPDIR/help" ||
				echo "$target"
		done | nothing
}

@test "nothing is left undone in the code" {
	files '*.c' '*.h' '*.cu' '*.sh' '*.mk' Makefile 'man/*' |
		xargs grep -nE 'TODO|FIXME|HACK' | nothing
}

@test "no path of a developer's machine is in the tree" {
	files . | grep -vE '\.(safetensors|gz)$' |
		xargs grep -nIE '(^|[^[:alnum:]_./])/(home|work|Users)/[a-z]' | nothing
}

@test "the Makefile stays within 150 lines, sources within 400" {
	files 'tools/*.c' 'tools/*.h' 'tools/*.cu' Makefile | xargs wc -l | awk '
		$2 != "total" && $1 > ($2 == "Makefile" ? 150 : 400) {
			print $2 ": " $1 " lines"
		}' | nothing
}
