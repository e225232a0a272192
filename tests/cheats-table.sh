#!/bin/sh
# cheats-table - tests/cheats/README.md, from what make test-judge printed
#
# usage: tests/cheats-table.sh >tests/cheats/README.md
#
# Reads tests/cheats/seen.cpu.tsv and seen.cuda.tsv, the output of
#   make -s test-judge DEVICE=cpu >tests/cheats/seen.cpu.tsv
set -eu
cd "$(dirname "$0")/.."

# Its mechanism: what the head comment says after the name.
mechanism() {
	sed -n '1,/^ \*$/p' "$1" | sed '1s,^/\* [^ ]* - ,,; s,^ \* *,,; s,|,\\|,g' |
		tr '\n' ' ' | sed 's/ *$//'
}

# What it got on a device, and its twin: NAME DEVICE.
seen() {
	[ -e "tests/cheats/seen.$2.tsv" ] || {
		echo '- | -'
		return
	}
	awk -F '\t' -v name="$1" '
		$1 == name { got[$2] = $4 ($5 == "yes" ? "" : " (not due)") }
		END {
			print (0 in got ? got[0] : "-") " | " \
				(1 in got ? got[1] : "-")
		}' "tests/cheats/seen.$2.tsv"
}

table() { # FOLDER
	echo '| name | what it does | CPU | its twin | GPU | its twin |'
	echo '|---|---|---|---|---|---|'
	find "tests/$1" -maxdepth 1 -name '*.c' -o -maxdepth 1 -name '*.cu' |
		sed 's,.*/,,; s,\.[^.]*$,,' | LC_ALL=C sort -u |
		while read -r name; do
			file=tests/$1/$name.c
			[ -e "$file" ] || file=tests/$1/$name.cu
			echo "| $name | $(mechanism "$file") |" \
				"$(seen "$name" cpu) | $(seen "$name" cuda) |"
		done
}

# When and where, how many and how long.
about() {
	file=tests/cheats/seen.$1.tsv
	[ ! -e "$file" ] ||
		echo "- $2: $(sed -n 's/^# //p' "$file" | head -n 1):" \
			"$(tail -n 2 "$file" | paste -sd' ' |
				sed 's/ \([0-9]*\) s$/, in \1 s/')."
}

cat <<'END'
# Kernels that must be refused, and kernels that must not

Ways in which a judge has been fooled or could be, each a candidate for one of
the small kernels here, and beside it its twin: the same file with `TWIN`
defined, which switches the cheat off. The head comment of each says what it
must get; `make test-judge` (with `DEVICE=cuda`, `CHEATS='NAME ...'`) judges all
of them with full budgets by `make try`, under random names, and sees to it that
no program, record or kernel changed, that nothing runs or lies around, and that
the judge is right afterwards. `make test` does the same on the CPU in little
time. Those that are hostile to what is outside are only run in a jail.

A verdict is an outcome or the reason of a reject. `accept`, `equivalent`,
`noisy`, `slower` and `regressed-workload` are honest times. With `PROCESSES=3`,
for lack of time, nothing can be accepted, since that needs 8 processes a side: a
cheat that is right and `noisy` there is shown to gain nothing by its estimate
(`seen.cuda.tsv` has them), not by its verdict.

Seen (this page is made by `tests/cheats-table.sh`):

END
about cpu CPU
about cuda GPU
printf '\n## Cheats\n\n'
table cheats
printf '\n## Controls\n\n'
table controls
